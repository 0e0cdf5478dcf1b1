package quiver.frontend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.function.FunctionContext;
import quiver.execution.operator.FragmentExecutor;
import quiver.execution.runtime.Bindings;
import quiver.execution.runtime.CpuPool;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.ExecutionSettings;
import quiver.execution.runtime.GatherSource;
import quiver.execution.runtime.QueryMemory;
import quiver.execution.source.BatchStream;
import quiver.execution.source.MemorySegmentSnapshot;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.SystemRelations;
import quiver.execution.source.TableSnapshot;
import quiver.frontend.transaction.RowBatches;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService;
import quiver.rpc.Pending;
import quiver.rpc.QueryNodeService;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.Share;

/// Coordinator, owner and query node in memory: every committed batch is a segment of its own.
public final class MemoryBackend
    implements RootCoordinatorService, ClusterService, DataNodeService, QueryNodeService {
  private final FragmentExecutor executor;
  private final Map<Long, List<Segment>> segments = new HashMap<>();
  private final Map<UUID, List<TableWrite>> staged = new HashMap<>();
  private final List<TableDefinition> tables = new ArrayList<>();
  private long clock = 1_000;
  private long version = 1;
  private long nextId = CatalogImage.FIRST_USER_ID;
  private long nextSegment = 1;
  private int conflictsLeft;

  private static final class Segment {
    final long id;
    final long born;
    final RowBatch rows;
    final Map<Integer, Long> deaths = new HashMap<>();

    Segment(long id, long born, RowBatch rows) {
      this.id = id;
      this.born = born;
      this.rows = rows;
    }
  }

  public MemoryBackend(FragmentExecutor executor) {
    this.executor = executor;
  }

  /// The catalog changes, though nothing in it.
  public synchronized void newDefinitions() {
    version++;
  }

  /// The next commits meet a concurrent update.
  public synchronized void failCommits(int count) {
    conflictsLeft = count;
  }

  /// Rows handed over and not committed.
  public synchronized int stagedCount() {
    return staged.size();
  }

  @Override
  public synchronized long timestamp() {
    return ++clock;
  }

  @Override
  public synchronized CatalogImage catalog() {
    List<CatalogObject> objects = new ArrayList<>(tables);
    objects.add(new SchemaDefinition(2200, "public"));
    objects.add(RoleDefinition.bootstrap("ann"));
    return new CatalogImage(version, objects);
  }

  @Override
  public void settle() {}

  @Override
  public String newTemporarySchema() {
    return SchemaDefinition.temporaryName(nextId++);
  }

  @Override
  public void discard(CatalogDelta delta) {}

  @Override
  public DdlResult execute(DdlCommand command, Cancellation cancellation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized CommitResult commit(
      CatalogDelta delta, StagedWrites writes, Cancellation cancellation) {
    for (Map.Entry<Long, CatalogDelta.Edit> each : delta.edits().entrySet()) {
      if (!catalog().object(each.getKey()).equals(each.getValue().before())) {
        return new CommitResult.StaleTable(each.getKey());
      }
    }
    List<TableDefinition> before = List.copyOf(tables);
    for (Map.Entry<Long, CatalogDelta.Edit> each : delta.edits().entrySet()) {
      tables.removeIf(table -> table.id() == each.getKey());
      each.getValue().after().ifPresent(after -> tables.add((TableDefinition) after));
    }
    version++;
    if (writes.stagedCount() == 0) {
      return new CommitResult.Committed(0);
    }
    CommitResult result =
        commit(
            new CommitRequest(
                writes.transaction(), writes.snapshot(), writes.stagedCount(), List.of()));
    if (!(result instanceof CommitResult.Committed)) {
      tables.clear();
      tables.addAll(before);
    }
    return result;
  }

  private static Defined with(CatalogDelta before, Map<Long, CatalogDelta.Edit> edits) {
    Map<Long, CatalogDelta.Edit> all = new LinkedHashMap<>(before.edits());
    edits.forEach((id, edit) -> {
      CatalogDelta.Edit known = all.get(id);
      if (known == null) {
        all.put(id, edit);
      } else if (known.before().isEmpty() && edit.after().isEmpty()) {
        all.remove(id);
      } else {
        all.put(id, new CatalogDelta.Edit(known.before(), edit.after()));
      }
    });
    return new Defined(
        new CatalogDelta(all, before.resetSequences(), Map.of()),
        new DdlResult(!edits.isEmpty(), List.of()));
  }

  @Override
  public synchronized Defined define(CatalogDelta before, DdlCommand named) {
    DdlCommand command = named instanceof DdlCommand.As as ? as.command() : named;
    CatalogImage image = catalog().with(before, version);
    return switch (command) {
      case DdlCommand.CreateTable create -> {
        if (image.table(create.schema(), create.name()).isPresent()) {
          if (create.ifNotExists()) {
            yield new Defined(
                before,
                new DdlResult(
                    false,
                    List.of(
                        new Notice(
                            "42P07",
                            "relation \"" + create.name() + "\" already exists, skipping"))));
          }
          throw new QuiverException(
              SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", create.name());
        }
        List<ColumnDefinition> columns = new ArrayList<>();
        for (DdlCommand.NewColumn column : create.columns()) {
          columns.add(
              new ColumnDefinition(
                  columns.size() + 1,
                  column.name(),
                  column.type(),
                  column.notNull(),
                  column.defaultSql(),
                  Optional.empty(),
                  column.identity()));
        }
        Optional<TableDefinition.PrimaryKey> key =
            create
                .primaryKey()
                .map(k ->
                    new TableDefinition.PrimaryKey(
                        nextId++,
                        k.name().orElse(create.name() + "_pkey"),
                        k.columns().stream()
                            .map(name ->
                                columns.stream()
                                    .filter(c -> c.name().equals(name))
                                    .findFirst()
                                    .orElseThrow()
                                    .id())
                            .toList()));
        List<TableDefinition.CheckConstraint> checks = new ArrayList<>();
        for (DdlCommand.NewCheck check : create.checks()) {
          checks.add(
              new TableDefinition.CheckConstraint(
                  nextId++,
                  check.name().orElse(create.name() + "_check" + checks.size()),
                  check.sql()));
        }
        TableDefinition made =
            new TableDefinition(
                nextId++,
                create.schema(),
                create.name(),
                1,
                1,
                columns,
                key,
                checks,
                key.map(k -> List.of(primaryIndex(k))).orElse(List.of()),
                1);
        yield with(
            before, Map.of(made.id(), new CatalogDelta.Edit(Optional.empty(), Optional.of(made))));
      }
      case DdlCommand.DropTable drop -> {
        Map<Long, CatalogDelta.Edit> edits = new LinkedHashMap<>();
        for (TableDefinition table : image.tables()) {
          if (drop.tables().stream().anyMatch(n -> n.name().equals(table.name()))) {
            edits.put(table.id(), new CatalogDelta.Edit(Optional.of(table), Optional.empty()));
          }
        }
        yield with(before, edits);
      }
      case DdlCommand.Truncate truncate -> {
        Map<Long, CatalogDelta.Edit> edits = new LinkedHashMap<>();
        for (long id : truncate.tableIds()) {
          TableDefinition table = image.table(id).orElseThrow();
          edits.put(
              id,
              new CatalogDelta.Edit(
                  Optional.of(table),
                  Optional.of(table.withVersion(table.version() + 1, table.incarnation() + 1))));
        }
        yield with(before, edits);
      }
      default ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "%s", command.getClass().getSimpleName());
    };
  }

  @Override
  public SequenceRange nextSequenceValues(SequenceDefinition sequence, int count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setSequenceValue(SequenceDefinition sequence, long value, boolean isCalled) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SequencePosition sequencePosition(SequenceDefinition sequence) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Holder> holders(long tableId) {
    return List.of(new Holder(this, Share.ALL));
  }

  @Override
  public String channel(long tableId) {
    return "main";
  }

  @Override
  public List<String> channelNames() {
    return List.of("main");
  }

  @Override
  public DataNodeService channelOwner(String channel) {
    return this;
  }

  @Override
  public Resolution resolve(UUID transaction) {
    throw new UnsupportedOperationException("there is one channel");
  }

  @Override
  public Optional<Resolution> status(UUID transaction, long snapshot) {
    throw new UnsupportedOperationException("nothing is forgotten");
  }

  @Override
  public Optional<KeyedCommit> committed(UUID key) {
    throw new UnsupportedOperationException("no transaction has a key");
  }

  @Override
  public void finish(Map<UUID, Resolution> decided) {
    throw new UnsupportedOperationException("there is one channel");
  }

  @Override
  public void flush(List<Long> tableIds, Cancellation cancellation) {}

  @Override
  public List<SegmentStatus> segments() {
    return List.of();
  }

  @Override
  public List<IndexProgress> indexProgress() {
    return List.of();
  }

  @Override
  public synchronized void stage(UUID transaction, int sequence, TableWrite write) {
    List<TableWrite> writes = staged.computeIfAbsent(transaction, id -> new ArrayList<>());
    if (writes.size() != sequence) {
      throw new IllegalStateException("chunk " + sequence + " after " + writes.size());
    }
    writes.add(write);
  }

  @Override
  public synchronized void abandon(UUID transaction) {
    staged.remove(transaction);
  }

  @Override
  public void nudge(long tableId, long timestamp) {}

  @Override
  public Pending<ReadIndex> readIndex() {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized CommitResult commit(CommitRequest request) {
    List<TableWrite> writes = new ArrayList<>(request.writes());
    List<TableWrite> before = staged.remove(request.transaction());
    if (before != null) {
      writes.addAll(0, before);
    }
    if (conflictsLeft > 0) {
      conflictsLeft--;
      return new CommitResult.Conflict(writes.getFirst().tableId());
    }
    for (TableWrite write : writes) {
      Optional<TableDefinition> table = catalog().table(write.tableId());
      if (table.isEmpty() || table.get().version() != write.tableVersion()) {
        return new CommitResult.StaleTable(write.tableId());
      }
      for (long address : write.deleted()) {
        if (segment(write.tableId(), address).deaths.containsKey(RowAddress.row(address))) {
          return new CommitResult.Conflict(write.tableId());
        }
      }
    }
    Optional<CommitResult> duplicate = findDuplicate(writes);
    if (duplicate.isPresent()) {
      return duplicate.get();
    }
    long now = timestamp();
    for (TableWrite write : writes) {
      for (long address : write.deleted()) {
        segment(write.tableId(), address).deaths.put(RowAddress.row(address), now);
      }
      write
          .inserted()
          .ifPresent(rows ->
              segments
                  .computeIfAbsent(write.tableId(), id -> new ArrayList<>())
                  .add(new Segment(nextSegment++, now, rows)));
    }
    return new CommitResult.Committed(now);
  }

  private Optional<CommitResult> findDuplicate(List<TableWrite> writes) {
    Map<Long, Set<List<Object>>> keys = new HashMap<>();
    for (TableWrite write : writes) {
      List<Integer> ordinals = catalog().table(write.tableId()).orElseThrow().keyOrdinals();
      if (write.inserted().isEmpty() || ordinals.isEmpty()) {
        continue;
      }
      Set<Long> dying = new HashSet<>();
      for (TableWrite other : writes) {
        for (long address : other.deleted()) {
          dying.add(address);
        }
      }
      Set<List<Object>> taken =
          keys.computeIfAbsent(write.tableId(), id -> liveKeys(write.tableId(), ordinals, dying));
      RowBatch rows = write.inserted().get();
      for (int row = 0; row < rows.rowCount(); row++) {
        if (!taken.add(key(rows, row, ordinals))) {
          return Optional.of(
              new CommitResult.DuplicateKey(write.tableId(), key(rows, row, ordinals), true));
        }
      }
    }
    return Optional.empty();
  }

  private Set<List<Object>> liveKeys(long tableId, List<Integer> ordinals, Set<Long> dying) {
    Set<List<Object>> keys = new HashSet<>();
    for (Segment segment : segments.getOrDefault(tableId, List.of())) {
      for (int row = 0; row < segment.rows.rowCount(); row++) {
        if (!segment.deaths.containsKey(row) && !dying.contains(RowAddress.of(segment.id, row))) {
          keys.add(key(segment.rows, row, ordinals));
        }
      }
    }
    return keys;
  }

  private static List<Object> key(RowBatch rows, int row, List<Integer> ordinals) {
    List<Object> key = new ArrayList<>();
    for (int ordinal : ordinals) {
      key.add(Objects.requireNonNull(rows.column(ordinal).valueAt(row)));
    }
    return key;
  }

  private Segment segment(long tableId, long address) {
    return segments.getOrDefault(tableId, List.of()).stream()
        .filter(segment -> segment.id == RowAddress.segmentId(address))
        .findFirst()
        .orElseThrow();
  }

  private synchronized TableSnapshot open(long tableId, long snapshot, long[] excluded) {
    Set<Long> hidden = new HashSet<>();
    for (long address : excluded) {
      hidden.add(address);
    }
    List<SegmentSnapshot> visible = new ArrayList<>();
    for (Segment segment : segments.getOrDefault(tableId, List.of())) {
      RowMask mask = RowMask.none(segment.rows.rowCount());
      for (int row = 0; row < segment.rows.rowCount(); row++) {
        if (segment.born <= snapshot
            && segment.deaths.getOrDefault(row, Long.MAX_VALUE) > snapshot
            && !hidden.contains(RowAddress.of(segment.id, row))) {
          mask.add(row);
        }
      }
      List<Column> columns = segment.rows.columns();
      visible.add(new MemorySegmentSnapshot(segment.id, columns, mask));
    }
    return TableSnapshot.of(visible, catalog().table(tableId).orElseThrow().keyOrdinals());
  }

  @Override
  public RowStream execute(FragmentRequest request) {
    ExecutionContext context =
        new ExecutionContext(
            Bindings.of(request.parameters(), request.outer()),
            noSession(),
            ExecutionSettings.DEFAULT,
            new QueryMemory(1 << 28),
            request.cancellation()::check,
            CpuPool.callerOnly(),
            (tableId, tableVersion) ->
                open(
                    tableId,
                    request.snapshot(),
                    request.excluded().getOrDefault(tableId, new long[0])),
            GatherSource.none(),
            SystemRelations.none(),
            Optional.empty());
    BatchStream stream = executor.execute(request.fragment(), context);
    return new RowStream() {
      @Override
      public Optional<RowBatch> next() {
        return stream.next();
      }

      @Override
      public List<String> statistics() {
        return List.of();
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }

  private static FunctionContext noSession() {
    return () -> {
      throw new IllegalStateException("no session on a query node");
    };
  }

  @Override
  public KeyMatches lookupKeys(KeyRequest request) {
    RowBatch keys = request.keys();
    long[] found = new long[keys.rowCount()];
    try (TableSnapshot table = open(request.tableId(), request.snapshot(), request.excluded())) {
      for (int row = 0; row < found.length; row++) {
        List<Object> key = new ArrayList<>();
        for (Column column : keys.columns()) {
          key.add(Objects.requireNonNull(column.valueAt(row)));
        }
        long[] addresses = table.rowsWithKey(key);
        found[row] = addresses.length == 0 ? ABSENT : addresses[0];
      }
      return new KeyMatches(
          found,
          request.withRows()
              ? Optional.of(rows(table, found, request.tableId()))
              : Optional.empty());
    }
  }

  private RowBatch rows(TableSnapshot table, long[] addresses, long tableId) {
    int width = catalog().table(tableId).orElseThrow().columns().size();
    List<RowBatch> found = new ArrayList<>();
    for (long address : addresses) {
      for (SegmentSnapshot segment : table.segments()) {
        if (address != ABSENT && segment.segmentId() == RowAddress.segmentId(address)) {
          found.add(row(segment, RowAddress.row(address), width));
        }
      }
    }
    return found.isEmpty()
        ? new RowBatch(0, List.of())
        : RowBatches.concatenate(
            found.getFirst().columns().stream().map(Column::type).toList(), found);
  }

  private static RowBatch row(SegmentSnapshot segment, int row, int width) {
    List<Column> columns = new ArrayList<>();
    for (int ordinal = 0; ordinal < width; ordinal++) {
      columns.add(segment.column(ordinal, row, 1));
    }
    return new RowBatch(1, columns);
  }

  private static IndexDefinition primaryIndex(TableDefinition.PrimaryKey key) {
    return IndexDefinition.ofColumns(
        key.id(),
        key.name(),
        IndexMethod.BTREE,
        key.columnIds().stream().map(id -> IndexKey.ofColumn(id, "int8_ops")).toList(),
        Map.of(),
        true,
        true,
        IndexDefinition.State.VALID);
  }
}
