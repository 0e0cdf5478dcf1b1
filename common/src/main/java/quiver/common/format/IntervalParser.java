package quiver.common.format;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.Interval;

/// Reads an interval: words (`1 day 2 hours ago`), the SQL standard's fields (`1-2 3 4:05:06`) and
/// ISO 8601 (`P1Y2M3DT4H5M6S`, `P0001-02-03T04:05:06`, `P00010203T040506`). Fields are read from
/// the right, so that a unit is known before its number. One parser reads one text.
final class IntervalParser {
  private static final int UNIT_LENGTH_MAX = 10;
  private static final int MONTHS_PER_YEAR = 12;
  private static final double DAYS_PER_MONTH = 30;
  private static final double ISO_NUMBER_MAX = 1e15;

  /// What a number counts.
  private enum Unit {
    MICROSECOND,
    MILLISECOND,
    SECOND,
    MINUTE,
    HOUR,
    DAY,
    WEEK,
    MONTH,
    YEAR,
    DECADE,
    CENTURY,
    MILLENNIUM
  }

  /// Words for units, cut at ten letters, as texts have them.
  private static final Map<String, Unit> UNITS = units();

  private enum Kind {
    NUMBER,
    TIME,
    SIGNED,
    WORD
  }

  private record Field(Kind kind, String text) {}

  private final String text;
  private final int typeFields;
  private final Set<Unit> seen = EnumSet.noneOf(Unit.class);
  private boolean negative;
  private int years;
  private int months;
  private int days;
  private long micros;
  private int at;

  private IntervalParser(String text, int typeFields) {
    this.text = text;
    this.typeFields = typeFields;
  }

  /// @param typeFields which fields the type has, as [quiver.common.type.TypeNames#intervalFields]
  ///   says
  static Interval parse(String text, int typeFields, IntervalStyle style) {
    IntervalParser parser = new IntervalParser(text, typeFields);
    try {
      if (text.startsWith("P")) {
        parser.iso();
      } else {
        parser.fields(style);
      }
    } catch (ArithmeticException e) {
      throw parser.overflow().withCause(e);
    }
    return parser.result();
  }

