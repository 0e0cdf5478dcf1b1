package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage.Reference;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.execution.rows.HeapCopies;
import quiver.frontend.transaction.PendingChecks;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.UniqueKey;

/// Keeps the foreign keys of one table, and those that refer to it, for the rows one statement has
/// changed. Checked when the statement has changed them all, as PostgreSQL does, or, where a
/// constraint is deferred, when the transaction commits.
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
      release(reference);
    }
    for (Change change : changes) {
      RowBatch after = change.after();
      if (after != null) {
        table.foreignKeys().forEach(key -> requireReferenced(key, change.before(), after));
      }
    }
    changes.clear();
  }

  // ---- rows that refer

  private void requireReferenced(ForeignKey key, @Nullable RowBatch before, RowBatch rows) {
    List<Integer> ordinals = key.columnIds().stream().map(table::ordinalOfId).toList();
    requireWhole(key, rows, ordinals);
    RowBatch keys = entries(rows, ordinals, before).keys();
    if (!defer(PendingChecks.Kind.REFERRING, key, keys)) {
      new ReferringKeys(services, scope, table, key).require(keys, false);
    }
  }

  /// Leaves a check for later, if its constraint is deferred.
  private boolean defer(PendingChecks.Kind kind, ForeignKey key, RowBatch keys) {
    PendingChecks pending = scope.transaction().pending();
    boolean isDeferred = pending.isDeferred(key.id(), key.deferral());
    if (isDeferred && keys.rowCount() > 0) {
      pending.add(new PendingChecks.Check(kind, key.id(), table.id(), HeapCopies.of(keys)));
    }
    return isDeferred;
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
        throw ReferringKeys.violation(table, key)
            .withDetail("MATCH FULL does not allow mixing of null and nonnull key values.");
      }
    }
  }

  // ---- rows that are referred to

  private void release(Reference reference) {
    ForeignKey key = reference.foreignKey();
    List<Integer> ordinals = key.referencedColumnIds().stream().map(table::ordinalOfId).toList();
    for (Change change : changes) {
      RowBatch before = change.before();
      if (before == null) {
        continue;
      }
      RowBatch after = change.after();
      UniqueKey.Entries gone = entries(before, ordinals, after);
      ForeignKey.Action action = after == null ? key.onDelete() : key.onUpdate();
      if (action == ForeignKey.Action.NO_ACTION
          && defer(PendingChecks.Kind.REFERRED, key, gone.keys())) {
        continue;
      }
      RowBatch now =
          after == null
              ? null
              : columns(after, ordinals).gather(gone.rows(), 0, gone.rows().length);
      new ReferencedKeys(services, scope, table, reference).run(gone.keys(), now);
    }
  }
}
