package quiver.execution.function;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.NumberText;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.DatumOrder;
import quiver.common.value.Numeric;
import quiver.common.value.NumericMath;

/// Mathematical functions over integers, floats and numerics.
final class MathFunctions {
  /// Factorials above this have too many digits for numeric.
  private static String setSeed(SessionContext session, double seed) {
    if (!(seed >= -1 && seed <= 1)) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "setseed parameter %s is out of allowed range [-1,1]",
          NumberText.formatDouble(seed, SIX_DIGITS));
    }
    session.setSeed(seed);
    return "";
  }

  private static final long FACTORIAL_MAX = 32_177;

  /// `extra_float_digits` that leaves as many as C's `%g`.
  private static final int SIX_DIGITS = -9;

  private MathFunctions() {}

  static void addTo(FunctionTable table) {
    rounding(table);
    powers(table);
    trigonometry(table);
    integers(table);
    table
        .one("pi()", (_, _) -> Math.PI)
        .one("random()", (context, _) -> context.session().nextRandom())
        .one("setseed(float8)", (context, a) -> setSeed(context.session(), Arguments.real(a, 0)))
        .one("degrees(float8)", (_, a) -> degrees(Arguments.real(a, 0)))
        .one("radians(float8)", (_, a) -> Arguments.real(a, 0) * (Math.PI / 180));
    for (FunctionSignature function : table.registry().functions("width_bucket")) {
      BaseType first = function.arguments().getFirst().base();
      if (first == BaseType.FLOAT8) {
        table.one(function.key(), (_, a) -> widthBucket(a));
      } else if (first == BaseType.NUMERIC) {
        table.one(function.key(), (_, a) -> widthBucketNumeric(a));
      } else {
        table.oneTyped(function.key(), MathFunctions::widthBucketArray);
      }
    }
  }

  private static double degrees(double radians) {
    double degrees = radians / (Math.PI / 180);
    return Floats.check(degrees, Double.isInfinite(radians), true);
  }

  /// Implements the float8 overload and the numeric one.
  private static void both(
      FunctionTable table, String name, DoubleUnaryOperator real, UnaryOperator<Numeric> numeric) {
    real(table, name, real);
    table.one(name + "(numeric)", (_, a) -> numeric.apply(Arguments.numeric(a, 0)));
  }

  private static void real(FunctionTable table, String name, DoubleUnaryOperator real) {
    table.one(name + "(float8)", (_, a) -> real.applyAsDouble(Arguments.real(a, 0)));
  }

  private static void rounding(FunctionTable table) {
    both(table, "ceil", Math::ceil, Numeric::ceil);
    both(table, "ceiling", Math::ceil, Numeric::ceil);
    both(table, "floor", Math::floor, Numeric::floor);
    both(table, "round", Math::rint, x -> x.round(0));
    both(table, "trunc", x -> x < 0 ? Math.ceil(x) : Math.floor(x), x -> x.truncate(0));
    both(
        table,
        "sign",
        x -> x > 0 ? 1 : x < 0 ? -1 : 0,
        x -> x.isNaN() ? x : Numeric.of(x.signum()));
    for (FunctionSignature abs : table.registry().functions("abs")) {
      BaseType type = abs.result().base();
      switch (type) {
        case NUMERIC -> table.one(abs.key(), (_, a) -> Arguments.numeric(a, 0).abs());
        case FLOAT4, FLOAT8 -> table.one(abs.key(), (_, a) -> Math.abs(Arguments.real(a, 0)));
        default ->
            table.one(
                abs.key(),
                (_, a) -> {
                  long value = Arguments.integer(a, 0);
                  if (value == Long.MIN_VALUE) {
                    throw Floats.outOfRange("bigint");
                  }
                  return ArithmeticFunctions.checkRange(Math.abs(value), type);
                });
      }
    }
    table
        .one("round(numeric,int4)", (_, a) -> Arguments.numeric(a, 0).round(Arguments.int4(a, 1)))
        .one(
            "trunc(numeric,int4)", (_, a) -> Arguments.numeric(a, 0).truncate(Arguments.int4(a, 1)))
        .all("scale", (_, a) -> scale(Arguments.numeric(a, 0)))
        .all(
            "min_scale",
            (_, a) ->
                Arguments.numeric(a, 0).isFinite()
                    ? (Long) (long) Arguments.numeric(a, 0).trimScale().scale()
                    : null)
        .all("trim_scale", (_, a) -> Arguments.numeric(a, 0).trimScale());
  }

  private static @Nullable Long scale(Numeric number) {
    return number.isFinite() ? (Long) (long) number.scale() : null;
  }

  private static void powers(FunctionTable table) {
    both(table, "sqrt", MathFunctions::sqrt, NumericMath::sqrt);
    table.all("dsqrt", (_, a) -> sqrt(Arguments.real(a, 0)));
    real(table, "cbrt", Math::cbrt);
    table.all("dcbrt", (_, a) -> Math.cbrt(Arguments.real(a, 0)));
    both(
        table,
        "exp",
        x -> Floats.check(Math.exp(x), Double.isInfinite(x), Double.isInfinite(x)),
        NumericMath::exp);
    both(table, "ln", x -> Math.log(logarithmArgument(x)), NumericMath::ln);
    both(
        table,
        "log",
        x -> Math.log10(logarithmArgument(x)),
        x -> NumericMath.log(Numeric.of(10), x));
    both(
        table,
        "log10",
        x -> Math.log10(logarithmArgument(x)),
        x -> NumericMath.log(Numeric.of(10), x));
    table.one(
        "log(numeric,numeric)",
        (_, a) -> NumericMath.log(Arguments.numeric(a, 0), Arguments.numeric(a, 1)));
    ScalarFunction power = (_, a) -> power(Arguments.real(a, 0), Arguments.real(a, 1));
    ScalarFunction numericPower =
        (_, a) -> NumericMath.power(Arguments.numeric(a, 0), Arguments.numeric(a, 1));
    table
        .one("power(float8,float8)", power)
        .one("pow(float8,float8)", power)
        .all("dpow", power)
        .one("power(numeric,numeric)", numericPower)
        .one("pow(numeric,numeric)", numericPower)
        .all("numeric_power", numericPower);
  }

  private static double sqrt(double x) {
    if (x < 0) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "cannot take square root of a negative number");
    }
    return Math.sqrt(x);
  }

  private static double logarithmArgument(double x) {
    if (x == 0) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of zero");
    }
    if (x < 0) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of a negative number");
    }
    return x;
  }

  static double power(double x, double y) {
    if (Double.isNaN(x)) {
      return y == 0 ? 1 : Double.NaN;
    }
    if (Double.isNaN(y)) {
      return x == 1 ? 1 : Double.NaN;
    }
    if (x == 0 && y < 0) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "zero raised to a negative power is undefined");
    }
    if (x < 0 && Math.floor(y) != y) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "a negative number raised to a non-integer power yields a complex result");
    }
    if (x == 1 || (x == -1 && Double.isInfinite(y))) {
      return 1;
    }
    double result = Math.pow(x, y);
    boolean special = Double.isInfinite(x) || Double.isInfinite(y);
    return Floats.check(result, special, special || x == 0);
  }

  private static void trigonometry(FunctionTable table) {
    real(table, "sin", x -> Math.sin(finite(x)));
    real(table, "cos", x -> Math.cos(finite(x)));
    real(table, "tan", x -> Math.tan(finite(x)));
    real(table, "cot", x -> 1 / Math.tan(finite(x)));
    real(table, "asin", x -> Math.asin(unit(x)));
    real(table, "acos", x -> Math.acos(unit(x)));
    real(table, "atan", Math::atan);
    real(table, "sinh", Math::sinh);
    real(table, "cosh", Math::cosh);
    real(table, "tanh", Math::tanh);
    real(table, "asinh", MathFunctions::asinh);
    real(table, "acosh", MathFunctions::acosh);
    real(table, "atanh", MathFunctions::atanh);
    table.all("atan2", (_, a) -> Math.atan2(Arguments.real(a, 0), Arguments.real(a, 1)));
    table.all(
        "atan2d", (_, a) -> degreesOf(Math.atan2(Arguments.real(a, 0), Arguments.real(a, 1))));
    real(table, "sind", x -> sind(finite(x)));
    real(table, "cosd", x -> cosd(finite(x)));
    real(table, "tand", x -> tand(finite(x)));
    real(table, "cotd", x -> cotd(finite(x)));
    real(table, "asind", x -> degreesOf(Math.asin(unit(x))));
    real(table, "acosd", x -> degreesOf(Math.acos(unit(x))));
    real(table, "atand", x -> degreesOf(Math.atan(x)));
  }

  private static QuiverException inputOutOfRange() {
    return new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "input is out of range");
  }

  private static double finite(double x) {
    if (Double.isInfinite(x)) {
      throw inputOutOfRange();
    }
    return x;
  }

  private static double unit(double x) {
    if (x < -1 || x > 1) {
      throw inputOutOfRange();
    }
    return x;
  }

  private static double asinh(double x) {
    if (Double.isInfinite(x) || x == 0) {
      return x;
    }
    double magnitude = Math.abs(x);
    double square = magnitude * magnitude;
    double result = Math.log1p(magnitude + square / (1 + Math.sqrt(1 + square)));
    return Math.copySign(magnitude > 1e150 ? Math.log(magnitude) + Math.log(2) : result, x);
  }

  private static double acosh(double x) {
    if (x < 1) {
      throw inputOutOfRange();
    }
    return Double.isInfinite(x) ? x : Math.log(x + Math.sqrt(x - 1) * Math.sqrt(x + 1));
  }

  private static double atanh(double x) {
    if (unit(x) == 1) {
      return Double.POSITIVE_INFINITY;
    }
    return x == -1 ? Double.NEGATIVE_INFINITY : 0.5 * (Math.log1p(x) - Math.log1p(-x));
  }

  /// Degrees that are whole multiples of 15 come out exact.
  private static double degreesOf(double radians) {
    double degrees = Math.toDegrees(radians);
    double rounded = Math.rint(degrees);
    return Math.abs(degrees - rounded) < 1e-12 ? rounded : degrees;
  }

  // The functions of degrees are scaled so that they are exact at multiples of 30 and 45, as
  // PostgreSQL's are.

  private static final double SIN_30 = Math.sin(Math.toRadians(30));
  private static final double ONE_MINUS_COS_60 = 1 - Math.cos(Math.toRadians(60));

  private static double sinUpTo30(double degrees) {
    return Math.sin(degrees * (Math.PI / 180)) / SIN_30 / 2;
  }

  private static double cosUpTo60(double degrees) {
    return 1 - (1 - Math.cos(degrees * (Math.PI / 180))) / ONE_MINUS_COS_60 / 2;
  }

  private static double sinOfQuadrant(double degrees) {
    return degrees <= 30 ? sinUpTo30(degrees) : cosUpTo60(90 - degrees);
  }

  private static double cosOfQuadrant(double degrees) {
    return degrees <= 60 ? cosUpTo60(degrees) : sinUpTo30(90 - degrees);
  }

  private static double sind(double degrees) {
    double x = degrees % 360;
    int sign = x < 0 ? -1 : 1;
    x = Math.abs(x);
    if (x > 180) {
      x = 360 - x;
      sign = -sign;
    }
    return sign * sinOfQuadrant(x > 90 ? 180 - x : x);
  }

  private static double cosd(double degrees) {
    double x = Math.abs(degrees % 360);
    if (x > 180) {
      x = 360 - x;
    }
    return x > 90 ? -cosOfQuadrant(180 - x) : cosOfQuadrant(x);
  }

  private static double tand(double degrees) {
    double x = degrees % 360;
    int sign = x < 0 ? -1 : 1;
    x = Math.abs(x);
    if (x > 180) {
      x = 360 - x;
      sign = -sign;
    }
    if (x > 90) {
      x = 180 - x;
      sign = -sign;
    }
    double tangent = sinOfQuadrant(x) / cosOfQuadrant(x);
    return sign * (tangent / (sinOfQuadrant(45) / cosOfQuadrant(45))) + 0.0;
  }

  private static double cotd(double degrees) {
    double x = degrees % 360;
    int sign = x < 0 ? -1 : 1;
    x = Math.abs(x);
    if (x > 180) {
      x = 360 - x;
      sign = -sign;
    }
    if (x > 90) {
      x = 180 - x;
      sign = -sign;
    }
    double cotangent = cosOfQuadrant(x) / sinOfQuadrant(x);
    return sign * (cotangent / (cosOfQuadrant(45) / sinOfQuadrant(45))) + 0.0;
  }

  private static void integers(FunctionTable table) {
    for (FunctionSignature function : table.registry().functions("gcd")) {
      table.one(function.key(), gcd(function.result().base()));
    }
    for (FunctionSignature function : table.registry().functions("lcm")) {
      table.one(function.key(), lcm(function.result().base()));
    }
    table
        .all("factorial", (_, a) -> factorial(Arguments.integer(a, 0)))
        .all("div", (_, a) -> Arguments.numeric(a, 0).divideInteger(Arguments.numeric(a, 1)));
  }

  private static BigInteger unscaled(BigDecimal value, int scale) {
    return value.setScale(scale).unscaledValue();
  }

  private static ScalarFunction gcd(BaseType type) {
    if (type == BaseType.NUMERIC) {
      return (_, a) -> {
        Numeric x = Arguments.numeric(a, 0);
        Numeric y = Arguments.numeric(a, 1);
        if (!x.isFinite() || !y.isFinite()) {
          return Numeric.NAN;
        }
        int scale = Math.max(x.scale(), y.scale());
        BigInteger divisor = unscaled(x.decimal(), scale).gcd(unscaled(y.decimal(), scale));
        return Numeric.of(new BigDecimal(divisor, scale));
      };
    }
    return (_, a) -> integerOf(big(a, 0).gcd(big(a, 1)), type);
  }

  private static BigInteger big(@Nullable Object[] arguments, int index) {
    return BigInteger.valueOf(Arguments.integer(arguments, index));
  }

  private static Long integerOf(BigInteger value, BaseType type) {
    if (value.bitLength() > 63) {
      throw Floats.outOfRange("bigint");
    }
    return ArithmeticFunctions.checkRange(value.longValue(), type);
  }

  private static ScalarFunction lcm(BaseType type) {
    if (type == BaseType.NUMERIC) {
      return (_, a) -> {
        Numeric x = Arguments.numeric(a, 0);
        Numeric y = Arguments.numeric(a, 1);
        if (!x.isFinite() || !y.isFinite()) {
          return Numeric.NAN;
        }
        int scale = Math.max(x.scale(), y.scale());
        return Numeric.of(
            new BigDecimal(lcm(unscaled(x.decimal(), scale), unscaled(y.decimal(), scale)), scale));
      };
    }
    return (_, a) -> integerOf(lcm(big(a, 0), big(a, 1)), type);
  }

  private static BigInteger lcm(BigInteger x, BigInteger y) {
    return x.signum() == 0 || y.signum() == 0
        ? BigInteger.ZERO
        : x.divide(x.gcd(y)).multiply(y).abs();
  }

  private static Numeric factorial(long n) {
    if (n < 0) {
      throw new QuiverException(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "factorial of a negative number is undefined");
    }
    if (n > FACTORIAL_MAX) {
      throw new QuiverException(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
    }
    BigInteger product = BigInteger.ONE;
    for (long i = 2; i <= n; i++) {
      product = product.multiply(BigInteger.valueOf(i));
    }
    return Numeric.of(new BigDecimal(product));
  }

  // ---- width_bucket

  private static QuiverException bucketError(String message) {
    return QuiverException.ofMessage(SqlState.INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION, message);
  }

  private static Long widthBucket(@Nullable Object[] a) {
    double operand = Arguments.real(a, 0);
    double low = Arguments.real(a, 1);
    double high = Arguments.real(a, 2);
    int count = Arguments.int4(a, 3);
    if (count <= 0) {
      throw bucketError("count must be greater than zero");
    }
    if (Double.isNaN(operand) || Double.isNaN(low) || Double.isNaN(high)) {
      throw bucketError("operand, lower bound, and upper bound cannot be NaN");
    }
    if (Double.isInfinite(low) || Double.isInfinite(high)) {
      throw bucketError("lower and upper bounds must be finite");
    }
    if (low == high) {
      throw bucketError("lower bound cannot equal upper bound");
    }
    boolean before = low < high ? operand < low : operand > low;
    boolean after = low < high ? operand >= high : operand <= high;
    if (before || after) {
      return before ? 0 : ArithmeticFunctions.checkRange(count + 1L, BaseType.INT4);
    }
    long bucket = (long) (count * ((operand - low) / (high - low)));
    return Math.min(bucket, count - 1L) + 1;
  }

  private static Long widthBucketNumeric(@Nullable Object[] a) {
    Numeric operand = Arguments.numeric(a, 0);
    Numeric low = Arguments.numeric(a, 1);
    Numeric high = Arguments.numeric(a, 2);
    int count = Arguments.int4(a, 3);
    if (count <= 0) {
      throw bucketError("count must be greater than zero");
    }
    if (operand.isNaN() || low.isNaN() || high.isNaN()) {
      throw bucketError("operand, lower bound, and upper bound cannot be NaN");
    }
    if (low.isInfinite() || high.isInfinite()) {
      throw bucketError("lower and upper bounds must be finite");
    }
    int direction = low.compareTo(high);
    if (direction == 0) {
      throw bucketError("lower bound cannot equal upper bound");
    }
    boolean before = direction < 0 ? operand.compareTo(low) < 0 : operand.compareTo(low) > 0;
    boolean after = direction < 0 ? operand.compareTo(high) >= 0 : operand.compareTo(high) <= 0;
    if (before || after) {
      return before ? 0 : ArithmeticFunctions.checkRange(count + 1L, BaseType.INT4);
    }
    BigDecimal distance = operand.decimal().subtract(low.decimal());
    BigDecimal width = high.decimal().subtract(low.decimal());
    return distance
            .multiply(BigDecimal.valueOf(count))
            .divideToIntegralValue(width)
            .longValueExact()
        + 1;
  }

  private static ScalarFunction widthBucketArray(CallTypes types) {
    List<SqlType> arguments = types.arguments();
    DatumOrder order = DatumOrder.of(arguments.getFirst());
    return (_, a) -> {
      ArrayValue thresholds = Arguments.array(a, 1);
      if (thresholds.dimensionCount() > 1) {
        throw new QuiverException(
            SqlState.ARRAY_SUBSCRIPT_ERROR, "thresholds must be one-dimensional array");
      }
      if (thresholds.hasNulls()) {
        throw new QuiverException(
            SqlState.NULL_VALUE_NOT_ALLOWED, "thresholds array must not contain NULLs");
      }
      long bucket = 0;
      for (Object threshold : thresholds.elements()) {
        if (threshold != null && order.compare(Arguments.value(a, 0), threshold) >= 0) {
          bucket++;
        }
      }
      return bucket;
    };
  }
}
