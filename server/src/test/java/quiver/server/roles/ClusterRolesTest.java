package quiver.server.roles;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.IndexRules;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.PlacementRecord.Placed;
import quiver.rpc.meta.Role;
import quiver.workers.channel.SegmentLimits;

/// Every role as a process of its own, several of each, while they die, are cut off, stop and come
/// back under load.
class ClusterRolesTest {
  private static final SegmentLimits SMALL = new SegmentLimits(200, 1 << 20, 1 << 16, 50);
  private static final SegmentLimits LARGE = new SegmentLimits(20_000, 1 << 20, 1 << 16, 50);
  private static final SqlType POINT = SqlType.of(BaseType.VECTOR, 2);

  private static TableDefinition createTable(MemoryCluster cluster, String name) {
    return createTable(cluster, name, List.of(Roles.column("id", SqlType.INT8)));
  }

  private static TableDefinition createTable(
      MemoryCluster cluster, String name, List<DdlCommand.NewColumn> columns) {
    DdlCommand create =
        new DdlCommand.CreateTable(
            "public",
            name,
            true,
            columns,
            Optional.of(new DdlCommand.NewKey(Optional.empty(), List.of("id"))),
            List.of(),
            1);
    var _ = cluster.asked(root -> root.execute(create, Cancellation.NEVER));
    return cluster.catalog().table("public", name).orElseThrow();
  }

