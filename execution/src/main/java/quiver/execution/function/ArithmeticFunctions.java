package quiver.execution.function;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.value.Numeric;

/// `+ - * / %`, signs, bit operations and shifts of integers, floats and numerics.
final class ArithmeticFunctions {
  private static final Pattern INTEGER =
      Pattern.compile("int[248]{1,2}(pl|mi|mul|div|mod|um|up|abs|and|or|xor|not|shl|shr)");
  private static final Pattern FLOAT = Pattern.compile("float[48]{1,2}(pl|mi|mul|div|um|up|abs)");

  /// An operation on two integers that may leave the range of `long`.
  private interface LongOperation {
    long apply(long left, long right);
  }

  private ArithmeticFunctions() {}

  static void addTo(FunctionTable table) {
    for (FunctionSignature function : table.registry().functions()) {
      Matcher integer = INTEGER.matcher(function.name());
      Matcher real = FLOAT.matcher(function.name());
      if (integer.matches()) {
        table.one(function.key(), integer(integer.group(1), function.result().base()));
      } else if (real.matches()) {
        table.one(function.key(), real(real.group(1), function.result().base() == BaseType.FLOAT4));
      }
    }
    numeric(table);
  }

  /// Range check of an integer result.
  static long checkRange(long value, BaseType type) {
    switch (type) {
      case INT2 -> {
        if (value != (short) value) {
          throw Floats.outOfRange("smallint");
        }
      }
      case INT4 -> {
        if (value != (int) value) {
          throw Floats.outOfRange("integer");
        }
      }
      default -> {}
    }
    return value;
  }

  private static ScalarFunction integer(String name, BaseType type) {
    int width = type == BaseType.INT2 ? 16 : type == BaseType.INT4 ? 32 : 64;
    return switch (name) {
      case "pl" -> checked(Math::addExact, type);
      case "mi" -> checked(Math::subtractExact, type);
      case "mul" -> checked(Math::multiplyExact, type);
      case "div" ->
          checked(
              (a, b) -> {
                if (b == 0) {
                  throw Floats.divisionByZero();
                }
                return Math.divideExact(a, b);
              },
              type);
      case "mod" ->
          checked(
              (a, b) -> {
                if (b == 0) {
                  throw Floats.divisionByZero();
                }
                return a % b;
              },
              type);
      case "um" -> (_, a) -> negate(Arguments.integer(a, 0), type);
      case "up" -> (_, a) -> a[0];
      case "abs" ->
          (_, a) -> {
            long value = Arguments.integer(a, 0);
            return value < 0 ? negate(value, type) : value;
          };
      case "and" -> (_, a) -> Arguments.integer(a, 0) & Arguments.integer(a, 1);
      case "or" -> (_, a) -> Arguments.integer(a, 0) | Arguments.integer(a, 1);
      case "xor" -> (_, a) -> Arguments.integer(a, 0) ^ Arguments.integer(a, 1);
      case "not" -> (_, a) -> ~Arguments.integer(a, 0);
      case "shl" ->
          (_, a) -> narrow(Arguments.integer(a, 0) << shift(Arguments.int4(a, 1), width), width);
      case "shr" -> (_, a) -> Arguments.integer(a, 0) >> shift(Arguments.int4(a, 1), width);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /// As the processor does it: a shift of 16-bit numbers is one of 32-bit numbers.
  private static int shift(int by, int width) {
    return by & (width == 64 ? 63 : 31);
  }

  private static long narrow(long value, int width) {
    return width == 16 ? (short) value : width == 32 ? (int) value : value;
  }

  private static ScalarFunction checked(LongOperation operation, BaseType type) {
    return (_, a) -> {
      long result;
      try {
        result = operation.apply(Arguments.integer(a, 0), Arguments.integer(a, 1));
      } catch (ArithmeticException e) {
        throw Floats.outOfRange("bigint").withCause(e);
      }
      return checkRange(result, type);
    };
  }

  private static long negate(long value, BaseType type) {
    if (value == Long.MIN_VALUE) {
      throw Floats.outOfRange("bigint");
    }
    return checkRange(-value, type);
  }

  private static ScalarFunction real(String name, boolean single) {
    return switch (name) {
      case "pl" -> (_, a) -> add(Arguments.real(a, 0), Arguments.real(a, 1), single);
      case "mi" -> (_, a) -> add(Arguments.real(a, 0), -Arguments.real(a, 1), single);
      case "mul" ->
          (_, a) -> {
            double x = Arguments.real(a, 0);
            double y = Arguments.real(a, 1);
            return Floats.check(
                narrow(x * y, single),
                Double.isInfinite(x) || Double.isInfinite(y),
                x == 0 || y == 0);
          };
      case "div" ->
          (_, a) -> {
            double x = Arguments.real(a, 0);
            double y = Arguments.real(a, 1);
            if (y == 0 && !Double.isNaN(x)) {
              throw Floats.divisionByZero();
            }
            return Floats.check(
                narrow(x / y, single), Double.isInfinite(x), x == 0 || Double.isInfinite(y));
          };
      case "um" -> (_, a) -> -Arguments.real(a, 0);
      case "up" -> (_, a) -> a[0];
      case "abs" -> (_, a) -> Math.abs(Arguments.real(a, 0));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static double narrow(double value, boolean single) {
    return single ? (float) value : value;
  }

  private static double add(double x, double y, boolean single) {
    return Floats.check(narrow(x + y, single), Double.isInfinite(x) || Double.isInfinite(y), true);
  }

  private static void numeric(FunctionTable table) {
    table
        .all("numeric_add", (_, a) -> Arguments.numeric(a, 0).add(Arguments.numeric(a, 1)))
        .all("numeric_sub", (_, a) -> Arguments.numeric(a, 0).subtract(Arguments.numeric(a, 1)))
        .all("numeric_mul", (_, a) -> Arguments.numeric(a, 0).multiply(Arguments.numeric(a, 1)))
        .all("numeric_div", (_, a) -> Arguments.numeric(a, 0).divide(Arguments.numeric(a, 1)))
        .all("numeric_mod", (_, a) -> Arguments.numeric(a, 0).remainder(Arguments.numeric(a, 1)))
        .all("numeric_uminus", (_, a) -> Arguments.numeric(a, 0).negate())
        .all("numeric_uplus", (_, a) -> a[0])
        .all("numeric_abs", (_, a) -> Arguments.numeric(a, 0).abs());
    ScalarFunction mod =
        (_, a) -> {
          if (Arguments.value(a, 0) instanceof Numeric x) {
            return x.remainder(Arguments.numeric(a, 1));
          }
          if (Arguments.integer(a, 1) == 0) {
            throw Floats.divisionByZero();
          }
          return Arguments.integer(a, 0) % Arguments.integer(a, 1);
        };
    table.all("mod", mod);
  }
}
