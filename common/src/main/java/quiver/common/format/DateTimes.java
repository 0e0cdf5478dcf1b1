package quiver.common.format;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.TimeWithZone;

/// Dates and times as datums: arithmetic of the calendar and text output.
public final class DateTimes {
  public static final long MICROS_PER_SECOND = 1_000_000L;
  public static final long MICROS_PER_MINUTE = 60_000_000L;
  public static final long MICROS_PER_HOUR = 3_600_000_000L;
  public static final long MICROS_PER_DAY = 86_400_000_000L;

  /// Seconds from 1970-01-01 to 2000-01-01.
  public static final long EPOCH_SECONDS = 946_684_800L;

  /// Days from 1970-01-01 to 2000-01-01.
  public static final int EPOCH_DAYS = 10_957;

  /// Julian day number of 2000-01-01.
  public static final int EPOCH_JULIAN = 2_451_545;

  public static final long INFINITY = Long.MAX_VALUE;
  public static final long MINUS_INFINITY = Long.MIN_VALUE;

  /// First and last-but-one day a date may have: 4714-11-24 BC and 5874898-01-01.
  static final long DATE_MIN = -EPOCH_JULIAN;

  static final long DATE_END = 2_147_483_494L - EPOCH_JULIAN;

  /// First timestamp (4714-11-24 BC) and first one too late (294277-01-01).
  static final long TIMESTAMP_MIN = -211_813_488_000_000_000L;

  static final long TIMESTAMP_END = 9_223_371_331_200_000_000L;

  /// A leap year beyond the last date of either type.
  private static final int YEAR_BEYOND = 6_000_000;

  private DateTimes() {}

  public static boolean isInfinite(long value) {
    return value == INFINITY || value == MINUS_INFINITY;
  }

  /// Days since 2000-01-01 of a day of the proleptic Gregorian calendar.
  ///
  /// @param year astronomical: 0 is 1 BC; of one beyond all dates some day that is no date's
  public static long day(int year, int month, int dayOfMonth) {
    int known = Math.clamp(year, -YEAR_BEYOND, YEAR_BEYOND);
    return LocalDate.of(known, month, dayOfMonth).toEpochDay() - EPOCH_DAYS;
  }

  public static LocalDate localDate(long day) {
    return LocalDate.ofEpochDay(day + EPOCH_DAYS);
  }

  public static boolean isValidDate(long day) {
    return day >= DATE_MIN && day < DATE_END;
  }

  public static boolean isValidTimestamp(long micros) {
    return micros >= TIMESTAMP_MIN && micros < TIMESTAMP_END;
  }

