package quiver.common.format;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.Interval;

/// Text forms of `interval`: PostgreSQL's words, the SQL standard's `1-2 3 4:05:06` and ISO 8601's
/// `P1Y2M3DT4H5M6S`.
public final class IntervalText {
  private static final double DAYS_PER_MONTH = 30;

  /// A field of the text: a number, a time (`4:05:06`), a year-month (`1-2`) or a word.
  private record Field(char kind, String text) {}

  private final String text;
  private long months;
  private long days;
  private long micros;
  private final Set<String> seen = new HashSet<>();

  private IntervalText(String text) {
    this.text = text;
  }

  /// Parses an interval.
  ///
  /// @param fields which fields the type allows, as [quiver.common.type.TypeNames#intervalFields]
  ///   has them: they say what a number without unit means
  /// @param style in `sql_standard` a sign before the first field and no other is that of all
  public static Interval parse(String text, int fields, IntervalStyle style) {
    IntervalText parser = new IntervalText(text);
    try {
      String trimmed = NumberText.trim(text);
      if (trimmed.startsWith("P")) {
        parser.iso(trimmed);
      } else {
        parser.words(trimmed.toLowerCase(Locale.ROOT), fields, style);
      }
      return new Interval(
          Math.toIntExact(parser.months), Math.toIntExact(parser.days), parser.micros);
    } catch (ArithmeticException e) {
      throw new QuiverException(
              SqlState.INTERVAL_FIELD_OVERFLOW, "interval field value out of range: \"%s\"", text)
          .withCause(e);
    }
  }

  private QuiverException badFormat() {
    return new QuiverException(
        SqlState.INVALID_DATETIME_FORMAT, "invalid input syntax for type interval: \"%s\"", text);
  }

  private QuiverException overflow() {
    return new QuiverException(
        SqlState.INTERVAL_FIELD_OVERFLOW, "interval field value out of range: \"%s\"", text);
  }

  // ---- adding amounts; fractions flow down to the smaller fields

  private void addMicros(double amount, long unit) {
    double total = Math.rint(amount * unit);
    if (Math.abs(total) >= 0x1p63) {
      throw overflow();
    }
    micros = Math.addExact(micros, (long) total);
  }

  private void addWholeMicros(long whole, double fraction, long unit) {
    micros = Math.addExact(micros, Math.multiplyExact(whole, unit));
    addMicros(fraction, unit);
  }

  private void addDays(long whole, double fraction, int unit) {
    days = Math.addExact(days, Math.multiplyExact(whole, (long) unit));
    double extra = fraction * unit;
    long extraDays = (long) extra;
    days = Math.addExact(days, extraDays);
    addMicros(extra - extraDays, DateTimes.MICROS_PER_DAY);
  }

  private void addMonths(long whole, double fraction) {
    months = Math.addExact(months, whole);
    addDays(0, fraction * DAYS_PER_MONTH, 1);
  }

  private void addYears(long whole, double fraction, int unit) {
    months = Math.addExact(months, Math.multiplyExact(whole, 12L * unit));
    months = Math.addExact(months, (long) Math.rint(fraction * unit * 12));
  }

  private void add(String number, String unit) {
    int point = number.indexOf('.');
    String integer = point < 0 ? number : number.substring(0, point);
    long whole = integer.isEmpty() || isSign(integer) ? 0 : parseLong(integer);
    double fraction = 0;
    if (point >= 0) {
      fraction = point + 1 == number.length() ? 0 : parseDouble("0" + number.substring(point));
      fraction = number.startsWith("-") ? -fraction : fraction;
    }
    switch (unit) {
      case "us", "usec", "usecs", "microsecond", "microseconds" -> {
        once("microsecond");
        addWholeMicros(whole, fraction, 1);
      }
      case "ms", "msec", "msecs", "millisecond", "milliseconds" -> {
        once("millisecond");
        addWholeMicros(whole, fraction, 1000);
      }
      case "s", "sec", "secs", "second", "seconds" -> {
        once("second");
        addWholeMicros(whole, fraction, DateTimes.MICROS_PER_SECOND);
      }
      case "m", "min", "mins", "minute", "minutes" -> {
        once("minute");
        addWholeMicros(whole, fraction, DateTimes.MICROS_PER_MINUTE);
      }
      case "h", "hr", "hrs", "hour", "hours" -> {
        once("hour");
        addWholeMicros(whole, fraction, DateTimes.MICROS_PER_HOUR);
      }
      case "d", "day", "days" -> {
        once("day");
        addDays(whole, fraction, 1);
      }
      case "w", "week", "weeks" -> {
        once("week");
        addDays(whole, fraction, 7);
      }
      case "mon", "mons", "month", "months" -> {
        once("month");
        addMonths(whole, fraction);
      }
      case "y", "yr", "yrs", "year", "years" -> {
        once("year");
        addYears(whole, fraction, 1);
      }
      case "dec", "decs", "decade", "decades" -> {
        once("decade");
        addYears(whole, fraction, 10);
      }
      case "c", "cent", "century", "centuries" -> {
        once("century");
        addYears(whole, fraction, 100);
      }
      case "mil", "mils", "millennium", "millennia" -> {
        once("millennium");
        addYears(whole, fraction, 1000);
      }
      default -> throw badFormat();
    }
  }

