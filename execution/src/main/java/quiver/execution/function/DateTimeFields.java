package quiver.execution.function;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.DateTimes;
import quiver.common.format.TimeZones;
import quiver.common.type.BaseType;
import quiver.common.value.Interval;
import quiver.common.value.Numeric;
import quiver.common.value.TimeWithZone;

/// `extract`, `date_part` and `date_trunc`.
final class DateTimeFields {
  /// A field, whatever word names it.
  enum Unit {
    MICROSECONDS,
    MILLISECONDS,
    SECOND,
    MINUTE,
    HOUR,
    DAY,
    WEEK,
    MONTH,
    QUARTER,
    YEAR,
    DECADE,
    CENTURY,
    MILLENNIUM,
    ISOYEAR,
    DOW,
    ISODOW,
    DOY,
    JULIAN,
    EPOCH,
    TIMEZONE,
    TIMEZONE_HOUR,
    TIMEZONE_MINUTE
  }

  private static final Map<String, Unit> UNITS =
      Map.ofEntries(
          Map.entry("microsecond", Unit.MICROSECONDS),
          Map.entry("microseconds", Unit.MICROSECONDS),
          Map.entry("us", Unit.MICROSECONDS),
          Map.entry("usec", Unit.MICROSECONDS),
          Map.entry("usecs", Unit.MICROSECONDS),
          Map.entry("useconds", Unit.MICROSECONDS),
          Map.entry("millisecond", Unit.MILLISECONDS),
          Map.entry("milliseconds", Unit.MILLISECONDS),
          Map.entry("ms", Unit.MILLISECONDS),
          Map.entry("msec", Unit.MILLISECONDS),
          Map.entry("msecs", Unit.MILLISECONDS),
          Map.entry("second", Unit.SECOND),
          Map.entry("seconds", Unit.SECOND),
          Map.entry("s", Unit.SECOND),
          Map.entry("sec", Unit.SECOND),
          Map.entry("secs", Unit.SECOND),
          Map.entry("minute", Unit.MINUTE),
          Map.entry("minutes", Unit.MINUTE),
          Map.entry("m", Unit.MINUTE),
          Map.entry("min", Unit.MINUTE),
          Map.entry("mins", Unit.MINUTE),
          Map.entry("hour", Unit.HOUR),
          Map.entry("hours", Unit.HOUR),
          Map.entry("h", Unit.HOUR),
          Map.entry("hr", Unit.HOUR),
          Map.entry("hrs", Unit.HOUR),
          Map.entry("day", Unit.DAY),
          Map.entry("days", Unit.DAY),
          Map.entry("d", Unit.DAY),
          Map.entry("week", Unit.WEEK),
          Map.entry("weeks", Unit.WEEK),
          Map.entry("w", Unit.WEEK),
          Map.entry("month", Unit.MONTH),
          Map.entry("months", Unit.MONTH),
          Map.entry("mon", Unit.MONTH),
          Map.entry("mons", Unit.MONTH),
          Map.entry("quarter", Unit.QUARTER),
          Map.entry("qtr", Unit.QUARTER),
          Map.entry("year", Unit.YEAR),
          Map.entry("years", Unit.YEAR),
          Map.entry("y", Unit.YEAR),
          Map.entry("yr", Unit.YEAR),
          Map.entry("yrs", Unit.YEAR),
          Map.entry("decade", Unit.DECADE),
          Map.entry("decades", Unit.DECADE),
          Map.entry("dec", Unit.DECADE),
          Map.entry("decs", Unit.DECADE),
          Map.entry("century", Unit.CENTURY),
          Map.entry("centuries", Unit.CENTURY),
          Map.entry("c", Unit.CENTURY),
          Map.entry("cent", Unit.CENTURY),
          Map.entry("millennium", Unit.MILLENNIUM),
          Map.entry("millennia", Unit.MILLENNIUM),
          Map.entry("mil", Unit.MILLENNIUM),
          Map.entry("mils", Unit.MILLENNIUM),
          Map.entry("isoyear", Unit.ISOYEAR),
          Map.entry("dow", Unit.DOW),
          Map.entry("isodow", Unit.ISODOW),
          Map.entry("doy", Unit.DOY),
          Map.entry("julian", Unit.JULIAN),
          Map.entry("epoch", Unit.EPOCH),
          Map.entry("timezone", Unit.TIMEZONE),
          Map.entry("timezone_h", Unit.TIMEZONE_HOUR),
          Map.entry("timezone_hour", Unit.TIMEZONE_HOUR),
          Map.entry("timezone_m", Unit.TIMEZONE_MINUTE),
          Map.entry("timezone_minute", Unit.TIMEZONE_MINUTE));

