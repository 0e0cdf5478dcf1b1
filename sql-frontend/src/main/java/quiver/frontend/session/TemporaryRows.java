package quiver.frontend.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.OnCommit;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.Transaction;
import quiver.rpc.RootCoordinatorService;

/// What COMMIT does to temporary tables. Nobody ever sees the rows of ON COMMIT DELETE ROWS after
/// it, so they are not written at all; tables of ON COMMIT DROP never come into force.
final class TemporaryRows {
  private final RootCoordinatorService root;
  private final Transaction transaction;

  TemporaryRows(RootCoordinatorService root, Transaction transaction) {
    this.root = root;
    this.transaction = transaction;
  }

  void beforeCommit() {
    dropTables();
    for (CatalogDelta.Edit edit : transaction.definitions().edits().values()) {
      if (edit.after().orElse(null) instanceof TableDefinition table
          && table.temporary().isPresent()
          && !table.foreignKeys().isEmpty()) {
        requireNoLastingReference(table);
      }
    }
    for (TableWrites written : List.copyOf(transaction.writes())) {
      TableDefinition table = written.table();
      if (table.temporary().equals(Optional.of(OnCommit.DELETE_ROWS))) {
        transaction.forgetWrites(table.id());
      }
    }
  }

  /// Rows that stay must not refer to rows that go.
  private void requireNoLastingReference(TableDefinition table) {
    if (table.temporary().equals(Optional.of(OnCommit.DELETE_ROWS))) {
      return;
    }
    CatalogImage catalog = root.catalog().with(transaction.definitions(), 0);
    for (ForeignKey key : table.foreignKeys()) {
      Optional<TableDefinition> parent =
          catalog
              .table(key.referencedTableId())
              .filter(each -> each.temporary().equals(Optional.of(OnCommit.DELETE_ROWS)));
      if (parent.isPresent()) {
        throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED, "unsupported ON COMMIT and foreign key combination")
            .withDetail(
                "Table \""
                    + table.name()
                    + "\" references \""
                    + parent.get().name()
                    + "\", but they do not have the same ON COMMIT setting.");
      }
    }
  }

  private void dropTables() {
    List<QualifiedName> dropped = new ArrayList<>();
    for (CatalogDelta.Edit edit : transaction.definitions().edits().values()) {
      if (edit.after().orElse(null) instanceof TableDefinition table
          && table.temporary().equals(Optional.of(OnCommit.DROP))) {
        dropped.add(new QualifiedName(table.schema(), table.name()));
      }
    }
    if (!dropped.isEmpty()) {
      CatalogDelta without =
          root.define(transaction.definitions(), new DdlCommand.DropTable(dropped, true, true))
              .delta();
      transaction.define(without, _ -> List.of());
    }
  }
}
