package quiver.execution.function;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Checks PostgreSQL makes on the results of float functions.
final class Floats {
  private Floats() {}

  static QuiverException overflow() {
    return new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
  }

  static QuiverException underflow() {
    return new QuiverException(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow");
  }

  static QuiverException divisionByZero() {
    return new QuiverException(SqlState.DIVISION_BY_ZERO, "division by zero");
  }

  static QuiverException outOfRange(String typeName) {
    return new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "%s out of range", typeName);
  }

  /// A result that became infinite or zero although its operands were not.
  static double check(double result, boolean infinityAllowed, boolean zeroAllowed) {
    if (Double.isInfinite(result) && !infinityAllowed) {
      throw overflow();
    }
    if (result == 0 && !zeroAllowed) {
      throw underflow();
    }
    return result;
  }

  static double toFloat4(double value) {
    float narrowed = (float) value;
    return check(narrowed, Double.isInfinite(value), value == 0);
  }

  /// Rounded half to even; checked against the integer type's range.
  static long toInteger(double value, long min, long max, String typeName) {
    double rounded = Math.rint(value);
    boolean inRange =
        max == Long.MAX_VALUE
            ? rounded >= -0x1p63 && rounded < 0x1p63
            : rounded >= min && rounded <= max;
    if (!inRange) {
      throw outOfRange(typeName);
    }
    return (long) rounded;
  }
}
