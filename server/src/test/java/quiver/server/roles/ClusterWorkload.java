package quiver.server.roles;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService.Holder;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.Part;
import quiver.rpc.DataNodeService.Resolution;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.rpc.QueryNodeService.FragmentRequest;
import quiver.rpc.QueryNodeService.RowStream;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.Share;
import quiver.rpc.Unavailable;

/// Clients of a cluster that behave as front ends do, and what they were told. Pairs of rows, in
/// one table or in two that may be on two log channels, are born and die in one transaction each; a
/// read at a snapshot must show exactly the pairs that the acknowledged transactions up to it
/// leave, whole and once, and may show those whose outcome nobody knows yet.
final class ClusterWorkload {
  private final MemoryCluster cluster;
  private final TableDefinition first;
  private final TableDefinition second;
  private final ConcurrentMap<Long, Pair> pairs = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopped;
  private volatile boolean writingStopped;
  final AtomicInteger commitCount = new AtomicInteger();
  final AtomicInteger readCount = new AtomicInteger();
  final AtomicInteger refusedCount = new AtomicInteger();
  final AtomicInteger sharedCount = new AtomicInteger();

  /// Rows `2 * id` and `2 * id + 1`.
  private static final class Pair {
    volatile long bornAt;
    volatile long diedAt;
    volatile boolean dying;
  }

  ClusterWorkload(MemoryCluster cluster, TableDefinition table) {
    this(cluster, table, table);
  }

  /// @param first has the first row of each pair, `second` the second
  ClusterWorkload(MemoryCluster cluster, TableDefinition first, TableDefinition second) {
    this.cluster = cluster;
    this.first = first;
    this.second = second;
  }

  void start(int writers, int readers, long seed) {
    for (int i = 0; i < writers; i++) {
      long number = i;
      run(() -> write(number, new SplittableRandom(seed + number)));
    }
    for (int i = 0; i < readers; i++) {
      run(this::read);
    }
  }

  private void run(Runnable client) {
    clients.add(
        Thread.ofPlatform()
            .daemon()
            .name("client-" + clients.size())
            .start(() -> {
              try {
                client.run();
              } catch (RuntimeException | AssertionError e) {
                failure.compareAndSet(null, e);
              }
            }));
  }

  void check() {
    Throwable failed = failure.get();
    if (failed != null) {
      throw new AssertionError("a client failed: " + failed.getMessage(), failed);
    }
  }

  /// Readers go on.
  void stopWriting() {
    writingStopped = true;
  }

  void stop() throws InterruptedException {
    stopped = true;
    for (Thread client : clients) {
      client.join();
    }
    check();
  }

  /// Everything is there in the end, on one node alone and on all of them together.
  void checkEnd() {
    readOnce(cluster.asked(RootCoordinatorService::timestamp));
  }

  // ---- writers ----

  private void write(long writer, SplittableRandom random) {
    List<Long> mine = new ArrayList<>();
    long next = writer * 1_000_000;
    int transaction = 0;
    while (!stopped && !writingStopped) {
      UUID id = new UUID(first.id() * 1000 + writer, ++transaction);
      if (mine.size() < 5 || random.nextInt(3) > 0) {
        long pair = ++next;
        pairs.put(pair, new Pair());
        if (commit(id, Optional.empty(), pair, random)) {
          mine.add(pair);
        }
      } else {
        long pair = mine.remove(random.nextInt(mine.size()));
        Objects.requireNonNull(pairs.get(pair)).dying = true;
        Optional<long[]> addresses = addresses(pair);
        if (addresses.isPresent() && !commit(id, addresses, pair, random)) {
          Objects.requireNonNull(pairs.get(pair)).dying = false;
        }
      }
    }
  }

  private static RowBatch row(long... ids) {
    return new RowBatch(
        ids.length, List.of(new LongColumn(SqlType.INT8, ids.length, ids, Nulls.NONE)));
  }

  /// What becomes of the rows of a pair in a table.
  private TableWrite write(TableDefinition table, long[] deleted, Optional<RowBatch> born) {
    return new TableWrite(table.id(), table.version(), table.incarnation(), deleted, born);
  }

