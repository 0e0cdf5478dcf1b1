package quiver.planner.parser.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlAbstractParserImpl;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.generated.GeneratedParserConstants;
import quiver.planner.parser.generated.ParseException;
import quiver.planner.parser.generated.Token;
import quiver.planner.parser.grammar.Keywords.Category;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.BitConstant;
import quiver.planner.parser.node.Constraint;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.Expression.Argument;
import quiver.planner.parser.node.Expression.Connective;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.NumericConstant;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;
import quiver.planner.parser.node.SettingValue;
import quiver.planner.parser.node.Statement;
import quiver.planner.parser.node.TypeName;
import quiver.planner.parser.node.WindowSpecification;
import quiver.planner.parser.node.WindowSpecification.BoundKind;

/// The superclass of the generated parser: looking ahead, positions, and the builders of nodes, so
/// that the productions hold syntax only. One thread, one text.
public abstract class ParserSupport extends SqlAbstractParserImpl
    implements GeneratedParserConstants {
  /// Deepest nesting of a tree. Whoever walks a tree may recurse this deep: it costs less than half
  /// of a virtual thread's stack.
  static final int DEPTH_MAX = 1_000;

  /// Longest number: 131,072 digits before and 16,383 after the point, as PostgreSQL's numeric.
  static final int NUMBER_LENGTH_MAX = 147_456;

  /// Precedences of PostgreSQL's grammar, weakest first. A prefix operator's operand is parsed at
  /// its own level, the right side of a binary operator one above.
  protected static final int OR_LEVEL = 1;

  protected static final int AND_LEVEL = 2;
  protected static final int NOT_LEVEL = 3;
  protected static final int IS_LEVEL = 4;
  protected static final int COMPARISON_LEVEL = 5;
  protected static final int MATCH_LEVEL = 6;
  protected static final int SYMBOL_LEVEL = 8;
  protected static final int ADD_LEVEL = 9;
  protected static final int MULTIPLY_LEVEL = 10;
  protected static final int POWER_LEVEL = 11;
  protected static final int AT_LEVEL = 12;
  protected static final int COLLATE_LEVEL = 13;
  protected static final int SIGN_LEVEL = 14;
  protected static final int NO_OPERATOR = 0;

  /// PostgreSQL's bit masks of interval fields.
  protected static final int INTERVAL_SECOND = 1 << 12;

  protected static final int INTERVAL_FULL_RANGE = 0x7FFF;

  private static final String SYSTEM_SCHEMA = "pg_catalog";

  protected @Nullable Lexer lexer;
  protected @Nullable IntoClause into;
  protected @Nullable Query intoQuery;
  protected int parameterCount;
  private int depth;
  // Height of the tallest tree built so far in the query being parsed, and of the query before.
  private int height;
  private int queryHeight;
  private final Deque<Integer> outerHeights = new ArrayDeque<>();

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
      Statement statement = translated(this::statement);
      statements.add(
          new ParsedStatement(textFrom(start), start.startIndex, parameterCount, statement));
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

  /// Sets the text, once, before anything is parsed.
  public final void read(Lexer text) {
    lexer = text;
  }

  /// The token `distance` places ahead; 1 is the next one.
  protected final SqlToken ahead(int distance) {
    return (SqlToken) getToken(distance);
  }

  public abstract Token getToken(int distance);

  /// The last consumed token.
  protected final SqlToken last() {
    return (SqlToken) getToken(0);
  }

  protected final Lexer lexer() {
    Lexer present = lexer;
    if (present == null) {
      throw new IllegalStateException("the parser has no text");
    }
    return present;
  }

  protected final boolean at(int kind) {
    return ahead(1).kind == kind;
  }

  protected final boolean at(int first, int second) {
    return ahead(1).kind == first && ahead(2).kind == second;
  }

  protected final boolean at(int first, int second, int third) {
    return at(first, second) && ahead(3).kind == third;
  }

  protected final boolean atAny(int... kinds) {
    int next = ahead(1).kind;
    for (int kind : kinds) {
      if (next == kind) {
        return true;
      }
    }
    return false;
  }

  protected final boolean isColumnId(int distance) {
    return switch (ahead(distance).category) {
      case NAME, UNRESERVED, COLUMN_NAME -> true;
      case TYPE_OR_FUNCTION_NAME, RESERVED, NONE -> false;
    };
  }

  protected final boolean isFunctionId(int distance) {
    return switch (ahead(distance).category) {
      case NAME, UNRESERVED, TYPE_OR_FUNCTION_NAME -> true;
      case COLUMN_NAME, RESERVED, NONE -> false;
    };
  }

  protected final boolean isNonReserved(int distance) {
    return switch (ahead(distance).category) {
      case NAME, UNRESERVED, COLUMN_NAME, TYPE_OR_FUNCTION_NAME -> true;
      case RESERVED, NONE -> false;
    };
  }

  protected final boolean isLabel(int distance) {
    return ahead(distance).category != Category.NONE;
  }

  protected final boolean isBareLabel() {
    return ahead(1).category != Category.NONE && ahead(1).bareLabel;
  }

  /// PostgreSQL's syntax error at the next token.
  protected final QuiverException syntaxError() {
    return lexer().syntaxError(ahead(1));
  }

  protected final QuiverException unsupported(String feature, int position) {
    return new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "%s is not supported", feature)
        .at(position);
  }

  protected final QuiverException error(String message, int position) {
    return QuiverException.ofMessage(SqlState.SYNTAX_ERROR, message).at(position);
  }

  /// Counts one level of nesting; left again with [#leave()].
  protected final void enter() {
    depth++;
    checkDepth(depth);
  }

  protected final void leave() {
    depth--;
  }

  protected final void leave(int levels) {
    depth -= levels;
  }

  private static void checkDepth(int levels) {
    if (levels > DEPTH_MAX) {
      throw tooDeep();
    }
  }

  private static QuiverException tooDeep() {
    return new QuiverException(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
        .withHint("Statements may nest up to " + DEPTH_MAX + " levels deep.");
  }

  /// Starts to measure the height of a query's tree; [#endQuery()] ends it.
  protected final void beginQuery() {
    enter();
    outerHeights.push(height);
    height = 0;
  }

  protected final void endQuery() {
    leave();
    queryHeight = height;
    height = Math.max(outerHeights.pop(), height + 1);
    checkDepth(height);
  }

  /// The range from `start` to the last consumed token.
  protected final SqlParserPos from(SqlToken start) {
    return Positions.range(start.beginColumn, last().endColumn);
  }

  protected final SqlNode node(SqlToken start, Expression expression) {
    int below =
        switch (expression) {
          case Expression.ScalarQuery _,
              Expression.Exists _,
              Expression.ArrayQuery _,
              Expression.InQuery _,
              Expression.QuantifiedQuery _ ->
              queryHeight;
          default -> 0;
        };
    ExpressionNode node = new ExpressionNode(from(start), expression, below);
    height = Math.max(height, node.height());
    checkDepth(height);
    return node;
  }

  /// The last consumed token as a one-part name.
  protected final SqlIdentifier identifier() {
    return identifier(last());
  }

  protected static SqlIdentifier identifier(SqlToken token) {
    return new SqlIdentifier(token.value, Positions.range(token.beginColumn, token.endColumn));
  }

  protected final SqlIdentifier identifier(List<SqlToken> parts) {
    List<String> names = new ArrayList<>(parts.size());
    List<SqlParserPos> positions = new ArrayList<>(parts.size());
    for (SqlToken part : parts) {
      names.add(part.kind == STAR ? "" : part.value);
      positions.add(Positions.range(part.beginColumn, part.endColumn));
    }
    SqlToken last = parts.getLast();
    return new SqlIdentifier(
        names, null, Positions.range(parts.getFirst().beginColumn, last.endColumn), positions);
  }

  protected static SqlIdentifier systemName(String name, SqlParserPos position) {
    return new SqlIdentifier(List.of(SYSTEM_SCHEMA, name), position);
  }

  /// A character string; without a character set, so that any text fits.
  protected final SqlCharStringLiteral string(SqlToken token) {
    return SqlLiteral.createCharString(
        token.value, null, Positions.range(token.beginColumn, token.endColumn));
  }

  protected final SqlNode number(SqlToken token) {
    if (token.value.length() > NUMBER_LENGTH_MAX) {
      throw overflow();
    }
    try {
      return new NumericConstant(Positions.range(token.beginColumn, token.endColumn), token.value);
    } catch (NumberFormatException e) {
      throw overflow().withCause(e);
    }
  }

  private static QuiverException overflow() {
    return new QuiverException(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
  }

  protected final SqlNode integer(long value, SqlParserPos position) {
    return new NumericConstant(position, Long.toString(value));
  }

  protected final SqlNode parameter(SqlToken token) {
    int number;
    try {
      number = Integer.parseInt(token.value);
    } catch (NumberFormatException e) {
      throw new QuiverException(
              SqlState.UNDEFINED_PARAMETER, "there is no parameter $%s", token.value)
          .withCause(e)
          .at(token.beginColumn);
    }
    if (number < 1 || number > 65_535) {
      throw new QuiverException(SqlState.UNDEFINED_PARAMETER, "there is no parameter $%d", number)
          .at(token.beginColumn);
    }
    parameterCount = Math.max(parameterCount, number);
    return new SqlDynamicParam(number - 1, Positions.range(token.beginColumn, token.endColumn));
  }

  /// `B'…'` and `X'…'`, both bit strings.
  protected final SqlNode bits(SqlToken token) {
    SqlParserPos position = Positions.range(token.beginColumn, token.endColumn);
    boolean hexadecimal = token.kind == BINARY_STRING_LITERAL;
    StringBuilder bits = new StringBuilder();
    for (int i = 0; i < token.value.length(); i++) {
      int digit = Character.digit(token.value.charAt(i), hexadecimal ? 16 : 2);
      if (digit < 0) {
        throw new QuiverException(
                SqlState.INVALID_TEXT_REPRESENTATION,
                "\"%s\" is not a valid %s digit",
                token.value.substring(i, i + 1),
                hexadecimal ? "hexadecimal" : "binary")
            .at(token.beginColumn);
      }
      for (int bit = hexadecimal ? 3 : 0; bit >= 0; bit--) {
        bits.append((digit >> bit) & 1);
      }
    }
    return new BitConstant(position, bits.toString());
  }

  /// How strongly the operator at the next token binds, [#NO_OPERATOR] if there is none.
  ///
  /// @param restricted only PostgreSQL's `b_expr` operators
  protected final int operatorLevel(boolean restricted) {
    SqlToken next = ahead(1);
    return switch (next.kind) {
      case OR -> restricted ? NO_OPERATOR : OR_LEVEL;
      case AND -> restricted ? NO_OPERATOR : AND_LEVEL;
      case IS -> restricted && !isDistinctFrom() ? NO_OPERATOR : IS_LEVEL;
      case ISNULL, NOTNULL -> restricted ? NO_OPERATOR : IS_LEVEL;
      case LT, GT, EQ, LE, GE, NE -> COMPARISON_LEVEL;
      case BETWEEN, IN, LIKE, ILIKE -> restricted ? NO_OPERATOR : MATCH_LEVEL;
      case SIMILAR -> !restricted && ahead(2).kind == TO ? MATCH_LEVEL : NO_OPERATOR;
      case NOT ->
          !restricted
                  && switch (ahead(2).kind) {
                    case BETWEEN, IN, LIKE, ILIKE, SIMILAR -> true;
                    default -> false;
                  }
              ? MATCH_LEVEL
              : NO_OPERATOR;
      case SYMBOL -> SYMBOL_LEVEL;
      case OPERATOR -> ahead(2).kind == LPAREN ? SYMBOL_LEVEL : NO_OPERATOR;
      case PLUS, MINUS -> ADD_LEVEL;
      case STAR, SLASH, PERCENT_REMAINDER -> MULTIPLY_LEVEL;
      case CARET -> POWER_LEVEL;
      case AT -> !restricted && ahead(2).kind == TIME ? AT_LEVEL : NO_OPERATOR;
      case COLLATE -> restricted ? NO_OPERATOR : COLLATE_LEVEL;
      default -> NO_OPERATOR;
    };
  }

  private boolean isDistinctFrom() {
    return ahead(2).kind == DISTINCT || (ahead(2).kind == NOT && ahead(3).kind == DISTINCT);
  }

  /// Refuses a second operator of a level that does not associate, such as `a < b < c`.
  protected final void rejectChain(int level, boolean restricted) {
    if (operatorLevel(restricted) == level) {
      throw syntaxError();
    }
  }

  /// AND, OR or NOT.
  protected final SqlNode logical(SqlToken start, Connective connective, List<SqlNode> operands) {
    return node(start, new Expression.Logical(connective, operands));
  }

  protected final SqlNode function(
      SqlToken start, String name, SqlParserPos position, List<SqlNode> arguments) {
    List<Argument> list = new ArrayList<>(arguments.size());
    for (SqlNode argument : arguments) {
      list.add(new Argument(null, argument));
    }
    return node(start, call(systemName(name, position), list));
  }

  protected static Expression.Function call(SqlIdentifier name, List<Argument> arguments) {
    return new Expression.Function(
        name, arguments, false, false, false, List.of(), false, null, null);
  }

  protected static TypeName systemType(String name, List<SqlNode> modifiers, int position) {
    return new TypeName(SYSTEM_SCHEMA, name, modifiers, 0, position);
  }

  protected static TypeName withArray(TypeName type, int dimensions) {
    return dimensions == 0
        ? type
        : new TypeName(type.schema(), type.name(), type.modifiers(), dimensions, type.position());
  }

  /// A type by the name of a call or a dotted name; modifiers may not be named or marked.
  protected final TypeName typeOf(SqlIdentifier name, List<SqlNode> modifiers) {
    int position = name.getParserPosition().getColumnNum();
    List<String> names = name.names;
    return switch (names.size()) {
      case 1 -> new TypeName(null, names.getFirst(), modifiers, 0, position);
      case 2 -> new TypeName(names.getFirst(), names.getLast(), modifiers, 0, position);
      case 3 -> new TypeName(names.get(1), names.getLast(), modifiers, 0, position);
      default ->
          throw error(
              "improper qualified name (too many dotted names): " + String.join(".", names),
              position);
    };
  }

  /// A function call used as the type of a literal: `vector(3) '[1,2,3]'`.
  protected final TypeName typeOf(Expression.Function call) {
    if (call.star() || call.distinct() || call.variadic()) {
      throw syntaxError();
    }
    List<SqlNode> modifiers = new ArrayList<>();
    for (Argument argument : call.arguments()) {
      int position = Positions.of(argument.value());
      if (argument.name() != null) {
        throw error("type modifier cannot have parameter name", position);
      }
      modifiers.add(argument.value());
    }
    if (!call.orderBy().isEmpty()) {
      throw error(
          "type modifier cannot have ORDER BY",
          Positions.of(call.orderBy().getFirst().expression()));
    }
    return typeOf(call.name(), modifiers);
  }

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
            locking));
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

  /// The grammar's check of a window frame.
  protected final void checkFrame(
      WindowSpecification.Bound start, WindowSpecification.Bound end, boolean between) {
    if (start.kind() == BoundKind.UNBOUNDED_FOLLOWING) {
      throw frameError("frame start cannot be UNBOUNDED FOLLOWING", start.position());
    }
    if (end.kind() == BoundKind.UNBOUNDED_PRECEDING) {
      throw frameError("frame end cannot be UNBOUNDED PRECEDING", end.position());
    }
    if (start.kind() == BoundKind.CURRENT_ROW && end.kind() == BoundKind.PRECEDING) {
      throw frameError(
          "frame starting from current row cannot have preceding rows", end.position());
    }
    if (start.kind() == BoundKind.FOLLOWING
        && (end.kind() == BoundKind.PRECEDING || end.kind() == BoundKind.CURRENT_ROW)) {
      throw frameError(
          between
              ? "frame starting from following row cannot have preceding rows"
              : "frame starting from following row cannot end with current row",
          end.position());
    }
  }

  private static QuiverException frameError(String message, int position) {
    return QuiverException.ofMessage(SqlState.WINDOWING_ERROR, message).at(position);
  }

  /// Names a table item; a sub-query must have a name.
  protected final FromItem aliased(FromItem item, FromItem.@Nullable Alias alias) {
    if (alias == null) {
      if (item instanceof FromItem.Subquery query && query.alias() == null) {
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
      case FromItem.Table t -> new FromItem.Table(t.name(), alias, t.sample());
      case FromItem.Subquery q ->
          new FromItem.Subquery(q.query(), q.lateral(), alias, q.position());
      case FromItem.Functions f ->
          new FromItem.Functions(
              f.functions(), f.rowsFrom(), f.ordinality(), f.lateral(), alias, f.position());
    };
  }

  /// The source text from `start` to the last consumed token.
  protected final String textFrom(SqlToken start) {
    return lexer().sql().substring(start.startIndex, last().endIndex);
  }

  protected final boolean atQuery() {
    return atQuery(1);
  }

  protected final boolean atQuery(int distance) {
    return switch (ahead(distance).kind) {
      case SELECT, WITH, TABLE -> true;
      case VALUES -> ahead(distance + 1).kind == LPAREN;
      default -> false;
    };
  }

  /// Whether a parenthesised query goes on as a query.
  protected final boolean atQueryTail() {
    return switch (ahead(1).kind) {
      case UNION, INTERSECT, EXCEPT, ORDER, LIMIT, OFFSET, FETCH, FOR -> true;
      default -> false;
    };
  }

  /// Whether the parenthesis of INSERT INTO t (…) holds a query, not columns.
  protected final boolean atQueryAfterParentheses() {
    return ahead(2).kind == LPAREN || atQuery(2);
  }

  /// How strongly the set operator ahead binds, 0 if there is none.
  protected final int setOperatorLevel() {
    return switch (ahead(1).kind) {
      case UNION, EXCEPT -> 1;
      case INTERSECT -> 2;
      default -> 0;
    };
  }

  protected final Query setOperation(
      Query.SetOperator operator, boolean all, Query left, Query right, int position) {
    height++;
    checkDepth(height);
    return new Query.SetOperation(Query.Clauses.NONE, operator, all, left, right, position);
  }

  protected static Query values(List<List<SqlNode>> rows, int position) {
    return new Query.Values(Query.Clauses.NONE, rows, position);
  }

  /// TABLE t.
  protected final Query table(SqlIdentifier name, int position) {
    SelectBuilder select = new SelectBuilder();
    select.items.add(new SelectItem(SqlIdentifier.star(name.getParserPosition()), null));
    select.from = List.of(new FromItem.Table(name, null, null));
    return select.build(position);
  }

  /// Whether a target list starts here; it may be empty.
  protected final boolean atSelectItem() {
    return switch (ahead(1).kind) {
      case EOF,
          SEMICOLON,
          RPAREN,
          INTO,
          FROM,
          WHERE,
          GROUP,
          HAVING,
          WINDOW,
          UNION,
          INTERSECT,
          EXCEPT,
          ORDER,
          LIMIT,
          OFFSET,
          FETCH,
          FOR ->
          false;
      default -> true;
    };
  }

  protected final boolean atPersistence() {
    return switch (ahead(1).kind) {
      case TEMP, TEMPORARY, UNLOGGED -> true;
      case LOCAL, GLOBAL -> ahead(2).kind == TEMP || ahead(2).kind == TEMPORARY;
      default -> false;
    };
  }

  protected final void setInto(IntoClause clause) {
    checkInto();
    into = clause;
  }

  protected final boolean atJoin() {
    return switch (ahead(1).kind) {
      case JOIN, CROSS, NATURAL, INNER, LEFT, RIGHT, FULL -> true;
      default -> false;
    };
  }

  protected final boolean atAlias() {
    return (at(AS) && ahead(2).kind != LPAREN) || (isColumnId(1) && !at(SET));
  }

  /// Whether a name is followed by a comma or the end of a list of names.
  protected final boolean atListedName() {
    return atListedName(1);
  }

  protected final boolean atListedName(int distance) {
    return isColumnId(distance)
        && (ahead(distance + 1).kind == COMMA || ahead(distance + 1).kind == RPAREN);
  }

  /// Whether FROM has a function here: a dotted name with a parenthesis behind it.
  protected final boolean atTableFunction() {
    if (atValueKeyword() || (ahead(2).kind == LPAREN && atSyntaxFunction())) {
      return true;
    }
    int distance = 1;
    while (isLabel(distance) && ahead(distance + 1).kind == DOT) {
      distance += 2;
    }
    return isLabel(distance)
        && ahead(distance + 1).kind == LPAREN
        && (distance == 1 ? isFunctionId(1) : isNonReserved(1));
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

  protected static boolean isFunction(SqlNode node) {
    return node instanceof ExpressionNode e
        && e.value() instanceof Expression.Function f
        && f.over() == null;
  }

  protected static boolean isRow(SqlNode node) {
    return node instanceof ExpressionNode e && e.value() instanceof Expression.Row;
  }

  /// What parentheses hold, as a value: a sub-query, a row, or the expression itself.
  protected final SqlNode parenthesized(SqlToken start, Object content) {
    if (content instanceof Query query) {
      return node(start, new Expression.ScalarQuery(query));
    }
    List<SqlNode> list = expressionList(content);
    return list.size() == 1 ? list.getFirst() : node(start, new Expression.Row(list));
  }

  private static List<SqlNode> expressionList(Object content) {
    List<SqlNode> list = new ArrayList<>();
    for (Object element : (List<?>) content) {
      list.add((SqlNode) element);
    }
    return list;
  }

  protected final SqlNode in(
      SqlToken start, SqlNode left, Object content, boolean negated, int position) {
    return node(
        start,
        content instanceof Query query
            ? new Expression.InQuery(left, query, negated, position)
            : new Expression.InList(left, expressionList(content), negated, position));
  }

  protected final SqlNode quantified(
      SqlToken start, SqlNode left, OperatorName name, boolean all, Object content) {
    if (content instanceof Query query) {
      return node(
          start,
          new Expression.QuantifiedQuery(
              name.schema(), name.symbol(), left, all, query, name.position()));
    }
    List<SqlNode> list = expressionList(content);
    if (list.size() != 1) {
      throw lexer().syntaxError(last());
    }
    return node(
        start,
        new Expression.QuantifiedArray(
            name.schema(), name.symbol(), left, all, list.getFirst(), name.position()));
  }

  protected final SqlNode operator(
      SqlToken start, OperatorName name, @Nullable SqlNode left, SqlNode right) {
    return node(
        start, new Expression.Operator(name.schema(), name.symbol(), left, right, name.position()));
  }

  /// Plus or minus before an operand; a minus becomes part of a number, as in PostgreSQL, so that
  /// the smallest integers can be written.
  protected final SqlNode sign(SqlToken start, OperatorName name, SqlNode operand) {
    if (name.symbol().equals("-") && operand instanceof NumericConstant number) {
      return number.negated(from(start));
    }
    return operator(start, name, null, operand);
  }

  protected final SqlNode overlapsCall(SqlToken start, SqlNode left, SqlNode right) {
    List<SqlNode> arguments = new ArrayList<>(pair(left, "left"));
    arguments.addAll(pair(right, "right"));
    return function(start, "overlaps", from(start), arguments);
  }

  private List<SqlNode> pair(SqlNode side, String name) {
    if (side instanceof ExpressionNode e
        && e.value() instanceof Expression.Row row
        && row.fields().size() == 2) {
      return row.fields();
    }
    throw error(
        "wrong number of parameters on " + name + " side of OVERLAPS expression",
        Positions.of(side));
  }

  /// A call without a schema, of a function that has a keyword.
  protected final SqlNode plainCall(SqlToken start, String name, List<SqlNode> arguments) {
    List<Argument> list = new ArrayList<>();
    for (SqlNode argument : arguments) {
      list.add(new Argument(null, argument));
    }
    return node(start, call(new SqlIdentifier(name, from(start)), list));
  }

  protected final SqlNode substring(
      SqlToken start, SqlNode text, @Nullable SqlNode first, @Nullable SqlNode length) {
    List<SqlNode> arguments = new ArrayList<>();
    arguments.add(text);
    arguments.add(first == null ? integer(1, from(last())) : first);
    if (length != null) {
      arguments.add(length);
    }
    return function(start, "substring", from(start), arguments);
  }

  /// A word of the grammar as a string argument.
  protected final SqlNode text(String value) {
    return SqlLiteral.createCharString(value, null, from(last()));
  }

  /// The last token's number, which must fit into an integer.
  protected final int intValue(SqlToken token) {
    try {
      return Integer.parseInt(token.value);
    } catch (NumberFormatException e) {
      throw lexer().syntaxError(token).withCause(e);
    }
  }

  protected final boolean atNumber() {
    return switch (ahead(1).kind) {
      case PLUS, MINUS, UNSIGNED_INTEGER_LITERAL, DECIMAL_NUMERIC_LITERAL -> true;
      default -> false;
    };
  }

  /// Whether the next word, a parenthesis behind it, has a syntax of its own.
  protected final boolean atSyntaxFunction() {
    return switch (ahead(1).kind) {
      case CAST,
          EXTRACT,
          POSITION,
          OVERLAY,
          SUBSTRING,
          TRIM,
          NORMALIZE,
          NULLIF,
          COALESCE,
          GREATEST,
          LEAST,
          GROUPING,
          TREAT,
          XMLATTRIBUTES,
          XMLCONCAT,
          XMLELEMENT,
          XMLEXISTS,
          XMLFOREST,
          XMLPARSE,
          XMLPI,
          XMLROOT,
          XMLSERIALIZE ->
          true;
      default -> false;
    };
  }

  protected final boolean atValueKeyword() {
    return switch (ahead(1).kind) {
      case CURRENT_DATE,
          CURRENT_ROLE,
          CURRENT_USER,
          USER,
          SESSION_USER,
          CURRENT_CATALOG,
          CURRENT_TIME,
          CURRENT_TIMESTAMP,
          LOCALTIME,
          LOCALTIMESTAMP ->
          true;
      case CURRENT_SCHEMA -> ahead(2).kind != LPAREN;
      default -> false;
    };
  }

  /// A field of EXTRACT that is a word.
  protected final boolean atExtractField() {
    return at(IDENTIFIER) || atIntervalField();
  }

  protected final boolean atIntervalField() {
    return switch (ahead(1).kind) {
      case YEAR, MONTH, DAY, HOUR, MINUTE, SECOND -> true;
      default -> false;
    };
  }

  /// Whether the range of an interval goes on; MONTH and SECOND end one.
  protected final boolean atIntervalEnd(int first) {
    return at(TO) && first != 1 << 1 && first != INTERVAL_SECOND;
  }

  /// Whether a type begins here that has a keyword.
  protected final boolean atTypeKeyword() {
    return switch (ahead(1).kind) {
      case INT,
          INTEGER,
          SMALLINT,
          BIGINT,
          REAL,
          BOOLEAN,
          FLOAT,
          DECIMAL,
          DEC,
          NUMERIC,
          BIT,
          VARCHAR,
          CHARACTER,
          CHAR,
          NCHAR,
          NATIONAL,
          TIMESTAMP,
          TIME ->
          true;
      case DOUBLE -> ahead(2).kind == PRECISION;
      default -> false;
    };
  }

  /// Whether a literal begins here whose type is a keyword: the same words are also names.
  protected final boolean atTypedLiteral() {
    if (!atTypeKeyword() && !at(INTERVAL)) {
      return false;
    }
    return switch (ahead(2).kind) {
      case QUOTED_STRING, LPAREN, VARYING, PRECISION -> true;
      case WITH, WITHOUT -> ahead(3).kind == TIME;
      case CHARACTER, CHAR -> at(NATIONAL);
      default -> false;
    };
  }

  protected static TypeName systemType(String name, int position) {
    return systemType(name, List.of(), position);
  }

  protected final TypeName floatType(
      @Nullable Integer precision, int precisionPosition, int position) {
    if (precision == null || (precision > 24 && precision <= 53)) {
      return systemType("float8", position);
    }
    if (precision < 1 || precision > 53) {
      throw QuiverException.ofMessage(
              SqlState.INVALID_PARAMETER_VALUE,
              precision < 1
                  ? "precision for type float must be at least 1 bit"
                  : "precision for type float must be less than 54 bits")
          .at(precisionPosition);
    }
    return systemType("float4", position);
  }

  protected final TypeName bitType(boolean varying, List<SqlNode> modifiers, int position) {
    return varying
        ? systemType("varbit", modifiers, position)
        : systemType(
            "bit", modifiers.isEmpty() ? List.of(integer(1, from(last()))) : modifiers, position);
  }

  protected final TypeName characterType(boolean varying, List<SqlNode> modifiers, int position) {
    return varying
        ? systemType("varchar", modifiers, position)
        : systemType(
            "bpchar",
            modifiers.isEmpty() ? List.of(integer(1, from(last()))) : modifiers,
            position);
  }

  /// The type of a literal: where no length is written, `char 'abc'` and `bit '101'` have none,
  /// while as the type of a column they have the length 1.
  protected final TypeName literalType(TypeName type) {
    return last().kind == RPAREN
        ? type
        : new TypeName(type.schema(), type.name(), List.of(), 0, type.position());
  }

  protected static int intervalMask(SqlToken field) {
    return switch (field.kind) {
      case YEAR -> 1 << 2;
      case MONTH -> 1 << 1;
      case DAY -> 1 << 3;
      case HOUR -> 1 << 10;
      case MINUTE -> 1 << 11;
      default -> INTERVAL_SECOND;
    };
  }

  /// The mask of `first TO last`.
  protected final int intervalRange(int first, int last) {
    List<Integer> order = List.of(1 << 2, 1 << 1, 1 << 3, 1 << 10, 1 << 11, 1 << 12);
    int from = order.indexOf(first);
    int to = order.indexOf(last);
    if (first != last && (to < from || (from <= 1) != (to <= 1))) {
      throw lexer().syntaxError(last());
    }
    int mask = 0;
    for (int i = from; i <= to; i++) {
      mask |= order.get(i);
    }
    return mask;
  }

  protected final List<SqlNode> intervalModifiers(int mask, @Nullable Integer precision) {
    SqlParserPos position = from(last());
    return precision == null
        ? List.of(integer(mask, position))
        : List.of(integer(mask, position), integer(precision, position));
  }

  /// Whether a word alone may name a function or type.
  protected static boolean isCallable(SqlToken word) {
    return switch (word.category) {
      case NAME, UNRESERVED, TYPE_OR_FUNCTION_NAME -> true;
      case COLUMN_NAME, RESERVED, NONE -> false;
    };
  }

  /// Whether a word may begin the name of a column.
  protected static boolean isColumn(SqlToken word) {
    return switch (word.category) {
      case NAME, UNRESERVED, COLUMN_NAME -> true;
      case TYPE_OR_FUNCTION_NAME, RESERVED, NONE -> false;
    };
  }

  /// ORDER BY … USING: only the two orders every type has.
  protected final boolean isDescending(OperatorName name) {
    return switch (name.symbol()) {
      case "<" -> false;
      case ">" -> true;
      default -> throw unsupported("ORDER BY USING " + name.symbol(), name.position());
    };
  }

  /// A name of at most three parts.
  protected final SqlIdentifier qualified(List<SqlToken> parts) {
    if (parts.size() > 3) {
      StringBuilder dotted = new StringBuilder();
      for (SqlToken part : parts) {
        dotted.append(dotted.isEmpty() ? "" : ".").append(part.value);
      }
      throw error(
          "improper qualified name (too many dotted names): " + dotted,
          parts.getFirst().position());
    }
    return identifier(parts);
  }

  /// A syntax error at the last consumed token.
  protected final QuiverException syntaxErrorBefore() {
    return lexer().syntaxError(last());
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

  protected final boolean atOldCopyOption() {
    return switch (ahead(1).kind) {
      case BINARY, CSV, FREEZE, HEADER, DELIMITER, NULL, QUOTE_, ESCAPE, ENCODING, FORCE -> true;
      default -> false;
    };
  }

  protected final boolean atTableConstraint() {
    return switch (ahead(1).kind) {
      case CONSTRAINT, CHECK, UNIQUE, PRIMARY, FOREIGN -> true;
      case EXCLUDE -> ahead(2).kind == USING || ahead(2).kind == LPAREN;
      default -> false;
    };
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

  /// ON DELETE SET NULL (columns) is beyond what a foreign key node holds.
  protected final void noColumnList() {
    if (at(LPAREN)) {
      throw unsupported("a column list with ON DELETE SET", ahead(1).position());
    }
  }

  protected final boolean atSequenceOption() {
    return switch (ahead(1).kind) {
      case INCREMENT, MINVALUE, MAXVALUE, START, RESTART, CACHE, CYCLE, OWNED, SEQUENCE -> true;
      case AS -> true;
      case NO -> ahead(2).kind == MINVALUE || ahead(2).kind == MAXVALUE || ahead(2).kind == CYCLE;
      default -> false;
    };
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

  /// Whether CREATE makes a view; its words may follow OR REPLACE and TEMP.
  protected final boolean atCreateView() {
    if (!at(CREATE)) {
      return false;
    }
    int distance = ahead(2).kind == OR && ahead(3).kind == REPLACE ? 4 : 2;
    if (ahead(distance).kind == TEMP || ahead(distance).kind == TEMPORARY) {
      distance++;
    }
    return ahead(distance).kind == VIEW
        || (ahead(distance).kind == RECURSIVE && ahead(distance + 1).kind == VIEW);
  }

  protected final boolean atCreateGeneric() {
    return at(CREATE)
        && switch (ahead(2).kind) {
          case TABLE,
              SEQUENCE,
              INDEX,
              SCHEMA,
              EXTENSION,
              DATABASE,
              ROLE,
              GROUP,
              MATERIALIZED,
              TEMP,
              TEMPORARY,
              LOCAL,
              GLOBAL,
              UNLOGGED ->
              false;
          case UNIQUE -> ahead(3).kind != INDEX;
          case USER -> ahead(3).kind == OTHER_KEYWORD;
          default -> true;
        };
  }

  protected final boolean atDropGeneric() {
    return at(DROP)
        && switch (ahead(2).kind) {
          case DATABASE,
              ROLE,
              GROUP,
              TABLE,
              INDEX,
              VIEW,
              MATERIALIZED,
              SCHEMA,
              SEQUENCE,
              TYPE,
              DOMAIN,
              EXTENSION ->
              false;
          case USER -> ahead(3).kind == OTHER_KEYWORD;
          default -> true;
        };
  }

  protected final boolean atAlterGeneric() {
    return at(ALTER)
        && switch (ahead(2).kind) {
          case TABLE, INDEX, VIEW, MATERIALIZED, SEQUENCE, SCHEMA -> ahead(3).kind == ALL;
          case ROLE -> ahead(3).kind == ALL || isRoleSetting();
          case USER -> ahead(3).kind == OTHER_KEYWORD || ahead(3).kind == ALL || isRoleSetting();
          default -> true;
        };
  }

  private boolean isRoleSetting() {
    return switch (ahead(4).kind) {
      case SET, RESET, IN -> true;
      default -> false;
    };
  }

  protected final boolean atCommentGeneric() {
    return at(COMMENT, ON)
        && switch (ahead(3).kind) {
          case TABLE,
              COLUMN,
              INDEX,
              VIEW,
              MATERIALIZED,
              SEQUENCE,
              SCHEMA,
              EXTENSION,
              DATABASE,
              ROLE,
              CONSTRAINT ->
              false;
          default -> true;
        };
  }

  /// The command tag of a statement that is not parsed further, null if there is none.
  protected final @Nullable String genericTag() {
    String verb = ahead(1).value;
    return switch (verb) {
      case "grant", "revoke", "load", "comment" -> verb.toUpperCase(Locale.ROOT);
      case "import" -> "IMPORT FOREIGN SCHEMA";
      case "reassign" -> "REASSIGN OWNED";
      case "security" -> "SECURITY LABEL";
      default -> objectTag(verb);
    };
  }

  private @Nullable String objectTag(String verb) {
    int distance = ahead(2).kind == OR && ahead(3).kind == REPLACE ? 4 : 2;
    while (PREFIXES.contains(ahead(distance).value)) {
      distance++;
    }
    String one = ahead(distance).value;
    String two = one + " " + ahead(distance + 1).value;
    if (TWO_WORD_OBJECTS.contains(two)) {
      return (verb + " " + two).toUpperCase(Locale.ROOT);
    }
    return ONE_WORD_OBJECTS.contains(one) ? (verb + " " + one).toUpperCase(Locale.ROOT) : null;
  }

  /// Words between CREATE and the kind of object.
  private static final Set<String> PREFIXES = Set.of("trusted", "procedural", "constraint");

  private static final Set<String> ONE_WORD_OBJECTS =
      Set.of(
          "aggregate",
          "cast",
          "collation",
          "conversion",
          "database",
          "domain",
          "function",
          "group",
          "index",
          "language",
          "operator",
          "owned",
          "policy",
          "procedure",
          "publication",
          "role",
          "routine",
          "rule",
          "server",
          "statistics",
          "subscription",
          "system",
          "table",
          "tablespace",
          "transform",
          "trigger",
          "type",
          "extension",
          "user");

  private static final Set<String> TWO_WORD_OBJECTS =
      Set.of(
          "access method",
          "default privileges",
          "event trigger",
          "foreign table",
          "foreign data",
          "large object",
          "materialized view",
          "operator class",
          "operator family",
          "text search",
          "user mapping");

  /// Consumes everything up to the end of the statement.
  protected final void skipStatement() {
    while (!at(SEMICOLON) && !at(EOF)) {
      getNextToken();
    }
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

  /// Consumes everything up to the end of one action of ALTER.
  protected final void skipAction() {
    int parentheses = 0;
    while (!at(SEMICOLON) && !at(EOF) && (parentheses > 0 || !at(COMMA))) {
      parentheses += at(LPAREN) ? 1 : at(RPAREN) ? -1 : 0;
      getNextToken();
    }
  }

  public abstract Token getNextToken();

  protected static SettingValue textSetting(SqlToken token) {
    return new SettingValue(token.value, SettingValue.Form.TEXT);
  }

  protected static SettingValue wordSetting(SqlToken token) {
    return new SettingValue(token.value, SettingValue.Form.WORD);
  }

  /// A word of FETCH that is not itself the cursor's name.
  protected final boolean atFetchWord(int kind) {
    return at(kind) && ahead(2).kind != EOF && ahead(2).kind != SEMICOLON;
  }

  /// What EXPLAIN can explain among the CREATE statements.
  protected static boolean isQueryBearing(Statement statement) {
    return statement instanceof Statement.CreateTableAs
        || statement instanceof Statement.CreateMaterializedView;
  }
}
