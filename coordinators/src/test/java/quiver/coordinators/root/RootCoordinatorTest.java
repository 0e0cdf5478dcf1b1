package quiver.coordinators.root;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.NewCheck;
import quiver.common.catalog.DdlCommand.NewColumn;
import quiver.common.catalog.DdlCommand.NewKey;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.TableChanges;
import quiver.rpc.RootCoordinatorService.DdlResult;
import quiver.rpc.RootCoordinatorService.SequencePosition;
import quiver.rpc.RootCoordinatorService.SequenceRange;
import quiver.rpc.meta.IndexTask;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.SegmentReport;
import quiver.storage.meta.Put;
import quiver.storage.meta.memory.MemoryMetaStore;

class RootCoordinatorTest {
  private final MemoryMetaStore store = new MemoryMetaStore(() -> Instant.EPOCH, Runnable::run);
  private final FakeDataNode dataNode = new FakeDataNode(store);
  private RootCoordinator root = start();

  private RootCoordinator start() {
    return RootCoordinator.start(
        store, () -> Instant.ofEpochMilli(1000), Thread.ofPlatform().factory());
  }

  private DdlResult run(DdlCommand command) {
    return root.execute(command, Cancellation.NEVER);
  }

  private static NewColumn column(String name, SqlType type) {
    return new NewColumn(name, type, false, Optional.empty(), false, Identity.NONE);
  }

  private static DdlCommand.CreateTable items(boolean ifNotExists) {
    return new DdlCommand.CreateTable(
        "public",
        "items",
        ifNotExists,
        List.of(
            new NewColumn("id", SqlType.INT8, false, Optional.empty(), true, Identity.NONE),
            column("price", SqlType.FLOAT8),
            column("embedding", SqlType.of(BaseType.VECTOR, 3))),
        Optional.of(new NewKey(Optional.empty(), List.of("id"))),
        List.of(
            new NewCheck(Optional.empty(), Optional.of("price"), "price > 0"),
            new NewCheck(Optional.empty(), Optional.of("price"), "price < 10"),
            new NewCheck(Optional.empty(), Optional.empty(), "true")),
        1);
  }

  private TableDefinition table() {
    return root.catalog().table("public", "items").orElseThrow();
  }

  private SequenceDefinition sequence(String name) {
    return root.catalog().sequence("public", name).orElseThrow();
  }

