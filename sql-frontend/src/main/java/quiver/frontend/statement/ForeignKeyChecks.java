package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage.Reference;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.UniqueKey;

/// Keeps the foreign keys of one table, and those that refer to it, for the rows one statement has
/// changed. Checked when the statement has changed them all, as PostgreSQL does.
///
/// What is found at the snapshot is claimed, so that of two transactions, one that refers to a row
/// and one that takes it away, the later is refused.
final class ForeignKeyChecks {
  private final StatementServices services;
  private final StatementScope scope;
  private final TableDefinition table;
  private final List<Reference> references;
  private final List<Change> changes = new ArrayList<>();

  /// Rows before and after, with every column; of one side only when they are new or gone.
  private record Change(@Nullable RowBatch before, @Nullable RowBatch after) {}

  ForeignKeyChecks(StatementServices services, StatementScope scope, TableDefinition table) {
    this.services = services;
    this.scope = scope;
    this.table = table;
    this.references = scope.catalog().references(table.id());
  }

  void inserted(RowBatch rows) {
    if (!table.foreignKeys().isEmpty() && rows.rowCount() > 0) {
      changes.add(new Change(null, rows));
    }
  }

  void updated(RowBatch before, RowBatch after) {
    if (!(table.foreignKeys().isEmpty() && references.isEmpty()) && after.rowCount() > 0) {
      changes.add(new Change(before, after));
    }
  }

  void deleted(RowBatch rows) {
    if (!references.isEmpty() && rows.rowCount() > 0) {
      changes.add(new Change(rows, null));
    }
  }

  /// @throws QuiverException `23503`
  void run() {
    for (Reference reference : references) {
      new ReferencedKeys(services, scope, table, reference).run(removed(reference));
    }
    for (Change change : changes) {
      RowBatch after = change.after();
      for (ForeignKey key : after == null ? List.<ForeignKey>of() : table.foreignKeys()) {
        requireReferenced(key, change.before(), after);
      }
    }
    changes.clear();
  }

  // ---- rows that refer

  private void requireReferenced(
      ForeignKey key, @Nullable RowBatch before, @Nullable RowBatch rows) {
    if (rows == null) {
      return;
    }
    TableDefinition parent =
        scope
            .catalog()
            .table(key.referencedTableId())
            .orElseThrow(() -> new IllegalStateException("a foreign key refers to no table"));
    QueryRunner runner = new QueryRunner(services);
    List<UniqueKey> keys = UniqueKeys.of(parent, runner, scope);
    int position = UniqueKeys.positionOf(keys, key.referencedIndexId()).orElseThrow();
    List<Integer> ordinals = referringOrdinals(key, parent);
    UniqueKey.Entries entries = entries(rows, ordinals, before);
    requireWhole(key, rows, ordinals);
    if (entries.rows().length == 0) {
      return;
    }
    var writes = scope.transaction().writesTo(parent.id());
    long[] excluded = writes.map(TableWrites::deletedAddresses).orElse(new long[0]);
    KeyLookup.Found found =
        new KeyLookup(services, scope, parent)
            .find(keys.get(position), entries, rows.rowCount(), excluded, false);
    @Nullable RowKey[] byRow = entries.byRow(rows.rowCount());
    for (int row : entries.rows()) {
      RowKey value = byRow[row];
      boolean own =
          value != null
              && writes.isPresent()
              && writes.get().rowWithKey(position, value).isPresent();
      if (found.isAbsent(row) && !own) {
        throw missing(key, parent, rows, row);
      }
    }
    scope.transaction().claim(parent, key.id(), false, entries.hashes());
  }

  /// The referring columns, in the order of the keys of the index that is referred to.
  private List<Integer> referringOrdinals(ForeignKey key, TableDefinition parent) {
    List<Integer> ordinals = new ArrayList<>();
    for (int columnId : indexColumns(key, parent)) {
      int position = key.referencedColumnIds().indexOf(columnId);
      ordinals.add(table.ordinalOfId(key.columnIds().get(position)));
    }
    return ordinals;
  }

