package quiver.execution.function;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.DateTimes;
import quiver.common.format.IntervalStyle;
import quiver.common.format.IntervalText;
import quiver.common.format.NamedZone;
import quiver.common.format.TimeZones;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.Interval;
import quiver.common.value.Numeric;
import quiver.common.value.TimeWithZone;

/// Functions and operators over dates, times, timestamps and intervals.
final class DateTimeFunctions {
  private static final DateTimeFormatter TIME_OF_DAY =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss.SSSSSS yyyy zzz", Locale.ENGLISH);

  private DateTimeFunctions() {}

  static void addTo(FunctionTable table) {
    now(table);
    fields(table);
    dates(table);
    timestamps(table);
    times(table);
    intervals(table);
    zones(table);
    makers(table);
    for (FunctionSignature function : table.registry().functions("overlaps")) {
      table.one(function.key(), overlaps(function));
    }
  }

  private static void now(FunctionTable table) {
    ScalarFunction now = (context, _) -> context.session().state().transactionMicros();
    table
        .all("now", now)
        .all("transaction_timestamp", now)
        .all("statement_timestamp", (context, _) -> context.session().state().statementMicros())
        .all("clock_timestamp", (context, _) -> context.session().clockMicros())
        .all(
            "timeofday",
            (context, _) -> {
              long micros = context.session().clockMicros();
              Instant instant =
                  Instant.ofEpochSecond(
                      Math.floorDiv(micros, DateTimes.MICROS_PER_SECOND) + DateTimes.EPOCH_SECONDS,
                      Math.floorMod(micros, DateTimes.MICROS_PER_SECOND) * 1000);
              return TIME_OF_DAY.format(ZonedDateTime.ofInstant(instant, context.format().zone()));
            });
  }

  private static void fields(FunctionTable table) {
    for (FunctionSignature function : table.registry().functions("extract")) {
      BaseType type = function.arguments().get(1).base();
      table.one(
          function.key(),
          (context, a) ->
              DateTimeFields.extract(
                  Arguments.text(a, 0), type, Arguments.value(a, 1), context.format().zone()));
    }
    for (FunctionSignature function : table.registry().functions("date_part")) {
      // A date's parts are those of its midnight, so that hours are allowed.
      BaseType declared = function.arguments().get(1).base();
      BaseType type = declared == BaseType.DATE ? BaseType.TIMESTAMP : declared;
      table.one(
          function.key(),
          (context, a) -> {
            Object value =
                declared == BaseType.DATE
                    ? (Object) DateTimes.dateToTimestamp(Arguments.integer(a, 1))
                    : Arguments.value(a, 1);
            Numeric part =
                DateTimeFields.extract(Arguments.text(a, 0), type, value, context.format().zone());
            return part == null ? null : (Double) part.doubleValue();
          });
    }
    table
        .one(
            "date_trunc(text,timestamp)",
            (_, a) ->
                DateTimeFields.truncate(
                    Arguments.text(a, 0), BaseType.TIMESTAMP, Arguments.integer(a, 1)))
        .one(
            "date_trunc(text,timestamptz)",
            (context, a) ->
                truncateInstant(
                    Arguments.text(a, 0), Arguments.integer(a, 1), context.format().zone()))
        .one(
            "date_trunc(text,timestamptz,text)",
            (_, a) ->
                truncateInstant(
                    Arguments.text(a, 0),
                    Arguments.integer(a, 1),
                    TimeZones.resolve(Arguments.text(a, 2)).zone()))
        .one(
            "date_trunc(text,interval)",
            (_, a) -> DateTimeFields.truncate(Arguments.text(a, 0), Arguments.interval(a, 1)))
        .one(
            "date_bin(interval,timestamp,timestamp)",
            (_, a) ->
                bin(Arguments.interval(a, 0), Arguments.integer(a, 1), Arguments.integer(a, 2)))
        .one(
            "date_bin(interval,timestamptz,timestamptz)",
            (_, a) ->
                bin(Arguments.interval(a, 0), Arguments.integer(a, 1), Arguments.integer(a, 2)))
        .all(
            "isfinite",
            (_, a) ->
                !(Arguments.value(a, 0) instanceof Long value) || !DateTimes.isInfinite(value));
  }

  private static Long truncateInstant(String unit, long instant, ZoneId zone) {
    if (DateTimes.isInfinite(instant)) {
      DateTimeFields.truncate(unit, BaseType.TIMESTAMPTZ, instant);
      return instant;
    }
    long local = DateTimes.toLocal(instant, zone);
    long cut = DateTimeFields.truncate(unit, BaseType.TIMESTAMPTZ, local);
    return DateTimeFields.isDateUnit(unit)
        ? DateTimes.toInstant(cut, zone)
        : instant - (local - cut);
  }

