package quiver.server.roles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.expression.Expression;
import quiver.common.plan.DistanceRange;
import quiver.common.plan.PlanNode;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.frontend.statement.TransactionStatus;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.rpc.QueryNodeService;
import quiver.rpc.QueryNodeService.RowStream;
import quiver.rpc.meta.ChannelMap;
import quiver.workers.datanode.DataNodeSettings;

class RolesTest {
  private static final int DIMENSION = 8;
  private static final SqlType EMBEDDING = SqlType.of(BaseType.VECTOR, DIMENSION);

  /// Deleted rows are dropped by the next merge.
  private static final DataNodeSettings FORGETFUL =
      new DataNodeSettings(Duration.ZERO, Duration.ofMinutes(10), 1L << 30);

  @TempDir Path directory;

  private Roles open() {
    return new Roles(directory, FORGETFUL);
  }

  private static TableDefinition createItems(Roles roles) {
    return roles.createTable(
        "items",
        List.of(
            Roles.column("id", SqlType.INT8),
            Roles.column("category", SqlType.TEXT),
            Roles.column("embedding", EMBEDDING)),
        "id");
  }

  private static RowBatch rows(long firstId, int count, String category) {
    long[] ids = new long[count];
    @Nullable Object[] categories = new @Nullable Object[count];
    float[] vectors = new float[count * DIMENSION];
    for (int i = 0; i < count; i++) {
      ids[i] = firstId + i;
      categories[i] = (firstId + i) % 7 == 0 ? null : category;
      SplittableRandom random = new SplittableRandom(firstId + i);
      for (int j = 0; j < DIMENSION; j++) {
        vectors[i * DIMENSION + j] = (float) random.nextDouble();
      }
    }
    List<Column> columns =
        List.of(
            new LongColumn(SqlType.INT8, count, ids, Nulls.NONE),
            ObjectColumn.of(SqlType.TEXT, count, categories),
            VectorColumn.ofArray(EMBEDDING, DIMENSION, count, vectors, Nulls.NONE));
    return new RowBatch(count, columns);
  }

  private record Row(String category, long address) {}

