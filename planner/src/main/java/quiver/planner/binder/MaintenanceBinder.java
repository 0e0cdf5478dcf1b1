package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Statement;

/// ANALYZE and VACUUM.
final class MaintenanceBinder {
  /// What VACUUM would do with pages; there are none here.
  private static final Set<String> PAGE_OPTIONS =
      Set.of(
          "full",
          "freeze",
          "disable_page_skipping",
          "index_cleanup",
          "process_toast",
          "truncate",
          "parallel");

  private final RelationNames names;
  private boolean verbose;
  private boolean analyze;

  MaintenanceBinder(Binding binding) {
    this.names = new RelationNames(binding.context());
  }

  SessionCommand analyze(Statement.Analyze statement) {
    analyze = true;
    for (Option option : statement.options()) {
      switch (option.name()) {
        case "verbose" -> verbose = StatementBinder.truth(option);
        case "skip_locked" -> {
          boolean _ = StatementBinder.truth(option);
        }
        default -> throw unrecognized("ANALYZE", option);
      }
    }
    return command("analyze", false, statement.relations());
  }

  SessionCommand vacuum(Statement.Vacuum statement) {
    for (Option option : statement.options()) {
      switch (option.name()) {
        case "verbose" -> verbose = StatementBinder.truth(option);
        case "analyze", "analyse" -> analyze = StatementBinder.truth(option);
        case "skip_locked" -> {
          boolean _ = StatementBinder.truth(option);
        }
        default -> {
          if (!PAGE_OPTIONS.contains(option.name())) {
            throw unrecognized("VACUUM", option);
          }
        }
      }
    }
    return command("vacuum", true, statement.relations());
  }

  private static QuiverException unrecognized(String command, Option option) {
    return new QuiverException(
            SqlState.SYNTAX_ERROR, "unrecognized %s option \"%s\"", command, option.name())
        .at(option.position());
  }

  private SessionCommand command(String verb, boolean vacuum, List<Statement.Relation> relations) {
    List<SessionCommand.MaintainedTable> tables = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    for (Statement.Relation relation : relations) {
      if (!relation.columns().isEmpty() && !analyze) {
        throw new QuiverException(
            SqlState.FEATURE_NOT_SUPPORTED,
            "ANALYZE option must be specified when a column list is provided");
      }
      switch (names.requireDefined(relation.name())) {
        case RelationNames.Relation.Stored(TableDefinition table) ->
            tables.add(
                new SessionCommand.MaintainedTable(table.id(), columns(table, relation.columns())));
        case RelationNames.Relation.View(ViewDefinition view) ->
            skipped.add(
                "skipping \""
                    + view.name()
                    + "\" --- cannot "
                    + verb
                    + " non-tables or special system tables");
        case RelationNames.Relation.Virtual _ -> {
          // It has no rows of its own.
        }
      }
    }
    return new SessionCommand.Maintain(
        tables, relations.isEmpty(), skipped, vacuum, analyze, verbose);
  }

  private static List<Integer> columns(TableDefinition table, List<SqlIdentifier> columns) {
    List<Integer> ids = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (SqlIdentifier column : columns) {
      String name = column.getSimple();
      ids.add(
          table.columns().stream()
              .filter(each -> each.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  new QuiverException(
                      SqlState.UNDEFINED_COLUMN,
                      "column \"%s\" of relation \"%s\" does not exist",
                      name,
                      table.name()))
              .id());
      if (!seen.add(name)) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN,
            "column \"%s\" of relation \"%s\" appears more than once",
            name,
            table.name());
      }
    }
    return ids;
  }
}
