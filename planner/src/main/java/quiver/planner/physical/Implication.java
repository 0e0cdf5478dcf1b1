package quiver.planner.physical;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;

/// Proves conditions from conditions that are known to be true. It may fail to prove what is true,
/// never prove what is not.
///
/// Source: the idea of PostgreSQL's `predtest.c`; equal conditions, IS NOT NULL from a strict
/// condition, and comparisons of one expression with constants.
final class Implication {
  private final List<Expression> known;

  /// @param known all true
  Implication(List<Expression> known) {
    this.known = List.copyOf(known);
  }

  boolean proves(Expression wanted) {
    return switch (wanted) {
      case Expression.And(List<Expression> terms) -> terms.stream().allMatch(this::proves);
      case Expression.Or(List<Expression> terms) ->
          terms.stream().anyMatch(this::proves) || known.contains(wanted);
      default -> known.stream().anyMatch(condition -> implies(condition, wanted));
    };
  }

  private static boolean implies(Expression condition, Expression wanted) {
    if (condition.equals(wanted)) {
      return true;
    }
    if (condition instanceof Expression.And(List<Expression> terms)) {
      return terms.stream().anyMatch(term -> implies(term, wanted));
    }
    if (wanted instanceof Expression.Not(Expression.IsNull(Expression operand))) {
      return condition instanceof Expression.Call call
          && call.function().strict()
          && call.arguments().contains(operand);
    }
    Comparison given = Comparison.of(condition);
    Comparison asked = Comparison.of(wanted);
    return given != null && asked != null && given.implies(asked);
  }

  /// `operand symbol value`.
  private record Comparison(
      Expression operand, String symbol, Object value, SqlType type, FunctionSignature function) {
    static @Nullable Comparison of(Expression expression) {
      if (!(expression instanceof Expression.Call(var function, var arguments, _))
          || arguments.size() != 2
          || !(arguments.get(1) instanceof Expression.Constant(Object value, SqlType type))
          || value == null) {
        return null;
      }
      Optional<OperatorSignature> operator =
          FunctionRegistry.standard().operators().stream()
              .filter(each -> each.function().equals(function))
              .findFirst();
      return operator
          .map(found -> new Comparison(arguments.get(0), found.symbol(), value, type, function))
          .orElse(null);
    }

    /// Whether this being true makes `asked` true. Constants of one type only: their order is then
    /// the operators'.
    boolean implies(Comparison asked) {
      if (!operand.equals(asked.operand)
          || !type.equals(asked.type)
          || !function.arguments().equals(asked.function.arguments())
          || !(value instanceof Long || value instanceof String)) {
        return false;
      }
      int order = DatumOrder.of(type).compare(value, asked.value);
      return switch (asked.symbol) {
        case "<" ->
            (symbol.equals("<") && order <= 0)
                || ((symbol.equals("<=") || symbol.equals("=")) && order < 0);
        case "<=" ->
            (symbol.equals("<") || symbol.equals("<=") || symbol.equals("=")) && order <= 0;
        case ">" ->
            (symbol.equals(">") && order >= 0)
                || ((symbol.equals(">=") || symbol.equals("=")) && order > 0);
        case ">=" ->
            (symbol.equals(">") || symbol.equals(">=") || symbol.equals("=")) && order >= 0;
        case "<>" -> symbol.equals("=") && order != 0;
        default -> false;
      };
    }
  }
}