  static List<Integer> indexColumns(ForeignKey key, TableDefinition parent) {
    return parent.indexes().stream()
        .filter(index -> index.id() == key.referencedIndexId())
        .map(IndexDefinition::keyColumnIds)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a foreign key refers to no index"));
  }

  /// The keys of rows that have no NULL in them and, if the rows replace others, have changed.
  static UniqueKey.Entries entries(
      RowBatch rows, List<Integer> ordinals, @Nullable RowBatch other) {
    RowBatch keys = columns(rows, ordinals);
    int[] all = new int[rows.rowCount()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    UniqueKey.Entries entries = new UniqueKey.Entries(keys, all);
    @Nullable RowKey[] mine = entries.byRow(all.length);
    @Nullable RowKey[] others =
        other == null
            ? new @Nullable RowKey[all.length]
            : new UniqueKey.Entries(columns(other, ordinals), all).byRow(all.length);
    return entries.where(row -> {
      RowKey key = mine[row];
      return !hasNull(keys, row) && key != null && !key.equals(others[row]);
    });
  }

  private static RowBatch columns(RowBatch rows, List<Integer> ordinals) {
    return new RowBatch(rows.rowCount(), ordinals.stream().map(rows::column).toList());
  }

  private static boolean hasNull(RowBatch keys, int row) {
    for (Column column : keys.columns()) {
      if (column.isNull(row)) {
        return true;
      }
    }
    return false;
  }

  private void requireWhole(ForeignKey key, RowBatch rows, List<Integer> ordinals) {
    if (!key.matchFull()) {
      return;
    }
    for (int row = 0; row < rows.rowCount(); row++) {
      int nulls = 0;
      for (int ordinal : ordinals) {
        nulls += rows.column(ordinal).isNull(row) ? 1 : 0;
      }
      if (nulls > 0 && nulls < ordinals.size()) {
        throw violation(key)
            .withDetail("MATCH FULL does not allow mixing of null and nonnull key values.");
      }
    }
  }

  private QuiverException violation(ForeignKey key) {
    return new QuiverException(
            SqlState.FOREIGN_KEY_VIOLATION,
            "insert or update on table \"%s\" violates foreign key constraint \"%s\"",
            table.name(),
            key.name())
        .with(Field.SCHEMA, table.schema())
        .with(Field.TABLE, table.name())
        .with(Field.CONSTRAINT, key.name());
  }

  private QuiverException missing(ForeignKey key, TableDefinition parent, RowBatch rows, int row) {
    List<String> names = new ArrayList<>();
    List<SqlType> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    for (int columnId : key.columnIds()) {
      int ordinal = table.ordinalOfId(columnId);
      names.add(table.columns().get(ordinal).name());
      types.add(rows.column(ordinal).type());
      values.add(rows.column(ordinal).valueAt(row));
    }
    return violation(key)
        .withDetail(
            "Key ("
                + String.join(", ", names)
                + ")=("
                + RowConstraints.shown(types, values, scope.format())
                + ") is not present in table \""
                + parent.name()
                + "\".");
  }

  // ---- rows that are referred to

  /// Keys that were in the table and are not the keys of the same rows any more.
  private List<ReferencedKeys.Removed> removed(Reference reference) {
    List<Integer> ordinals =
        indexColumns(reference.foreignKey(), table).stream().map(table::ordinalOfId).toList();
    List<ReferencedKeys.Removed> removed = new ArrayList<>();
    for (Change change : changes) {
      RowBatch before = change.before();
      if (before != null) {
        UniqueKey.Entries entries = entries(before, ordinals, change.after());
        if (entries.rows().length > 0) {
          removed.add(new ReferencedKeys.Removed(entries, before, change.after()));
        }
      }
    }
    return removed;
  }
}
