package quiver.execution.explain;

import java.util.List;
import quiver.common.expression.Expression;
import quiver.common.function.ComparisonKind;

/// The share of rows for which a condition is true, as PostgreSQL guesses it without statistics of
/// columns.
final class Selectivity {
  private static final double EQUAL = 0.005;
  private static final double BOUND = 1.0 / 3;
  private static final double NULL = 0.005;
  private static final double TRUTH = 0.5;

  /// Elements of a list whose number is not known.
  private static final int ELEMENTS = 10;

  private Selectivity() {}

  static double of(Expression condition) {
    return switch (condition) {
      case Expression.And(var terms) -> all(terms);
      case Expression.Or(var terms) -> {
        double share = 0;
        for (Expression term : terms) {
          double one = of(term);
          share = share + one - share * one;
        }
        yield share;
      }
      case Expression.Not(Expression operand) -> 1 - of(operand);
      case Expression.IsNull _ -> NULL;
      case Expression.Constant(Object value, var _) -> Boolean.TRUE.equals(value) ? 1 : 0;
      case Expression.Call call -> call(call);
      case Expression.AnyAll any -> {
        double one = ComparisonKind.of(any.comparison()).map(Selectivity::comparison).orElse(TRUTH);
        int count =
            any.array() instanceof Expression.ArrayOf(var elements, var _)
                ? elements.size()
                : ELEMENTS;
        yield any.all() ? Math.pow(one, count) : Math.min(1, one * count);
      }
      default -> TRUTH;
    };
  }

  private static double all(List<Expression> terms) {
    double share = 1;
    for (Expression term : terms) {
      share *= of(term);
    }
    return share;
  }

  private static double call(Expression.Call call) {
    if (call.arguments().size() != 2) {
      return BOUND;
    }
    return switch (call.function().name()) {
      case "textlike", "bpcharlike", "starts_with", "texticlike", "textregexeq" -> EQUAL;
      case "textnlike", "texticnlike", "textregexne" -> 1 - EQUAL;
      case "jsonb_contains", "jsonb_contained", "arraycontains", "arraycontained", "jsonb_exists" ->
          0.01;
      default -> ComparisonKind.of(call.function()).map(Selectivity::comparison).orElse(BOUND);
    };
  }

  private static double comparison(ComparisonKind kind) {
    return switch (kind) {
      case EQ -> EQUAL;
      case NE -> 1 - EQUAL;
      case LT, LE, GT, GE -> BOUND;
    };
  }
}
