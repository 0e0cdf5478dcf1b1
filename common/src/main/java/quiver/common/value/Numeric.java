package quiver.common.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// A `numeric` value: a decimal number with the display scale PostgreSQL would give it, NaN, or an
/// infinity. Immutable. Equality and hash ignore the scale (`1.0` equals `1`); NaN equals itself
/// and is above everything.
///
/// Source of the result scales: the rules PostgreSQL 15 documents and shows (16 significant digits
/// for divisions and roots, counted in its base 10000 digits).
public final class Numeric implements Comparable<Numeric> {
  private enum Kind {
    NEGATIVE_INFINITY,
    FINITE,
    POSITIVE_INFINITY,
    NAN
  }

  /// Digits before the decimal point, at most.
  static final int INTEGER_DIGITS_MAX = 131_072;

  /// Digits after the decimal point, at most.
  public static final int SCALE_MAX = 16_383;

  /// Digits after the decimal point a calculated scale may have.
  static final int DISPLAY_SCALE_MAX = 1000;

  /// Significant digits a division, root or logarithm gives at least.
  static final int SIGNIFICANT_DIGITS_MIN = 16;

  public static final Numeric NAN = new Numeric(Kind.NAN, BigDecimal.ZERO);
  public static final Numeric POSITIVE_INFINITY =
      new Numeric(Kind.POSITIVE_INFINITY, BigDecimal.ZERO);
  public static final Numeric NEGATIVE_INFINITY =
      new Numeric(Kind.NEGATIVE_INFINITY, BigDecimal.ZERO);
  public static final Numeric ZERO = new Numeric(Kind.FINITE, BigDecimal.ZERO);
  public static final Numeric ONE = new Numeric(Kind.FINITE, BigDecimal.ONE);

  private final Kind kind;
  private final BigDecimal value;

  private Numeric(Kind kind, BigDecimal value) {
    this.kind = kind;
    this.value = value;
  }

  /// A finite number; a negative scale becomes 0.
  ///
  /// @throws QuiverException `22003` when it has more digits than a numeric may have
  public static Numeric of(BigDecimal value) {
    BigDecimal scaled = value;
    if ((long) value.precision() - value.scale() > INTEGER_DIGITS_MAX && value.signum() != 0) {
      throw overflow();
    }
    if (value.scale() < 0) {
      scaled = value.setScale(0);
    } else if (value.scale() > SCALE_MAX) {
      scaled = value.setScale(SCALE_MAX, RoundingMode.HALF_UP);
    }
    return new Numeric(Kind.FINITE, scaled);
  }

  public static Numeric of(long value) {
    return new Numeric(Kind.FINITE, BigDecimal.valueOf(value));
  }

  /// A number as written, for example `12.50`; the scale is kept.
  public static Numeric of(String decimal) {
    return of(new BigDecimal(decimal));
  }

  /// The cast from `double precision`: 15 significant digits.
  public static Numeric ofDouble(double value) {
    return ofBinary(value, 15);
  }

  /// The cast from `real`: 6 significant digits.
  public static Numeric ofFloat(double value) {
    return ofBinary(value, 6);
  }

