package quiver.frontend.session;

import java.util.List;
import java.util.function.Function;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.TableDefinition;
import quiver.frontend.transaction.Transaction;
import quiver.frontend.transaction.UniqueKey;
import quiver.rpc.Cancellation;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.RootCoordinatorService.DdlResult;
import quiver.rpc.RootCoordinatorService.Defined;

/// Runs definitions: they become part of their transaction, which sees them at once, and come into
/// force when it commits.
final class SchemaChanger {
  private final RootCoordinatorService root;

  SchemaChanger(RootCoordinatorService root) {
    this.root = root;
  }

  /// @param named the command in the name of a role
  /// @param keys the unique keys of a table, as the transaction then sees it
  DdlResult execute(
      DdlCommand.As named,
      Transaction transaction,
      Function<TableDefinition, List<UniqueKey>> keys,
      Cancellation cancellation) {
    if (named.command() instanceof DdlCommand.Reindex) {
      // Defines nothing: the files are made anew whatever becomes of the transaction.
      return root.execute(named, cancellation);
    }
    Defined defined = root.define(transaction.definitions(), named);
    transaction.define(defined.delta(), keys);
    return defined.result();
  }
}