  /// By channel.
  private Map<String, List<TableWrite>> writes(Optional<long[]> dying, long pair) {
    Map<String, List<TableWrite>> writes = new TreeMap<>();
    if (first.id() == second.id()) {
      Optional<RowBatch> born =
          dying.isPresent() ? Optional.empty() : Optional.of(row(2 * pair, 2 * pair + 1));
      writes.put(
          cluster.cluster.channel(first.id()),
          List.of(write(first, dying.orElse(new long[0]), born)));
      return writes;
    }
    for (int i = 0; i < 2; i++) {
      TableDefinition table = i == 0 ? first : second;
      long[] deleted = dying.isPresent() ? new long[] {dying.get()[i]} : new long[0];
      Optional<RowBatch> born =
          dying.isPresent() ? Optional.empty() : Optional.of(row(2 * pair + i));
      writes
          .computeIfAbsent(cluster.cluster.channel(table.id()), ignored -> new ArrayList<>())
          .add(write(table, deleted, born));
    }
    return writes;
  }

  /// @param dying addresses of the pair's rows; empty: it is born
  /// @return whether it committed
  private boolean commit(UUID id, Optional<long[]> dying, long pair, SplittableRandom random) {
    TreeMap<String, CommitRequest> requests = new TreeMap<>();
    long snapshot = cluster.asked(RootCoordinatorService::timestamp);
    writes(dying, pair)
        .forEach(
            (channel, writes) -> requests.put(channel, new CommitRequest(id, snapshot, 0, writes)));
    String home = requests.lastKey();
    List<String> promised = new ArrayList<>();
    long firstPromise = Long.MAX_VALUE;
    CommitRequest last = requests.lastEntry().getValue();
    for (Map.Entry<String, CommitRequest> each : requests.headMap(home).entrySet()) {
      String channel = each.getKey();
      CommitRequest request = each.getValue().as(new Part.Participant(home));
      promised.add(channel);
      if (!(send(channel, request) instanceof CommitResult.Committed(long timestamp))) {
        finish(promised, id, Resolution.ABORTED);
        return false;
      }
      firstPromise = Math.min(firstPromise, timestamp);
    }
    if (!promised.isEmpty() && random.nextInt(50) == 0) {
      // The front end dies before it has asked the home.
      return false;
    }
    CommitResult result =
        send(home, promised.isEmpty() ? last : last.as(new Part.Home(promised, firstPromise)));
    if (!promised.isEmpty() && !(result instanceof CommitResult.Committed)) {
      Resolution decided = resolve(home, id);
      result =
          decided.isCommitted() ? new CommitResult.Committed(decided.commitTimestamp()) : result;
    }
    boolean committed = result instanceof CommitResult.Committed;
    if (result instanceof CommitResult.Committed(long timestamp)) {
      Pair known = Objects.requireNonNull(pairs.get(pair));
      if (dying.isEmpty()) {
        known.bornAt = timestamp;
      } else {
        known.diedAt = timestamp;
      }
      commitCount.incrementAndGet();
      if (random.nextInt(4) > 0) {
        finish(promised, id, new Resolution(timestamp));
      }
    } else {
      finish(promised, id, Resolution.ABORTED);
    }
    return committed;
  }

  /// Sends a request until somebody answers.
  ///
  /// @return a conflict when it was certainly not written
  private CommitResult send(String channel, CommitRequest request) {
    while (true) {
      try {
        CommitResult result = cluster.cluster.channelOwner(channel).commit(request);
        // Nobody else touches these rows: their addresses were moved by a merge, or the transaction
        // was given up because it took too long.
        require(
            result instanceof CommitResult.Committed || result instanceof CommitResult.Conflict,
            "refused: %s",
            result);
        return result;
      } catch (QuiverException e) {
        if (e.state() == SqlState.IO_ERROR) {
          return new CommitResult.Conflict(0);
        }
        requireUnavailable(e);
      }
    }
  }

  private Resolution resolve(String home, UUID id) {
    while (true) {
      try {
        return cluster.cluster.channelOwner(home).resolve(id);
      } catch (QuiverException e) {
        if (e.state() != SqlState.IO_ERROR) {
          requireUnavailable(e);
        }
      }
    }
  }

  /// Tells the participants, if they answer.
  private void finish(List<String> promised, UUID id, Resolution resolution) {
    for (String channel : promised) {
      try {
        cluster.cluster.channelOwner(channel).finish(Map.of(id, resolution));
      } catch (QuiverException e) {
        if (e.state() != SqlState.IO_ERROR) {
          requireUnavailable(e);
        }
      }
    }
  }

  private static void requireUnavailable(QuiverException e) {
    if (!Unavailable.is(e)) {
      throw e;
    }
    Thread.onSpinWait();
  }