  private Interval result() {
    long total = (long) years * MONTHS_PER_YEAR + months;
    if (total != (int) total) {
      throw new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "interval out of range");
    }
    return new Interval((int) total, days, micros);
  }

  private QuiverException badFormat() {
    return new QuiverException(
        SqlState.INVALID_DATETIME_FORMAT, "invalid input syntax for type interval: \"%s\"", text);
  }

  private QuiverException overflow() {
    return new QuiverException(
        SqlState.INTERVAL_FIELD_OVERFLOW, "interval field value out of range: \"%s\"", text);
  }

  private static Map<String, Unit> units() {
    Map<String, Unit> units = new HashMap<>();
    String[] words = {
      "us usec usecs usecond useconds microsecon",
      "ms msec msecs msecond mseconds millisecon",
      "s sec secs second seconds",
      "m min mins minute minutes",
      "h hr hrs hour hours",
      "d day days",
      "w week weeks",
      "mon mons month months",
      "y yr yrs year years",
      "dec decs decade decades",
      "c cent century centuries",
      "mil mils millennium millennia"
    };
    for (int i = 0; i < words.length; i++) {
      for (String word : words[i].split(" ", -1)) {
        units.put(word, Unit.values()[i]);
      }
    }
    return Map.copyOf(units);
  }

  // ---- amounts; fractions flow down to the smaller fields

  private void addMicros(long whole, double fraction, long unit) {
    micros = Math.addExact(micros, Math.multiplyExact(whole, unit));
    addFractionOfMicros(fraction, unit);
  }

  private void addFractionOfMicros(double fraction, long unit) {
    double amount = fraction * unit;
    long whole = (long) amount;
    double rest = amount - whole;
    micros = Math.addExact(micros, whole + (rest > 0.5 ? 1 : rest < -0.5 ? -1 : 0));
  }

  private void addDays(long whole, double fraction, int unit) {
    days = Math.addExact(days, Math.toIntExact(Math.multiplyExact(whole, (long) unit)));
    addFractionOfDays(fraction, unit);
  }

  private void addFractionOfDays(double fraction, double unit) {
    double amount = fraction * unit;
    int whole = (int) amount;
    days = Math.addExact(days, whole);
    addFractionOfMicros(amount - whole, DateTimes.MICROS_PER_DAY);
  }

  private void addMonths(long whole, double fraction) {
    months = Math.addExact(months, Math.toIntExact(whole));
    addFractionOfDays(fraction, DAYS_PER_MONTH);
  }

  private void addYears(long whole, double fraction, int unit) {
    years = Math.addExact(years, Math.toIntExact(Math.multiplyExact(whole, (long) unit)));
    months = Math.addExact(months, (int) Math.rint(fraction * unit * MONTHS_PER_YEAR));
  }

  private void add(long whole, double fraction, Unit unit) {
    switch (unit) {
      case MICROSECOND -> addMicros(whole, fraction, 1);
      case MILLISECOND -> addMicros(whole, fraction, 1000);
      case SECOND -> addMicros(whole, fraction, DateTimes.MICROS_PER_SECOND);
      case MINUTE -> addMicros(whole, fraction, DateTimes.MICROS_PER_MINUTE);
      case HOUR -> addMicros(whole, fraction, DateTimes.MICROS_PER_HOUR);
      case DAY -> addDays(whole, fraction, 1);
      case WEEK -> addDays(whole, fraction, 7);
      case MONTH -> addMonths(whole, fraction);
      case YEAR -> addYears(whole, fraction, 1);
      case DECADE -> addYears(whole, fraction, 10);
      case CENTURY -> addYears(whole, fraction, 100);
      case MILLENNIUM -> addYears(whole, fraction, 1000);
    }
  }

  /// Each unit may be given once; parts of a second are milliseconds and microseconds.
  private void once(Unit... units) {
    for (Unit unit : units) {
      if (!seen.add(unit)) {
        throw badFormat();
      }
    }
  }

  // ---- cutting into fields

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : 0;
  }

  private int run(int from, String others) {
    int end = from;
    while (isDigit(charAt(end)) || (charAt(end) != 0 && others.indexOf(charAt(end)) >= 0)) {
      end++;
    }
    return end;
  }

  private List<Field> cut() {
    List<Field> fields = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      char c = charAt(i);
      int start = i;
      if (isDigit(c)) {
        i = run(i, "");
        if (charAt(i) == ':') {
          i = run(i, ":.");
          fields.add(new Field(Kind.TIME, text.substring(start, i)));
          continue;
        }
        if (charAt(i) == '-' || charAt(i) == '/' || charAt(i) == '.') {
          char delimiter = charAt(i);
          i = run(i + 1, "");
          i = charAt(i) == delimiter ? run(i, String.valueOf(delimiter)) : i;
        }
        fields.add(new Field(Kind.NUMBER, text.substring(start, i)));
      } else if (c == '.') {
        i = run(i + 1, "");
        fields.add(new Field(Kind.NUMBER, text.substring(start, i)));
      } else if (Character.isLetter(c)) {
        while (Character.isLetter(charAt(i))) {
          i++;
        }
        fields.add(new Field(Kind.WORD, text.substring(start, i).toLowerCase(Locale.ROOT)));
      } else if (c == '+' || c == '-') {
        i++;
        while (NumberText.isSpace(charAt(i))) {
          i++;
        }
        int digits = i;
        i = run(i, ":.-");
        if (i == digits || (!isDigit(charAt(digits)) && charAt(digits) != '.')) {
          throw badFormat();
        }
        fields.add(new Field(Kind.SIGNED, c + text.substring(digits, i)));
      } else if (NumberText.isSpace(c) || "!\"#$%&'()*,/:;<=>?@[\\]^_`{|}~".indexOf(c) >= 0) {
        i++;
      } else {
        throw badFormat();
      }
    }
    return fields;
  }

  // ---- words and the SQL standard's fields

  private void fields(IntervalStyle style) {
    List<Field> fields = cut();
    if (fields.isEmpty()) {
      throw badFormat();
    }
    negative =
        style == IntervalStyle.SQL_STANDARD
            && fields.getFirst().text.startsWith("-")
            && fields.stream().skip(1).noneMatch(field -> field.kind == Kind.SIGNED);
    boolean ago = false;
    Unit unit = null;
    for (Field field : fields.reversed()) {
      boolean time =
          field.kind == Kind.TIME || (field.kind == Kind.SIGNED && field.text.indexOf(':') > 0);
      if (field.kind == Kind.WORD) {
        ago |= field.text.equals("ago");
        unit = field.text.equals("ago") ? unit : unit(field.text);
      } else if (time) {
        time(field.text);
        unit = Unit.DAY;
      } else {
        unit = number(field.text, unit == null ? implicitUnit() : unit);
      }
    }
    if (seen.isEmpty()) {
      throw badFormat();
    }
    if (ago) {
      years = Math.negateExact(years);
      months = Math.negateExact(months);
      days = Math.negateExact(days);
      micros = Math.negateExact(micros);
    }
  }

  private Unit unit(String word) {
    @Nullable Unit unit =
        UNITS.get(word.length() > UNIT_LENGTH_MAX ? word.substring(0, UNIT_LENGTH_MAX) : word);
    if (unit == null) {
      throw badFormat();
    }
    return unit;
  }

  /// What a last number without a unit counts: the smallest field the type has.
  private Unit implicitUnit() {
    if (typeFields == 0x7fff || (typeFields & 4096) != 0) {
      return Unit.SECOND;
    }
    if ((typeFields & 2048) != 0) {
      return Unit.MINUTE;
    }
    if ((typeFields & 1024) != 0) {
      return Unit.HOUR;
    }
    if ((typeFields & 8) != 0) {
      return Unit.DAY;
    }
    return (typeFields & 2) != 0 ? Unit.MONTH : Unit.YEAR;
  }

  /// @return what the number to the left counts, if it has no unit
  private Unit number(String field, Unit unit) {
    boolean minus = field.startsWith("-") || negative;
    String digits = field.startsWith("-") || field.startsWith("+") ? field.substring(1) : field;
    int end = 0;
    while (end < digits.length() && isDigit(digits.charAt(end))) {
      end++;
    }
    // The smallest number has no positive counterpart.
    long whole = end == 0 ? 0 : wholeNumber((minus ? "-" : "") + digits.substring(0, end));
    String rest = digits.substring(end);
    double fraction = 0;
    Unit counted = unit;
    if (rest.startsWith("-")) {
      long extra = wholeNumber(rest.substring(1));
      if (extra >= MONTHS_PER_YEAR) {
        throw overflow();
      }
      whole =
          Math.addExact(Math.multiplyExact(whole, (long) MONTHS_PER_YEAR), minus ? -extra : extra);
      counted = Unit.MONTH;
    } else if (!rest.isEmpty()) {
      fraction = fraction(rest);
    }
    fraction = minus ? -fraction : fraction;
    if (counted == Unit.SECOND && fraction != 0) {
      once(Unit.SECOND, Unit.MILLISECOND, Unit.MICROSECOND);
    } else {
      once(counted);
    }
    add(whole, fraction, counted);
    return counted == Unit.HOUR ? Unit.DAY : counted;
  }

  /// Digits only, but for a sign of ours.
  private long wholeNumber(String digits) {
    int sign = digits.startsWith("-") ? 1 : 0;
    if (digits.length() == sign || !digits.chars().skip(sign).allMatch(c -> c >= '0' && c <= '9')) {
      throw badFormat();
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw overflow().withCause(e);
    }
  }

  /// `.5`; a point alone is nothing.
  private double fraction(String pointed) {
    if (!pointed.startsWith(".") || !pointed.chars().skip(1).allMatch(c -> c >= '0' && c <= '9')) {
      throw badFormat();
    }
    return pointed.length() == 1 ? 0 : Double.parseDouble("0" + pointed);
  }

  private void time(String field) {
    boolean minus = field.startsWith("-");
    String[] parts = (minus || field.startsWith("+") ? field.substring(1) : field).split(":", -1);
    if (parts.length > 3) {
      throw badFormat();
    }
    String last = parts[parts.length - 1];
    int point = last.indexOf('.');
    double fraction = point < 0 ? 0 : fraction(last.substring(point));
    long[] numbers = new long[3];
    for (int i = 0; i < parts.length; i++) {
      boolean cut = i == parts.length - 1 && point >= 0;
      numbers[i] = wholeNumber(cut ? last.substring(0, point) : parts[i]);
    }
    boolean minuteSecond = parts.length == 2 && (point >= 0 || typeFields == (2048 | 4096));
    long hours = minuteSecond ? 0 : numbers[0];
    long minutes = minuteSecond ? numbers[0] : numbers[1];
    long seconds = minuteSecond ? numbers[1] : numbers[2];
    if (minutes > 59 || seconds > 60) {
      throw overflow();
    }
    once(Unit.HOUR, Unit.MINUTE, Unit.SECOND, Unit.MILLISECOND, Unit.MICROSECOND);
    long total =
        Math.addExact(
            Math.multiplyExact(hours, DateTimes.MICROS_PER_HOUR),
            minutes * DateTimes.MICROS_PER_MINUTE
                + seconds * DateTimes.MICROS_PER_SECOND
                + (long) Math.rint(fraction * DateTimes.MICROS_PER_SECOND));
    micros = Math.addExact(micros, minus || negative ? -total : total);
  }

  // ---- ISO 8601

  private long isoWhole;
  private double isoFraction;
  private int isoWidth;

  private void iso() {
    if (text.length() < 2) {
      throw badFormat();
    }
    at = 1;
    boolean isDate = true;
    boolean isFirst = true;
    while (at < text.length()) {
      if (charAt(at) == 'T') {
        isDate = false;
        isFirst = true;
        at++;
        continue;
      }
      isoNumber();
      char unit = charAt(at++);
      if (isDate && (unit == 0 || unit == 'T' || unit == '-')) {
        isoDate(unit, isFirst);
        isDate = false;
        isFirst = true;
        continue;
      }
      if (!isDate && (unit == 0 || unit == ':')) {
        isoTime(unit, isFirst);
        return;
      }
      add(isoWhole, isoFraction, isoUnit(unit, isDate));
      isFirst = false;
    }
  }

  private Unit isoUnit(char unit, boolean isDate) {
    int index = (isDate ? "YMWD" : "HMS").indexOf(unit);
    if (index < 0) {
      throw badFormat();
    }
    return isDate
        ? new Unit[] {Unit.YEAR, Unit.MONTH, Unit.WEEK, Unit.DAY}[index]
        : new Unit[] {Unit.HOUR, Unit.MINUTE, Unit.SECOND}[index];
  }

  private void isoNumber() {
    int start = at;
    boolean minus = charAt(at) == '-';
    at += minus ? 1 : 0;
    int digits = at;
    at = run(at, "");
    isoWidth = at - digits;
    boolean hasDigits = isoWidth > 0;
    if (charAt(at) == '.') {
      int point = at;
      at = run(at + 1, "");
      hasDigits |= at > point + 1;
    }
    if (!hasDigits) {
      throw badFormat();
    }
    // As PostgreSQL: one number, in double precision.
    double value = Double.parseDouble(text.substring(start, at));
    if (Math.abs(value) > ISO_NUMBER_MAX) {
      throw overflow();
    }
    isoWhole = (long) value;
    isoFraction = value - isoWhole;
  }

  /// `00010203`, `0001-02-03` or a part of it, up to the time or the end.
  private void isoDate(char delimiter, boolean isFirst) {
    if (delimiter != '-' && isoWidth == 8 && isFirst) {
      addYears(isoWhole / 10_000, 0, 1);
      addMonths(isoWhole / 100 % 100, 0);
      addDays(isoWhole % 100, isoFraction, 1);
      return;
    }
    if (!isFirst) {
      throw badFormat();
    }
    addYears(isoWhole, isoFraction, 1);
    char next = delimiter;
    for (Unit unit : List.of(Unit.MONTH, Unit.DAY)) {
      if (next != '-') {
        return;
      }
      isoNumber();
      add(isoWhole, isoFraction, unit);
      next = charAt(at++);
    }
    if (next != 0 && next != 'T') {
      throw badFormat();
    }
  }

  /// `040506`, `04:05:06` or a part of it, to the end.
  private void isoTime(char delimiter, boolean isFirst) {
    if (delimiter == 0 && isoWidth == 6 && isFirst) {
      addMicros(isoWhole / 10_000, 0, DateTimes.MICROS_PER_HOUR);
      addMicros(isoWhole / 100 % 100, 0, DateTimes.MICROS_PER_MINUTE);
      addMicros(isoWhole % 100, isoFraction, DateTimes.MICROS_PER_SECOND);
      return;
    }
    if (!isFirst) {
      throw badFormat();
    }
    addMicros(isoWhole, isoFraction, DateTimes.MICROS_PER_HOUR);
    char next = delimiter;
    for (Unit unit : List.of(Unit.MINUTE, Unit.SECOND)) {
      if (next == 0) {
        return;
      }
      if (next != ':') {
        throw badFormat();
      }
      isoNumber();
      add(isoWhole, isoFraction, unit);
      next = charAt(at++);
    }
    if (next != 0) {
      throw badFormat();
    }
  }
}
