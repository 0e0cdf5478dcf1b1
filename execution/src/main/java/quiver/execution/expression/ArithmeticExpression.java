package quiver.execution.expression;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// `+ - * / %` on integers and floats without a call per row.
///
/// Rows that are NULL are computed too, on unspecified values, but never raise an error.
final class ArithmeticExpression extends CompiledExpression {
  private enum Operator {
    PL,
    MI,
    MUL,
    DIV,
    MOD
  }

  private static final Pattern NAME =
      Pattern.compile("(int[248]{1,2}|float[48]{1,2})(pl|mi|mul|div|mod)");

  private final Operator operator;
  private final CompiledExpression left;
  private final CompiledExpression right;

  private ArithmeticExpression(
      Operator operator, CompiledExpression left, CompiledExpression right, SqlType type) {
    super(type);
    this.operator = operator;
    this.left = left;
    this.right = right;
  }

  /// A fast form of `function(left, right)` if there is one.
  static Optional<CompiledExpression> of(
      FunctionSignature function, CompiledExpression left, CompiledExpression right) {
    Matcher matcher = NAME.matcher(function.name());
    if (!matcher.matches() || function.arguments().size() != 2) {
      return Optional.empty();
    }
    Operator operator = Operator.valueOf(matcher.group(2).toUpperCase(Locale.ROOT));
    SqlType result = function.result();
    boolean integers = isInteger(left.type()) && isInteger(right.type()) && isInteger(result);
    boolean floats = isFloat(left.type()) && isFloat(right.type()) && isFloat(result);
    if (!integers && (!floats || operator == Operator.MOD)) {
      return Optional.empty();
    }
    return Optional.of(new ArithmeticExpression(operator, left, right, result));
  }

  private static boolean isInteger(SqlType type) {
    return !type.array()
        && (type.base() == BaseType.INT2
            || type.base() == BaseType.INT4
            || type.base() == BaseType.INT8);
  }

  private static boolean isFloat(SqlType type) {
    return !type.array() && (type.base() == BaseType.FLOAT4 || type.base() == BaseType.FLOAT8);
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    Column a = left.evaluate(rows, scope);
    Column b = right.evaluate(rows, scope);
    Nulls nulls = NullWords.union(a.nulls(), b.nulls(), rowCount);
    if (a instanceof LongColumn x && b instanceof LongColumn y) {
      long[] result = new long[rowCount];
      integers(x.values(), y.values(), nulls, result);
      return new LongColumn(type(), rowCount, result, nulls);
    }
    double[] result = new double[rowCount];
    double[] x = ((DoubleColumn) a).values();
    double[] y = ((DoubleColumn) b).values();
    if (type().base() == BaseType.FLOAT4) {
      floats(x, y, result);
    } else {
      doubles(x, y, result);
    }
    checkFloats(x, y, nulls, result);
    return new DoubleColumn(type(), rowCount, result, nulls);
  }

  private void integers(long[] x, long[] y, Nulls nulls, long[] result) {
    switch (operator) {
      case PL -> {
        for (int row = 0; row < result.length; row++) {
          long sum = x[row] + y[row];
          if (((x[row] ^ sum) & (y[row] ^ sum)) < 0 && !nulls.isNull(row)) {
            throw outOfRange();
          }
          result[row] = sum;
        }
      }
      case MI -> {
        for (int row = 0; row < result.length; row++) {
          long difference = x[row] - y[row];
          if (((x[row] ^ y[row]) & (x[row] ^ difference)) < 0 && !nulls.isNull(row)) {
            throw outOfRange();
          }
          result[row] = difference;
        }
      }
      case MUL -> {
        for (int row = 0; row < result.length; row++) {
          long product = x[row] * y[row];
          long high = Math.multiplyHigh(x[row], y[row]);
          if (high != product >> 63 && !nulls.isNull(row)) {
            throw outOfRange();
          }
          result[row] = product;
        }
      }
      case DIV, MOD -> {
        for (int row = 0; row < result.length; row++) {
          if (y[row] == 0) {
            if (!nulls.isNull(row)) {
              throw divisionByZero();
            }
            continue;
          }
          if (operator == Operator.MOD) {
            result[row] = x[row] % y[row];
            continue;
          }
          if (y[row] == -1 && x[row] == Long.MIN_VALUE && !nulls.isNull(row)) {
            throw outOfRange();
          }
          result[row] = x[row] / y[row];
        }
      }
    }
    checkRange(nulls, result);
  }

  private void checkRange(Nulls nulls, long[] result) {
    if (type().base() == BaseType.INT4) {
      for (int row = 0; row < result.length; row++) {
        if (result[row] != (int) result[row] && !nulls.isNull(row)) {
          throw outOfRange();
        }
      }
    } else if (type().base() == BaseType.INT2) {
      for (int row = 0; row < result.length; row++) {
        if (result[row] != (short) result[row] && !nulls.isNull(row)) {
          throw outOfRange();
        }
      }
    }
  }

  private void floats(double[] x, double[] y, double[] result) {
    for (int row = 0; row < result.length; row++) {
      float a = (float) x[row];
      float b = (float) y[row];
      result[row] =
          switch (operator) {
            case PL -> a + b;
            case MI -> a - b;
            case MUL -> a * b;
            case DIV, MOD -> a / b;
          };
    }
  }

  private void doubles(double[] x, double[] y, double[] result) {
    switch (operator) {
      case PL -> {
        for (int row = 0; row < result.length; row++) {
          result[row] = x[row] + y[row];
        }
      }
      case MI -> {
        for (int row = 0; row < result.length; row++) {
          result[row] = x[row] - y[row];
        }
      }
      case MUL -> {
        for (int row = 0; row < result.length; row++) {
          result[row] = x[row] * y[row];
        }
      }
      case DIV, MOD -> {
        for (int row = 0; row < result.length; row++) {
          result[row] = x[row] / y[row];
        }
      }
    }
  }

  /// PostgreSQL refuses results that overflow to infinity, underflow to zero, and divisors of zero.
  private void checkFloats(double[] x, double[] y, Nulls nulls, double[] result) {
    boolean divides = operator == Operator.DIV;
    boolean scales = divides || operator == Operator.MUL;
    for (int row = 0; row < result.length; row++) {
      double a = x[row];
      double b = y[row];
      if (divides && b == 0 && !Double.isNaN(a) && !nulls.isNull(row)) {
        throw divisionByZero();
      }
      if (Double.isInfinite(result[row])
          && !Double.isInfinite(a)
          && (divides || !Double.isInfinite(b))
          && !nulls.isNull(row)) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
      }
      if (scales
          && result[row] == 0
          && a != 0
          && (divides ? !Double.isInfinite(b) : b != 0)
          && !nulls.isNull(row)) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow");
      }
    }
  }

  private static QuiverException divisionByZero() {
    return new QuiverException(SqlState.DIVISION_BY_ZERO, "division by zero");
  }

  private QuiverException outOfRange() {
    return new QuiverException(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "%s out of range", type().sqlName());
  }
}
