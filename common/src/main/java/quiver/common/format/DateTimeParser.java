package quiver.common.format;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.TimeWithZone;

/// Reads dates and times in all the forms PostgreSQL's documentation lists (appendix B.1): the text
/// is cut into fields, each field is recognised by its shape and by what was found before it.
///
/// One parser reads one text.
public final class DateTimeParser {
  private enum Kind {
    NUMBER,
    WORD,
    DATE,
    TIME,
    ZONE
  }

  private record Field(Kind kind, String text) {}

  /// A value of its own, independent of the other fields.
  private enum Special {
    NONE,
    EPOCH,
    INFINITY,
    MINUS_INFINITY
  }

  private static final Map<String, Integer> MONTHS =
      Map.ofEntries(
          Map.entry("jan", 1),
          Map.entry("january", 1),
          Map.entry("feb", 2),
          Map.entry("february", 2),
          Map.entry("mar", 3),
          Map.entry("march", 3),
          Map.entry("apr", 4),
          Map.entry("april", 4),
          Map.entry("may", 5),
          Map.entry("jun", 6),
          Map.entry("june", 6),
          Map.entry("jul", 7),
          Map.entry("july", 7),
          Map.entry("aug", 8),
          Map.entry("august", 8),
          Map.entry("sep", 9),
          Map.entry("sept", 9),
          Map.entry("september", 9),
          Map.entry("oct", 10),
          Map.entry("october", 10),
          Map.entry("nov", 11),
          Map.entry("november", 11),
          Map.entry("dec", 12),
          Map.entry("december", 12));

  private static final List<String> DAYS =
      List.of(
          "sun",
          "sunday",
          "mon",
          "monday",
          "tue",
          "tues",
          "tuesday",
          "wed",
          "weds",
          "wednesday",
          "thu",
          "thur",
          "thurs",
          "thursday",
          "fri",
          "friday",
          "sat",
          "saturday");

  private final String text;
  private final String typeName;
  private final FormatSettings settings;

  private @Nullable Integer year;
  private @Nullable Integer month;
  private @Nullable Integer dayOfMonth;
  private @Nullable Integer dayOfYear;
  private @Nullable Long julianDay;
  private boolean textMonth;
  private boolean twoDigitYear;
  private boolean beforeChrist;
  private @Nullable Long timeMicros;
  private @Nullable Boolean afternoon;
  private @Nullable Integer offsetSeconds;
  private @Nullable NamedZone zone;
  private Special special = Special.NONE;
  private boolean isNow;
  private boolean dateIsRelative;

  private DateTimeParser(String text, String typeName, FormatSettings settings) {
    this.text = text;
    this.typeName = typeName;
    this.settings = settings;
  }

  /// Days since 2000-01-01.
  public static long parseDate(String text, FormatSettings settings) {
    return new DateTimeParser(text, "date", settings).date();
  }

  /// Microseconds of the day.
  public static long parseTime(String text, FormatSettings settings) {
    DateTimeParser parser = new DateTimeParser(text, "time", settings);
    parser.decode();
    return parser.timeOnly();
  }

  public static TimeWithZone parseTimeWithZone(String text, FormatSettings settings) {
    return new DateTimeParser(text, "time with time zone", settings).timeWithZone();
  }

  /// Microseconds since 2000-01-01; a zone in the text is ignored, as in PostgreSQL.
  public static long parseTimestamp(String text, FormatSettings settings) {
    return new DateTimeParser(text, "timestamp", settings).timestamp(false);
  }

  /// Microseconds since 2000-01-01 UTC; without a zone in the text the session's is meant.
  public static long parseTimestampWithZone(String text, FormatSettings settings) {
    return new DateTimeParser(text, "timestamp with time zone", settings).timestamp(true);
  }

  // ---- errors

  private QuiverException badFormat() {
    return new QuiverException(
        SqlState.INVALID_DATETIME_FORMAT,
        "invalid input syntax for type %s: \"%s\"",
        typeName,
        text);
  }

  private QuiverException fieldOverflow() {
    return new QuiverException(
        SqlState.DATETIME_FIELD_OVERFLOW, "date/time field value out of range: \"%s\"", text);
  }