  private static void assertFails(ThrowingCallable call, SqlState state, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            QuiverException.class,
            e -> {
              assertThat(e.message()).isEqualTo(message);
              assertThat(e.state()).isEqualTo(state);
            });
  }

  @Test
  void createTableNamesWhatHasNoName() {
    assertThat(run(items(false)).changed()).isTrue();
    TableDefinition table = table();
    assertThat(table.primaryKey().orElseThrow().name()).isEqualTo("items_pkey");
    assertThat(table.indexes()).hasSize(1);
    IndexDefinition key = table.indexes().getFirst();
    assertThat(key.primary() && key.unique()).isTrue();
    assertThat(key.keys().getFirst().operatorClass()).isEqualTo("int8_ops");
    assertThat(table.checks().stream().map(TableDefinition.CheckConstraint::name))
        .containsExactly("items_price_check", "items_price_check1", "items_check");
    assertThat(table.columns().getFirst().notNull()).isTrue();
    assertThat(table.columns().getFirst().defaultSql())
        .contains("nextval('items_id_seq'::regclass)");
    SequenceDefinition sequence = root.catalog().sequence("public", "items_id_seq").orElseThrow();
    assertThat(sequence.ownedByTable()).contains(table.id());
    assertThat(dataNode.barriers.getFirst().changes())
        .isEqualTo(new TableChanges(List.of(table), List.of(), Map.of()));
    assertFails(
        () -> run(items(false)), SqlState.DUPLICATE_TABLE, "relation \"items\" already exists");
    DdlResult skipped = run(items(true));
    assertThat(skipped.changed()).isFalse();
    assertThat(skipped.notices().getFirst().message())
        .isEqualTo("relation \"items\" already exists, skipping");
    assertThat(skipped.notices().getFirst().sqlState()).isEqualTo("42P07");
  }

  @Test
  void temporaryObjectsGoWithTheirProcess() {
    UUID process = new UUID(1, 2);
    String schema = root.newTemporarySchema();
    assertThat(root.newTemporarySchema()).isNotEqualTo(schema);
    var _ = run(new DdlCommand.CreateTemporarySchema(schema, process));
    var _ = run(temporaryTable(schema));
    root = start();
    TableDefinition table = root.catalog().table(schema, "kept").orElseThrow();
    assertThat(table.temporary()).contains(TableDefinition.OnCommit.PRESERVE_ROWS);
    assertThat(root.newTemporarySchema()).isNotEqualTo(schema);
    AtomicLong nanos = new AtomicLong();
    TemporarySweep sweep = new TemporarySweep(root, store, nanos::get);
    NodeRecord node =
        new NodeRecord("n", process, Set.of(), "", "", 1, NodeRecord.State.SERVING, "");
    register(node);
    sweep.run();
    nanos.addAndGet(TemporarySweep.GRACE.toNanos());
    sweep.run();
    assertThat(root.catalog().schema(schema)).isPresent();
    var _ = store.commit(List.of(), List.of(), List.of(MetaKeys.node("n")));
    sweep.run();
    nanos.addAndGet(TemporarySweep.GRACE.toNanos() - 1);
    sweep.run();
    assertThat(root.catalog().schema(schema)).isPresent();
    nanos.incrementAndGet();
    sweep.run();
    assertThat(root.catalog().schema(schema)).isEmpty();
    assertThat(root.catalog().table(table.id())).isEmpty();
    assertThat(root.catalog().schema("public")).isPresent();
  }

  @Test
  void aProcessThatRegistersAgainKeepsItsTemporaryObjects() {
    UUID process = new UUID(1, 2);
    String schema = root.newTemporarySchema();
    var _ = run(new DdlCommand.CreateTemporarySchema(schema, process));
    AtomicLong nanos = new AtomicLong();
    TemporarySweep sweep = new TemporarySweep(root, store, nanos::get);
    sweep.run();
    register(new NodeRecord("n", process, Set.of(), "", "", 1, NodeRecord.State.SERVING, ""));
    nanos.addAndGet(TemporarySweep.GRACE.toNanos());
    sweep.run();
    var _ = store.commit(List.of(), List.of(), List.of(MetaKeys.node("n")));
    sweep.run();
    assertThat(root.catalog().schema(schema)).isPresent();
  }

  @Test
  void foreignKeysStayAmongTablesThatLiveEquallyLong() {
    String schema = root.newTemporarySchema();
    var _ = run(new DdlCommand.CreateTemporarySchema(schema, new UUID(1, 2)));
    var _ = run(temporaryTable(schema));
    long kept = root.catalog().table(schema, "kept").orElseThrow().id();
    assertFails(
        () -> run(items(false, kept)),
        SqlState.INVALID_TABLE_DEFINITION,
        "constraints on permanent tables may reference only permanent tables");
  }

  private void register(NodeRecord node) {
    var _ =
        store.commit(
            List.of(), List.of(new Put(MetaKeys.node(node.name()), node.encode())), List.of());
  }

  private static DdlCommand.CreateTable temporaryTable(String schema) {
    return new DdlCommand.CreateTable(
            schema,
            "kept",
            false,
            List.of(column("id", SqlType.INT8)),
            Optional.of(new NewKey(Optional.empty(), List.of("id"))),
            List.of(),
            1)
        .withTemporary(Optional.of(TableDefinition.OnCommit.PRESERVE_ROWS));
  }

  private static DdlCommand.CreateTable items(boolean ifNotExists, long referenced) {
    DdlCommand.CreateTable items = items(ifNotExists);
    return new DdlCommand.CreateTable(
        items.schema(),
        items.name(),
        ifNotExists,
        items.columns(),
        items.primaryKey(),
        items.checks(),
        1,
        List.of(),
        List.of(
            new DdlCommand.NewForeignKey(
                Optional.empty(),
                List.of("id"),
                Optional.of(referenced),
                List.of(),
                false,
                ForeignKey.Action.NO_ACTION,
                ForeignKey.Action.NO_ACTION,
                List.of(),
                Deferral.NOT_DEFERRABLE,
                true)),
        Optional.empty(),
        DdlCommand.Copied.NOTHING);
  }

  @Test
  void theCatalogSurvivesARestart() {
    var _ = run(items(false));
    TableDefinition before = table();
    long version = root.catalog().version();
    long timestamp = root.timestamp();
    root.close();
    root = start();
    assertThat(table()).isEqualTo(before);
    assertThat(root.catalog().version()).isEqualTo(version);
    assertThat(root.timestamp()).isGreaterThan(timestamp);
  }

  @Test
  void dropTableFreesNamesAndDropsSequences() {
    var _ = run(items(false));
    long id = table().id();
    assertFails(
        () ->
            run(
                new DdlCommand.DropTable(
                    List.of(new QualifiedName("public", "nosuch")), false, false)),
        SqlState.UNDEFINED_TABLE,
        "table \"nosuch\" does not exist");
    DdlResult result =
        run(
            new DdlCommand.DropTable(
                List.of(
                    new QualifiedName("public", "nosuch"), new QualifiedName("public", "items")),
                true,
                false));
    assertThat(result.changed()).isTrue();
    assertThat(result.notices().getFirst().message())
        .isEqualTo("table \"nosuch\" does not exist, skipping");
    assertThat(root.catalog().tables()).isEmpty();
    assertThat(root.catalog().sequences()).isEmpty();
    assertThat(dataNode.barriers.getLast().changes())
        .isEqualTo(new TableChanges(List.of(), List.of(id), Map.of()));
    assertThat(run(items(false)).changed()).isTrue();
  }

  @Test
  void aCommandThatACrashInterruptedIsFinished() {
    // The same store without a data node: the barrier stays, as if the process had died.
    MemoryMetaStore lonely = new MemoryMetaStore(() -> Instant.EPOCH, Runnable::run);
    RootCoordinator first =
        RootCoordinator.start(lonely, () -> Instant.EPOCH, Thread.ofPlatform().factory());
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> first.execute(items(false), Cancellation.NEVER))
        .isInstanceOf(QuiverException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(first.catalog().tables()).isEmpty();
    RootCoordinator second =
        RootCoordinator.start(lonely, () -> Instant.EPOCH, Thread.ofPlatform().factory());
    assertThat(second.catalog().tables()).isEmpty();
    String barrier =
        lonely.list(MetaKeys.barriers(MetaKeys.STANDALONE_CHANNEL)).entries().getFirst().key();
    FakeDataNode.carryOut(lonely, barrier, new CommitResult.Committed(7));
    second.resume();
    assertThat(second.catalog().table("public", "items")).isPresent();
    assertThat(lonely.list(MetaKeys.PENDING_DDL).entries()).isEmpty();
  }

  @Test
  void truncateRaisesTheIncarnationAndRestartsSequences() {
    var _ = run(items(false));
    TableDefinition before = table();
    SequenceDefinition sequenceId = sequence("items_id_seq");
    assertThat(root.nextSequenceValues(sequenceId, 3)).isEqualTo(new SequenceRange(1, 1, 3));
    var _ = run(new DdlCommand.Truncate(List.of(before.id()), true));
    assertThat(table().incarnation()).isEqualTo(before.incarnation() + 1);
    assertThat(table().version()).isGreaterThan(before.version());
    assertThat(root.nextSequenceValues(sequenceId, 1).first()).isEqualTo(1);
  }

  @Test
  void sequencesNeverRepeatAcrossRestarts() {
    var _ = run(items(false));
    SequenceDefinition id = sequence("items_id_seq");
    assertThat(root.sequencePosition(id)).isEqualTo(new SequencePosition(1, false, 0));
    assertThat(root.nextSequenceValues(id, 2)).isEqualTo(new SequenceRange(1, 1, 2));
    assertThat(root.sequencePosition(id)).isEqualTo(new SequencePosition(2, true, 32));
    root.close();
    root = start();
    assertThat(root.nextSequenceValues(id, 1).first()).isGreaterThan(2);
    root.setSequenceValue(id, 100, true);
    assertThat(root.nextSequenceValues(id, 1).first()).isEqualTo(101);
    root.setSequenceValue(id, 7, false);
    assertThat(root.nextSequenceValues(id, 1).first()).isEqualTo(7);
  }

  @Test
  void aBoundedSequenceEndsOrCycles() {
    var _ =
        run(
            new DdlCommand.CreateSequence(
                new SequenceDefinition(
                    0, "public", "s", BaseType.INT8, 1, 2, 1, 5, false, Optional.empty()),
                false));
    SequenceDefinition id = sequence("s");
    assertThat(root.nextSequenceValues(id, 10)).isEqualTo(new SequenceRange(1, 2, 3));
    assertFails(
        () -> root.nextSequenceValues(id, 1),
        SqlState.SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
        "nextval: reached maximum value of sequence \"s\" (5)");
    assertFails(
        () -> root.setSequenceValue(id, 6, true),
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
        "setval: value 6 is out of bounds for sequence \"s\" (1..5)");
    var _ =
        run(
            new DdlCommand.CreateSequence(
                new SequenceDefinition(
                    0, "public", "down", BaseType.INT8, -1, -1, -2, -1, true, Optional.empty()),
                false));
    SequenceDefinition down = sequence("down");
    assertThat(root.nextSequenceValues(down, 5)).isEqualTo(new SequenceRange(-1, -1, 2));
    assertThat(root.nextSequenceValues(down, 1)).isEqualTo(new SequenceRange(-1, -1, 1));
  }

  @Test
  void createIndexWaitsUntilEverySegmentHasIt() {
    var _ = run(items(false));
    dataNode.segments.add(segment(5, 2000, List.of()));
    // The index node's answer comes with the first look for cancellation.
    DdlResult result =
        root.execute(
            createIndex(),
            () -> {
              long indexId = table().indexes().getLast().id();
              dataNode.segments.set(0, segment(5, 2000, List.of(indexId)));
              dataNode.report();
            });
    assertThat(result.changed()).isTrue();
    IndexDefinition index = table().indexes().getLast();
    assertThat(index.name()).isEqualTo("items_embedding_idx");
    assertThat(index.state()).isEqualTo(IndexDefinition.State.VALID);
    assertThat(index.options()).isEqualTo(Map.of("m", "16"));
  }

  private SegmentReport segment(long id, long rows, List<Long> indexIds) {
    return new SegmentReport(
        id, table().id(), 1, SegmentReport.FLUSHED, rows, 0, 0, 1, "segment", indexIds);
  }

  private DdlCommand.CreateIndex createIndex() {
    return new DdlCommand.CreateIndex(
        table().id(),
        Optional.empty(),
        false,
        false,
        new DdlCommand.NewIndex(
            IndexMethod.HNSW,
            List.of(IndexKey.ofColumn(3, "vector_l2_ops")),
            List.of(),
            Map.of("m", "16"),
            false,
            false,
            Optional.empty()));
  }

  @Test
  void aCancelledOrFailedBuildLeavesNoIndex() {
    var _ = run(items(false));
    dataNode.segments.add(segment(5, 2000, List.of()));
    assertFails(
        () ->
            root.execute(
                createIndex(),
                () -> {
                  throw new QuiverException(SqlState.QUERY_CANCELED, "canceled");
                }),
        SqlState.QUERY_CANCELED,
        "canceled");
    assertThat(table().indexes()).hasSize(1);
    assertFails(
        () ->
            root.execute(
                createIndex(),
                () -> {
                  long indexId = table().indexes().getLast().id();
                  var _ =
                      store.commit(
                          List.of(),
                          List.of(
                              new Put(
                                  MetaKeys.indexResult(5, indexId),
                                  new IndexTask.Result(
                                          5, indexId, "", 0, List.of("54000", "too much"))
                                      .encode())),
                          List.of());
                }),
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        "too much");
    assertThat(table().indexes()).hasSize(1);
  }

  @Test
  void dropIndexRefusesPrimaryKeysAndOtherRelations() {
    var _ = run(items(false));
    assertFails(
        () ->
            run(
                new DdlCommand.DropIndex(
                    List.of(new QualifiedName("public", "items_pkey")), false)),
        SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
        "cannot drop index items_pkey because constraint items_pkey on table items requires it");
    assertFails(
        () -> run(new DdlCommand.DropIndex(List.of(new QualifiedName("public", "items")), false)),
        SqlState.WRONG_OBJECT_TYPE,
        "\"items\" is not an index");
    assertFails(
        () -> run(new DdlCommand.DropIndex(List.of(new QualifiedName("public", "x")), false)),
        SqlState.UNDEFINED_OBJECT,
        "index \"x\" does not exist");
    assertFails(
        () ->
            run(
                new DdlCommand.DropSequence(
                    List.of(new QualifiedName("public", "items_id_seq")), false)),
        SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
        "cannot drop sequence items_id_seq because other objects depend on it");
  }

  @Test
  void schemasHoldTables() {
    assertThat(run(new DdlCommand.CreateSchema("shop", false)).changed()).isTrue();
    assertThat(run(new DdlCommand.CreateSchema("shop", true)).notices().getFirst().message())
        .isEqualTo("schema \"shop\" already exists, skipping");
    var _ =
        run(
            new DdlCommand.CreateTable(
                "shop",
                "t",
                false,
                List.of(column("a", SqlType.INT4)),
                Optional.empty(),
                List.of(),
                1));
    assertFails(
        () -> run(new DdlCommand.DropSchema("shop", false, false)),
        SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
        "cannot drop schema shop because other objects depend on it");
    assertThat(run(new DdlCommand.DropSchema("shop", false, true)).notices().getFirst().message())
        .isEqualTo("drop cascades to table shop.t");
    assertThat(root.catalog().tables()).isEmpty();
    assertFails(
        () -> run(new DdlCommand.DropSchema("shop", false, false)),
        SqlState.INVALID_SCHEMA_NAME,
        "schema \"shop\" does not exist");
  }

  @Test
  void longNamesAreShortenedAsPostgresDoes() {
    String table = "a".repeat(60);
    assertThat(Names.choose(table, "embedding", "idx", name -> false))
        .isEqualTo("a".repeat(49) + "_embedding_idx");
    assertThat(Names.choose("t", "", "pkey", "t_pkey"::equals)).isEqualTo("t_pkey1");
  }

  @Test
  void timestampsGrowWhateverTheClockDoes() {
    long[] millis = {5000};
    TimestampOracle oracle =
        new TimestampOracle(store, () -> Instant.ofEpochMilli(millis[0]), () -> {});
    long last = oracle.getAsLong();
    for (int i = 0; i < 1000; i++) {
      millis[0] += i % 3 == 0 ? -700 : 900;
      long next = oracle.getAsLong();
      assertThat(next).isGreaterThan(last);
      last = next;
    }
    millis[0] = 0;
    assertThat(
            new TimestampOracle(store, () -> Instant.ofEpochMilli(millis[0]), () -> {}).getAsLong())
        .isGreaterThan(last);
    // The first oracle has been replaced and may not go on for ever.
    millis[0] = 1_000_000;
    assertThatThrownBy(oracle::getAsLong).isInstanceOf(QuiverException.class);
  }
}