  private DateTimeFields() {}

  static Unit unit(String name, BaseType type) {
    Unit unit = UNITS.get(name.toLowerCase(Locale.ROOT));
    if (unit == null) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "unit \"%s\" not recognized for type %s",
          name.toLowerCase(Locale.ROOT),
          type.sqlName());
    }
    return unit;
  }

  static QuiverException notSupported(String name, BaseType type) {
    return new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED,
        "unit \"%s\" not supported for type %s",
        name.toLowerCase(Locale.ROOT),
        type.sqlName());
  }

  private static Numeric scaled(long unscaled, int scale) {
    return Numeric.of(BigDecimal.valueOf(unscaled, scale));
  }

  /// A field of a date, time, timestamp or interval; null where an infinity has none.
  static @Nullable Numeric extract(String name, BaseType type, Object value, ZoneId zone) {
    Unit unit = unit(name, type);
    return switch (type) {
      case DATE -> ofDate(unit, name, (Long) value);
      case TIMESTAMP -> ofTimestamp(unit, name, type, (Long) value, (Long) value, 0);
      case TIMESTAMPTZ -> {
        long micros = (Long) value;
        int offset = DateTimes.isInfinite(micros) ? 0 : TimeZones.offsetAt(zone, micros);
        yield ofTimestamp(unit, name, type, DateTimes.toLocal(micros, zone), micros, offset);
      }
      case TIME -> ofTime(unit, name, type, (Long) value, (Long) value, 0);
      case TIMETZ -> {
        TimeWithZone time = (TimeWithZone) value;
        yield ofTime(unit, name, type, time.micros(), time.utcMicros(), -time.zoneSecondsWest());
      }
      case INTERVAL -> ofInterval(unit, name, (Interval) value);
      default -> throw notSupported(name, type);
    };
  }

  private static @Nullable Numeric ofDate(Unit unit, String name, long day) {
    switch (unit) {
      case MICROSECONDS,
          MILLISECONDS,
          SECOND,
          MINUTE,
          HOUR,
          TIMEZONE,
          TIMEZONE_HOUR,
          TIMEZONE_MINUTE ->
          throw notSupported(name, BaseType.DATE);
      default -> {}
    }
    if (DateTimes.isInfinite(day)) {
      return ofInfinity(unit, day > 0);
    }
    if (unit == Unit.EPOCH) {
      return Numeric.of((day + DateTimes.EPOCH_DAYS) * 86_400);
    }
    if (unit == Unit.JULIAN) {
      return Numeric.of(day + DateTimes.EPOCH_JULIAN);
    }
    return Numeric.of(ofCalendar(unit, DateTimes.localDate(day)));
  }

  /// Fields that grow without end are infinite, the others have no value.
  private static @Nullable Numeric ofInfinity(Unit unit, boolean positive) {
    return switch (unit) {
      case YEAR, DECADE, CENTURY, MILLENNIUM, ISOYEAR, JULIAN, EPOCH ->
          positive ? Numeric.POSITIVE_INFINITY : Numeric.NEGATIVE_INFINITY;
      default -> null;
    };
  }

  /// @param value what the epoch counts from: the instant, or the local time without a zone
  private static @Nullable Numeric ofTimestamp(
      Unit unit, String name, BaseType type, long local, long value, int offset) {
    if (DateTimes.isInfinite(local)) {
      return ofInfinity(unit, local > 0);
    }
    boolean zoned = type == BaseType.TIMESTAMPTZ;
    switch (unit) {
      case TIMEZONE, TIMEZONE_HOUR, TIMEZONE_MINUTE -> {
        if (!zoned) {
          throw notSupported(name, type);
        }
      }
      default -> {}
    }
    long timeOfDay = Math.floorMod(local, DateTimes.MICROS_PER_DAY);
    return switch (unit) {
      case MICROSECONDS, MILLISECONDS, SECOND, MINUTE, HOUR -> ofTimeOfDay(unit, timeOfDay);
      case TIMEZONE, TIMEZONE_HOUR, TIMEZONE_MINUTE -> ofOffset(unit, offset);
      case EPOCH -> epoch(value);
      case JULIAN -> {
        long day = Math.floorDiv(local, DateTimes.MICROS_PER_DAY) + DateTimes.EPOCH_JULIAN;
        BigDecimal fraction =
            BigDecimal.valueOf(timeOfDay)
                .divide(BigDecimal.valueOf(DateTimes.MICROS_PER_DAY), 20, RoundingMode.HALF_UP);
        yield Numeric.of(BigDecimal.valueOf(day).add(fraction));
      }
      default ->
          Numeric.of(ofCalendar(unit, DateTimes.localDate(DateTimes.timestampToDate(local))));
    };
  }

  private static Numeric epoch(long micros) {
    return Numeric.of(
        BigDecimal.valueOf(micros, 6).add(BigDecimal.valueOf(DateTimes.EPOCH_SECONDS)));
  }

  private static Numeric ofTimeOfDay(Unit unit, long micros) {
    long inMinute = micros % DateTimes.MICROS_PER_MINUTE;
    return switch (unit) {
      case MICROSECONDS -> Numeric.of(inMinute);
      case MILLISECONDS -> scaled(inMinute, 3);
      case SECOND -> scaled(inMinute, 6);
      case MINUTE -> Numeric.of(micros / DateTimes.MICROS_PER_MINUTE % 60);
      default -> Numeric.of(micros / DateTimes.MICROS_PER_HOUR);
    };
  }

  private static Numeric ofOffset(Unit unit, int offset) {
    return Numeric.of(
        switch (unit) {
          case TIMEZONE_HOUR -> offset / 3600;
          case TIMEZONE_MINUTE -> offset % 3600 / 60;
          default -> offset;
        });
  }

  private static Numeric ofTime(
      Unit unit, String name, BaseType type, long micros, long utcMicros, int offset) {
    return switch (unit) {
      case MICROSECONDS, MILLISECONDS, SECOND, MINUTE, HOUR -> ofTimeOfDay(unit, micros);
      case EPOCH -> scaled(utcMicros, 6);
      case TIMEZONE, TIMEZONE_HOUR, TIMEZONE_MINUTE -> {
        if (type == BaseType.TIME) {
          throw notSupported(name, type);
        }
        yield ofOffset(unit, offset);
      }
      default -> throw notSupported(name, type);
    };
  }

  private static Numeric ofInterval(Unit unit, String name, Interval interval) {
    int years = interval.months() / 12;
    int months = interval.months() % 12;
    return switch (unit) {
      case MICROSECONDS, MILLISECONDS, SECOND, MINUTE, HOUR -> ofTimeOfDay(unit, interval.micros());
      case DAY -> Numeric.of(interval.days());
      case MONTH -> Numeric.of(months);
      case QUARTER -> Numeric.of(months / 3 + 1);
      case YEAR -> Numeric.of(years);
      case DECADE -> Numeric.of(years / 10);
      case CENTURY -> Numeric.of(years / 100);
      case MILLENNIUM -> Numeric.of(years / 1000);
      case EPOCH -> {
        // A year counts 365.25 days, a month of the rest 30 days.
        BigDecimal seconds =
            BigDecimal.valueOf(
                years * 31_557_600L + months * 2_592_000L + interval.days() * 86_400L);
        yield Numeric.of(seconds.add(BigDecimal.valueOf(interval.micros(), 6)));
      }
      default -> throw notSupported(name, BaseType.INTERVAL);
    };
  }

  private static long ofCalendar(Unit unit, LocalDate date) {
    int year = date.getYear();
    return switch (unit) {
      case DAY -> date.getDayOfMonth();
      case WEEK -> date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case MONTH -> date.getMonthValue();
      case QUARTER -> (date.getMonthValue() - 1) / 3 + 1;
      case YEAR -> year > 0 ? year : year - 1;
      case DECADE -> Math.floorDiv(year, 10);
      case CENTURY -> year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100);
      case MILLENNIUM -> year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000);
      case ISOYEAR -> {
        int isoYear = date.get(IsoFields.WEEK_BASED_YEAR);
        yield isoYear > 0 ? isoYear : isoYear - 1;
      }
      case DOW -> date.getDayOfWeek().getValue() % 7;
      case ISODOW -> date.getDayOfWeek().getValue();
      case DOY -> date.getDayOfYear();
      default -> throw new IllegalArgumentException(unit.name());
    };
  }

  // ---- date_trunc

  /// A local time cut to a unit.
  static long truncate(String name, BaseType type, long local) {
    Unit unit = unit(name, type);
    if (DateTimes.isInfinite(local)) {
      return local;
    }
    LocalDate date = DateTimes.localDate(DateTimes.timestampToDate(local));
    int year = date.getYear();
    return switch (unit) {
      case MICROSECONDS -> local;
      case MILLISECONDS -> cut(local, 1000);
      case SECOND -> cut(local, DateTimes.MICROS_PER_SECOND);
      case MINUTE -> cut(local, DateTimes.MICROS_PER_MINUTE);
      case HOUR -> cut(local, DateTimes.MICROS_PER_HOUR);
      case DAY -> cut(local, DateTimes.MICROS_PER_DAY);
      case WEEK -> midnight(date.minusDays(date.getDayOfWeek().getValue() - 1L));
      case MONTH -> midnight(date.withDayOfMonth(1));
      case QUARTER -> midnight(LocalDate.of(year, (date.getMonthValue() - 1) / 3 * 3 + 1, 1));
      case YEAR -> midnight(LocalDate.of(year, 1, 1));
      case DECADE -> midnight(LocalDate.of(Math.floorDiv(year, 10) * 10, 1, 1));
      case CENTURY -> midnight(LocalDate.of(Math.floorDiv(year - 1, 100) * 100 + 1, 1, 1));
      case MILLENNIUM -> midnight(LocalDate.of(Math.floorDiv(year - 1, 1000) * 1000 + 1, 1, 1));
      default ->
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "unit \"%s\" not recognized for type %s",
              name.toLowerCase(Locale.ROOT),
              type.sqlName());
    };
  }

  /// Whether truncating to the unit changes the calendar date only, so that the zone's offset has
  /// to be found again.
  static boolean isDateUnit(String name) {
    Unit unit = UNITS.get(name.toLowerCase(Locale.ROOT));
    return unit != null && unit.compareTo(Unit.DAY) >= 0;
  }

  private static long cut(long micros, long unit) {
    return micros - Math.floorMod(micros, unit);
  }

  private static long midnight(LocalDate date) {
    return (date.toEpochDay() - DateTimes.EPOCH_DAYS) * DateTimes.MICROS_PER_DAY;
  }

  /// An interval cut to a unit, towards zero.
  static Interval truncate(String name, Interval interval) {
    Unit unit = unit(name, BaseType.INTERVAL);
    int months = interval.months();
    int days = interval.days();
    long micros = interval.micros();
    return switch (unit) {
      case MICROSECONDS -> interval;
      case MILLISECONDS -> new Interval(months, days, micros / 1000 * 1000);
      case SECOND -> new Interval(months, days, cutToZero(micros, DateTimes.MICROS_PER_SECOND));
      case MINUTE -> new Interval(months, days, cutToZero(micros, DateTimes.MICROS_PER_MINUTE));
      case HOUR -> new Interval(months, days, cutToZero(micros, DateTimes.MICROS_PER_HOUR));
      case DAY -> new Interval(months, days, 0);
      case MONTH -> new Interval(months, 0, 0);
      case QUARTER -> new Interval(months / 3 * 3, 0, 0);
      case YEAR -> new Interval(months / 12 * 12, 0, 0);
      case DECADE -> new Interval(months / 120 * 120, 0, 0);
      case CENTURY -> new Interval(months / 1200 * 1200, 0, 0);
      case MILLENNIUM -> new Interval(months / 12_000 * 12_000, 0, 0);
      case WEEK ->
          throw notSupported(name, BaseType.INTERVAL)
              .withDetail("Months usually have fractional weeks.");
      default -> throw notSupported(name, BaseType.INTERVAL);
    };
  }

  private static long cutToZero(long micros, long unit) {
    return micros / unit * unit;
  }
}
