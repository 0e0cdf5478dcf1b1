package quiver.execution.aggregate;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.Interval;

/// The arithmetic that aggregates of intervals need.
///
/// Source: `interval_pl`, `interval_mul` and `interval_div` of PostgreSQL's timestamp.c.
final class Intervals {
  private static final int DAYS_PER_MONTH = 30;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double SECONDS_PER_DAY = 86_400;

  private Intervals() {}

  static Interval add(Interval a, Interval b) {
    try {
      return new Interval(
          Math.addExact(a.months(), b.months()),
          Math.addExact(a.days(), b.days()),
          Math.addExact(a.micros(), b.micros()));
    } catch (ArithmeticException e) {
      throw outOfRange().withCause(e);
    }
  }

  static Interval subtract(Interval a, Interval b) {
    try {
      return new Interval(
          Math.subtractExact(a.months(), b.months()),
          Math.subtractExact(a.days(), b.days()),
          Math.subtractExact(a.micros(), b.micros()));
    } catch (ArithmeticException e) {
      throw outOfRange().withCause(e);
    }
  }

  static Interval multiply(Interval interval, double factor) {
    return scaled(interval.months() * factor, interval.days() * factor, interval.micros() * factor);
  }

  static Interval divide(Interval interval, double divisor) {
    return scaled(
        interval.months() / divisor, interval.days() / divisor, interval.micros() / divisor);
  }

  /// Fractions of months become days, fractions of days become time.
  private static Interval scaled(double months, double days, double micros) {
    int wholeMonths = toInt(months);
    int wholeDays = toInt(days);
    double monthRemainder = roundMicros((months - wholeMonths) * DAYS_PER_MONTH);
    double secondRemainder =
        roundMicros((days - wholeDays + monthRemainder - (int) monthRemainder) * SECONDS_PER_DAY);
    if (Math.abs(secondRemainder) >= SECONDS_PER_DAY) {
      wholeDays = Math.addExact(wholeDays, (int) (secondRemainder / SECONDS_PER_DAY));
      secondRemainder %= SECONDS_PER_DAY;
    }
    wholeDays = Math.addExact(wholeDays, (int) monthRemainder);
    double total = Math.rint(micros + secondRemainder * MICROS_PER_SECOND);
    if (!(Math.abs(total) < 0x1p63)) {
      throw outOfRange();
    }
    return new Interval(wholeMonths, wholeDays, (long) total);
  }

  private static int toInt(double value) {
    if (!(value >= Integer.MIN_VALUE && value <= Integer.MAX_VALUE)) {
      throw outOfRange();
    }
    return (int) value;
  }

  private static double roundMicros(double value) {
    return Math.rint(value * MICROS_PER_SECOND) / MICROS_PER_SECOND;
  }

  private static QuiverException outOfRange() {
    return new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "interval out of range");
  }
}
