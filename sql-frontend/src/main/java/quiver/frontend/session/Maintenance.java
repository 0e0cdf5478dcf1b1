package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.common.security.Authority;
import quiver.frontend.statement.TableAnalysis;
import quiver.frontend.transaction.Transaction;

/// ANALYZE and VACUUM of a session. Used by the session's thread only.
final class Maintenance {
  private final SessionServices services;
  private final Session session;

  Maintenance(SessionServices services, Session session) {
    this.services = services;
    this.session = session;
  }

  StatementResult run(SessionCommand.Maintain command) {
    String verb = command.vacuum() ? "vacuum" : "analyze";
    if (command.vacuum() && session.transaction().inBlock()) {
      throw new QuiverException(
          SqlState.ACTIVE_SQL_TRANSACTION, "VACUUM cannot run inside a transaction block");
    }
    command.skipped().forEach(this::warn);
    List<SessionCommand.MaintainedTable> tables =
        (command.whole() ? all() : command.tables())
            .stream().filter(table -> isOwn(table.tableId(), verb)).toList();
    if (command.vacuum()) {
      services
          .statements()
          .cluster()
          .flush(
              command.whole()
                  ? List.of()
                  : tables.stream().map(SessionCommand.MaintainedTable::tableId).toList(),
              session.running().cancelSwitch()::check);
    }
    if (command.analyze()) {
      tables.forEach(table -> analyze(table, command.verbose()));
    }
    return StatementResult.done(command.vacuum() ? "VACUUM" : "ANALYZE");
  }

  /// Every table but the temporary ones of others.
  private List<SessionCommand.MaintainedTable> all() {
    CatalogImage catalog = session.catalog();
    return catalog.tables().stream()
        .filter(table ->
            !SchemaDefinition.isTemporary(table.schema())
                || table.schema().equals(session.state(catalog).temporarySchema()))
        .map(table -> new SessionCommand.MaintainedTable(table.id(), List.of()))
        .toList();
  }

  private boolean isOwn(long tableId, String verb) {
    CatalogImage catalog = session.catalog();
    Optional<TableDefinition> table = catalog.table(tableId);
    if (table.isEmpty()) {
      return false;
    }
    long role = session.currentRoleId(catalog);
    Authority authority = new Authority(catalog);
    long objectId =
        catalog.materializedView(tableId).map(view -> view.relationId()).orElse(tableId);
    if (authority.hasPrivilegesOf(role, catalog.security().access(objectId).ownerId())) {
      return true;
    }
    warn(
        "skipping \""
            + table.get().name()
            + "\" --- only table or database owner can "
            + verb
            + " it");
    return false;
  }

  private void warn(String message) {
    session.send(Notice.warning(SqlState.WARNING, message));
  }

  private void analyze(SessionCommand.MaintainedTable maintained, boolean verbose) {
    session.running().cancelSwitch().check();
    TableDefinition table = session.catalog().table(maintained.tableId()).orElseThrow();
    if (verbose) {
      tell("analyzing \"" + table.schema() + "." + table.name() + "\"");
    }
    List<Integer> wanted = maintained.columnIds();
    TableAnalysis analysis =
        new TableAnalysis(
            services.statements(),
            session.scope(new Object[0], Optional.empty()),
            Integer.parseInt(session.variables().show("default_statistics_target").getValue()));
    TableAnalysis.Found found =
        analysis.analyze(
            table,
            column -> wanted.isEmpty() || wanted.contains(column.id()),
            wanted.isEmpty(),
            services.nowMicros(),
            session.identity().isBackground());
    if (verbose) {
      tell(described(table.name(), found));
    }
    store(found.command());
  }

  private static String described(String table, TableAnalysis.Found found) {
    TableStatistics.Analysis analysis = found.command().analysis();
    return "\""
        + table
        + "\": scanned "
        + analysis.pageCount()
        + " of "
        + analysis.pageCount()
        + " pages, containing "
        + analysis.rowCount()
        + " live rows and "
        + analysis.deadRowCount()
        + " dead rows; "
        + found.sampled()
        + " rows in sample, "
        + analysis.rowCount()
        + " estimated total rows";
  }

  private void tell(String message) {
    session.send(new Notice("INFO", "00000", message, Optional.empty(), Optional.empty()));
  }

  /// Outside a transaction each table is a commit of its own.
  private void store(DdlCommand.StoreStatistics command) {
    Transaction transaction = session.transaction().current();
    if (session.transaction().inBlock()
        || transaction.hasWrites()
        || !transaction.definitions().isEmpty()) {
      session.runner().define(command);
    } else {
      var _ =
          services
              .statements()
              .root()
              .execute(session.inOwnName(command), session.running().cancelSwitch()::check);
    }
  }
}
