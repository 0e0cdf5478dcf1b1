package quiver.common.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Roots, powers and logarithms of [Numeric], with PostgreSQL's result scales.
public final class NumericMath {
  private static final double LOG10_E = 0.434294481903252;
  private static final double LN_10 = 2.302585092994046;

  /// Above this the result of exp has too many digits (PostgreSQL's 3 × NUMERIC_MAX_RESULT_SCALE).
  private static final double EXPONENT_MAX = 6000;

  private static final int GUARD_DIGITS = 12;

  private NumericMath() {}

  /// @throws QuiverException `2201F` for a negative number
  public static Numeric sqrt(Numeric number) {
    if (number.isNaN()) {
      return number;
    }
    if (number.signum() < 0) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "cannot take square root of a negative number");
    }
    if (number.isInfinite()) {
      return number;
    }
    BigDecimal value = number.decimal();
    int significantWeight = (Numeric.weight(value) + 1) * 4 / 2 - 1;
    int scale =
        Numeric.displayScale(
            Math.max(Numeric.SIGNIFICANT_DIGITS_MIN - significantWeight, value.scale()));
    if (value.signum() == 0) {
      return Numeric.of(BigDecimal.ZERO.setScale(scale));
    }
    BigInteger scaled = value.setScale(2 * scale + 2, RoundingMode.DOWN).unscaledValue();
    BigDecimal root = new BigDecimal(scaled.sqrt(), scale + 1);
    return Numeric.of(root.setScale(scale, RoundingMode.HALF_UP));
  }

  public static Numeric exp(Numeric number) {
    if (number.isNaN()) {
      return number;
    }
    if (number.isInfinite()) {
      return number.signum() > 0 ? number : Numeric.ZERO;
    }
    BigDecimal value = number.decimal();
    int scale = exponentialScale(value.doubleValue(), value.scale());
    return Numeric.of(exp(value, scale));
  }

  private static int exponentialScale(double exponent, int scaleMin) {
    double digits = Math.clamp(exponent * LOG10_E, -2000.0, 2000.0);
    return Numeric.displayScale(Math.max(Numeric.SIGNIFICANT_DIGITS_MIN - (int) digits, scaleMin));
  }

  /// @throws QuiverException `2201E` for zero and negative numbers
  public static Numeric ln(Numeric number) {
    if (number.isNaN()) {
      return number;
    }
    checkLogarithm(number);
    if (number.isInfinite()) {
      return number;
    }
    BigDecimal value = number.decimal();
    int scale =
        Numeric.displayScale(
            Math.max(Numeric.SIGNIFICANT_DIGITS_MIN - logarithmWeight(value), value.scale()));
    return Numeric.of(ln(value, scale + 2).setScale(scale, RoundingMode.HALF_UP));
  }

  /// Logarithm to a base.
  public static Numeric log(Numeric base, Numeric number) {
    if (base.isNaN() || number.isNaN()) {
      return Numeric.NAN;
    }
    checkLogarithm(base);
    checkLogarithm(number);
    if (base.isInfinite()) {
      return number.isInfinite() ? Numeric.NAN : Numeric.ZERO;
    }
    if (number.isInfinite()) {
      return number;
    }
    BigDecimal baseValue = base.decimal();
    BigDecimal value = number.decimal();
    int resultWeight = logarithmWeight(value) - logarithmWeight(baseValue);
    int scale =
        Numeric.displayScale(
            Math.max(
                Numeric.SIGNIFICANT_DIGITS_MIN - resultWeight,
                Math.max(baseValue.scale(), value.scale())));
    int working = scale + GUARD_DIGITS + Math.abs(resultWeight);
    BigDecimal lnBase = ln(baseValue, working + Math.abs(logarithmWeight(baseValue)));
    if (lnBase.signum() == 0) {
      throw Numeric.divisionByZero();
    }
    return Numeric.of(ln(value, working).divide(lnBase, scale, RoundingMode.HALF_UP));
  }

  private static void checkLogarithm(Numeric number) {
    if (number.signum() < 0) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of a negative number");
    }
    if (number.signum() == 0) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of zero");
    }
  }

  /// @throws QuiverException `2201F` for zero to a negative power and for a negative number to a
  ///   power that is not an integer
  public static Numeric power(Numeric base, Numeric exponent) {
    if (!base.isFinite() || !exponent.isFinite()) {
      return powerOfSpecial(base, exponent);
    }
    BigDecimal x = base.decimal();
    BigDecimal y = exponent.decimal();
    if (x.signum() == 0 && y.signum() < 0) {
      throw powerError("zero raised to a negative power is undefined");
    }
    boolean integer = isInteger(y);
    if (x.signum() < 0 && !integer) {
      throw powerError("a negative number raised to a non-integer power yields a complex result");
    }
    if (integer && y.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0) {
      int scale = Numeric.displayScale(Math.max(Numeric.SIGNIFICANT_DIGITS_MIN, x.scale()));
      return Numeric.of(integerPower(x, y.intValueExact(), scale));
    }
    if (x.signum() == 0) {
      return Numeric.of(BigDecimal.ZERO.setScale(Numeric.SIGNIFICANT_DIGITS_MIN));
    }
    boolean negative = x.signum() < 0 && y.toBigInteger().testBit(0);
    BigDecimal magnitude = x.abs();
    int yDigits = Math.max(0, y.precision() - y.scale());
    double estimate = ln(magnitude, 20).multiply(y).doubleValue();
    int scale = exponentialScale(estimate, Math.max(x.scale(), y.scale()));
    if (Math.abs(estimate) >= EXPONENT_MAX * 3) {
      if (estimate > 0) {
        throw Numeric.overflow();
      }
      return Numeric.of(BigDecimal.ZERO.setScale(scale));
    }
    int resultDigits = Math.max(0, (int) (estimate * LOG10_E) + 1);
    BigDecimal logarithm = ln(magnitude, scale + resultDigits + yDigits + GUARD_DIGITS).multiply(y);
    BigDecimal result = exp(logarithm, scale);
    return Numeric.of(negative ? result.negate() : result);
  }

  private static Numeric powerOfSpecial(Numeric base, Numeric exponent) {
    if (base.isNaN()) {
      return exponent.isFinite() && exponent.signum() == 0 ? Numeric.ONE : Numeric.NAN;
    }
    if (exponent.isNaN()) {
      return base.equals(Numeric.ONE) ? Numeric.ONE : Numeric.NAN;
    }
    if (base.isFinite()) {
      int comparison = base.abs().compareTo(Numeric.ONE);
      if (base.signum() == 0 && exponent.signum() < 0) {
        throw powerError("zero raised to a negative power is undefined");
      }
      if (comparison == 0) {
        return Numeric.ONE;
      }
      boolean grows = (comparison > 0) == (exponent.signum() > 0);
      return grows ? Numeric.POSITIVE_INFINITY : Numeric.ZERO;
    }
    if (exponent.signum() == 0) {
      return Numeric.ONE;
    }
    if (base.signum() > 0 || exponent.isInfinite()) {
      return exponent.signum() > 0 ? Numeric.POSITIVE_INFINITY : Numeric.ZERO;
    }
    if (!isInteger(exponent.decimal())) {
      throw powerError("a negative number raised to a non-integer power yields a complex result");
    }
    if (exponent.signum() < 0) {
      return Numeric.ZERO;
    }
    return exponent.decimal().toBigInteger().testBit(0)
        ? Numeric.NEGATIVE_INFINITY
        : Numeric.POSITIVE_INFINITY;
  }

  private static QuiverException powerError(String message) {
    return QuiverException.ofMessage(SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION, message);
  }

  private static boolean isInteger(BigDecimal value) {
    return value.signum() == 0 || value.scale() <= 0 || value.stripTrailingZeros().scale() <= 0;
  }

  private static BigDecimal integerPower(BigDecimal base, int exponent, int scale) {
    if (exponent == 0 || base.compareTo(BigDecimal.ONE) == 0) {
      return BigDecimal.ONE.setScale(scale);
    }
    if (base.signum() == 0) {
      return BigDecimal.ZERO.setScale(scale);
    }
    double digits =
        (base.precision()
                - base.scale()
                - 1
                + Math.log10(
                    base.abs().movePointLeft(base.precision() - base.scale() - 1).doubleValue()))
            * exponent;
    if (digits > Numeric.INTEGER_DIGITS_MAX) {
      throw Numeric.overflow();
    }
    if (digits + 1 < -scale) {
      return BigDecimal.ZERO.setScale(scale);
    }
    int exponentDigits = (int) Math.log10(Math.abs((double) exponent)) + 1;
    int precision = Math.max(1, scale + (int) digits + 2) + exponentDigits + GUARD_DIGITS;
    MathContext context = new MathContext(precision, RoundingMode.HALF_EVEN);
    BigDecimal result = BigDecimal.ONE;
    BigDecimal square = base;
    for (long rest = Math.abs((long) exponent); rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result = result.multiply(square, context);
      }
      square = square.multiply(square, context);
    }
    if (exponent < 0) {
      return BigDecimal.ONE.divide(result, scale, RoundingMode.HALF_UP);
    }
    return result.setScale(scale, RoundingMode.HALF_UP);
  }

  /// Power of ten of the logarithm's first digit, roughly; PostgreSQL's own estimate.
  private static int logarithmWeight(BigDecimal value) {
    if (value.compareTo(new BigDecimal("0.9")) >= 0
        && value.compareTo(new BigDecimal("1.1")) <= 0) {
      BigDecimal difference = value.subtract(BigDecimal.ONE);
      return difference.signum() == 0
          ? 0
          : Numeric.weight(difference) * 4 + (int) Math.log10(Numeric.firstDigit(difference));
    }
    int exponent = value.precision() - value.scale() - 1;
    double logarithm = Math.log(value.movePointLeft(exponent).doubleValue()) + exponent * LN_10;
    return (int) Math.log10(Math.abs(logarithm));
  }

  /// e to the power of `value`, rounded to `scale` digits after the point. Taylor series after
  /// halving the argument, then squaring back.
  private static BigDecimal exp(BigDecimal value, int scale) {
    double estimate = value.doubleValue();
    if (Math.abs(estimate) >= EXPONENT_MAX) {
      if (estimate > 0) {
        throw Numeric.overflow();
      }
      return BigDecimal.ZERO.setScale(scale);
    }
    int halvings = Math.max(0, (int) Math.ceil(Math.log(Math.abs(estimate) + 1) / Math.log(2)) + 6);
    int precision =
        Math.max(1, scale + (int) (Math.max(estimate, 0) * LOG10_E) + 2) + halvings + GUARD_DIGITS;
    MathContext context = new MathContext(precision, RoundingMode.HALF_EVEN);
    BigDecimal argument = value.divide(BigDecimal.valueOf(2).pow(halvings), context);
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int i = 1; term.signum() != 0; i++) {
      term = term.multiply(argument, context).divide(BigDecimal.valueOf(i), context);
      BigDecimal next = sum.add(term, context);
      if (next.compareTo(sum) == 0) {
        break;
      }
      sum = next;
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, context);
    }
    return sum.setScale(scale, RoundingMode.HALF_UP);
  }

  /// Natural logarithm with an error below one unit of digit `scale`: a double gives the first
  /// digits, the quick series of atanh the rest.
  private static BigDecimal ln(BigDecimal value, int scale) {
    int exponent = value.precision() - value.scale() - 1;
    double estimate = Math.log(value.movePointLeft(exponent).doubleValue()) + exponent * LN_10;
    int precision = Math.max(4, scale + 8 + GUARD_DIGITS);
    MathContext context = new MathContext(precision, RoundingMode.HALF_EVEN);
    BigDecimal first = new BigDecimal(estimate, new MathContext(17));
    BigDecimal rest;
    if (Math.abs(estimate) < 1e-3) {
      first = BigDecimal.ZERO;
      rest = value;
    } else {
      rest = value.divide(bigExp(first, context), context);
    }
    BigDecimal ratio = rest.subtract(BigDecimal.ONE).divide(rest.add(BigDecimal.ONE), context);
    BigDecimal square = ratio.multiply(ratio, context);
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal power = ratio;
    for (int i = 1; power.signum() != 0; i += 2) {
      BigDecimal next = sum.add(power.divide(BigDecimal.valueOf(i), context), context);
      if (next.compareTo(sum) == 0) {
        break;
      }
      sum = next;
      power = power.multiply(square, context);
    }
    return first.add(sum.multiply(BigDecimal.valueOf(2)));
  }

  /// exp with `context.getPrecision()` significant digits, without a limit on the argument.
  private static BigDecimal bigExp(BigDecimal value, MathContext context) {
    int halvings = (int) Math.ceil(Math.log(Math.abs(value.doubleValue()) + 1) / Math.log(2)) + 6;
    MathContext working =
        new MathContext(context.getPrecision() + halvings + 8, RoundingMode.HALF_EVEN);
    BigDecimal argument = value.divide(BigDecimal.valueOf(2).pow(halvings), working);
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int i = 1; term.signum() != 0; i++) {
      term = term.multiply(argument, working).divide(BigDecimal.valueOf(i), working);
      BigDecimal next = sum.add(term, working);
      if (next.compareTo(sum) == 0) {
        break;
      }
      sum = next;
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, working);
    }
    return sum.round(context);
  }
}
