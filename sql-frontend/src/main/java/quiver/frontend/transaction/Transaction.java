package quiver.frontend.transaction;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.Bytes;

/// An open transaction: its isolation, its snapshot, and everything it has written. Used by the
/// session's thread only.
public final class Transaction {
  /// Bytes of rows a transaction keeps in memory until it commits; COPY outside a transaction block
  /// streams and has no such limit.
  public static final long BUFFERED_SIZE_BYTES_MAX = 1L << 30;

  /// Rows of one table that a transaction may lock.
  public static final int KEPT_ROW_COUNT_MAX = 1 << 20;

  private final long startMicros;
  private final boolean explicit;
  private boolean repeatableRead;
  private boolean readOnly;
  private boolean hasRun;
  private OptionalLong fixedSnapshot = OptionalLong.empty();
  private OptionalLong firstWriteSnapshot = OptionalLong.empty();
  private final Map<Long, TableWrites> writes = new LinkedHashMap<>();
  private final Map<Long, KeyClaims> claims = new LinkedHashMap<>();
  private final Map<Long, KeptRows> kept = new LinkedHashMap<>();
  private final Set<Object> deeds = new HashSet<>();
  private CatalogDelta definitions = CatalogDelta.EMPTY;
  private @Nullable Overlay overlay;
  private long bufferedBytes;
  private Optional<TransactionKey> key = Optional.empty();
  private final PendingChecks pending = new PendingChecks();

  /// The catalog with the transaction's definitions, and what it was made of.
  private record Overlay(CatalogImage base, CatalogDelta definitions, CatalogImage image) {}

  /// A point to go back to.
  public record Mark(
      Map<Long, TableWrites> writes,
      Map<Long, Integer> tables,
      CatalogDelta definitions,
      PendingChecks.Mark pending) {}

  /// @param explicit whether BEGIN opened it
  public Transaction(long startMicros, boolean explicit, boolean repeatableRead, boolean readOnly) {
    this.startMicros = startMicros;
    this.explicit = explicit;
    this.repeatableRead = repeatableRead;
    this.readOnly = readOnly;
  }

  /// `now()`: microseconds since 2000-01-01 UTC.
  public long startMicros() {
    return startMicros;
  }

  public boolean isExplicit() {
    return explicit;
  }

  public boolean isRepeatableRead() {
    return repeatableRead;
  }

  public boolean isReadOnly() {
    return readOnly;
  }

  /// Whether a statement that needs a snapshot has run.
  public boolean hasRun() {
    return hasRun;
  }

  public void setRepeatableRead(boolean value) {
    repeatableRead = value;
  }

  public void setReadOnly(boolean value) {
    readOnly = value;
  }

  /// The snapshot of the next statement.
  ///
  /// @param fresh a new timestamp of the oracle, asked for when one is needed
  public long snapshot(LongSupplier fresh) {
    hasRun = true;
    if (!repeatableRead) {
      return fresh.getAsLong();
    }
    if (fixedSnapshot.isEmpty()) {
      fixedSnapshot = OptionalLong.of(fresh.getAsLong());
    }
    return fixedSnapshot.getAsLong();
  }

  /// The snapshot the owner validates against: that of the first statement that wrote.
  public OptionalLong writeSnapshot() {
    return firstWriteSnapshot;
  }

  /// Notes that a statement at `snapshot` writes.
  public void noteWrite(long snapshot) {
    if (firstWriteSnapshot.isEmpty()) {
      firstWriteSnapshot = OptionalLong.of(snapshot);
    }
  }

  /// The writes to a table, begun if there are none yet.
  ///
  /// @param keys the table's unique keys, the primary key first
  public TableWrites writesTo(TableDefinition table, Supplier<List<UniqueKey>> keys) {
    return writes.computeIfAbsent(table.id(), id -> new TableWrites(table, keys.get()));
  }

  /// The writes to a table, if there are any.
  public Optional<TableWrites> writesTo(long tableId) {
    return Optional.ofNullable(writes.get(tableId));
  }

  /// Notes keys that the transaction relies on. What a savepoint takes back stays claimed: that
  /// costs a conflict at worst.
  ///
  /// @param table whose keys they are
  public void claim(TableDefinition table, long space, boolean exclusive, long[] hashes) {
    if (hashes.length > 0) {
      claims.computeIfAbsent(table.id(), _ -> new KeyClaims(table)).add(space, exclusive, hashes);
    }
  }

  /// All keys claimed.
  public Collection<KeyClaims> claims() {
    return claims.values();
  }

  /// All writes, in the order the tables were first written.
  public Collection<TableWrites> writes() {
    return writes.values();
  }

  /// Rows of a table that have to be at COMMIT what they were when they were read.
  public record KeptRows(TableDefinition table, Set<Long> shared, Set<Long> exclusive) {}