  private QuiverException monthOrDayOverflow() {
    return fieldOverflow().withHint("Perhaps you need a different \"datestyle\" setting.");
  }

  private QuiverException outOfRange(String what) {
    return new QuiverException(
        SqlState.DATETIME_FIELD_OVERFLOW, "%s out of range: \"%s\"", what, text);
  }

  // ---- results

  private long date() {
    decode();
    switch (special) {
      case INFINITY -> {
        return DateTimes.INFINITY;
      }
      case MINUS_INFINITY -> {
        return DateTimes.MINUS_INFINITY;
      }
      case EPOCH -> {
        return -DateTimes.EPOCH_DAYS;
      }
      case NONE -> {}
    }
    long day = requiredDay();
    if (!DateTimes.isValidDate(day)) {
      throw outOfRange("date");
    }
    return day;
  }

  private long timeOnly() {
    if (special != Special.NONE) {
      throw badFormat();
    }
    if (timeMicros == null || (zone != null && !zone.isWithoutDate() && !hasDate())) {
      throw badFormat();
    }
    return timeOfDay();
  }

  private TimeWithZone timeWithZone() {
    decode();
    if (timeMicros == null || special != Special.NONE) {
      throw badFormat();
    }
    long time = timeOfDay();
    if (offsetSeconds != null) {
      return new TimeWithZone(time, -offsetSeconds);
    }
    if (zone != null && !zone.isWithoutDate() && year == null && !isNow) {
      throw badFormat();
    }
    long day = hasDate() ? requiredDay() : localNow() / DateTimes.MICROS_PER_DAY;
    int offset = zoneOffset(day * DateTimes.MICROS_PER_DAY + time);
    return new TimeWithZone(time, -offset);
  }

  private long timestamp(boolean withZone) {
    decode();
    switch (special) {
      case INFINITY -> {
        return DateTimes.INFINITY;
      }
      case MINUS_INFINITY -> {
        return DateTimes.MINUS_INFINITY;
      }
      case EPOCH -> {
        return -DateTimes.EPOCH_SECONDS * DateTimes.MICROS_PER_SECOND;
      }
      case NONE -> {}
    }
    if (isNow && withZone) {
      return settings.now();
    }
    long day = requiredDay();
    long time = timeMicros == null ? 0 : timeOfDay();
    // A day less: further west it may have begun.
    if (day < -DateTimes.EPOCH_JULIAN - 1
        || day > DateTimes.TIMESTAMP_END / DateTimes.MICROS_PER_DAY) {
      throw outOfRange("timestamp");
    }
    long local;
    try {
      local = Math.addExact(Math.multiplyExact(day, DateTimes.MICROS_PER_DAY), time);
    } catch (ArithmeticException e) {
      throw outOfRange("timestamp").withCause(e);
    }
    if (withZone) {
      int offset = offsetSeconds != null ? offsetSeconds : zoneOffset(local);
      local -= offset * DateTimes.MICROS_PER_SECOND;
    }
    if (!DateTimes.isValidTimestamp(local)) {
      throw outOfRange("timestamp");
    }
    return local;
  }

  private int zoneOffset(long local) {
    return zone != null
        ? zone.offsetAtLocal(local)
        : TimeZones.offsetAtLocal(settings.zone(), local);
  }

  private boolean hasDate() {
    return year != null || julianDay != null;
  }

  private long localNow() {
    return settings.now()
        + TimeZones.offsetAt(settings.zone(), settings.now()) * DateTimes.MICROS_PER_SECOND;
  }

  private long timeOfDay() {
    long micros = timeMicros == null ? 0 : timeMicros;
    long hour = micros / DateTimes.MICROS_PER_HOUR;
    if (afternoon != null) {
      if (hour > 12) {
        throw fieldOverflow();
      }
      if (afternoon && hour != 12) {
        micros += 12 * DateTimes.MICROS_PER_HOUR;
      } else if (!afternoon && hour == 12) {
        micros -= 12 * DateTimes.MICROS_PER_HOUR;
      }
    }
    return micros;
  }