  private static void await(ClusterWorkload workload, String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
    while (!condition.getAsBoolean()) {
      workload.check();
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain until " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void progress(ClusterWorkload workload, String after) {
    int commits = workload.commitCount.get();
    int reads = workload.readCount.get();
    await(
        workload,
        "commits and reads go on after " + after,
        () -> workload.commitCount.get() > commits + 30 && workload.readCount.get() > reads + 10);
  }

  private static void flush(MemoryCluster cluster) {
    while (true) {
      try {
        cluster.cluster.flush(List.of(), Cancellation.NEVER);
        return;
      } catch (QuiverException e) {
        assertThat(Unavailable.is(e) || e.message().contains("administrator"))
            .as(e.message())
            .isTrue();
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static MemoryCluster start() {
    return start(1);
  }

  private static MemoryCluster start(int channelCount) {
    return start(SMALL, channelCount);
  }

  private static MemoryCluster start(SegmentLimits limits, int channelCount) {
    MemoryCluster cluster = new MemoryCluster(limits, channelCount);
    cluster.add("root-1", Role.ROOT_COORDINATOR);
    cluster.add("root-2", Role.ROOT_COORDINATOR);
    cluster.add("data-1", Role.DATA_COORDINATOR);
    cluster.add("data-2", Role.DATA_COORDINATOR);
    cluster.add("query-1", Role.QUERY_COORDINATOR);
    cluster.add("data-node-1", Role.DATA_NODE);
    cluster.add("data-node-2", Role.DATA_NODE);
    cluster.add("query-node-1", Role.QUERY_NODE);
    cluster.add("query-node-2", Role.QUERY_NODE);
    return cluster;
  }

  @Test
  void nothingIsLostTornDoubledOrResurrectedWhileEveryRoleDies() throws InterruptedException {
    try (MemoryCluster cluster = start()) {
      TableDefinition table = createTable(cluster, "pairs");
      ClusterWorkload workload = new ClusterWorkload(cluster, table);
      workload.start(3, 2, 1);
      progress(workload, "the start");
      flush(cluster);
      progress(workload, "a flush");

      String owner = cluster.ownerName().orElseThrow();
      cluster.kill(owner);
      progress(workload, "the owner died");
      cluster.add(owner, Role.DATA_NODE);

      String cutOff = cluster.ownerName().orElseThrow();
      cluster.isolate(cutOff);
      await(workload, "another owns", () -> !cluster.ownerName().orElseThrow().equals(cutOff));
      progress(workload, "the owner was cut off");
      cluster.bury(cutOff);
      cluster.add(cutOff, Role.DATA_NODE);
      flush(cluster);

      cluster.add("query-node-3", Role.QUERY_NODE);
      progress(workload, "a query node came");
      cluster.kill("query-node-1");
      progress(workload, "a query node died");
      flush(cluster);

      String root = cluster.root().equals(cluster.process("root-1")) ? "root-1" : "root-2";
      cluster.kill(root);
      progress(workload, "the root coordinator died");
      cluster.add(root, Role.ROOT_COORDINATOR);
      cluster.kill("data-1");
      flush(cluster);
      progress(workload, "a data coordinator died");

      String leaving = cluster.ownerName().orElseThrow();
      cluster.drain(leaving);
      await(
          workload, "the channel moved", () -> !cluster.ownerName().orElseThrow().equals(leaving));
      progress(workload, "the owner was drained");

      await(workload, "shares are used", () -> workload.sharedCount.get() > 0);
      workload.stop();
      workload.checkEnd();
    }
  }

  /// Tables of one transaction on several channels: owners die between promise and decision,
  /// clients leave transactions half-way, channels move to a node that comes.
  @Test
  void transactionsOverSeveralChannelsAreWholeWhileRolesDie() throws InterruptedException {
    try (MemoryCluster cluster = start(3)) {
      TableDefinition first = createTable(cluster, "pairs");
      TableDefinition second = first;
      for (int i = 0; sameChannel(cluster, first, second); i++) {
        second = createTable(cluster, "others" + i);
      }
      ClusterWorkload workload = new ClusterWorkload(cluster, first, second);
      workload.start(3, 2, 1);
      progress(workload, "the start");
      flush(cluster);
      for (TableDefinition table : List.of(first, second)) {
        String channel = cluster.channels.channelOf(table.id());
        String owner = cluster.ownerName(channel).orElseThrow();
        cluster.kill(owner);
        progress(workload, "an owner died");
        cluster.add(owner, Role.DATA_NODE);
        flush(cluster);
        String cutOff = cluster.ownerName(channel).orElseThrow();
        cluster.isolate(cutOff);
        await(
            workload,
            "another owns",
            () -> !cluster.ownerName(channel).orElseThrow().equals(cutOff));
        progress(workload, "an owner was cut off");
        cluster.bury(cutOff);
        cluster.add(cutOff, Role.DATA_NODE);
      }
      cluster.add("data-node-3", Role.DATA_NODE);
      await(
          workload,
          "each data node has a channel",
          () ->
              cluster.channels.names().stream()
                      .flatMap(channel -> cluster.ownerName(channel).stream())
                      .distinct()
                      .count()
                  == 3);
      progress(workload, "channels moved");
      cluster.kill("query-node-1");
      progress(workload, "a query node died");
      workload.stop();
      workload.checkEnd();
    }
  }

  private static boolean sameChannel(
      MemoryCluster cluster, TableDefinition one, TableDefinition other) {
    return cluster.channels.channelOf(one.id()).equals(cluster.channels.channelOf(other.id()));
  }

  /// One that dies with a task in its hands keeps it until its lease ends.
  @Test
  void anotherIndexNodeTakesOverTheTaskOfOneThatDied() throws InterruptedException {
    try (MemoryCluster cluster = start(LARGE, 1)) {
      TableDefinition table =
          createTable(
              cluster,
              "indexed",
              List.of(Roles.column("id", SqlType.INT8), Roles.column("v", POINT)));
      fill(cluster, table);
      flush(cluster);
      await("segments are files", () -> cluster.flushedSegmentCount() > 0);

      cluster.add("index-node-1", Role.INDEX_NODE);
      cluster.killAt("index-node-1", "putIfAbsent");
      // CREATE INDEX returns when the index is built.
      Thread creating = Thread.ofPlatform().daemon().start(() -> createIndex(cluster, table));
      await("the builder died", () -> cluster.isDead("index-node-1"));
      assertThat(cluster.meta.list(MetaKeys.INDEX_RESULTS).entries()).isEmpty();
      assertThat(cluster.meta.list(MetaKeys.INDEX_PROGRESS).entries()).hasSize(1);
      cluster.kill("index-node-1");

      cluster.add("index-node-2", Role.INDEX_NODE);
      await("the index is there", () -> cluster.isIndexed(1));
      assertThat(creating.join(Duration.ofSeconds(60))).isTrue();
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain until " + what).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /// Enough rows for an index of a segment to be worth while.
  private static void fill(MemoryCluster cluster, TableDefinition table) {
    int count = 2 * (int) IndexRules.ROWS_MIN;
    float[] points = new float[2 * count];
    for (int i = 0; i < points.length; i++) {
      points[i] = i * 37 % 1000;
    }
    RowBatch rows =
        new RowBatch(
            count,
            List.of(
                new LongColumn(
                    SqlType.INT8, count, LongStream.range(0, count).toArray(), Nulls.NONE),
                VectorColumn.ofArray(POINT, 2, count, points, Nulls.NONE)));
    CommitRequest request =
        new CommitRequest(
            new UUID(9, 9),
            cluster.asked(RootCoordinatorService::timestamp),
            0,
            List.of(
                new TableWrite(
                    table.id(),
                    table.version(),
                    table.incarnation(),
                    new long[0],
                    Optional.of(rows))));
    while (true) {
      try {
        assertThat(cluster.owner(cluster.channels.channelOf(table.id())).commit(request))
            .isInstanceOf(CommitResult.Committed.class);
        return;
      } catch (QuiverException e) {
        assertThat(Unavailable.is(e)).as(e.message()).isTrue();
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static void createIndex(MemoryCluster cluster, TableDefinition table) {
    DdlCommand create =
        new DdlCommand.CreateIndex(
            table.id(),
            Optional.empty(),
            false,
            false,
            new DdlCommand.NewIndex(
                IndexMethod.HNSW,
                List.of(IndexKey.ofColumn(2, "vector_l2_ops")),
                List.of(),
                Map.of(),
                false,
                false,
                Optional.empty()));
    var _ = cluster.asked(root -> root.execute(create, Cancellation.NEVER));
  }

  /// Memory of a query node is that of its share, whatever the cluster has.
  @Test
  void aQueryNodeThatComesTakesSegmentsOver() throws InterruptedException {
    try (MemoryCluster cluster = start()) {
      List<ClusterWorkload> workloads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        workloads.add(new ClusterWorkload(cluster, createTable(cluster, "pairs" + i)));
      }
      workloads.forEach(workload -> workload.start(1, 1, 1));
      for (ClusterWorkload workload : workloads) {
        progress(workload, "the start");
        workload.stopWriting();
      }
      flush(cluster);
      ClusterWorkload any = workloads.getFirst();
      await(any, "two nodes have their shares alone", () -> haveTheirShares(cluster, 2));

      cluster.add("query-node-3", Role.QUERY_NODE);
      await(any, "three nodes have their shares alone", () -> haveTheirShares(cluster, 3));
      for (ClusterWorkload workload : workloads) {
        int reads = workload.readCount.get();
        await(workload, "reads go on", () -> workload.readCount.get() > reads + 10);
      }
      for (ClusterWorkload workload : workloads) {
        workload.stop();
        workload.checkEnd();
      }
    }
  }

  /// Whether every flushed segment is placed on one node, each node has some, and none has others
  /// open than those that are placed on it. How many that are is a matter of their sizes.
  private static boolean haveTheirShares(MemoryCluster cluster, int nodeCount) {
    List<Placed> placed = cluster.placements();
    boolean isSettled =
        placed.stream().allMatch(each -> each.nodes().size() == 1 && each.loading().isEmpty());
    return isSettled
        && placed.size() == cluster.flushedSegmentCount()
        && IntStream.rangeClosed(1, nodeCount)
            .allMatch(number -> hasItsShare(number, cluster, placed));
  }

  private static boolean hasItsShare(int number, MemoryCluster cluster, List<Placed> placed) {
    String name = "query-node-" + number;
    long share = placed.stream().filter(each -> each.nodes().contains(name)).count();
    return share > 0 && cluster.queryNodeRole(name).openSegmentCount() == share;
  }
}