  /// Notes that rows are locked.
  public void keep(TableDefinition table, long[] addresses, boolean exclusive) {
    KeptRows rows =
        kept.computeIfAbsent(
            table.id(), id -> new KeptRows(table, new TreeSet<>(), new TreeSet<>()));
    for (long address : addresses) {
      // Own rows are nobody else's business.
      if (address >= 0 && RowAddress.segmentId(address) != 0) {
        (exclusive ? rows.exclusive() : rows.shared()).add(address);
      }
    }
    if (rows.exclusive().size() + rows.shared().size() > KEPT_ROW_COUNT_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "too many rows locked in one transaction");
    }
  }

  /// The locked rows, by table.
  public Collection<KeptRows> kept() {
    return kept.values();
  }

  /// Whether there is anything to commit.
  public boolean hasWrites() {
    for (TableWrites table : writes.values()) {
      if (!table.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /// The idempotency key.
  public Optional<TransactionKey> key() {
    return key;
  }

  public void setKey(TransactionKey value) {
    key = Optional.of(value);
  }

  /// What the transaction has defined.
  public CatalogDelta definitions() {
    return definitions;
  }

  /// The catalog as the transaction sees it.
  ///
  /// @param base the one in force
  /// @param version gives versions that no other catalog has
  public CatalogImage catalog(CatalogImage base, LongSupplier version) {
    if (definitions.isEmpty()) {
      return base;
    }
    Overlay made = overlay;
    if (made == null
        || made.base.version() != base.version()
        || !made.definitions.equals(definitions)) {
      made = new Overlay(base, definitions, base.with(definitions, version.getAsLong()));
      overlay = made;
    }
    return made.image;
  }

  /// Demands that nobody has changed a table's rows since `snapshot` when the transaction commits.
  public void relyOnUnchanged(long tableId, long snapshot) {
    CatalogDelta.Edit edit = definitions.edits().get(tableId);
    if (edit != null && edit.before().isPresent()) {
      definitions = definitions.withUnchangedSince(tableId, snapshot);
    }
  }

  /// Takes over definitions; rows written to tables that have changed change with them.
  ///
  /// @param changed all definitions of the transaction, with new ones
  /// @param keys the unique keys of a table, as the transaction then sees it
  public void define(CatalogDelta changed, Function<TableDefinition, List<UniqueKey>> keys) {
    CatalogDelta old = definitions;
    definitions = changed;
    for (long tableId : List.copyOf(writes.keySet())) {
      TableWrites written = writes.get(tableId);
      CatalogDelta.Edit edit = changed.edits().get(tableId);
      if (written == null) {
        continue;
      }
      if (edit == null) {
        if (old.edits().containsKey(tableId) && old.isEmptied(tableId)) {
          // Made, or made anew, and then dropped by this very transaction.
          forgetWrites(tableId);
        }
        continue;
      }
      Optional<TableDefinition> after = changed.table(tableId);
      if (after.isEmpty() || after.get().incarnation() != written.table().incarnation()) {
        forgetWrites(tableId);
      } else if (!after.get().equals(written.table())) {
        writes.put(tableId, written.reshaped(after.get(), keys.apply(after.get())));
      }
    }
  }

  /// Takes back everything written to a table.
  public void forgetWrites(long tableId) {
    writes.remove(tableId);
    claims.remove(tableId);
    kept.remove(tableId);
  }

  /// Demands that tables, unless this transaction has made or emptied them, have the rows of a
  /// snapshot when its definitions come into force.
  ///
  /// @param snapshots by table id
  public void requireUnchanged(Map<Long, Long> snapshots) {
    snapshots.forEach((tableId, snapshot) -> {
      if (!definitions.isEmptied(tableId)) {
        definitions = definitions.withUnchangedSince(tableId, snapshot);
      }
    });
  }

  /// Per table, the committed row versions this transaction has deleted, sorted.
  public Map<Long, long[]> excluded() {
    Map<Long, long[]> excluded = new HashMap<>();
    for (TableWrites table : writes.values()) {
      if (table.hasDeleted()) {
        excluded.put(table.table().id(), table.deletedAddresses());
      }
    }
    return excluded;
  }

  /// Counts rows that are about to be buffered.
  ///
  /// @throws QuiverException `54000` when it is too much
  public void reserve(RowBatch rows) {
    for (Column column : rows.columns()) {
      bufferedBytes += sizeBytes(column);
    }
    if (bufferedBytes > BUFFERED_SIZE_BYTES_MAX) {
      throw new QuiverException(
              SqlState.PROGRAM_LIMIT_EXCEEDED, "too many rows written in one transaction")
          .withDetail(
              "A transaction can buffer " + (BUFFERED_SIZE_BYTES_MAX >> 20) + " MB of rows.")
          .withHint("Use COPY outside a transaction block, or commit more often.");
    }
  }

  /// What a column takes in memory, about.
  public static long sizeBytes(Column column) {
    return switch (column) {
      case LongColumn c -> 8L * c.rowCount();
      case DoubleColumn c -> 8L * c.rowCount();
      case VectorColumn c -> 4L * c.rowCount() * c.dimension();
      case ObjectColumn c -> {
        long sum = 8L * c.rowCount();
        for (int i = 0; i < c.rowCount(); i++) {
          sum +=
              switch (c.values()[i]) {
                case null -> 0;
                case String text -> 32 + text.length();
                case float[] vector -> 16 + 4L * vector.length;
                case Bytes bytes -> 32 + bytes.length();
                default -> 64;
              };
        }
        yield sum;
      }
    };
  }

  /// Constraints to be checked at COMMIT.
  public PendingChecks pending() {
    return pending;
  }

  /// Notes something to be done once when the transaction commits.
  ///
  /// @return false if the same was noted before
  public boolean note(Object deed) {
    return deeds.add(deed);
  }

  /// Where the transaction is now.
  public Mark mark() {
    Map<Long, Integer> marks = new HashMap<>();
    writes.forEach((id, table) -> marks.put(id, table.mark()));
    return new Mark(new LinkedHashMap<>(writes), marks, definitions, pending.mark());
  }

  /// Takes back what was written and defined since `mark`.
  public void rewind(Mark mark) {
    if (!definitions.equals(mark.definitions())) {
      definitions = mark.definitions();
      writes.clear();
      writes.putAll(mark.writes());
    }
    pending.rewind(mark.pending());
    writes.forEach((id, table) -> table.rewind(mark.tables().getOrDefault(id, 0)));
  }
}
