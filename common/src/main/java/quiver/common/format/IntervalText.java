package quiver.common.format;

import quiver.common.value.Interval;

/// Text forms of `interval`: PostgreSQL's words, the SQL standard's `1-2 3 4:05:06` and ISO 8601's
/// `P1Y2M3DT4H5M6S`.
public final class IntervalText {
  private IntervalText() {}

  /// Parses an interval.
  ///
  /// @param fields which fields the type allows, as [quiver.common.type.TypeNames#intervalFields]
  ///   has them: they say what a number without unit means
  /// @param style in `sql_standard` a sign before the first field and no other is that of all
  public static Interval parse(String text, int fields, IntervalStyle style) {
    return IntervalParser.parse(text, fields, style);
  }

  // ---- output

  public static String format(Interval interval, IntervalStyle style) {
    return switch (style) {
      case POSTGRES -> postgres(interval);
      case POSTGRES_VERBOSE -> verbose(interval);
      case SQL_STANDARD -> sqlStandard(interval);
      case ISO_8601 -> iso8601(interval);
    };
  }

  private static String postgres(Interval interval) {
    StringBuilder to = new StringBuilder();
    int[] values = {interval.months() / 12, interval.months() % 12, interval.days()};
    String[] units = {"year", "mon", "day"};
    boolean before = false;
    for (int i = 0; i < values.length; i++) {
      if (values[i] != 0) {
        to.append(to.isEmpty() ? "" : " ").append(before && values[i] > 0 ? "+" : "");
        to.append(values[i]).append(' ').append(units[i]).append(values[i] == 1 ? "" : "s");
        before = values[i] < 0;
      }
    }
    long micros = interval.micros();
    if (to.isEmpty() || micros != 0) {
      to.append(to.isEmpty() ? "" : " ").append(micros < 0 ? "-" : before ? "+" : "");
      appendTime(micros, to);
    }
    return to.toString();
  }

  /// Hours may exceed 24; the sign is not written.
  private static void appendTime(long micros, StringBuilder to) {
    long hours = Math.abs(micros / DateTimes.MICROS_PER_HOUR);
    DateTimes.appendTwo(to, hours);
    DateTimes.appendTwo(to.append(':'), Math.abs(micros / DateTimes.MICROS_PER_MINUTE % 60));
    DateTimes.appendTwo(to.append(':'), Math.abs(micros / DateTimes.MICROS_PER_SECOND % 60));
    DateTimes.appendFraction(Math.abs(micros % DateTimes.MICROS_PER_SECOND), to);
  }

  private static String verbose(Interval interval) {
    StringBuilder to = new StringBuilder("@");
    long seconds = interval.micros() / DateTimes.MICROS_PER_SECOND;
    long[] values = {
      interval.months() / 12,
      interval.months() % 12,
      interval.days(),
      seconds / 3600,
      seconds / 60 % 60
    };
    String[] units = {"year", "mon", "day", "hour", "min"};
    boolean before = false;
    boolean empty = true;
    for (int i = 0; i < values.length; i++) {
      if (values[i] != 0) {
        before = empty ? values[i] < 0 : before;
        long shown = before ? -values[i] : values[i];
        to.append(' ').append(shown).append(' ').append(units[i]).append(shown == 1 ? "" : "s");
        empty = false;
      }
    }
    long rest = interval.micros() % DateTimes.MICROS_PER_MINUTE;
    if (rest != 0) {
      before = empty ? rest < 0 : before;
      long shown = before ? -rest : rest;
      to.append(' ').append(shown < 0 ? "-" : "");
      to.append(Math.abs(shown) / DateTimes.MICROS_PER_SECOND);
      DateTimes.appendFraction(Math.abs(shown) % DateTimes.MICROS_PER_SECOND, to);
      to.append(Math.abs(shown) == DateTimes.MICROS_PER_SECOND ? " sec" : " secs");
      empty = false;
    }
    if (empty) {
      to.append(" 0");
    }
    return to.append(before ? " ago" : "").toString();
  }

  private static String sqlStandard(Interval interval) {
    int months = interval.months();
    int days = interval.days();
    long micros = interval.micros();
    if (months == 0 && days == 0 && micros == 0) {
      return "0";
    }
    boolean negative = months < 0 || days < 0 || micros < 0;
    boolean positive = months > 0 || days > 0 || micros > 0;
    boolean yearMonth = months != 0;
    boolean dayTime = days != 0 || micros != 0;
    StringBuilder to = new StringBuilder();
    if ((negative && positive) || (yearMonth && dayTime)) {
      to.append(months < 0 ? '-' : '+').append(Math.abs(months / 12)).append('-');
      to.append(Math.abs(months % 12)).append(' ');
      to.append(days < 0 ? '-' : '+').append(Math.abs((long) days)).append(' ');
      to.append(micros < 0 ? '-' : '+');
      appendShortTime(micros, to);
    } else if (yearMonth) {
      to.append(negative ? "-" : "").append(Math.abs(months / 12)).append('-');
      to.append(Math.abs(months % 12));
    } else if (days != 0) {
      to.append(negative ? "-" : "").append(Math.abs((long) days)).append(' ');
      appendShortTime(micros, to);
    } else {
      appendShortTime(micros, to.append(negative ? "-" : ""));
    }
    return to.toString();
  }

  private static void appendShortTime(long micros, StringBuilder to) {
    StringBuilder time = new StringBuilder();
    appendTime(micros, time);
    to.append(time.charAt(0) == '0' ? time.substring(1) : time.toString());
  }

  private static String iso8601(Interval interval) {
    int months = interval.months();
    long micros = interval.micros();
    if (months == 0 && interval.days() == 0 && micros == 0) {
      return "PT0S";
    }
    StringBuilder to = new StringBuilder("P");
    append(months / 12, 'Y', to);
    append(months % 12, 'M', to);
    append(interval.days(), 'D', to);
    if (micros != 0) {
      to.append('T');
      append(micros / DateTimes.MICROS_PER_HOUR, 'H', to);
      append(micros / DateTimes.MICROS_PER_MINUTE % 60, 'M', to);
      long rest = micros % DateTimes.MICROS_PER_MINUTE;
      if (rest != 0) {
        to.append(rest < 0 ? "-" : "").append(Math.abs(rest) / DateTimes.MICROS_PER_SECOND);
        DateTimes.appendFraction(Math.abs(rest) % DateTimes.MICROS_PER_SECOND, to);
        to.append('S');
      }
    }
    return to.toString();
  }

  private static void append(long value, char unit, StringBuilder to) {
    if (value != 0) {
      to.append(value).append(unit);
    }
  }
}
