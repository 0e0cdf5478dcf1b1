package quiver.frontend;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.catalog.CatalogImage;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.SessionState;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.common.type.SqlType;
import quiver.frontend.session.PlannedStatement;
import quiver.frontend.session.StatementPlanner;
import quiver.frontend.session.StatementSource;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.PostgresParser;

/// Plans a handful of statements without a planner: `select n` gives n rows `(i int4, 'row i')`,
/// `select $1` gives its parameter, `select fail` fails.
final class SmallPlanner implements StatementPlanner {
  private static final Pattern ROWS = Pattern.compile("select (\\d+)");

  @Override
  public List<ParsedStatement> parse(String query) {
    return PostgresParser.parse(query);
  }

  @Override
  public PlannedStatement plan(StatementSource source, CatalogImage catalog, SessionState session) {
    String text = source.statement().text().toLowerCase(Locale.ROOT);
    StatementPlan plan = plan(text);
    return new PlannedStatement(
        plan, plan.parameterTypes(), List.of(), catalog.version(), List.of(), Optional.empty(), "");
  }

  private static StatementPlan plan(String text) {
    Matcher rows = ROWS.matcher(text);
    if (rows.matches()) {
      return rows(Integer.parseInt(rows.group(1)));
    }
    return switch (text) {
      case "select $1" ->
          new StatementPlan.Query(
              new PlanNode.Values(
                  List.of(List.of(new Expression.Parameter(0, SqlType.INT4))),
                  List.of(SqlType.INT4)),
              List.of(new OutputColumn("v", SqlType.INT4, 0, 0)),
              List.of(SqlType.INT4));
      case "select fail" ->
          throw new QuiverException(SqlState.UNDEFINED_COLUMN, "column \"fail\" does not exist")
              .at(8);
      case "begin" ->
          command(new SessionCommand.Begin(Optional.empty(), Optional.empty(), "BEGIN"));
      case "commit" -> command(new SessionCommand.Commit(false));
      case "rollback" -> command(new SessionCommand.Rollback(false));
      case "savepoint a" -> command(new SessionCommand.Savepoint("a"));
      case "rollback to a" -> command(new SessionCommand.RollbackToSavepoint("a"));
      case "set application_name = 'postgresql jdbc driver'" ->
          command(new SessionCommand.Set("application_name", List.of("pgjdbc"), false));
      case "show timezone" -> command(new SessionCommand.Show("timezone"));
      case "set timezone = 'europe/berlin'" ->
          command(new SessionCommand.Set("timezone", List.of("europe/berlin"), false));
      case "declare c cursor for select 5" ->
          command(new SessionCommand.DeclareCursor("c", false, false, false, "select 5"));
      case "fetch 2 from c" -> command(new SessionCommand.Fetch("c", Optional.of(2L), false));
      case "declare h cursor with hold for select 3" ->
          command(new SessionCommand.DeclareCursor("h", false, true, false, "select 3"));
      case "fetch all from h" -> command(new SessionCommand.Fetch("h", Optional.empty(), false));
      default -> throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "%s", text);
    };
  }

  private static StatementPlan command(SessionCommand command) {
    return new StatementPlan.Session(command, List.of(), List.of());
  }

  private static StatementPlan rows(int count) {
    List<List<Expression>> rows = new ArrayList<>();
    for (long i = 1; i <= count; i++) {
      rows.add(
          List.of(
              new Expression.Constant(i, SqlType.INT4),
              new Expression.Constant("row " + i, SqlType.TEXT)));
    }
    return new StatementPlan.Query(
        new PlanNode.Values(rows, List.of(SqlType.INT4, SqlType.TEXT)),
        List.of(
            new OutputColumn("i", SqlType.INT4, 0, 0),
            new OutputColumn("name", SqlType.TEXT, 0, 0)),
        List.of());
  }
}