  private static Numeric ofBinary(double value, int digits) {
    if (Double.isNaN(value)) {
      return NAN;
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? POSITIVE_INFINITY : NEGATIVE_INFINITY;
    }
    if (value == 0) {
      return ZERO;
    }
    BigDecimal rounded =
        new BigDecimal(value, new MathContext(digits, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    return of(rounded);
  }

  static QuiverException overflow() {
    return new QuiverException(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
  }

  public boolean isFinite() {
    return kind == Kind.FINITE;
  }

  public boolean isNaN() {
    return kind == Kind.NAN;
  }

  public boolean isInfinite() {
    return kind == Kind.POSITIVE_INFINITY || kind == Kind.NEGATIVE_INFINITY;
  }

  /// The finite value, its scale being the display scale.
  public BigDecimal decimal() {
    if (kind != Kind.FINITE) {
      throw new IllegalStateException("not finite: " + this);
    }
    return value;
  }

  /// The finite value, empty for NaN and the infinities.
  public Optional<BigDecimal> toDecimal() {
    return kind == Kind.FINITE ? Optional.of(value) : Optional.empty();
  }

  /// Digits after the decimal point; 0 for NaN and the infinities.
  public int scale() {
    return value.scale();
  }

  /// -1, 0 or 1; NaN has sign 0.
  public int signum() {
    return switch (kind) {
      case FINITE -> value.signum();
      case NEGATIVE_INFINITY -> -1;
      case POSITIVE_INFINITY -> 1;
      case NAN -> 0;
    };
  }

  /// The nearest double, an infinity when it is out of range.
  public double doubleValue() {
    return switch (kind) {
      case FINITE -> value.doubleValue();
      case NEGATIVE_INFINITY -> Double.NEGATIVE_INFINITY;
      case POSITIVE_INFINITY -> Double.POSITIVE_INFINITY;
      case NAN -> Double.NaN;
    };
  }

  /// Rounded to an integer, half away from zero; empty when it is not in `long` or not finite.
  public Optional<Long> toLong() {
    if (kind != Kind.FINITE) {
      return Optional.empty();
    }
    BigInteger rounded = value.setScale(0, RoundingMode.HALF_UP).unscaledValue();
    return rounded.bitLength() < 64 ? Optional.of(rounded.longValue()) : Optional.empty();
  }

  public Numeric negate() {
    return switch (kind) {
      case FINITE -> new Numeric(Kind.FINITE, value.negate());
      case NEGATIVE_INFINITY -> POSITIVE_INFINITY;
      case POSITIVE_INFINITY -> NEGATIVE_INFINITY;
      case NAN -> NAN;
    };
  }

  public Numeric abs() {
    return signum() < 0 ? negate() : this;
  }

  public Numeric add(Numeric other) {
    if (isFinite() && other.isFinite()) {
      return of(value.add(other.value));
    }
    if (isNaN() || other.isNaN()) {
      return NAN;
    }
    if (isInfinite() && other.isInfinite()) {
      return kind == other.kind ? this : NAN;
    }
    return isInfinite() ? this : other;
  }

  public Numeric subtract(Numeric other) {
    if (isFinite() && other.isFinite()) {
      return of(value.subtract(other.value));
    }
    return add(other.negate());
  }

  public Numeric multiply(Numeric other) {
    if (isFinite() && other.isFinite()) {
      return of(value.multiply(other.value));
    }
    return ofSign(isNaN() || other.isNaN() ? 0 : signum() * other.signum());
  }

  /// NaN for 0, else the infinity of that sign.
  private static Numeric ofSign(int sign) {
    return sign == 0 ? NAN : sign > 0 ? POSITIVE_INFINITY : NEGATIVE_INFINITY;
  }

  /// @throws QuiverException `22012` when `other` is zero
  public Numeric divide(Numeric other) {
    if (isNaN() || other.isNaN()) {
      return NAN;
    }
    if (other.signum() == 0) {
      throw divisionByZero();
    }
    if (isInfinite()) {
      return other.isInfinite() ? NAN : ofSign(signum() * other.signum());
    }
    if (other.isInfinite()) {
      return ZERO;
    }
    return of(value.divide(other.value, divisionScale(value, other.value), RoundingMode.HALF_UP));
  }

  /// The integer part of the quotient, towards zero (`div`).
  public Numeric divideInteger(Numeric other) {
    if (!isFinite() || !other.isFinite()) {
      return divide(other);
    }
    if (other.signum() == 0) {
      throw divisionByZero();
    }
    return of(value.divide(other.value, 0, RoundingMode.DOWN));
  }

  /// The rest of the division towards zero; it has the sign of this number.
  public Numeric remainder(Numeric other) {
    if (isNaN() || other.isNaN()) {
      return NAN;
    }
    if (isInfinite()) {
      if (other.signum() == 0) {
        throw divisionByZero();
      }
      return NAN;
    }
    if (other.isInfinite()) {
      return this;
    }
    if (other.signum() == 0) {
      throw divisionByZero();
    }
    BigDecimal quotient = value.divide(other.value, 0, RoundingMode.DOWN);
    int scale = Math.max(value.scale(), other.value.scale());
    return of(
        value.subtract(quotient.multiply(other.value)).setScale(scale, RoundingMode.UNNECESSARY));
  }

  static QuiverException divisionByZero() {
    return new QuiverException(SqlState.DIVISION_BY_ZERO, "division by zero");
  }

  /// The scale PostgreSQL gives a quotient: at least 16 significant digits, counted in base 10000.
  static int divisionScale(BigDecimal dividend, BigDecimal divisor) {
    int quotientWeight = weight(dividend) - weight(divisor);
    if (firstDigit(dividend) <= firstDigit(divisor)) {
      quotientWeight--;
    }
    int scale = SIGNIFICANT_DIGITS_MIN - quotientWeight * 4;
    return displayScale(Math.max(scale, Math.max(dividend.scale(), divisor.scale())));
  }

  static int displayScale(int scale) {
    return Math.min(Math.max(scale, 0), DISPLAY_SCALE_MAX);
  }

  /// Power of 10000 of the first digit in base 10000; 0 for zero.
  static int weight(BigDecimal decimal) {
    return decimal.signum() == 0 ? 0 : Math.floorDiv(decimal.precision() - decimal.scale() - 1, 4);
  }

  /// The first digit in base 10000; 0 for zero.
  static int firstDigit(BigDecimal decimal) {
    return decimal.signum() == 0
        ? 0
        : decimal.abs().scaleByPowerOfTen(-4 * weight(decimal)).intValue();
  }

  /// Rounded half away from zero to `scale` digits after the point (before it when negative).
  public Numeric round(int scale) {
    return rescale(scale, RoundingMode.HALF_UP);
  }

  /// Cut towards zero to `scale` digits after the point (before it when negative).
  public Numeric truncate(int scale) {
    return rescale(scale, RoundingMode.DOWN);
  }

  private Numeric rescale(int scale, RoundingMode mode) {
    if (!isFinite()) {
      return this;
    }
    int limited = Math.clamp(scale, -INTEGER_DIGITS_MAX, SCALE_MAX);
    return of(value.setScale(limited, mode));
  }

  public Numeric ceil() {
    return rescale(0, RoundingMode.CEILING);
  }

  public Numeric floor() {
    return rescale(0, RoundingMode.FLOOR);
  }

  /// The same number without trailing zeros after the point.
  public Numeric trimScale() {
    return isFinite() ? of(value.stripTrailingZeros()) : this;
  }

  @Override
  public int compareTo(Numeric other) {
    if (kind == Kind.FINITE && other.kind == Kind.FINITE) {
      return value.compareTo(other.value);
    }
    return kind.compareTo(other.kind);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Numeric that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return kind == Kind.FINITE ? value.stripTrailingZeros().hashCode() : kind.name().hashCode();
  }

  /// PostgreSQL's output, for example `12.50`, `NaN`, `-Infinity`.
  @Override
  public String toString() {
    return switch (kind) {
      case FINITE -> value.toPlainString();
      case NEGATIVE_INFINITY -> "-Infinity";
      case POSITIVE_INFINITY -> "Infinity";
      case NAN -> "NaN";
    };
  }
}