  private Optional<long[]> addresses(long pair) {
    Map<Long, Long> found = scan(cluster.asked(RootCoordinatorService::timestamp));
    Long first = found.get(2 * pair);
    Long second = found.get(2 * pair + 1);
    if (first == null || second == null) {
      throw new AssertionError("pair " + pair + " is not there");
    }
    return Optional.of(new long[] {first, second});
  }

  // ---- readers ----

  private void read() {
    for (int i = 0; !stopped; i++) {
      long acknowledged =
          pairs.values().stream()
              .mapToLong(pair -> Math.max(pair.bornAt, pair.diedAt))
              .max()
              .orElse(0);
      long snapshot = strongSnapshot(i % 3 == 0);
      require(snapshot >= acknowledged, "%d is not strong after %d", snapshot, acknowledged);
      readOnce(snapshot);
    }
  }

  /// At the index of the channel, where there is only one; otherwise at a timestamp of the oracle.
  private long strongSnapshot(boolean ofTheOracle) {
    Optional<RootCoordinatorService.Moment> index =
        ofTheOracle || first.id() != second.id()
            ? Optional.empty()
            : cluster.cluster.readIndex(cluster.cluster.channel(first.id()));
    return index
        .map(RootCoordinatorService.Moment::timestamp)
        .orElseGet(() -> cluster.asked(RootCoordinatorService::timestamp));
  }

  private void readOnce(long snapshot) {
    Set<Long> found = scan(snapshot).keySet();
    Set<Long> known = new HashSet<>();
    pairs.forEach((id, pair) -> {
      known.add(2 * id);
      known.add(2 * id + 1);
      boolean first = found.contains(2 * id);
      boolean second = found.contains(2 * id + 1);
      long born = pair.bornAt;
      boolean dying = pair.dying;
      long died = pair.diedAt;
      require(first == second, "pair %d is torn at %d", id, snapshot);
      require(
          born == 0 || born > snapshot || dying || first,
          "pair %d of %d is lost at %d",
          id,
          born,
          snapshot);
      require(died == 0 || died > snapshot || !first, "pair %d has come back at %d", id, snapshot);
      require(
          born == 0 || born <= snapshot || !first,
          "pair %d is there before it was, at %d",
          id,
          snapshot);
    });
    for (long id : found) {
      require(known.contains(id) || pairs.containsKey(id / 2), "row %d was never written", id);
    }
    readCount.incrementAndGet();
  }

  @FormatMethod
  private static void require(
      boolean condition, @FormatString String message, Object... arguments) {
    if (!condition) {
      throw new AssertionError(String.format(java.util.Locale.ROOT, message, arguments));
    }
  }

  /// All rows at a snapshot with their addresses, from as many nodes as it takes.
  private Map<Long, Long> scan(long snapshot) {
    Map<Long, Long> found = scan(first, snapshot);
    if (second.id() != first.id()) {
      found.putAll(scan(second, snapshot));
    }
    return found;
  }

  private Map<Long, Long> scan(TableDefinition table, long snapshot) {
    boolean alone = false;
    while (true) {
      List<Holder> holders;
      try {
        holders = cluster.cluster.holders(table.id());
        if (alone) {
          holders = List.of(new Holder(holders.getLast().node(), Share.ALL));
        }
        Map<Long, Long> found = new HashMap<>();
        for (Holder holder : holders) {
          scan(table, holder, snapshot, found);
        }
        if (holders.size() > 1) {
          sharedCount.incrementAndGet();
        }
        return found;
      } catch (QuiverException e) {
        if (Share.isRefused(e)) {
          refusedCount.incrementAndGet();
          alone = true;
        } else if (!Unavailable.is(e) && e.state() != SqlState.IO_ERROR) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private static void scan(
      TableDefinition table, Holder holder, long snapshot, Map<Long, Long> found) {
    PlanNode scan =
        new PlanNode.TableScan(
            table.id(),
            table.version(),
            List.of(0),
            List.of(SqlType.INT8),
            true,
            Optional.empty(),
            List.of());
    FragmentRequest request =
        new FragmentRequest(
            scan,
            snapshot,
            Map.of(),
            List.of(),
            Map.of(),
            Roles.SESSION,
            false,
            Cancellation.NEVER);
    try (RowStream stream = holder.node().execute(request.withShare(holder.share()))) {
      for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
        for (int i = 0; i < batch.get().rowCount(); i++) {
          long id = ((LongColumn) batch.get().column(0)).values()[i];
          long address = ((LongColumn) batch.get().column(1)).values()[i];
          require(found.put(id, address) == null, "row %d is there twice at %d", id, snapshot);
        }
      }
    }
  }
}
