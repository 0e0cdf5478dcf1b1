package quiver.frontend.statement;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.frontend.transaction.PendingChecks;

/// Checks constraints for keys a transaction has changed some time ago.
public final class DeferredChecks {
  private final StatementServices services;
  private final StatementScope scope;

  /// @param scope sees everything the transaction has written
  public DeferredChecks(StatementServices services, StatementScope scope) {
    this.services = services;
    this.scope = scope;
  }

  /// @throws QuiverException `23503`, `23505`
  public void run(List<PendingChecks.Check> checks) {
    for (PendingChecks.Check check : checks) {
      scope.cancel().check();
      scope.catalog().table(check.tableId()).ifPresent(table -> run(check, table));
    }
  }

  private void run(PendingChecks.Check check, TableDefinition table) {
    switch (check.kind()) {
      case REFERRING ->
          table.foreignKeys().stream()
              .filter(key -> key.id() == check.constraintId())
              .forEach(key -> requireReferenced(table, key, check.keys()));
      case REFERRED ->
          scope.catalog().references(table.id()).stream()
              .filter(reference -> reference.foreignKey().id() == check.constraintId())
              .forEach(reference -> requireUnreferenced(table, reference, check.keys()));
      case UNIQUE ->
          index(table, check.constraintId())
              .ifPresent(index -> requireUnique(table, index, check.keys()));
    }
  }

  private void requireReferenced(TableDefinition table, ForeignKey key, RowBatch keys) {
    new ReferringKeys(services, scope, table, key).require(keys, true);
  }

  private void requireUnreferenced(
      TableDefinition table, CatalogImage.Reference reference, RowBatch keys) {
    new ReferencedKeys(services, scope, table, reference).requireUnreferenced(keys);
  }

  /// The index of a PRIMARY KEY or UNIQUE constraint.
  private static Optional<IndexDefinition> index(TableDefinition table, long constraintId) {
    return table.indexes().stream()
        .filter(index -> UniqueChecks.constraintId(table, index) == constraintId)
        .findFirst();
  }

  private void requireUnique(TableDefinition table, IndexDefinition index, RowBatch keys) {
    KeyConditions conditions = new KeyConditions(services, scope);
    for (int row = 0; row < keys.rowCount(); row++) {
      if (conditions.hasSeveral(table, index.keyColumnIds(), keys, row)) {
        throw UniqueChecks.duplicate(table, index, keys, row, scope);
      }
    }
  }
}