  /// @throws QuiverException `22008` outside the range of dates
  public static long checkDate(long day) {
    if (!isValidDate(day)) {
      throw new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "date out of range");
    }
    return day;
  }

  /// @throws QuiverException `22008` outside the range of timestamps
  public static long checkTimestamp(long micros) {
    if (!isValidTimestamp(micros)) {
      throw new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "timestamp out of range");
    }
    return micros;
  }

  /// Midnight of a day; infinities stay.
  ///
  /// @throws QuiverException `22008` when the day is beyond the range of timestamps
  public static long dateToTimestamp(long day) {
    if (isInfinite(day)) {
      return day;
    }
    if (day >= TIMESTAMP_END / MICROS_PER_DAY) {
      throw new QuiverException(
          SqlState.DATETIME_FIELD_OVERFLOW, "date out of range for timestamp");
    }
    return day * MICROS_PER_DAY;
  }

  /// The day of a timestamp; infinities stay.
  public static long timestampToDate(long micros) {
    return isInfinite(micros) ? micros : Math.floorDiv(micros, MICROS_PER_DAY);
  }

  /// Microseconds since 2000-01-01 UTC of a moment.
  public static long microsOf(Instant moment) {
    return (moment.getEpochSecond() - EPOCH_SECONDS) * MICROS_PER_SECOND + moment.getNano() / 1_000;
  }

  /// The instant of a local time in a zone; infinities stay.
  public static long toInstant(long localMicros, ZoneId zone) {
    if (isInfinite(localMicros)) {
      return localMicros;
    }
    return checkTimestamp(
        localMicros - TimeZones.offsetAtLocal(zone, localMicros) * MICROS_PER_SECOND);
  }

  /// The instant of a local time in a zone; infinities stay.
  public static long toInstant(long localMicros, NamedZone zone) {
    if (isInfinite(localMicros)) {
      return localMicros;
    }
    return checkTimestamp(localMicros - zone.offsetAtLocal(localMicros) * MICROS_PER_SECOND);
  }

  /// The local time of an instant in a zone; infinities stay.
  public static long toLocal(long micros, NamedZone zone) {
    return isInfinite(micros)
        ? micros
        : checkTimestamp(micros + zone.offsetAt(micros) * MICROS_PER_SECOND);
  }

  /// The local time of an instant in a zone; infinities stay.
  public static long toLocal(long micros, ZoneId zone) {
    if (isInfinite(micros)) {
      return micros;
    }
    return checkTimestamp(micros + TimeZones.offsetAt(zone, micros) * MICROS_PER_SECOND);
  }

  // ---- output, ISO style

  public static String formatDate(long day) {
    if (isInfinite(day)) {
      return day > 0 ? "infinity" : "-infinity";
    }
    LocalDate date = localDate(day);
    StringBuilder text = new StringBuilder(10);
    appendDate(date, text);
    return text.append(date.getYear() <= 0 ? " BC" : "").toString();
  }

  private static void appendDate(LocalDate date, StringBuilder text) {
    appendYear(date.getYear(), text);
    appendTwo(text.append('-'), date.getMonthValue());
    appendTwo(text.append('-'), date.getDayOfMonth());
  }

  /// Four digits at least, of the years before Christ without their sign.
  ///
  /// @param year astronomical: 0 is 1 BC
  static void appendYear(int year, StringBuilder text) {
    int shown = year <= 0 ? 1 - year : year;
    if (shown < 1000) {
      text.append(shown < 10 ? "000" : shown < 100 ? "00" : "0");
    }
    text.append(shown);
  }

  static void appendTwo(StringBuilder text, long value) {
    text.append(value < 10 ? "0" : "").append(value);
  }

  /// Hours, minutes, seconds and as many digits of the fraction as needed.
  static void appendTime(long micros, StringBuilder text) {
    appendTwo(text, micros / MICROS_PER_HOUR);
    appendTwo(text.append(':'), micros / MICROS_PER_MINUTE % 60);
    appendTwo(text.append(':'), micros / MICROS_PER_SECOND % 60);
    appendFraction(micros % MICROS_PER_SECOND, text);
  }

  static void appendFraction(long micros, StringBuilder text) {
    if (micros != 0) {
      text.append('.');
      long rest = micros;
      for (long unit = 100_000; rest != 0; unit /= 10) {
        text.append(rest / unit);
        rest %= unit;
      }
    }
  }

  public static String formatTime(long micros) {
    StringBuilder text = new StringBuilder(15);
    appendTime(micros, text);
    return text.toString();
  }

  public static String formatTimeWithZone(TimeWithZone time) {
    StringBuilder text = new StringBuilder(20);
    appendTime(time.micros(), text);
    appendOffset(-time.zoneSecondsWest(), text);
    return text.toString();
  }

  public static String formatTimestamp(long micros) {
    if (isInfinite(micros)) {
      return micros > 0 ? "infinity" : "-infinity";
    }
    return format(micros, 0, false);
  }

  public static String formatTimestampWithZone(long micros, ZoneId zone) {
    if (isInfinite(micros)) {
      return micros > 0 ? "infinity" : "-infinity";
    }
    int offset = TimeZones.offsetAt(zone, micros);
    return format(micros + offset * MICROS_PER_SECOND, offset, true);
  }

  private static String format(long localMicros, int offset, boolean withOffset) {
    LocalDate date = localDate(Math.floorDiv(localMicros, MICROS_PER_DAY));
    StringBuilder text = new StringBuilder(32);
    appendDate(date, text);
    appendTime(Math.floorMod(localMicros, MICROS_PER_DAY), text.append(' '));
    if (withOffset) {
      appendOffset(offset, text);
    }
    return text.append(date.getYear() <= 0 ? " BC" : "").toString();
  }

  /// For example `+05:30`; minutes and seconds only when they are not zero.
  static void appendOffset(int secondsEast, StringBuilder text) {
    int magnitude = Math.abs(secondsEast);
    text.append(secondsEast < 0 ? '-' : '+');
    appendTwo(text, magnitude / 3600);
    if (magnitude % 3600 != 0) {
      appendTwo(text.append(':'), magnitude / 60 % 60);
      if (magnitude % 60 != 0) {
        appendTwo(text.append(':'), magnitude % 60);
      }
    }
  }
}
