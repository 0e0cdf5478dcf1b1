package quiver.execution.explain;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Expressions as PostgreSQL's EXPLAIN writes them. Used by one thread.
final class ExpressionText {
  private static final Map<String, String> OPERATORS = operators();

  /// Functions that are called without parentheses.
  private static final Set<String> KEYWORDS = Set.of("current_user", "session_user");

  private final @Nullable Object[] parameters;
  private final FormatSettings settings;
  private final Map<Integer, List<String>> outerNames = new HashMap<>();

  /// @param parameters values to show in place of `$1 …`; a missing one is shown as its number
  ExpressionText(@Nullable Object[] parameters, FormatSettings settings) {
    this.parameters = parameters;
    this.settings = settings;
  }

  private static Map<String, String> operators() {
    Map<String, String> symbols = new HashMap<>();
    for (OperatorSignature operator : FunctionRegistry.standard().operators()) {
      symbols.putIfAbsent(operator.function().key(), operator.symbol());
    }
    return symbols;
  }

  /// Names the columns that [Expression.OuterColumn] of an apply refers to.
  void bindOuter(int applyId, List<String> names) {
    outerNames.put(applyId, names);
  }

  /// @param names of the input columns
  String of(Expression expression, List<String> names) {
    return switch (expression) {
      case Expression.InputColumn(int index, SqlType ignored) -> name(names, index);
      case Expression.Constant constant -> literal(constant.value(), constant.type());
      case Expression.Parameter(int index, SqlType type) ->
          index < parameters.length ? literal(parameters[index], type) : "$" + (index + 1);
      case Expression.OuterColumn(int applyId, int index, SqlType ignored) ->
          name(outerNames.getOrDefault(applyId, List.of()), index);
      case Expression.Call call -> call(call, names);
      case Expression.VariadicCall(var function, var arguments, SqlType ignored) ->
          function.name()
              + "("
              + arguments.subList(0, arguments.size() - 1).stream()
                  .map(argument -> of(argument, names) + ", ")
                  .collect(Collectors.joining())
              + "VARIADIC "
              + of(arguments.getLast(), names)
              + ")";
      case Expression.And(var terms) -> joined(terms, " AND ", names);
      case Expression.Or(var terms) -> joined(terms, " OR ", names);
      case Expression.Not(Expression.IsNull(Expression operand)) ->
          "(" + of(operand, names) + " IS NOT NULL)";
      case Expression.Not(Expression operand) -> "(NOT " + of(operand, names) + ")";
      case Expression.IsNull(Expression operand) -> "(" + of(operand, names) + " IS NULL)";
      case Expression.IsDistinct distinct ->
          "("
              + of(distinct.left(), names)
              + " IS DISTINCT FROM "
              + of(distinct.right(), names)
              + ")";
      case Expression.Case choice -> choice(choice, names);
      case Expression.Coalesce(var operands, SqlType ignored) ->
          "COALESCE(" + list(operands, names) + ")";
      case Expression.Cast(Expression operand, SqlType type, var ignored)
          when type.base() == BaseType.RECORD && type.isBuiltIn() ->
          of(operand, names);
      case Expression.Cast(Expression operand, SqlType type, var ignored) ->
          "(" + of(operand, names) + ")::" + type.sqlName();
      case Expression.AnyAll test ->
          "("
              + of(test.left(), names)
              + " "
              + symbol(test.comparison()).orElse(test.comparison().name())
              + (test.all() ? " ALL (" : " ANY (")
              + of(test.array(), names)
              + "))";
      case Expression.ArrayOf(var elements, SqlType ignored) ->
          "ARRAY[" + list(elements, names) + "]";
      case Expression.Subscript subscript -> subscript(subscript, names);
      case Expression.RowOf row -> "ROW(" + list(row.fields(), names) + ")";
    };
  }

  String list(List<Expression> expressions, List<String> names) {
    return expressions.stream().map(e -> of(e, names)).collect(Collectors.joining(", "));
  }

  static String name(List<String> names, int index) {
    return index < names.size() ? names.get(index) : "column" + (index + 1);
  }

  private String joined(List<Expression> terms, String word, List<String> names) {
    return terms.stream().map(e -> of(e, names)).collect(Collectors.joining(word, "(", ")"));
  }

  static Optional<String> symbol(FunctionSignature function) {
    return Optional.ofNullable(OPERATORS.get(function.key()));
  }

  private String call(Expression.Call call, List<String> names) {
    Optional<String> symbol = symbol(call.function());
    List<Expression> arguments = call.arguments();
    if (symbol.isPresent() && arguments.size() == 2) {
      return "("
          + of(arguments.get(0), names)
          + " "
          + symbol.get()
          + " "
          + of(arguments.get(1), names)
          + ")";
    }
    if (symbol.isPresent() && arguments.size() == 1) {
      return "(" + symbol.get() + " " + of(arguments.get(0), names) + ")";
    }
    String name = call.function().name();
    return KEYWORDS.contains(name) && arguments.isEmpty()
        ? name.toUpperCase(Locale.ROOT)
        : name + "(" + list(arguments, names) + ")";
  }

  private String choice(Expression.Case choice, List<String> names) {
    StringBuilder text = new StringBuilder("CASE");
    for (Expression.Branch branch : choice.branches()) {
      text.append(" WHEN ").append(of(branch.condition(), names));
      text.append(" THEN ").append(of(branch.result(), names));
    }
    return text.append(" ELSE ").append(of(choice.otherwise(), names)).append(" END").toString();
  }

  private String subscript(Expression.Subscript subscript, List<String> names) {
    StringBuilder text = new StringBuilder("(" + of(subscript.array(), names) + ")");
    for (Expression.SubscriptBound bound : subscript.bounds()) {
      text.append('[');
      switch (bound) {
        case Expression.SubscriptBound.At(Expression index) -> text.append(of(index, names));
        case Expression.SubscriptBound.Slice(var from, var to) -> {
          from.ifPresent(e -> text.append(of(e, names)));
          text.append(':');
          to.ifPresent(e -> text.append(of(e, names)));
        }
      }
      text.append(']');
    }
    return text.toString();
  }

  private String literal(@Nullable Object value, SqlType type) {
    if (value == null) {
      return "NULL::" + type.sqlName();
    }
    String text = TextFormat.format(type, value, settings);
    boolean plain =
        !type.array()
            && switch (type.base()) {
              case BOOL -> true;
              case INT4, NUMERIC -> !text.startsWith("-") && Character.isDigit(text.charAt(0));
              default -> false;
            };
    if (plain) {
      return switch (text) {
        case "t" -> "true";
        case "f" -> "false";
        default -> text;
      };
    }
    return "'" + text.replace("'", "''") + "'::" + type.sqlName();
  }
}