  private static Long bin(Interval stride, long source, long origin) {
    if (DateTimes.isInfinite(source)) {
      return source;
    }
    if (DateTimes.isInfinite(origin)) {
      throw new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "origin out of range");
    }
    if (stride.months() != 0) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "timestamps cannot be binned into intervals containing months or years");
    }
    long micros = stride.days() * DateTimes.MICROS_PER_DAY + stride.micros();
    if (micros <= 0) {
      throw new QuiverException(
          SqlState.DATETIME_FIELD_OVERFLOW, "stride must be greater than zero");
    }
    return origin + Math.floorDiv(source - origin, micros) * micros;
  }

  // ---- dates

  private static QuiverException dateOutOfRange() {
    return new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "date out of range");
  }

  private static Long addDays(long date, long days) {
    return DateTimes.isInfinite(date) ? date : DateTimes.checkDate(date + days);
  }

  private static void dates(FunctionTable table) {
    ScalarFunction dateTime =
        (_, a) -> dateAndTime(Arguments.integer(a, 0), Arguments.integer(a, 1));
    table
        .all(
            "date_mi",
            (_, a) -> {
              long left = Arguments.integer(a, 0);
              long right = Arguments.integer(a, 1);
              if (DateTimes.isInfinite(left) || DateTimes.isInfinite(right)) {
                throw new QuiverException(
                    SqlState.DATETIME_FIELD_OVERFLOW, "cannot subtract infinite dates");
              }
              return left - right;
            })
        .all("date_pli", (_, a) -> addDays(Arguments.integer(a, 0), Arguments.integer(a, 1)))
        .all("date_mii", (_, a) -> addDays(Arguments.integer(a, 0), -Arguments.integer(a, 1)))
        .all("integer_pl_date", (_, a) -> addDays(Arguments.integer(a, 1), Arguments.integer(a, 0)))
        .all(
            "date_pl_interval",
            (_, a) ->
                DateTimeMath.addToTimestamp(
                    DateTimes.dateToTimestamp(Arguments.integer(a, 0)), Arguments.interval(a, 1)))
        .all(
            "interval_pl_date",
            (_, a) ->
                DateTimeMath.addToTimestamp(
                    DateTimes.dateToTimestamp(Arguments.integer(a, 1)), Arguments.interval(a, 0)))
        .all(
            "date_mi_interval",
            (_, a) ->
                DateTimeMath.addToTimestamp(
                    DateTimes.dateToTimestamp(Arguments.integer(a, 0)),
                    DateTimeMath.negate(Arguments.interval(a, 1))))
        .all("datetime_pl", dateTime)
        .all("timedate_pl", (_, a) -> dateAndTime(Arguments.integer(a, 1), Arguments.integer(a, 0)))
        .all(
            "datetimetz_pl",
            (_, a) ->
                dateAndTime(Arguments.integer(a, 0), Arguments.timeWithZone(a, 1).utcMicros()))
        .all(
            "timetzdate_pl",
            (_, a) ->
                dateAndTime(Arguments.integer(a, 1), Arguments.timeWithZone(a, 0).utcMicros()));
  }

  private static Long dateAndTime(long date, long micros) {
    long midnight = DateTimes.dateToTimestamp(date);
    return DateTimes.isInfinite(midnight) ? midnight : DateTimes.checkTimestamp(midnight + micros);
  }

  // ---- timestamps

  private static void timestamps(FunctionTable table) {
    ScalarFunction difference =
        (_, a) -> DateTimeMath.difference(Arguments.integer(a, 0), Arguments.integer(a, 1));
    table
        .all("timestamp_mi", difference)
        .all("timestamptz_mi", difference)
        .all(
            "timestamp_pl_interval",
            (_, a) ->
                DateTimeMath.addToTimestamp(Arguments.integer(a, 0), Arguments.interval(a, 1)))
        .all(
            "interval_pl_timestamp",
            (_, a) ->
                DateTimeMath.addToTimestamp(Arguments.integer(a, 1), Arguments.interval(a, 0)))
        .all(
            "timestamp_mi_interval",
            (_, a) ->
                DateTimeMath.addToTimestamp(
                    Arguments.integer(a, 0), DateTimeMath.negate(Arguments.interval(a, 1))))
        .all(
            "timestamptz_pl_interval",
            (context, a) ->
                DateTimeMath.addToInstant(
                    Arguments.integer(a, 0), Arguments.interval(a, 1), context.format().zone()))
        .all(
            "interval_pl_timestamptz",
            (context, a) ->
                DateTimeMath.addToInstant(
                    Arguments.integer(a, 1), Arguments.interval(a, 0), context.format().zone()))
        .all(
            "timestamptz_mi_interval",
            (context, a) ->
                DateTimeMath.addToInstant(
                    Arguments.integer(a, 0),
                    DateTimeMath.negate(Arguments.interval(a, 1)),
                    context.format().zone()))
        .one(
            "age(timestamp,timestamp)",
            (_, a) -> DateTimeMath.age(Arguments.integer(a, 0), Arguments.integer(a, 1)))
        .one(
            "age(timestamptz,timestamptz)",
            (context, a) ->
                DateTimeMath.age(
                    DateTimes.toLocal(Arguments.integer(a, 0), context.format().zone()),
                    DateTimes.toLocal(Arguments.integer(a, 1), context.format().zone())))
        .one(
            "age(timestamp)",
            (context, a) -> DateTimeMath.age(today(context), Arguments.integer(a, 0)))
        .one(
            "age(timestamptz)",
            (context, a) ->
                DateTimeMath.age(
                    today(context),
                    DateTimes.toLocal(Arguments.integer(a, 0), context.format().zone())))
        .one(
            "to_timestamp(float8)",
            (_, a) -> {
              double seconds = Arguments.real(a, 0);
              if (Double.isNaN(seconds)) {
                throw new QuiverException(
                    SqlState.DATETIME_FIELD_OVERFLOW, "timestamp cannot be NaN");
              }
              if (Double.isInfinite(seconds)) {
                return seconds > 0 ? DateTimes.INFINITY : DateTimes.MINUS_INFINITY;
              }
              double micros =
                  Math.rint((seconds - DateTimes.EPOCH_SECONDS) * DateTimes.MICROS_PER_SECOND);
              if (Math.abs(micros) >= 0x1p63 || !DateTimes.isValidTimestamp((long) micros)) {
                throw new QuiverException(
                    SqlState.DATETIME_FIELD_OVERFLOW,
                    "timestamp out of range: \"%s\"",
                    quiver.common.format.NumberText.formatDouble(seconds, 0));
              }
              return (long) micros;
            });
  }

  /// Midnight of the current day in the session's zone, as local time.
  private static long today(FunctionContext context) {
    long local = DateTimes.toLocal(context.format().now(), context.format().zone());
    return local - Math.floorMod(local, DateTimes.MICROS_PER_DAY);
  }

  // ---- times

  private static Long addToTime(long time, long micros) {
    return Math.floorMod(time + micros % DateTimes.MICROS_PER_DAY, DateTimes.MICROS_PER_DAY);
  }

  private static TimeWithZone addToTime(TimeWithZone time, long micros) {
    return new TimeWithZone(addToTime(time.micros(), micros), time.zoneSecondsWest());
  }

  private static void times(FunctionTable table) {
    table
        .all(
            "time_mi_time",
            (_, a) -> new Interval(0, 0, Arguments.integer(a, 0) - Arguments.integer(a, 1)))
        .all(
            "time_pl_interval",
            (_, a) -> addToTime(Arguments.integer(a, 0), Arguments.interval(a, 1).micros()))
        .all(
            "time_mi_interval",
            (_, a) -> addToTime(Arguments.integer(a, 0), -Arguments.interval(a, 1).micros()))
        .all(
            "interval_pl_time",
            (_, a) -> addToTime(Arguments.integer(a, 1), Arguments.interval(a, 0).micros()))
        .all(
            "timetz_pl_interval",
            (_, a) -> addToTime(Arguments.timeWithZone(a, 0), Arguments.interval(a, 1).micros()))
        .all(
            "timetz_mi_interval",
            (_, a) -> addToTime(Arguments.timeWithZone(a, 0), -Arguments.interval(a, 1).micros()))
        .all(
            "interval_pl_timetz",
            (_, a) -> addToTime(Arguments.timeWithZone(a, 1), Arguments.interval(a, 0).micros()));
  }

  // ---- intervals

  private static void intervals(FunctionTable table) {
    table
        .all("interval_um", (_, a) -> DateTimeMath.negate(Arguments.interval(a, 0)))
        .all(
            "interval_pl",
            (_, a) -> DateTimeMath.add(Arguments.interval(a, 0), Arguments.interval(a, 1)))
        .all(
            "interval_mi",
            (_, a) ->
                DateTimeMath.add(
                    Arguments.interval(a, 0), DateTimeMath.negate(Arguments.interval(a, 1))))
        .all(
            "interval_mul",
            (_, a) -> DateTimeMath.scale(Arguments.interval(a, 0), Arguments.real(a, 1), false))
        .all(
            "mul_d_interval",
            (_, a) -> DateTimeMath.scale(Arguments.interval(a, 1), Arguments.real(a, 0), false))
        .all(
            "interval_div",
            (_, a) -> DateTimeMath.scale(Arguments.interval(a, 0), Arguments.real(a, 1), true))
        .all("justify_hours", (_, a) -> DateTimeMath.justifyHours(Arguments.interval(a, 0)))
        .all("justify_days", (_, a) -> DateTimeMath.justifyDays(Arguments.interval(a, 0)))
        .all("justify_interval", (_, a) -> DateTimeMath.justify(Arguments.interval(a, 0)));
  }

  // ---- zones

  private static ZoneId zone(Interval displacement) {
    if (displacement.months() != 0 || displacement.days() != 0) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "interval time zone \"%s\" must not include months or days",
          IntervalText.format(displacement, IntervalStyle.POSTGRES));
    }
    try {
      return ZoneOffset.ofTotalSeconds(
          Math.toIntExact(displacement.micros() / DateTimes.MICROS_PER_SECOND));
    } catch (DateTimeException | ArithmeticException e) {
      throw new QuiverException(
              SqlState.INVALID_TIME_ZONE_DISPLACEMENT_VALUE, "time zone displacement out of range")
          .withCause(e);
    }
  }

  private static void zones(FunctionTable table) {
    for (FunctionSignature function : table.registry().functions("timezone")) {
      boolean byName = function.arguments().getFirst().equals(SqlType.TEXT);
      BaseType type = function.arguments().get(1).base();
      table.one(
          function.key(),
          (context, a) -> {
            NamedZone zone =
                byName
                    ? TimeZones.resolve(Arguments.text(a, 0))
                    : new NamedZone(zone(Arguments.interval(a, 0)), null);
            return switch (type) {
              case TIMESTAMP -> DateTimes.toInstant(Arguments.integer(a, 1), zone);
              case TIMESTAMPTZ -> DateTimes.toLocal(Arguments.integer(a, 1), zone);
              default -> {
                TimeWithZone time = Arguments.timeWithZone(a, 1);
                int offset = zone.offsetAt(context.format().now());
                long micros = time.utcMicros() + offset * DateTimes.MICROS_PER_SECOND;
                yield new TimeWithZone(Math.floorMod(micros, DateTimes.MICROS_PER_DAY), -offset);
              }
            };
          });
    }
  }

  // ---- make_…

  private static long makeDate(long year, long month, long day) {
    boolean valid =
        year != 0 && month >= 1 && month <= 12 && day >= 1 && Math.abs(year) < 6_000_000;
    LocalDate date = null;
    if (valid) {
      try {
        date = LocalDate.of((int) (year < 0 ? year + 1 : year), (int) month, (int) day);
      } catch (DateTimeException _) {
        date = null;
      }
    }
    if (date == null) {
      throw new QuiverException(
          SqlState.DATETIME_FIELD_OVERFLOW,
          "date field value out of range: %d-%02d-%02d",
          year,
          month,
          day);
    }
    long days = date.toEpochDay() - DateTimes.EPOCH_DAYS;
    if (!DateTimes.isValidDate(days)) {
      throw dateOutOfRange();
    }
    return days;
  }

  private static long makeTime(long hour, long minute, double second) {
    boolean valid =
        hour >= 0
            && minute >= 0
            && minute < 60
            && second >= 0
            && second <= 60
            && (hour < 24 || (hour == 24 && minute == 0 && second == 0));
    if (!valid) {
      throw new QuiverException(
          SqlState.DATETIME_FIELD_OVERFLOW,
          "time field value out of range: %d:%02d:%s",
          hour,
          minute,
          secondText(second));
    }
    return (hour * 60 + minute) * DateTimes.MICROS_PER_MINUTE
        + (long) Math.rint(second * DateTimes.MICROS_PER_SECOND);
  }

  private static String secondText(double second) {
    String text = quiver.common.format.NumberText.formatDouble(second, 0);
    return second >= 0 && second < 10 ? "0" + text : text;
  }

  private static long makeTimestamp(@Nullable Object[] a) {
    long date = makeDate(Arguments.integer(a, 0), Arguments.integer(a, 1), Arguments.integer(a, 2));
    long time = makeTime(Arguments.integer(a, 3), Arguments.integer(a, 4), Arguments.real(a, 5));
    return DateTimes.checkTimestamp(DateTimes.dateToTimestamp(date) + time);
  }

  private static void makers(FunctionTable table) {
    table
        .all(
            "make_date",
            (_, a) ->
                makeDate(Arguments.integer(a, 0), Arguments.integer(a, 1), Arguments.integer(a, 2)))
        .all(
            "make_time",
            (_, a) ->
                makeTime(Arguments.integer(a, 0), Arguments.integer(a, 1), Arguments.real(a, 2)))
        .all("make_timestamp", (_, a) -> makeTimestamp(a))
        .one(
            "make_timestamptz(int4,int4,int4,int4,int4,float8)",
            (context, a) -> DateTimes.toInstant(makeTimestamp(a), context.format().zone()))
        .one(
            "make_timestamptz(int4,int4,int4,int4,int4,float8,text)",
            (_, a) ->
                DateTimes.toInstant(makeTimestamp(a), TimeZones.eastward(Arguments.text(a, 6))))
        .all(
            "make_interval",
            (_, a) -> {
              long[] parts = new long[6];
              for (int i = 0; i < parts.length && i < a.length; i++) {
                parts[i] = Arguments.integer(a, i);
              }
              double seconds = a.length > 6 ? Arguments.real(a, 6) : 0;
              try {
                return new Interval(
                    Math.toIntExact(parts[0] * 12 + parts[1]),
                    Math.toIntExact(parts[2] * 7 + parts[3]),
                    Math.addExact(
                        parts[4] * DateTimes.MICROS_PER_HOUR
                            + parts[5] * DateTimes.MICROS_PER_MINUTE,
                        Math.round(seconds * DateTimes.MICROS_PER_SECOND)));
              } catch (ArithmeticException e) {
                throw DateTimeMath.intervalOutOfRange().withCause(e);
              }
            });
  }

  // ---- OVERLAPS

  private static ScalarFunction overlaps(FunctionSignature function) {
    BaseType start = function.arguments().get(0).base();
    boolean firstByLength = function.arguments().get(1).base() == BaseType.INTERVAL;
    boolean secondByLength = function.arguments().get(3).base() == BaseType.INTERVAL;
    return (context, a) ->
        overlap(
            point(a[0]),
            end(context, start, a[0], a[1], firstByLength),
            point(a[2]),
            end(context, start, a[2], a[3], secondByLength));
  }

  /// A point in time as a number that orders.
  private static @Nullable Long point(@Nullable Object value) {
    return value instanceof TimeWithZone time ? (Long) time.utcMicros() : (Long) value;
  }

  private static @Nullable Long end(
      FunctionContext context,
      BaseType type,
      @Nullable Object start,
      @Nullable Object end,
      boolean byLength) {
    if (!byLength || start == null || end == null) {
      return byLength ? null : point(end);
    }
    Interval length = (Interval) end;
    return switch (type) {
      case TIMESTAMPTZ -> DateTimeMath.addToInstant((Long) start, length, context.format().zone());
      case TIME -> addToTime((Long) start, length.micros());
      default -> DateTimeMath.addToTimestamp((Long) start, length);
    };
  }

  /// NULL ends are unknown: the answer is NULL unless the known ends decide.
  private static @Nullable Boolean overlap(
      @Nullable Long start1, @Nullable Long end1, @Nullable Long start2, @Nullable Long end2) {
    Long from1 = start1 == null ? end1 : start1;
    Long to1 = start1 == null ? null : end1;
    Long from2 = start2 == null ? end2 : start2;
    Long to2 = start2 == null ? null : end2;
    if (from1 == null || from2 == null) {
      return null;
    }
    if (to1 != null && from1 > to1) {
      Long swap = from1;
      from1 = to1;
      to1 = swap;
    }
    if (to2 != null && from2 > to2) {
      Long swap = from2;
      from2 = to2;
      to2 = swap;
    }
    if (from1.equals(from2)) {
      return (to1 == null || to2 == null) ? null : Boolean.TRUE;
    }
    Long earlierEnd = from1 > from2 ? to2 : to1;
    long laterStart = Math.max(from1, from2);
    Long laterEnd = from1 > from2 ? to1 : to2;
    if (earlierEnd == null) {
      return null;
    }
    if (laterStart < earlierEnd) {
      return true;
    }
    return laterEnd == null ? null : Boolean.FALSE;
  }
}
