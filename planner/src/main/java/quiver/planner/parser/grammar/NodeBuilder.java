package quiver.planner.parser.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.node.BitConstant;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.Expression.Argument;
import quiver.planner.parser.node.Expression.Connective;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.NumericConstant;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.TypeName;
import quiver.planner.parser.node.WindowSpecification;
import quiver.planner.parser.node.WindowSpecification.BoundKind;

/// Builds expressions and types, and keeps their nesting within a limit.
abstract class NodeBuilder extends GrammarLookahead {
  /// Deepest nesting of a tree. Whoever walks a tree may recurse this deep: it costs less than half
  /// of a virtual thread's stack.
  static final int DEPTH_MAX = 1_000;

  /// Highest number of a parameter: the protocol counts them in 16 bits.
  static final int PARAMETER_MAX = 65_535;

  /// Longest number: 131,072 digits before and 16,383 after the point, as PostgreSQL's numeric.
  static final int NUMBER_LENGTH_MAX = 147_456;

  protected static final int INTERVAL_FULL_RANGE = 0x7FFF;

  private static final String SYSTEM_SCHEMA = "pg_catalog";

  /// The highest number of a parameter so far.
  protected int parameterCount;

  /// The first `$n` of the statement being parsed.
  protected Optional<ParsedStatement.ParameterUse> firstParameter = Optional.empty();

  private int depth;
  // Height of the tallest tree built so far in the query being parsed, and of the query before.
  private int height;
  private int queryHeight;
  private final Deque<Integer> outerHeights = new ArrayDeque<>();

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

  protected static QuiverException tooDeep() {
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

  /// Counts a set operation on top of what was built.
  protected final void growTaller() {
    height++;
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
    if (number < 1 || number > PARAMETER_MAX) {
      throw new QuiverException(SqlState.UNDEFINED_PARAMETER, "there is no parameter $%d", number)
          .at(token.beginColumn);
    }
    parameterCount = Math.max(parameterCount, number);
    if (firstParameter.isEmpty()) {
      firstParameter = Optional.of(new ParsedStatement.ParameterUse(number, token.beginColumn));
    }
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
    return last().kind == RPAREN || last().kind == ZONE
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
}
