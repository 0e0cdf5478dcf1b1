package quiver.planner.parser.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.generated.ParseException;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.Constraint;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;
import quiver.planner.parser.node.SettingValue;
import quiver.planner.parser.node.Statement;

/// The superclass of the generated parser: its entries, and the builders of queries and statements,
/// so that the productions hold syntax only. One thread, one text.
public abstract class ParserSupport extends TypeGrammar {
  private @Nullable IntoClause into;

  /// Parses all statements of the text.
  public final List<ParsedStatement> statements() {
    List<ParsedStatement> statements = new ArrayList<>();
    while (true) {
      translated(() -> {
        semicolons();
        return 0;
      });
      if (at(EOF)) {
        return statements;
      }
      SqlToken start = ahead(1);
      parameterCount = 0;
      firstParameter = Optional.empty();
      Statement statement = translated(this::statement);
      statements.add(
          new ParsedStatement(
              textFrom(start), start.startIndex, parameterCount, firstParameter, statement));
    }
  }

  /// Parses the text as one expression.
  public final SqlNode onlyExpression() {
    return translated(this::expressionEof);
  }

  private interface Production<T> {
    T parse() throws ParseException;
  }

  private <T> T translated(Production<T> production) {
    try {
      return production.parse();
    } catch (ParseException e) {
      throw syntaxError().withCause(e);
    } catch (StackOverflowError e) {
      // The limit of levels is made for the stack of a session; on a smaller one this is the same
      // error, and the parser's state is thrown away with it.
      throw tooDeep().withCause(e);
    }
  }

  protected abstract void semicolons() throws ParseException;

  protected abstract Statement statement() throws ParseException;

  protected abstract SqlNode expressionEof() throws ParseException;

  /// The query with the clauses that follow it; a parenthesised query may have some already.
  protected final Query withTail(Query query, Query.Clauses tail, int position) {
    Query.Clauses own = query.clauses();
    if (own.with() != null && tail.with() != null) {
      throw error("multiple WITH clauses not allowed", position);
    }
    if (!own.orderBy().isEmpty() && !tail.orderBy().isEmpty()) {
      throw error(
          "multiple ORDER BY clauses not allowed",
          Positions.of(tail.orderBy().getFirst().expression()));
    }
    SqlNode tailOffset = tail.offset();
    if (own.offset() != null && tailOffset != null) {
      throw error("multiple OFFSET clauses not allowed", Positions.of(tailOffset));
    }
    SqlNode tailLimit = tail.limit();
    if (own.limit() != null && tailLimit != null) {
      throw error("multiple LIMIT clauses not allowed", Positions.of(tailLimit));
    }
    SqlNode tailAsOf = tail.asOf();
    if (own.asOf() != null && tailAsOf != null) {
      throw error("multiple FOR SYSTEM_TIME clauses not allowed", Positions.of(tailAsOf));
    }
    if (own.equals(Query.Clauses.NONE)) {
      return query.withClauses(tail);
    }
    List<Query.Locking> locking = new ArrayList<>(own.locking());
    locking.addAll(tail.locking());
    return query.withClauses(
        new Query.Clauses(
            own.with() != null ? own.with() : tail.with(),
            own.orderBy().isEmpty() ? tail.orderBy() : own.orderBy(),
            own.limit() != null ? own.limit() : tailLimit,
            own.withTies() || tail.withTies(),
            own.offset() != null ? own.offset() : tailOffset,
            locking,
            own.asOf() != null ? own.asOf() : tailAsOf));
  }

  /// A SELECT as a statement: with INTO it is CREATE TABLE AS.
  protected final Statement selectStatement(Query query) {
    IntoClause clause = into;
    if (clause == null) {
      return new Statement.SelectStatement(query);
    }
    Query leftmost = query;
    while (leftmost instanceof Query.SetOperation set) {
      leftmost = set.left();
    }
    if (!(leftmost instanceof Query.Select select) || select.position() != clause.position()) {
      throw query instanceof Query.SetOperation ? laterInto(clause) : misplacedInto(clause);
    }
    into = null;
    return new Statement.CreateTableAs(
        clause.persistence(),
        false,
        clause.table(),
        List.of(),
        null,
        List.of(),
        Statement.OnCommit.DEFAULT,
        null,
        new Statement.SelectStatement(query),
        true);
  }

  /// Refuses an INTO that is left over at the end of a statement.
  protected final void checkInto() {
    if (into != null) {
      throw misplacedInto(into);
    }
  }

  private QuiverException misplacedInto(IntoClause clause) {
    return error("SELECT ... INTO is not allowed here", Positions.of(clause.table()));
  }

  private QuiverException laterInto(IntoClause clause) {
    return error(
        "INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT",
        Positions.of(clause.table()));
  }

  /// Names a table item; a sub-query must have a name.
  protected final FromItem aliased(FromItem item, FromItem.@Nullable Alias alias) {
    if (alias == null) {
      if (item instanceof FromItem.Subquery query && query.alias() == null) {
        if (!atFromItemEnd()) {
          throw syntaxError();
        }
        String form = query.query() instanceof Query.Values ? "VALUES" : "subquery";
        String example = query.query() instanceof Query.Values ? "(VALUES ...)" : "(SELECT ...)";
        throw error(form + " in FROM must have an alias", query.position())
            .withHint("For example, FROM " + example + " [AS] foo.");
      }
      return item;
    }
    return switch (item) {
      case FromItem.Join j ->
          new FromItem.Join(
              j.kind(),
              j.left(),
              j.right(),
              j.natural(),
              j.using(),
              j.usingAlias(),
              j.on(),
              alias,
              j.position());
      case FromItem.Table t -> new FromItem.Table(t.name(), alias, t.sample(), t.asOf());
      case FromItem.Subquery q ->
          new FromItem.Subquery(q.query(), q.lateral(), alias, q.position());
      case FromItem.Functions f ->
          new FromItem.Functions(
              f.functions(), f.rowsFrom(), f.ordinality(), f.lateral(), alias, f.position());
    };
  }