  /// Each unit may be given once.
  private void once(String... units) {
    for (String unit : units) {
      if (!seen.add(unit)) {
        throw badFormat();
      }
    }
  }

  private static boolean isSign(String text) {
    return text.equals("-") || text.equals("+");
  }

  private long parseLong(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw overflow().withCause(e);
    }
  }

  private double parseDouble(String digits) {
    try {
      return Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      throw badFormat().withCause(e);
    }
  }

  // ---- words

  private List<Field> fields(String lower) {
    List<Field> fields = new ArrayList<>();
    int i = 0;
    while (i < lower.length()) {
      char c = lower.charAt(i);
      if (c == ' ' || c == '@' || c == ',' || (c >= '\t' && c <= '\r')) {
        i++;
        continue;
      }
      int start = i;
      if (c >= 'a' && c <= 'z') {
        while (i < lower.length() && lower.charAt(i) >= 'a' && lower.charAt(i) <= 'z') {
          i++;
        }
        fields.add(new Field('w', lower.substring(start, i)));
        continue;
      }
      if (c == '-' || c == '+') {
        i++;
        while (i < lower.length() && lower.charAt(i) == ' ') {
          i++;
        }
      }
      char kind = 'n';
      int digits = 0;
      while (i < lower.length()) {
        char d = lower.charAt(i);
        if (d >= '0' && d <= '9') {
          digits++;
        } else if (d == ':') {
          kind = 't';
        } else if (d == '-' && digits > 0 && kind == 'n') {
          kind = 'y';
        } else if (d != '.') {
          break;
        }
        i++;
      }
      if (digits == 0) {
        throw badFormat();
      }
      fields.add(new Field(kind, lower.substring(start, i).replace(" ", "")));
    }
    return fields;
  }

  private void words(String lower, int typeFields, IntervalStyle style) {
    List<Field> fields = fields(lower);
    if (fields.isEmpty()) {
      throw badFormat();
    }
    if (style == IntervalStyle.SQL_STANDARD && isSignedOnce(fields)) {
      fields.replaceAll(IntervalText::negative);
    }
    boolean ago = fields.getLast().text.equals("ago") && fields.getLast().kind == 'w';
    int end = ago ? fields.size() - 1 : fields.size();
    if (end == 0) {
      throw badFormat();
    }
    for (int i = 0; i < end; i++) {
      Field field = fields.get(i);
      switch (field.kind) {
        case 't' -> time(field.text, typeFields);
        case 'y' -> yearMonth(field.text);
        case 'n' -> {
          if (i + 1 < end && fields.get(i + 1).kind == 'w') {
            add(field.text, fields.get(++i).text);
          } else if (i + 1 < end && fields.get(i + 1).kind == 't') {
            add(field.text, "day");
          } else if (i + 1 == end) {
            add(field.text, implicitUnit(typeFields));
          } else {
            throw badFormat();
          }
        }
        default -> throw badFormat();
      }
    }
    if (ago) {
      months = -months;
      days = -days;
      micros = Math.negateExact(micros);
    }
  }

  private static boolean isSignedOnce(List<Field> fields) {
    return fields.getFirst().text.startsWith("-")
        && fields.stream().skip(1).noneMatch(f -> isSign(f.text.substring(0, 1)));
  }

  private static Field negative(Field field) {
    boolean plain = field.kind != 'w' && !field.text.startsWith("-");
    return plain ? new Field(field.kind, "-" + field.text) : field;
  }

  /// What a last number without a unit counts: the smallest field the type has.
  private static String implicitUnit(int typeFields) {
    if (typeFields == 0x7fff || (typeFields & 4096) != 0) {
      return "second";
    }
    if ((typeFields & 2048) != 0) {
      return "minute";
    }
    if ((typeFields & 1024) != 0) {
      return "hour";
    }
    if ((typeFields & 8) != 0) {
      return "day";
    }
    return (typeFields & 2) != 0 ? "month" : "year";
  }

  private void time(String field, int typeFields) {
    once("hour", "minute", "second");
    boolean negative = field.startsWith("-");
    String[] parts = (isSign(field.substring(0, 1)) ? field.substring(1) : field).split(":", -1);
    if (parts.length > 3) {
      throw badFormat();
    }
    boolean minuteSecond =
        parts.length == 2 && (parts[1].indexOf('.') >= 0 || typeFields == (2048 | 4096));
    long hours = minuteSecond ? 0 : wholePart(parts[0]);
    long minutes = wholePart(minuteSecond ? parts[0] : parts[1]);
    String last = minuteSecond ? parts[1] : parts.length == 3 ? parts[2] : "0";
    int point = last.indexOf('.');
    long seconds = wholePart(point < 0 ? last : point == 0 ? "0" : last.substring(0, point));
    double fraction =
        point < 0 || point + 1 == last.length() ? 0 : parseDouble("0" + last.substring(point));
    if (minutes > 59 || seconds > 60) {
      throw overflow();
    }
    long total =
        Math.addExact(
            Math.multiplyExact(hours, DateTimes.MICROS_PER_HOUR),
            minutes * DateTimes.MICROS_PER_MINUTE
                + seconds * DateTimes.MICROS_PER_SECOND
                + (long) Math.rint(fraction * DateTimes.MICROS_PER_SECOND));
    micros = Math.addExact(micros, negative ? -total : total);
  }

  private long wholePart(String digits) {
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw badFormat();
    }
    return parseLong(digits);
  }

  private void yearMonth(String field) {
    once("year", "month");
    boolean negative = field.startsWith("-");
    String[] parts = (isSign(field.substring(0, 1)) ? field.substring(1) : field).split("-", -1);
    if (parts.length != 2) {
      throw badFormat();
    }
    long extra = wholePart(parts[1]);
    if (extra >= 12) {
      throw overflow();
    }
    long total = Math.addExact(Math.multiplyExact(wholePart(parts[0]), 12L), extra);
    months = Math.addExact(months, negative ? -total : total);
  }

  // ---- ISO 8601

  private void iso(String trimmed) {
    int i = 1;
    boolean inTime = false;
    if (i == trimmed.length()) {
      throw badFormat();
    }
    while (i < trimmed.length()) {
      char c = trimmed.charAt(i);
      if (c == 'T') {
        inTime = true;
        i++;
        continue;
      }
      int start = i;
      if (c == '-' || c == '+') {
        i++;
      }
      while (i < trimmed.length()
          && (Character.isDigit(trimmed.charAt(i)) || trimmed.charAt(i) == '.')) {
        i++;
      }
      String number = trimmed.substring(start, i);
      if (number.isEmpty() || isSign(number)) {
        throw badFormat();
      }
      char unit = i < trimmed.length() ? trimmed.charAt(i) : 0;
      if (unit == '-' && !inTime) {
        i = isoDate(trimmed, start);
        continue;
      }
      if (unit == ':' && inTime) {
        int end = trimmed.length();
        time(trimmed.substring(start, end), 0x7fff);
        return;
      }
      i++;
      add(
          number,
          switch (unit) {
            case 'Y' -> inTime ? "" : "year";
            case 'M' -> inTime ? "minute" : "month";
            case 'W' -> inTime ? "" : "week";
            case 'D' -> inTime ? "" : "day";
            case 'H' -> inTime ? "hour" : "";
            case 'S' -> inTime ? "second" : "";
            default -> "";
          });
    }
  }

  /// The alternative form `P0001-02-03T04:05:06`.
  private int isoDate(String trimmed, int start) {
    int end = trimmed.indexOf('T', start);
    if (end < 0) {
      end = trimmed.length();
    }
    String date = trimmed.substring(start, end);
    boolean negative = date.startsWith("-");
    String[] parts = (negative ? date.substring(1) : date).split("-", -1);
    if (parts.length > 3) {
      throw badFormat();
    }
    String sign = negative ? "-" : "";
    add(sign + parts[0], "year");
    add(parts[1], "month");
    if (parts.length == 3) {
      add(parts[2], "day");
    }
    return end;
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
