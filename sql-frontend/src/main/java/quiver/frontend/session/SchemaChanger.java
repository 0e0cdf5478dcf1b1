package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.frontend.transaction.Transaction;
import quiver.frontend.transaction.Transaction.SchemaChange;
import quiver.rpc.Cancellation;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.RootCoordinatorService.DdlResult;

/// Runs definitions. They take effect at once, whatever their transaction does; what a transaction
/// has created is dropped again when it is rolled back.
final class SchemaChanger {
  private final RootCoordinatorService root;

  SchemaChanger(RootCoordinatorService root) {
    this.root = root;
  }

  DdlResult execute(
      DdlCommand command, String tag, Transaction transaction, Cancellation cancellation) {
    CatalogImage before = root.catalog();
    DdlResult result = root.execute(command, cancellation);
    if (result.changed()) {
      CatalogImage after = root.catalog();
      forgetDropped(transaction, after);
      transaction.noteSchemaChange(new SchemaChange(undo(command, before, after), tag));
    }
    return result;
  }

  private static void forgetDropped(Transaction transaction, CatalogImage catalog) {
    List<Long> written = transaction.writes().stream().map(w -> w.table().id()).toList();
    for (long tableId : written) {
      if (catalog.table(tableId).isEmpty()) {
        transaction.forget(tableId);
      }
    }
  }

  private static Optional<DdlCommand> undo(
      DdlCommand command, CatalogImage before, CatalogImage after) {
    return switch (command) {
      case DdlCommand.CreateSchema create ->
          Optional.of(new DdlCommand.DropSchema(create.name(), true, true));
      case DdlCommand.CreateTable create ->
          Optional.of(
              new DdlCommand.DropTable(
                  List.of(new QualifiedName(create.schema(), create.name())), true, true));
      case DdlCommand.CreateSequence create ->
          Optional.of(
              new DdlCommand.DropSequence(
                  List.of(
                      new QualifiedName(create.definition().schema(), create.definition().name())),
                  true));
      case DdlCommand.CreateIndex create -> newIndex(create.tableId(), before, after);
      case DdlCommand.DropSchema ignored -> Optional.empty();
      case DdlCommand.DropTable ignored -> Optional.empty();
      case DdlCommand.Truncate ignored -> Optional.empty();
      case DdlCommand.DropIndex ignored -> Optional.empty();
      case DdlCommand.RenameIndex rename ->
          Optional.of(
              new DdlCommand.RenameIndex(
                  new QualifiedName(rename.index().schema(), rename.newName()),
                  rename.index().name(),
                  true));
      case DdlCommand.SetIndexOptions set -> oldOptions(set, before);
      case DdlCommand.Reindex ignored -> Optional.empty();
      case DdlCommand.DropSequence ignored -> Optional.empty();
    };
  }

  private static Optional<DdlCommand> oldOptions(
      DdlCommand.SetIndexOptions set, CatalogImage before) {
    return before
        .index(set.index().schema(), set.index().name())
        .map(found ->
            new DdlCommand.SetIndexOptions(
                set.index(), found.index().options(), List.copyOf(set.set().keySet())));
  }

  private static Optional<DdlCommand> newIndex(
      long tableId, CatalogImage before, CatalogImage after) {
    List<Long> old =
        before.table(tableId).map(TableDefinition::indexes).orElse(List.of()).stream()
            .map(IndexDefinition::id)
            .toList();
    for (TableDefinition table : after.table(tableId).stream().toList()) {
      for (IndexDefinition index : table.indexes()) {
        if (!old.contains(index.id())) {
          return Optional.of(
              new DdlCommand.DropIndex(
                  List.of(new QualifiedName(table.schema(), index.name())), true));
        }
      }
    }
    return Optional.empty();
  }
}
