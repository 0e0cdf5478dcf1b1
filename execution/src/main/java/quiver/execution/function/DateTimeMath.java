package quiver.execution.function;

import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.DateTimes;
import quiver.common.value.Interval;

/// Arithmetic of timestamps and intervals. Months are added to the calendar date (a day that does
/// not exist becomes the last of its month), then days, then the time.
final class DateTimeMath {
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double SECONDS_PER_DAY = 86_400;
  private static final int DAYS_PER_MONTH = 30;

  private DateTimeMath() {}

  static QuiverException intervalOutOfRange() {
    return new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "interval out of range");
  }

  private static QuiverException timestampOutOfRange(ArithmeticException cause) {
    return new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "timestamp out of range")
        .withCause(cause);
  }

  /// Adds months and days to a local time.
  private static long addCalendar(long local, Interval interval) {
    long result = local;
    if (interval.months() != 0) {
      LocalDate date = DateTimes.localDate(DateTimes.timestampToDate(result));
      result =
          Math.addExact(
              Math.multiplyExact(
                  date.plusMonths(interval.months()).toEpochDay() - DateTimes.EPOCH_DAYS,
                  DateTimes.MICROS_PER_DAY),
              Math.floorMod(result, DateTimes.MICROS_PER_DAY));
    }
    return Math.addExact(result, interval.days() * DateTimes.MICROS_PER_DAY);
  }

  static long addToTimestamp(long timestamp, Interval interval) {
    if (DateTimes.isInfinite(timestamp)) {
      return timestamp;
    }
    try {
      return DateTimes.checkTimestamp(
          Math.addExact(addCalendar(timestamp, interval), interval.micros()));
    } catch (ArithmeticException e) {
      throw timestampOutOfRange(e);
    }
  }

  /// As [#addToTimestamp], the calendar being that of a zone.
  static long addToInstant(long instant, Interval interval, ZoneId zone) {
    if (DateTimes.isInfinite(instant)) {
      return instant;
    }
    try {
      long result = instant;
      if (interval.months() != 0 || interval.days() != 0) {
        result = DateTimes.toInstant(addCalendar(DateTimes.toLocal(result, zone), interval), zone);
      }
      return DateTimes.checkTimestamp(Math.addExact(result, interval.micros()));
    } catch (ArithmeticException e) {
      throw timestampOutOfRange(e);
    }
  }

  static Interval negate(Interval interval) {
    try {
      return new Interval(
          Math.negateExact(interval.months()),
          Math.negateExact(interval.days()),
          Math.negateExact(interval.micros()));
    } catch (ArithmeticException e) {
      throw intervalOutOfRange().withCause(e);
    }
  }

  static Interval add(Interval left, Interval right) {
    try {
      return new Interval(
          Math.addExact(left.months(), right.months()),
          Math.addExact(left.days(), right.days()),
          Math.addExact(left.micros(), right.micros()));
    } catch (ArithmeticException e) {
      throw intervalOutOfRange().withCause(e);
    }
  }

  /// The product (or, with `divide`, the quotient); fractions of months become days of 30 to a
  /// month, fractions of days become time.
  static Interval scale(Interval interval, double factor, boolean divide) {
    if (divide && factor == 0) {
      throw Floats.divisionByZero();
    }
    double months = divide ? interval.months() / factor : interval.months() * factor;
    double days = divide ? interval.days() / factor : interval.days() * factor;
    double micros = divide ? interval.micros() / factor : interval.micros() * factor;
    int wholeMonths = toInt(months);
    int wholeDays = toInt(days);
    double monthDays = roundMicros((months - wholeMonths) * DAYS_PER_MONTH);
    double seconds =
        roundMicros((days - wholeDays + monthDays - (int) monthDays) * SECONDS_PER_DAY);
    long extraDays = 0;
    if (Math.abs(seconds) >= SECONDS_PER_DAY) {
      extraDays = (long) (seconds / SECONDS_PER_DAY);
      seconds -= extraDays * SECONDS_PER_DAY;
    }
    double total = Math.rint(micros + seconds * MICROS_PER_SECOND);
    if (Double.isNaN(total) || Math.abs(total) >= 0x1p63) {
      throw intervalOutOfRange();
    }
    return new Interval(
        wholeMonths, toInt((double) wholeDays + (int) monthDays + extraDays), (long) total);
  }

  private static int toInt(double value) {
    if (Double.isNaN(value) || value > Integer.MAX_VALUE || value < Integer.MIN_VALUE) {
      throw intervalOutOfRange();
    }
    return (int) value;
  }

  private static double roundMicros(double value) {
    return Math.rint(value * MICROS_PER_SECOND) / MICROS_PER_SECOND;
  }

  /// `left - right` in days and time.
  static Interval difference(long left, long right) {
    if (DateTimes.isInfinite(left) || DateTimes.isInfinite(right)) {
      throw new QuiverException(
          SqlState.DATETIME_FIELD_OVERFLOW, "cannot subtract infinite timestamps");
    }
    try {
      return justifyHours(new Interval(0, 0, Math.subtractExact(left, right)));
    } catch (ArithmeticException e) {
      throw intervalOutOfRange().withCause(e);
    }
  }

  /// Whole 24 hours become days.
  static Interval justifyHours(Interval interval) {
    long wholeDays = interval.micros() / DateTimes.MICROS_PER_DAY;
    long micros = interval.micros() - wholeDays * DateTimes.MICROS_PER_DAY;
    long days = interval.days() + wholeDays;
    if (days > 0 && micros < 0) {
      micros += DateTimes.MICROS_PER_DAY;
      days--;
    } else if (days < 0 && micros > 0) {
      micros -= DateTimes.MICROS_PER_DAY;
      days++;
    }
    return new Interval(interval.months(), toInt((double) days), micros);
  }

  /// Whole 30 days become months.
  static Interval justifyDays(Interval interval) {
    int wholeMonths = interval.days() / DAYS_PER_MONTH;
    int days = interval.days() - wholeMonths * DAYS_PER_MONTH;
    long months = (long) interval.months() + wholeMonths;
    if (months > 0 && days < 0) {
      days += DAYS_PER_MONTH;
      months--;
    } else if (months < 0 && days > 0) {
      days -= DAYS_PER_MONTH;
      months++;
    }
    return new Interval(toInt((double) months), days, interval.micros());
  }

  /// Both, with all fields of one sign.
  static Interval justify(Interval interval) {
    long micros = interval.micros();
    long days = interval.days() + micros / DateTimes.MICROS_PER_DAY;
    micros %= DateTimes.MICROS_PER_DAY;
    long months = interval.months() + days / DAYS_PER_MONTH;
    days %= DAYS_PER_MONTH;
    if (months > 0 && (days < 0 || (days == 0 && micros < 0))) {
      days += DAYS_PER_MONTH;
      months--;
    } else if (months < 0 && (days > 0 || (days == 0 && micros > 0))) {
      days -= DAYS_PER_MONTH;
      months++;
    }
    if (days > 0 && micros < 0) {
      micros += DateTimes.MICROS_PER_DAY;
      days--;
    } else if (days < 0 && micros > 0) {
      micros -= DateTimes.MICROS_PER_DAY;
      days++;
    }
    return new Interval(toInt((double) months), (int) days, micros);
  }

  /// `age`: years, months, days and time between two local times.
  ///
  /// @throws QuiverException `22008` if one is infinite
  static Interval age(long left, long right) {
    if (DateTimes.isInfinite(left) || DateTimes.isInfinite(right)) {
      throw new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "interval out of range");
    }
    boolean negative = left < right;
    LocalDate leftDate = DateTimes.localDate(DateTimes.timestampToDate(left));
    LocalDate rightDate = DateTimes.localDate(DateTimes.timestampToDate(right));
    int sign = negative ? -1 : 1;
    int months =
        sign
            * ((leftDate.getYear() - rightDate.getYear()) * 12
                + leftDate.getMonthValue()
                - rightDate.getMonthValue());
    int days = sign * (leftDate.getDayOfMonth() - rightDate.getDayOfMonth());
    long micros =
        sign
            * (Math.floorMod(left, DateTimes.MICROS_PER_DAY)
                - Math.floorMod(right, DateTimes.MICROS_PER_DAY));
    if (micros < 0) {
      micros += DateTimes.MICROS_PER_DAY;
      days--;
    }
    if (days < 0) {
      LocalDate borrowed = negative ? leftDate : rightDate;
      days += YearMonth.from(borrowed).lengthOfMonth();
      months--;
    }
    return new Interval(sign * months, sign * days, sign * micros);
  }
}
