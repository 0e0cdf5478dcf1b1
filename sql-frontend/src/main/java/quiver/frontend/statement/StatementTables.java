package quiver.frontend.statement;

import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.transaction.TableWrites;

/// The tables that a plan names by id and version.
final class StatementTables {
  private StatementTables() {}

  /// @throws QuiverException `40001` if the table is not what the plan was made for any more: the
  ///   session plans again
  static TableDefinition require(StatementScope scope, long tableId, int tableVersion) {
    return scope
        .catalog()
        .table(tableId)
        .filter(table -> table.version() == tableVersion)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.SERIALIZATION_FAILURE,
                "could not serialize access due to concurrent change of the table"));
  }

  /// The transaction's writes to a table, begun if there are none yet.
  static TableWrites writesTo(StatementScope scope, TableDefinition table, QueryRunner runner) {
    return scope.transaction().writesTo(table, () -> UniqueKeys.of(table, runner, scope));
  }
}
