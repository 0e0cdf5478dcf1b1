package quiver.planner.physical;

import java.util.Optional;
import quiver.common.expression.Expression;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.Numeric;

/// Conversions of numbers that are written in the statement, done once instead of at execution.
final class ConstantCasts {
  private ConstantCasts() {}

  /// The constant a cast of a constant gives; empty when the engine has to do it.
  static Optional<Expression> fold(Expression operand, SqlType target) {
    if (!(operand instanceof Expression.Constant(Object value, SqlType source))
        || target.array()
        || target.modifier() != SqlType.NO_MODIFIER) {
      return Optional.empty();
    }
    if (value == null) {
      return Optional.of(new Expression.Constant(null, target));
    }
    return switch (value) {
      case Long number when isInteger(source) ->
          ofInteger(number, target.base()).map(folded -> new Expression.Constant(folded, target));
      case Numeric number when target.base() == BaseType.FLOAT8 && isShort(number) ->
          Optional.of(new Expression.Constant(Double.valueOf(number.toString()), target));
      default -> Optional.empty();
    };
  }

  private static boolean isInteger(SqlType type) {
    return !type.array()
        && switch (type.base()) {
          case INT2, INT4, INT8 -> true;
          default -> false;
        };
  }

  private static Optional<Object> ofInteger(long number, BaseType target) {
    return switch (target) {
      case INT8 -> Optional.of(number);
      case INT4 -> number == (int) number ? Optional.of(number) : Optional.empty();
      case INT2 -> number == (short) number ? Optional.of(number) : Optional.empty();
      case FLOAT8 -> Optional.of((double) number);
      case NUMERIC -> Optional.of(Numeric.of(number));
      default -> Optional.empty();
    };
  }

  // Far from overflow and underflow, which are errors.
  private static boolean isShort(Numeric number) {
    String text = number.toString();
    return text.length() <= 30 && !text.contains("N") && !text.contains("I");
  }
}