  private long requiredDay() {
    if (julianDay != null) {
      return julianDay - DateTimes.EPOCH_JULIAN;
    }
    if (year == null || (dayOfYear == null && (month == null || dayOfMonth == null))) {
      throw badFormat();
    }
    int fullYear = year;
    if (beforeChrist) {
      if (fullYear <= 0) {
        throw fieldOverflow();
      }
      fullYear = 1 - fullYear;
    } else if (twoDigitYear && !dateIsRelative) {
      fullYear += fullYear < 70 ? 2000 : 1900;
    } else if (fullYear <= 0) {
      throw fieldOverflow();
    }
    if (dayOfYear != null) {
      return DateTimes.day(fullYear, 1, 1) + dayOfYear - 1;
    }
    if (month == null || dayOfMonth == null) {
      throw badFormat();
    }
    if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31) {
      throw monthOrDayOverflow();
    }
    if (fullYear > 6_000_000 || fullYear < -5000) {
      throw outOfRange(typeName.startsWith("date") ? "date" : "timestamp");
    }
    if (dayOfMonth > YearMonth.of(fullYear, month).lengthOfMonth()) {
      throw fieldOverflow();
    }
    return DateTimes.day(fullYear, month, dayOfMonth);
  }

  // ---- cutting into fields

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private char at(int index) {
    return index < text.length() ? text.charAt(index) : 0;
  }

  private List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int start = i;
      if (isSpace(c)) {
        i++;
        continue;
      }
      Kind kind;
      if (isDigit(c)) {
        i = digits(i);
        if (at(i) == ':') {
          kind = Kind.TIME;
          while (isDigit(at(i)) || at(i) == ':' || at(i) == '.') {
            i++;
          }
        } else if (at(i) == '-' || at(i) == '/' || at(i) == '.') {
          char delimiter = at(i++);
          if (isDigit(at(i))) {
            kind = delimiter == '.' ? Kind.NUMBER : Kind.DATE;
            i = digits(i);
            if (at(i) == delimiter) {
              kind = Kind.DATE;
              i++;
              while (isDigit(at(i)) || at(i) == delimiter) {
                i++;
              }
            }
          } else {
            kind = Kind.DATE;
            while (isLetter(at(i)) || isDigit(at(i)) || at(i) == delimiter) {
              i++;
            }
          }
        } else {
          kind = Kind.NUMBER;
        }
      } else if (c == '.') {
        kind = Kind.NUMBER;
        i = digits(i + 1);
      } else if (isLetter(c)) {
        while (isLetter(at(i))) {
          i++;
        }
        kind = Kind.WORD;
        String word = text.substring(start, i).toLowerCase(Locale.ROOT);
        boolean compound =
            at(i) == '-'
                || at(i) == '/'
                || at(i) == '.'
                || ((at(i) == '+' || isDigit(at(i))) && !isKeyword(word));
        if (compound) {
          kind = Kind.DATE;
          while (isLetter(at(i))
              || isDigit(at(i))
              || ("+-/_.:".indexOf(at(i)) >= 0 && at(i) != 0)) {
            i++;
          }
        }
      } else if (c == '+' || c == '-') {
        i++;
        while (isSpace(at(i))) {
          i++;
        }
        if (isDigit(at(i))) {
          kind = Kind.ZONE;
          while (isDigit(at(i)) || at(i) == ':' || at(i) == '.' || at(i) == '-') {
            i++;
          }
        } else if (isLetter(at(i))) {
          kind = Kind.WORD;
          while (isLetter(at(i))) {
            i++;
          }
        } else {
          throw badFormat();
        }
      } else if ("!\"#$%&'()*,/:;<=>?@[\\]^_`{|}~".indexOf(c) >= 0) {
        i++;
        continue;
      } else {
        throw badFormat();
      }
      fields.add(
          new Field(kind, text.substring(start, i).replace(" ", "").toLowerCase(Locale.ROOT)));
    }
    return fields;
  }

  private int digits(int from) {
    int i = from;
    while (isDigit(at(i))) {
      i++;
    }
    return i;
  }

  private static boolean isKeyword(String word) {
    return MONTHS.containsKey(word)
        || DAYS.contains(word)
        || List.of(
                "t", "j", "jd", "y", "m", "d", "h", "s", "mm", "am", "pm", "ad", "bc", "at", "on")
            .contains(word);
  }

  // ---- recognising fields

  private void decode() {
    List<Field> fields = fields();
    if (fields.isEmpty()) {
      throw badFormat();
    }
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      switch (field.kind) {
        case DATE -> dateField(field.text);
        case TIME -> timeField(field.text);
        case ZONE -> zoneField(field.text);
        case NUMBER -> numberField(field.text);
        case WORD -> {
          boolean julian = field.text.equals("j") || field.text.equals("jd");
          boolean displaced =
              julian
                  && i + 1 < fields.size()
                  && fields.get(i + 1).kind == Kind.DATE
                  && fields.get(i + 1).text.matches("[0-9]+-[0-9:]+");
          if (displaced) {
            String next = fields.get(++i).text;
            julianField(next.substring(0, next.indexOf('-')));
            zoneField(next.substring(next.indexOf('-')));
          } else if (julian && i + 1 < fields.size() && fields.get(i + 1).kind == Kind.NUMBER) {
            julianField(fields.get(++i).text);
          } else {
            word(field.text);
          }
        }
      }
    }
  }

  private void julianField(String number) {
    int point = number.indexOf('.');
    try {
      julianDay = Long.valueOf(point < 0 ? number : number.substring(0, point));
      if (point >= 0) {
        timeMicros =
            Math.round(
                Double.parseDouble("0" + number.substring(point)) * DateTimes.MICROS_PER_DAY);
      }
    } catch (NumberFormatException e) {
      throw badFormat().withCause(e);
    }
  }

  private void dateField(String field) {
    if (hasFullDate() || timeMicros != null || special != Special.NONE) {
      if (isDigit(field.charAt(0))) {
        timeWithDisplacement(field);
      } else {
        zoneName(field);
      }
      return;
    }
    char last = field.charAt(field.length() - 1);
    if (!isDigit(last) && !isLetter(last)) {
      throw badFormat();
    }
    if (isLetter(field.charAt(0)) && !MONTHS.containsKey(leadingLetters(field))) {
      zoneName(field);
      return;
    }
    List<String> parts = new ArrayList<>();
    int i = 0;
    while (i < field.length()) {
      int start = i;
      if (isDigit(field.charAt(i))) {
        while (i < field.length() && isDigit(field.charAt(i))) {
          i++;
        }
        parts.add(field.substring(start, i));
      } else if (isLetter(field.charAt(i))) {
        while (i < field.length() && isLetter(field.charAt(i))) {
          i++;
        }
        parts.add(field.substring(start, i));
      } else {
        i++;
      }
    }
    for (String part : parts) {
      if (isLetter(part.charAt(0))) {
        Integer named = MONTHS.get(part);
        if (named == null || month != null) {
          throw badFormat();
        }
        month = named;
        textMonth = true;
      }
    }
    for (String part : parts) {
      if (isDigit(part.charAt(0))) {
        datePart(part);
      }
    }
  }

  private static String leadingLetters(String field) {
    int i = 0;
    while (i < field.length() && isLetter(field.charAt(i))) {
      i++;
    }
    return field.substring(0, i);
  }

  private boolean hasFullDate() {
    return julianDay != null
        || (year != null && (dayOfYear != null || (month != null && dayOfMonth != null)));
  }

  /// `040506-08`, as it follows a date.
  private void timeWithDisplacement(String field) {
    int minus = field.indexOf('-');
    if (minus < 0 || timeMicros != null) {
      throw badFormat();
    }
    String digits = field.substring(0, minus);
    int point = digits.indexOf('.');
    runTogetherTime(
        point < 0 ? digits : digits.substring(0, point), point < 0 ? "" : digits.substring(point));
    zoneField(field.substring(minus));
  }

  private void zoneName(String name) {
    zone = NamedZone.of(TimeZones.ofSetting(name));
  }

  /// One number of a date; which part it is follows from what is known and from `DateStyle`.
  private void datePart(String digits) {
    int value = parseInt(digits);
    int length = digits.length();
    boolean yearLike = length >= 3 || settings.dateOrder() == DateOrder.YMD;
    if (length == 3 && year != null && month == null && dayOfMonth == null) {
      if (value < 1 || value > 366) {
        throw fieldOverflow();
      }
      dayOfYear = value;
      return;
    }
    if (year == null && month == null && dayOfMonth == null) {
      if (yearLike) {
        setYear(value, length);
      } else if (settings.dateOrder() == DateOrder.DMY) {
        dayOfMonth = value;
      } else {
        month = value;
      }
    } else if (year != null && month == null && dayOfMonth == null) {
      month = value;
    } else if (year == null && month != null && dayOfMonth == null) {
      if (textMonth && yearLike) {
        setYear(value, length);
      } else {
        dayOfMonth = value;
      }
    } else if (year != null && month != null && dayOfMonth == null) {
      if (textMonth && length >= 3 && twoDigitYear) {
        dayOfMonth = year;
        setYear(value, length);
      } else {
        dayOfMonth = value;
      }
    } else if (year == null && month == null) {
      month = value;
    } else if (year == null) {
      setYear(value, length);
    } else {
      throw badFormat();
    }
  }

  private void setYear(int value, int length) {
    year = value;
    twoDigitYear = length <= 2;
  }

  private int parseInt(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw fieldOverflow().withCause(e);
    }
  }

  private void timeField(String field) {
    if (timeMicros != null) {
      throw badFormat();
    }
    String[] parts = field.split(":", -1);
    if (parts.length > 3 || parts.length < 2) {
      throw badFormat();
    }
    String last = parts[parts.length - 1];
    boolean minutesAndSeconds = parts.length == 2 && last.indexOf('.') >= 0;
    String hours = minutesAndSeconds ? "0" : parts[0];
    String minutes = minutesAndSeconds ? parts[0] : parts[1];
    String seconds = minutesAndSeconds ? last : parts.length == 3 ? parts[2] : "0";
    if (hours.isEmpty() || minutes.isEmpty() || seconds.isEmpty()) {
      throw badFormat();
    }
    setTime(parseInt(hours), parseInt(minutes), seconds);
  }

  private void setTime(int hours, int minutes, String seconds) {
    int point = seconds.indexOf('.');
    int wholeSeconds =
        parseInt(point < 0 ? seconds : point == 0 ? "0" : seconds.substring(0, point));
    long fraction = point < 0 ? 0 : fraction(seconds.substring(point));
    if (minutes > 59
        || wholeSeconds > 60
        || hours > 24
        || (hours == 24 && (minutes > 0 || wholeSeconds > 0 || fraction > 0))) {
      throw fieldOverflow();
    }
    timeMicros =
        ((hours * 60L + minutes) * 60 + wholeSeconds) * DateTimes.MICROS_PER_SECOND + fraction;
    if (timeMicros > DateTimes.MICROS_PER_DAY) {
      throw fieldOverflow();
    }
  }

  /// Microseconds of `.123456789`, rounded.
  private long fraction(String digits) {
    if (digits.length() == 1) {
      return 0;
    }
    try {
      return Math.round(Double.parseDouble("0" + digits) * DateTimes.MICROS_PER_SECOND);
    } catch (NumberFormatException e) {
      throw badFormat().withCause(e);
    }
  }

  private void zoneField(String field) {
    if (offsetSeconds != null) {
      throw badFormat();
    }
    if (timeMicros == null && !hasDate()) {
      throw badFormat();
    }
    boolean negative = field.charAt(0) == '-';
    String digits = field.substring(1);
    int hours;
    int minutes = 0;
    int seconds = 0;
    if (digits.indexOf(':') >= 0) {
      String[] parts = digits.split(":", -1);
      if (parts.length > 3) {
        throw badFormat();
      }
      hours = zonePart(parts[0]);
      minutes = zonePart(parts[1]);
      seconds = parts.length > 2 ? zonePart(parts[2]) : 0;
    } else if (digits.length() > 2) {
      int value = zonePart(digits);
      hours = value / 100;
      minutes = value % 100;
    } else {
      hours = zonePart(digits);
    }
    if (hours > TimeZones.DISPLACEMENT_HOURS_MAX - 1 || minutes > 59 || seconds > 59) {
      throw new QuiverException(
          SqlState.INVALID_TIME_ZONE_DISPLACEMENT_VALUE,
          "time zone displacement out of range: \"%s\"",
          text);
    }
    int magnitude = (hours * 60 + minutes) * 60 + seconds;
    offsetSeconds = negative ? -magnitude : magnitude;
  }

  private int zonePart(String digits) {
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw badFormat();
    }
    return parseInt(digits);
  }

  private void numberField(String number) {
    int point = number.indexOf('.');
    String digits = point < 0 ? number : number.substring(0, point);
    if (hasFullDate()) {
      runTogetherTime(digits, point < 0 ? "" : number.substring(point));
      return;
    }
    if (point >= 0) {
      if (year == null && month == null && dayOfMonth == null && digits.length() == 4) {
        setYear(parseInt(digits), 4);
        datePart(number.substring(point + 1));
        return;
      }
      if (year == null && digits.length() == 8) {
        runTogetherDate(digits);
        return;
      }
      if (typeName.startsWith("time") && !typeName.startsWith("timestamp")) {
        runTogetherTime(digits, number.substring(point));
        return;
      }
      throw badFormat();
    }
    boolean timeType = typeName.startsWith("time") && !typeName.startsWith("timestamp");
    boolean nothingYet = year == null && month == null && dayOfMonth == null;
    if (timeType
        && nothingYet
        && timeMicros == null
        && (digits.length() == 6 || digits.length() == 4)) {
      runTogetherTime(digits, "");
    } else if (nothingYet && digits.length() >= 6) {
      runTogetherDate(digits);
    } else {
      datePart(digits);
    }
  }

  private void runTogetherDate(String digits) {
    int yearLength = digits.length() - 4;
    setYear(parseInt(digits.substring(0, yearLength)), yearLength);
    month = parseInt(digits.substring(yearLength, yearLength + 2));
    dayOfMonth = parseInt(digits.substring(yearLength + 2));
  }

  private void runTogetherTime(String digits, String fraction) {
    if (timeMicros != null) {
      throw badFormat();
    }
    if (digits.length() == 6) {
      setTime(
          parseInt(digits.substring(0, 2)),
          parseInt(digits.substring(2, 4)),
          digits.substring(4) + fraction);
    } else if (digits.length() == 4 && fraction.isEmpty()) {
      setTime(parseInt(digits.substring(0, 2)), parseInt(digits.substring(2, 4)), "0");
    } else {
      throw badFormat();
    }
  }

  private void word(String word) {
    Integer named = MONTHS.get(word);
    if (named != null) {
      monthName(named);
      return;
    }
    if (DAYS.contains(word)) {
      return;
    }
    switch (word) {
      case "now" -> {
        isNow = true;
        long local = localNow();
        setDate(local);
        timeMicros = Math.floorMod(local, DateTimes.MICROS_PER_DAY);
      }
      case "today" -> relativeDay(0);
      case "tomorrow" -> relativeDay(1);
      case "yesterday" -> relativeDay(-1);
      case "epoch" -> special = Special.EPOCH;
      case "infinity", "+infinity" -> special = Special.INFINITY;
      case "-infinity" -> special = Special.MINUS_INFINITY;
      case "allballs" -> {
        timeMicros = 0L;
        offsetSeconds = 0;
      }
      case "am" -> afternoon = false;
      case "pm" -> afternoon = true;
      case "bc" -> beforeChrist = true;
      case "ad", "at", "on", "t", "dst" -> {}
      default -> zoneWord(word);
    }
  }

  private void monthName(int named) {
    if (month != null && dayOfMonth == null && !textMonth && month >= 1 && month <= 31) {
      dayOfMonth = month;
    } else if (month != null) {
      throw badFormat();
    }
    month = named;
    textMonth = true;
  }

  private void zoneWord(String word) {
    zone =
        TimeZones.abbreviation(word)
            .or(() -> TimeZones.byName(word).map(NamedZone::of))
            .orElseThrow(this::badFormat);
  }

  private void relativeDay(int days) {
    setDate(localNow() + days * DateTimes.MICROS_PER_DAY);
  }

  private void setDate(long localMicros) {
    LocalDate date = DateTimes.localDate(Math.floorDiv(localMicros, DateTimes.MICROS_PER_DAY));
    year = date.getYear();
    month = date.getMonthValue();
    dayOfMonth = date.getDayOfMonth();
    dateIsRelative = true;
  }
}