  protected final Query setOperation(
      Query.SetOperator operator, boolean all, Query left, Query right, int position) {
    growTaller();
    return new Query.SetOperation(Query.Clauses.NONE, operator, all, left, right, position);
  }

  protected static Query values(List<List<SqlNode>> rows, int position) {
    return new Query.Values(Query.Clauses.NONE, rows, position);
  }

  /// TABLE t.
  protected final Query table(SqlIdentifier name, int position) {
    SelectBuilder select = new SelectBuilder();
    select.items.add(new SelectItem(SqlIdentifier.star(name.getParserPosition()), null));
    select.from = List.of(new FromItem.Table(name, null));
    return select.build(position);
  }

  protected final void setInto(IntoClause clause) {
    checkInto();
    into = clause;
  }

  /// A parenthesised query or join of FROM.
  protected final FromItem parenthesizedItem(Object content, boolean lateral, int position) {
    if (content instanceof FromItem item) {
      if (lateral) {
        throw lexer().syntaxError(last());
      }
      return item;
    }
    return new FromItem.Subquery((Query) content, lateral, null, position);
  }

  /// The right side of `(a, b) = …`: a row or a sub-query.
  protected final SqlNode multipleSource(int columns, SqlNode value) {
    if (!(value instanceof ExpressionNode e)) {
      throw notMultiple(value);
    }
    return switch (e.value()) {
      case Expression.Row row when row.fields().size() != columns ->
          throw error("number of columns does not match number of values", Positions.of(value));
      case Expression.Row _, Expression.ScalarQuery _ -> value;
      default -> throw notMultiple(value);
    };
  }

  private QuiverException notMultiple(SqlNode value) {
    return new QuiverException(
            SqlState.FEATURE_NOT_SUPPORTED,
            "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression")
        .at(Positions.of(value));
  }

  protected static Option option(String name, String word, int position) {
    return new Option(name, new Option.Word(word), position);
  }

  protected static Option textOption(String name, SqlToken text, int position) {
    return new Option(name, new Option.QuotedText(text.value), position);
  }

  protected static Option namesOption(String name, List<SqlIdentifier> names, int position) {
    List<Option.Value> values = new ArrayList<>();
    for (SqlIdentifier identifier : names) {
      values.add(new Option.Word(identifier.getSimple()));
    }
    return new Option(name, new Option.Items(values), position);
  }

  protected static Option flag(String name, SqlToken token) {
    return new Option(name, new Option.Absent(), token.position());
  }

  protected static void likeOption(List<String> including, boolean include, String option) {
    List<String> all =
        List.of(
            "comments",
            "compression",
            "constraints",
            "defaults",
            "generated",
            "identity",
            "indexes",
            "statistics",
            "storage");
    List<String> meant = option.equals("all") ? all : List.of(option);
    including.removeAll(meant);
    if (include) {
      including.addAll(meant);
    }
  }

  protected static Constraint.Unique unique(
      boolean primary, boolean nullsNotDistinct, List<Option> options) {
    return new Constraint.Unique(primary, nullsNotDistinct, List.of(), List.of(), options, null);
  }

  /// ON DELETE SET NULL (columns) is beyond what a foreign key node holds. Whether a list of
  /// columns follows what ON DELETE does.
  protected final boolean setsColumns(Constraint.Action action) {
    return sets(action) && at(LPAREN);
  }

  private static boolean sets(Constraint.Action action) {
    return action == Constraint.Action.SET_NULL || action == Constraint.Action.SET_DEFAULT;
  }

  /// ON UPDATE sets all columns.
  protected final void noColumnList(Constraint.Action action, SqlToken on) {
    if (setsColumns(action)) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "a column list with %s is only supported for ON DELETE actions",
              action.name().replace('_', ' '))
          .at(on.position());
    }
  }

  protected static Statement.RoleOption roleOption(String name, String... values) {
    return new Statement.RoleOption(name, List.of(values));
  }

  protected final Statement.RoleOption namedRoleOption(SqlToken word) {
    return switch (word.value) {
      case "superuser",
          "nosuperuser",
          "createrole",
          "nocreaterole",
          "replication",
          "noreplication",
          "createdb",
          "nocreatedb",
          "login",
          "nologin",
          "bypassrls",
          "nobypassrls",
          "noinherit" ->
          roleOption(word.value);
      default -> throw error("unrecognized role option \"" + word.value + "\"", word.position());
    };
  }

  /// Whether an action of ALTER cannot be in a list.
  protected static boolean standsAlone(AlterAction action) {
    return switch (action) {
      case AlterAction.RenameTo _,
          AlterAction.RenameColumn _,
          AlterAction.RenameConstraint _,
          AlterAction.SetSchema _ ->
          true;
      default -> false;
    };
  }

  protected static SettingValue textSetting(SqlToken token) {
    return new SettingValue(token.value, SettingValue.Form.TEXT);
  }

  /// A displacement from UTC, marked as an interval: a mere number would be hours.
  protected static SettingValue intervalSetting(SqlToken token) {
    return new SettingValue("INTERVAL '" + token.value + "'", SettingValue.Form.TEXT);
  }

  protected static SettingValue wordSetting(SqlToken token) {
    return new SettingValue(token.value, SettingValue.Form.WORD);
  }

  /// What EXPLAIN can explain among the CREATE statements.
  protected static boolean isQueryBearing(Statement statement) {
    return statement instanceof Statement.CreateTableAs
        || statement instanceof Statement.CreateMaterializedView;
  }
}
