package quiver.frontend.statement;

import java.util.List;
import java.util.stream.Collectors;
import quiver.common.expression.Expression;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.type.SqlType;

/// Expressions as EXPLAIN shows them.
final class ExpressionText {
  /// Characters of a constant that are shown.
  private static final int CONSTANT_LENGTH_MAX = 60;

  private final List<String> columns;

  /// @param columns names of the input columns; missing ones are shown by number
  ExpressionText(List<String> columns) {
    this.columns = columns;
  }

  String of(Expression expression) {
    return switch (expression) {
      case Expression.InputColumn(int index, SqlType type) ->
          index < columns.size() ? columns.get(index) : "#" + index;
      case Expression.Constant constant -> constant(constant);
      case Expression.Parameter(int index, SqlType type) -> "$" + (index + 1);
      case Expression.OuterColumn(int applyId, int index, SqlType type) -> "outer#" + index;
      case Expression.Call call -> call(call);
      case Expression.And(List<Expression> terms) -> joined(terms, " AND ");
      case Expression.Or(List<Expression> terms) -> joined(terms, " OR ");
      case Expression.Not(Expression operand) -> "(NOT " + of(operand) + ")";
      case Expression.IsNull(Expression operand) -> "(" + of(operand) + " IS NULL)";
      case Expression.IsDistinct distinct ->
          "(" + of(distinct.left()) + " IS DISTINCT FROM " + of(distinct.right()) + ")";
      case Expression.Case choice ->
          choice.branches().stream()
              .map(b -> " WHEN " + of(b.condition()) + " THEN " + of(b.result()))
              .collect(Collectors.joining("", "CASE", " ELSE " + of(choice.otherwise()) + " END"));
      case Expression.Coalesce(List<Expression> operands, SqlType type) ->
          "COALESCE(" + list(operands) + ")";
      case Expression.Cast(Expression operand, SqlType type, var context) ->
          "(" + of(operand) + ")::" + type.sqlName();
      case Expression.AnyAll test ->
          "("
              + of(test.left())
              + " "
              + symbol(test.comparison())
              + (test.all() ? " ALL (" : " ANY (")
              + of(test.array())
              + "))";
      case Expression.ArrayOf(List<Expression> elements, SqlType type) ->
          "ARRAY[" + list(elements) + "]";
      case Expression.Subscript(Expression array, var bounds, SqlType type) ->
          of(array) + "[" + bounds.size() + " subscripts]";
      case Expression.RowOf(List<Expression> fields) -> "ROW(" + list(fields) + ")";
    };
  }

  String list(List<Expression> expressions) {
    return expressions.stream().map(this::of).collect(Collectors.joining(", "));
  }

  private String joined(List<Expression> terms, String word) {
    return terms.stream().map(this::of).collect(Collectors.joining(word, "(", ")"));
  }

  private static String constant(Expression.Constant constant) {
    Object value = constant.value();
    if (value == null) {
      return "NULL::" + constant.type().sqlName();
    }
    String text = TextFormat.format(constant.type(), value, FormatSettings.DEFAULT);
    if (text.length() > CONSTANT_LENGTH_MAX) {
      text = text.substring(0, CONSTANT_LENGTH_MAX) + "...";
    }
    boolean bare =
        switch (constant.type().base()) {
          case INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC -> !text.startsWith("-");
          case BOOL -> true;
          default -> false;
        };
    return bare && !constant.type().array()
        ? text
        : "'" + text.replace("'", "''") + "'::" + constant.type().sqlName();
  }

  private String call(Expression.Call call) {
    String symbol = symbol(call.function());
    if (!symbol.equals(call.function().name()) && call.arguments().size() == 2) {
      return "("
          + of(call.arguments().get(0))
          + " "
          + symbol
          + " "
          + of(call.arguments().get(1))
          + ")";
    }
    return call.function().name() + "(" + list(call.arguments()) + ")";
  }

  /// The operator a function implements, or its name.
  private static String symbol(FunctionSignature function) {
    for (OperatorSignature operator : FunctionRegistry.standard().operators()) {
      if (operator.function().equals(function)) {
        return operator.symbol();
      }
    }
    return function.name();
  }
}
