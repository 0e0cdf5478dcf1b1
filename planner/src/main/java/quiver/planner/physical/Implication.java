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
/// Source: the idea of PostgreSQL's `predtest.c`; equal conditions, alternatives each of which
/// suffices, IS NOT NULL from a strict condition, and comparisons of one expression with constants.
public final class Implication {
  private final List<Expression> known;

  /// @param known all true
  public Implication(List<Expression> known) {
    this.known = List.copyOf(known);
  }

  public boolean proves(Expression wanted) {
    return wanted instanceof Expression.And(List<Expression> terms)
        ? terms.stream().allMatch(this::proves)
        : known.stream().anyMatch(condition -> implies(condition, wanted))
            || (wanted instanceof Expression.Or(List<Expression> arms)
                && arms.stream().anyMatch(this::proves));
  }

  /// Whether a condition that is not proved could be, were the values of parameters known.
  boolean dependsOnValues(Expression wanted) {
    return switch (wanted) {
      case Expression.And(List<Expression> terms) -> terms.stream().anyMatch(this::dependsOnValues);
      case Expression.Or(List<Expression> terms) -> terms.stream().anyMatch(this::dependsOnValues);
      default -> known.stream().anyMatch(condition -> comparesWithParameter(condition, wanted));
    };
  }

  private static boolean comparesWithParameter(Expression condition, Expression wanted) {
    return switch (condition) {
      case Expression.And(List<Expression> terms) ->
          terms.stream().anyMatch(term -> comparesWithParameter(term, wanted));
      case Expression.Or(List<Expression> terms) ->
          terms.stream().anyMatch(term -> comparesWithParameter(term, wanted));
      case Expression.Call(var function, var arguments, _) ->
          arguments.stream().anyMatch(Expression.Parameter.class::isInstance)
              && wanted instanceof Expression.Call(var asked, var operands, _)
              && function.arguments().equals(asked.arguments())
              && operands.stream().anyMatch(arguments::contains);
      default -> false;
    };
  }

  private static boolean implies(Expression condition, Expression wanted) {
    if (condition.equals(wanted)) {
      return true;
    }
    if (condition instanceof Expression.And(List<Expression> terms)) {
      return terms.stream().anyMatch(term -> implies(term, wanted));
    }
    if (condition instanceof Expression.Or(List<Expression> terms)) {
      return terms.stream().allMatch(term -> new Implication(List.of(term)).proves(wanted));
    }
    if (wanted instanceof Expression.Not(Expression.IsNull(Expression operand))) {
      return isStrictOver(condition, operand);
    }
    Comparison given = Comparison.of(condition);
    Comparison asked = Comparison.of(wanted);
    return given != null && asked != null && given.implies(asked);
  }

  /// Whether the condition is not true where the operand is NULL.
  private static boolean isStrictOver(Expression condition, Expression operand) {
    return switch (condition) {
      case Expression.Call call ->
          call.function().strict()
              && call.arguments().stream()
                  .anyMatch(one -> one.equals(operand) || isStrictOver(one, operand));
      case Expression.AnyAll any ->
          !any.all() && (any.left().equals(operand) || isStrictOver(any.left(), operand));
      default -> false;
    };
  }

  /// `operand symbol value`.
  private record Comparison(
      Expression operand, String symbol, Object value, SqlType type, FunctionSignature function) {
    static @Nullable Comparison of(Expression expression) {
      if (!(expression instanceof Expression.Call(var function, var arguments, _))
          || arguments.size() != 2) {
        return null;
      }
      boolean turned = arguments.get(0) instanceof Expression.Constant;
      if (!(arguments.get(turned ? 0 : 1)
              instanceof Expression.Constant(Object value, SqlType type))
          || value == null
          || (turned && !function.arguments().get(0).equals(function.arguments().get(1)))) {
        return null;
      }
      Optional<OperatorSignature> operator =
          FunctionRegistry.standard().operators().stream()
              .filter(each -> each.function().equals(function))
              .findFirst();
      return operator
          .map(found -> turned ? turned(found.symbol()) : found.symbol())
          .map(symbol ->
              new Comparison(arguments.get(turned ? 1 : 0), symbol, value, type, function))
          .orElse(null);
    }

    /// The symbol that means the same with its operands exchanged.
    private static String turned(String symbol) {
      return switch (symbol) {
        case "<" -> ">";
        case "<=" -> ">=";
        case ">" -> "<";
        case ">=" -> "<=";
        default -> symbol;
      };
    }

    /// Whether comparisons go by the order of the type's values.
    private static boolean isOrdered(SqlType type) {
      return !type.array()
          && switch (type.base()) {
            case INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC, TEXT, VARCHAR -> true;
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ, OID, UUID -> true;
            default -> false;
          };
    }

    /// Whether this being true makes `asked` true. Constants of one type only: their order is then
    /// the operators'.
    boolean implies(Comparison asked) {
      if (!operand.equals(asked.operand)
          || !type.equals(asked.type)
          || !function.arguments().equals(asked.function.arguments())
          || !isOrdered(type)) {
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