  private static Map<Long, Row> read(Roles roles, TableDefinition table, long snapshot) {
    PlanNode scan =
        new PlanNode.TableScan(
            table.id(),
            table.version(),
            List.of(0, 1, 2),
            List.of(SqlType.INT8, SqlType.TEXT, EMBEDDING),
            true,
            Optional.empty(),
            List.of());
    Map<Long, Row> found = new TreeMap<>();
    try (RowStream stream = roles.scan(scan, snapshot)) {
      for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
        RowBatch rows = batch.get();
        for (int i = 0; i < rows.rowCount(); i++) {
          long id = ((LongColumn) rows.column(0)).values()[i];
          SplittableRandom random = new SplittableRandom(id);
          float[] vector = ((VectorColumn) rows.column(2)).row(i);
          for (float element : vector) {
            assertThat(element).isEqualTo((float) random.nextDouble());
          }
          Row before =
              found.put(
                  id,
                  new Row(
                      String.valueOf(rows.column(1).valueAt(i)),
                      ((LongColumn) rows.column(3)).values()[i]));
          assertThat(before).isNull();
        }
      }
    }
    return found;
  }

  private static Row row(Map<Long, Row> rows, long id) {
    return Objects.requireNonNull(rows.get(id), () -> "row " + id);
  }

  private static Map<Long, Row> read(Roles roles, TableDefinition table) {
    return read(roles, table, roles.root.timestamp());
  }

  private static void createIndex(Roles roles, TableDefinition table) {
    var ignored =
        roles.root.execute(
            new DdlCommand.CreateIndex(
                table.id(),
                Optional.empty(),
                false,
                false,
                new DdlCommand.NewIndex(
                    IndexMethod.HNSW,
                    List.of(IndexKey.ofColumn(3, "vector_l2_ops")),
                    List.of(),
                    Map.of("m", "8"),
                    false,
                    false,
                    Optional.empty())),
            Cancellation.NEVER);
  }

  @Test
  void committedRowsAreThereAfterARestart() {
    long before;
    try (Roles roles = open()) {
      TableDefinition items = createItems(roles);
      before = roles.root.timestamp();
      assertThat(roles.commit(items, new long[0], Optional.of(rows(1, 100, "a"))))
          .isInstanceOf(CommitResult.Committed.class);
      Map<Long, Row> found = read(roles, items);
      assertThat(found).hasSize(100);
      assertThat(row(found, 1L).category()).isEqualTo("a");
      assertThat(row(found, 7L).category()).isEqualTo("null");
      // An update: the old version dies, the new one is born.
      assertThat(
              roles.commit(
                  items, new long[] {row(found, 5L).address()}, Optional.of(rows(5, 1, "b"))))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(row(read(roles, items), 5L).category()).isEqualTo("b");
      assertThat(read(roles, items, before)).isEmpty();
    }
    try (Roles roles = open()) {
      TableDefinition items = roles.table("items");
      assertThat(roles.root.timestamp()).isGreaterThan(before);
      Map<Long, Row> found = read(roles, items);
      assertThat(found).hasSize(100);
      assertThat(row(found, 5L).category()).isEqualTo("b");
      assertThat(read(roles, items, before)).isEmpty();
    }
  }

  @Test
  void theOutcomeOfATransactionIsToldAndStays() {
    try (Roles roles = open()) {
      TableDefinition items = createItems(roles);
      long snapshot = roles.root.timestamp();
      CommitRequest done = insertion(roles, items, snapshot, 1);
      assertThat(roles.cluster.owner(items.id()).commit(done))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(status(roles, done)).isEqualTo("committed");
      // Asked about before it comes, it is refused when it does.
      CommitRequest late = insertion(roles, items, snapshot, 2);
      assertThat(status(roles, late)).isEqualTo("aborted");
      assertThat(roles.cluster.owner(items.id()).commit(late))
          .isEqualTo(new CommitResult.Conflict(0));
      assertThat(status(roles, late)).isEqualTo("aborted");
      assertThat(read(roles, items)).containsOnlyKeys(1L);
    }
  }

  private static CommitRequest insertion(
      Roles roles, TableDefinition table, long snapshot, int key) {
    return new CommitRequest(
        roles.newTransaction(),
        snapshot,
        0,
        List.of(
            new TableWrite(
                table.id(),
                table.version(),
                table.incarnation(),
                new long[0],
                Optional.of(rows(key, 1, "a")))));
  }

  private static String status(Roles roles, CommitRequest request) {
    return TransactionStatus.of(request.transaction() + "/" + request.snapshot(), 0, roles.cluster);
  }

  @Test
  void conflictsAndDuplicatesAreRefused() {
    try (Roles roles = open()) {
      TableDefinition items = createItems(roles);
      var ignored = roles.commit(items, new long[0], Optional.of(rows(1, 10, "a")));
      long address = row(read(roles, items), 3L).address();
      assertThat(roles.commit(items, new long[0], Optional.of(rows(3, 1, "x"))))
          .isEqualTo(new CommitResult.DuplicateKey(items.id(), List.of(3L), false));
      assertThat(roles.commit(items, new long[] {address}, Optional.empty()))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(roles.commit(items, new long[] {address}, Optional.empty()))
          .isEqualTo(new CommitResult.Conflict(items.id()));
      assertThat(roles.commit(items, new long[0], Optional.of(rows(3, 1, "y"))))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(row(read(roles, items), 3L).category()).isEqualTo("y");
    }
  }

  @Test
  void largeWriteSetsAreStagedAndAtomic() {
    UUID abandoned = new UUID(1, 1);
    try (Roles roles = open()) {
      TableDefinition items = createItems(roles);
      UUID transaction = roles.newTransaction();
      for (int i = 0; i < 30; i++) {
        roles
            .workers
            .dataNode(ChannelMap.FIRST)
            .stage(transaction, i, write(items, rows(i * 1000L, 1000, "s")));
        if (i < 5) {
          roles
              .workers
              .dataNode(ChannelMap.FIRST)
              .stage(abandoned, i, write(items, rows(100_000 + i * 1000L, 1000, "lost")));
        }
      }
      assertThat(read(roles, items)).isEmpty();
      assertThat(
              roles
                  .workers
                  .dataNode(ChannelMap.FIRST)
                  .commit(new CommitRequest(transaction, roles.root.timestamp(), 30, List.of())))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(read(roles, items)).hasSize(30_000);
    }
    try (Roles roles = open()) {
      TableDefinition items = roles.table("items");
      assertThat(read(roles, items)).hasSize(30_000);
      // What was staged before the restart is gone.
      assertThatThrownBy(() ->
              roles
                  .workers
                  .dataNode(ChannelMap.FIRST)
                  .commit(new CommitRequest(abandoned, roles.root.timestamp(), 5, List.of())))
          .isInstanceOf(QuiverException.class);
      UUID twice = roles.newTransaction();
      roles.workers.dataNode(ChannelMap.FIRST).stage(twice, 0, write(items, rows(50_000, 10, "x")));
      roles.workers.dataNode(ChannelMap.FIRST).stage(twice, 1, write(items, rows(50_009, 10, "x")));
      assertThat(
              roles
                  .workers
                  .dataNode(ChannelMap.FIRST)
                  .commit(new CommitRequest(twice, roles.root.timestamp(), 2, List.of())))
          .isEqualTo(new CommitResult.DuplicateKey(items.id(), List.of(50_009L), false));
      assertThat(read(roles, items)).hasSize(30_000);
    }
  }

  private static TableWrite write(TableDefinition table, RowBatch rows) {
    return new TableWrite(
        table.id(), table.version(), table.incarnation(), new long[0], Optional.of(rows));
  }

  @Test
  void flushedRowsStayReadableAndDeletedOnesStayDeleted() {
    try (Roles roles = open()) {
      TableDefinition items = createItems(roles);
      var ignored = roles.commit(items, new long[0], Optional.of(rows(1, 500, "a")));
      roles.cluster.flush(List.of(items.id()), Cancellation.NEVER);
      assertThat(roles.cluster.segments()).allMatch(segment -> segment.state().equals("flushed"));
      Map<Long, Row> found = read(roles, items);
      assertThat(found).hasSize(500);
      long[] gone =
          IntStream.rangeClosed(1, 100).mapToLong(id -> row(found, (long) id).address()).toArray();
      assertThat(roles.commit(items, gone, Optional.empty()))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(read(roles, items)).hasSize(400);
    }
    try (Roles roles = open()) {
      TableDefinition items = roles.table("items");
      assertThat(read(roles, items).keySet()).doesNotContain(1L, 50L, 100L).contains(101L);
      long[] found =
          roles
              .workers
              .queryNode()
              .lookupKeys(
                  new QueryNodeService.KeyRequest(
                      items.id(),
                      items.version(),
                      Optional.empty(),
                      roles.root.timestamp(),
                      new RowBatch(
                          3,
                          List.of(
                              new LongColumn(
                                  SqlType.INT8, 3, new long[] {50, 101, 9999}, Nulls.NONE))),
                      new long[0],
                      true))
              .addresses();
      assertThat(found[0]).isEqualTo(QueryNodeService.ABSENT);
      assertThat(found[1]).isNotEqualTo(QueryNodeService.ABSENT);
      assertThat(found[2]).isEqualTo(QueryNodeService.ABSENT);
    }
  }

  @Test
  void anIndexIsBuiltFoundAfterARestartAndRebuiltByMerges() {
    try (Roles roles = open()) {
      TableDefinition items = createItems(roles);
      var ignored = roles.commit(items, new long[0], Optional.of(rows(1, 3000, "a")));
      createIndex(roles, items);
      IndexDefinition index = roles.table("items").indexes().getLast();
      assertThat(index.name()).isEqualTo("items_embedding_idx");
      assertThat(index.state()).isEqualTo(IndexDefinition.State.VALID);
      assertThat(roles.cluster.segments().getFirst().indexIds()).containsExactly(index.id());
      assertThat(nearest(roles, 77)).startsWith(77L);
      var _ = roles.commit(roles.table("items"), new long[0], Optional.of(rows(5000, 2000, "b")));
      assertThat(nearest(roles, 5100)).startsWith(5100L);
    }
    try (Roles roles = open()) {
      TableDefinition items = roles.table("items");
      IndexDefinition index = items.indexes().getLast();
      assertThat(nearest(roles, 78)).startsWith(78L);
      assertThat(nearest(roles, 5101)).startsWith(5101L);
      long late = row(read(roles, items), 2000L).address();
      roles.cluster.flush(List.of(items.id()), Cancellation.NEVER);
      assertThat(roles.cluster.segments()).hasSize(1);
      assertThat(roles.cluster.segments().getFirst().indexIds()).containsExactly(index.id());
      assertThat(roles.cluster.segments().getFirst().rowCount()).isEqualTo(5000);
      assertThat(read(roles, items)).hasSize(5000);
      assertThat(nearest(roles, 79)).startsWith(79L);
      // An address from before the merge is translated.
      assertThat(roles.commit(items, new long[] {late}, Optional.empty()))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(read(roles, items)).doesNotContainKey(2000L).hasSize(4999);
      var _ =
          roles.root.execute(
              new DdlCommand.DropIndex(
                  List.of(new QualifiedName("public", "items_embedding_idx")), false),
              Cancellation.NEVER);
      assertThat(nearest(roles, 80)).startsWith(80L);
    }
    try (Roles roles = open()) {
      assertThat(read(roles, roles.table("items"))).doesNotContainKey(2000L).hasSize(4999);
    }
  }

  private static List<Long> nearest(Roles roles, long id) {
    TableDefinition items = roles.table("items");
    float[] query = ((VectorColumn) rows(id, 1, "q").column(2)).row(0);
    Optional<Long> indexId =
        items.indexes().stream()
            .filter(IndexDefinition::isVector)
            .map(IndexDefinition::id)
            .findFirst();
    PlanNode search =
        new PlanNode.VectorSearch(
            items.id(),
            items.version(),
            List.of(0),
            List.of(SqlType.INT8),
            false,
            2,
            DistanceMetric.L2,
            indexId,
            new Expression.Constant(query, EMBEDDING),
            Optional.of(new Expression.Constant(5L, SqlType.INT8)),
            DistanceRange.ALL,
            Optional.empty(),
            "test");
    List<Long> ids = new ArrayList<>();
    try (RowStream stream = roles.scan(search, roles.root.timestamp())) {
      for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
        for (int i = 0; i < batch.get().rowCount(); i++) {
          ids.add(((LongColumn) batch.get().column(0)).values()[i]);
        }
      }
    }
    return ids;
  }

  @Test
  void mergesKeepWhatATransactionHasDeletedAndRefuseOlderSnapshots() {
    try (Roles roles = open()) {
      TableDefinition items = createItems(roles);
      long empty = roles.root.timestamp();
      var _ = roles.commit(items, new long[0], Optional.of(rows(1, 200, "a")));
      roles.cluster.flush(List.of(items.id()), Cancellation.NEVER);
      var _ = roles.commit(items, new long[0], Optional.of(rows(201, 200, "a")));
      Map<Long, Row> before = read(roles, items);
      assertThat(roles.commit(items, new long[] {row(before, 9L).address()}, Optional.empty()))
          .isInstanceOf(CommitResult.Committed.class);
      long[] own = {row(before, 10L).address(), row(before, 210L).address()};
      assertThat(read(roles, items, empty)).isEmpty();
      roles.cluster.flush(List.of(items.id()), Cancellation.NEVER);
      assertThat(roles.cluster.segments()).hasSize(1);
      assertThat(roles.cluster.segments().getFirst().rowCount()).isEqualTo(399);
      // The transaction goes on reading at its snapshot, without the rows it has deleted itself.
      PlanNode scan =
          new PlanNode.TableScan(
              items.id(),
              items.version(),
              List.of(0),
              List.of(SqlType.INT8),
              false,
              Optional.empty(),
              List.of());
      long count = 0;
      try (RowStream stream = roles.scan(scan, roles.root.timestamp(), Map.of(items.id(), own))) {
        for (Optional<RowBatch> rows = stream.next(); rows.isPresent(); rows = stream.next()) {
          count += rows.get().rowCount();
        }
      }
      assertThat(count).isEqualTo(397);
      assertThat(roles.commit(items, own, Optional.empty()))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(read(roles, items)).hasSize(397).doesNotContainKeys(9L, 10L, 210L);
      // A row that died since was dropped: who would have to see it is told so.
      assertThatThrownBy(() -> read(roles, items, empty))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> assertThat(e.state()).isEqualTo(SqlState.SNAPSHOT_TOO_OLD));
    }
  }

  @Test
  void truncateAndDropEmptyTheTable() {
    try (Roles roles = open()) {
      TableDefinition items = createItems(roles);
      var ignored = roles.commit(items, new long[0], Optional.of(rows(1, 10, "a")));
      roles.cluster.flush(List.of(), Cancellation.NEVER);
      var _ = roles.commit(items, new long[0], Optional.of(rows(11, 10, "a")));
      var _ =
          roles.root.execute(
              new DdlCommand.Truncate(List.of(items.id()), false), Cancellation.NEVER);
      assertThat(roles.commit(items, new long[0], Optional.of(rows(1, 1, "old"))))
          .isEqualTo(new CommitResult.StaleTable(items.id()));
      TableDefinition emptied = roles.table("items");
      assertThat(read(roles, emptied)).isEmpty();
      assertThat(roles.commit(emptied, new long[0], Optional.of(rows(1, 3, "new"))))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(read(roles, emptied)).hasSize(3);
    }
    try (Roles roles = open()) {
      TableDefinition items = roles.table("items");
      assertThat(read(roles, items)).hasSize(3);
      var _ =
          roles.root.execute(
              new DdlCommand.DropTable(List.of(new QualifiedName("public", "items")), false, false),
              Cancellation.NEVER);
      assertThat(roles.root.catalog().table("public", "items")).isEmpty();
      TableDefinition again = createItems(roles);
      assertThat(again.id()).isGreaterThan(items.id());
      assertThat(read(roles, again)).isEmpty();
    }
  }
}
