package quiver.execution.function;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.DateTimes;
import quiver.common.format.TimeZones;
import quiver.common.value.Interval;

/// Templates of `to_char`, `to_date` and `to_timestamp` for dates and times, for example `DD Mon
/// YYYY HH24:MI:SS`. Source: PostgreSQL 15, table 9.26. Names are English.
final class DateTemplate {
  /// Patterns in upper case, longer ones before their prefixes.
  private static final String[] PATTERNS = {
    "A.D.", "A.M.", "AD", "AM", "B.C.", "BC", "CC", "DAY", "DDD", "DD", "DY", "D", "FF1", "FF2",
    "FF3", "FF4", "FF5", "FF6", "HH24", "HH12", "HH", "IDDD", "ID", "IW", "IYYY", "IYY", "IY", "I",
    "J", "MI", "MM", "MONTH", "MON", "MS", "OF", "P.M.", "PM", "Q", "RM", "SSSSS", "SSSS", "SS",
    "TZH", "TZM", "TZ", "US", "WW", "W", "Y,YYY", "YYYY", "YYY", "YY", "Y"
  };

  private static final String[] MIXED_CASE = {"Day", "Dy", "Month", "Mon"};

  private static final String[] MONTHS = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
  };

  private static final String[] DAYS = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
  };

  private static final String[] ROMAN_MONTHS = {
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"
  };

  /// A pattern as written or, when `pattern` is empty, literal text.
  ///
  /// @param pattern in upper case
  /// @param ordinal `TH` or `th` behind it, else empty
  record Part(String pattern, String text, boolean fill, String ordinal) {
    boolean isLiteral() {
      return pattern.isEmpty();
    }

    boolean isSeparator() {
      return isLiteral() && text.length() == 1 && !Character.isLetterOrDigit(text.charAt(0));
    }
  }

  /// The fields a template shows. Of an interval they need not be within the usual bounds.
  ///
  /// @param date the calendar date; null for an interval
  private record Fields(
      @Nullable LocalDate date,
      int year,
      int month,
      int day,
      long hour,
      int minute,
      int second,
      int micros,
      @Nullable ZoneId zone,
      int offset,
      long instant) {}

  private final List<Part> parts;

  private DateTemplate(List<Part> parts) {
    this.parts = parts;
  }

  static List<Part> parse(String template) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    boolean fill = false;
    while (at < template.length()) {
      char c = template.charAt(at);
      if (template.startsWith("FM", at) || template.startsWith("fm", at)) {
        fill = true;
        at += 2;
        continue;
      }
      if (template.startsWith("TM", at)
          || template.startsWith("tm", at)
          || template.startsWith("FX", at)
          || template.startsWith("fx", at)) {
        at += 2;
        continue;
      }
      if (c == '"') {
        at++;
        while (at < template.length() && template.charAt(at) != '"') {
          if (template.charAt(at) == '\\' && at + 1 < template.length()) {
            at++;
          }
          parts.add(new Part("", String.valueOf(template.charAt(at++)), false, ""));
        }
        at++;
        continue;
      }
      if (c == '\\' && template.startsWith("\\\"", at)) {
        parts.add(new Part("", "\"", false, ""));
        at += 2;
        continue;
      }
      String pattern = patternAt(template, at);
      if (pattern.isEmpty()) {
        parts.add(new Part("", String.valueOf(c), false, ""));
        at++;
        continue;
      }
      String text = template.substring(at, at + pattern.length());
      at += pattern.length();
      String ordinal = "";
      if (template.startsWith("TH", at) || template.startsWith("th", at)) {
        ordinal = template.substring(at, at + 2);
        at += 2;
      }
      if (template.startsWith("SP", at) || template.startsWith("sp", at)) {
        at += 2;
      }
      parts.add(new Part(pattern, text, fill, ordinal));
      fill = false;
    }
    return parts;
  }

  private static String patternAt(String template, int at) {
    for (String mixed : MIXED_CASE) {
      if (template.startsWith(mixed, at)) {
        boolean longer = mixed.equals("Mon") && template.startsWith("Month", at);
        if (!longer) {
          return mixed.toUpperCase(Locale.ROOT);
        }
      }
    }
    for (String pattern : PATTERNS) {
      if (template.startsWith(pattern, at)
          || template.startsWith(pattern.toLowerCase(Locale.ROOT), at)) {
        return pattern;
      }
    }
    return "";
  }

  // ---- to_char

  /// @param local local time in `zone`
  /// @param zone null for a timestamp without zone
  static @Nullable String format(long local, long instant, @Nullable ZoneId zone, String template) {
    if (DateTimes.isInfinite(local) || template.isEmpty()) {
      return null;
    }
    LocalDate date = DateTimes.localDate(DateTimes.timestampToDate(local));
    long time = Math.floorMod(local, DateTimes.MICROS_PER_DAY);
    Fields fields =
        new Fields(
            date,
            date.getYear(),
            date.getMonthValue(),
            date.getDayOfMonth(),
            time / DateTimes.MICROS_PER_HOUR,
            (int) (time / DateTimes.MICROS_PER_MINUTE % 60),
            (int) (time / DateTimes.MICROS_PER_SECOND % 60),
            (int) (time % DateTimes.MICROS_PER_SECOND),
            zone,
            zone == null ? 0 : TimeZones.offsetAt(zone, instant),
            instant);
    return new DateTemplate(parse(template)).format(fields);
  }

  static @Nullable String format(Interval interval, String template) {
    if (template.isEmpty()) {
      return null;
    }
    long micros = interval.micros();
    Fields fields =
        new Fields(
            null,
            interval.months() / 12,
            interval.months() % 12,
            interval.days(),
            micros / DateTimes.MICROS_PER_HOUR,
            (int) (micros / DateTimes.MICROS_PER_MINUTE % 60),
            (int) (micros / DateTimes.MICROS_PER_SECOND % 60),
            (int) (micros % DateTimes.MICROS_PER_SECOND),
            null,
            0,
            0);
    return new DateTemplate(parse(template)).format(fields);
  }

  private String format(Fields fields) {
    StringBuilder result = new StringBuilder();
    for (Part part : parts) {
      result.append(part.isLiteral() ? part.text : field(part, fields));
    }
    return result.toString();
  }

  private static String number(Part part, long value, int width) {
    String digits = Long.toString(Math.abs(value));
    String sign = value < 0 ? "-" : "";
    int padding = part.fill ? 0 : width - digits.length() - sign.length();
    String text = sign + "0".repeat(Math.max(0, padding)) + digits;
    return part.ordinal.isEmpty()
        ? text
        : text + NumberTemplate.ordinal(text, part.ordinal.equals("TH"));
  }

  /// With one place more for a minus sign.
  private static String signedNumber(Part part, long value, int width) {
    return number(part, value, value < 0 ? width + 1 : width);
  }

  private static QuiverException invalidForInterval() {
    return new QuiverException(
            SqlState.INVALID_DATETIME_FORMAT, "invalid format specification for an interval value")
        .withHint("Intervals are not tied to specific calendar dates.");
  }

  private static LocalDate date(Fields fields) {
    if (fields.date == null) {
      throw invalidForInterval();
    }
    return fields.date;
  }

  /// BC years count 1, 2, 3 …; those of intervals keep their sign.
  private static int shownYear(Fields fields) {
    return fields.date == null || fields.year > 0 ? fields.year : 1 - fields.year;
  }

  private static String field(Part part, Fields fields) {
    return switch (part.pattern) {
      case "A.M.", "P.M." -> cased(part, Math.floorMod(fields.hour, 24) >= 12 ? "P.M." : "A.M.");
      case "AM", "PM" -> cased(part, Math.floorMod(fields.hour, 24) >= 12 ? "PM" : "AM");
      case "B.C.", "A.D." -> cased(part, date(fields).getYear() <= 0 ? "B.C." : "A.D.");
      case "BC", "AD" -> cased(part, date(fields).getYear() <= 0 ? "BC" : "AD");
      case "HH", "HH12" -> {
        long hour = fields.hour % 12 == 0 ? 12 : fields.hour % 12;
        yield signedNumber(part, hour, 2);
      }
      case "HH24" -> signedNumber(part, fields.hour, 2);
      case "MI" -> signedNumber(part, fields.minute, 2);
      case "SS" -> signedNumber(part, fields.second, 2);
      case "MS", "FF3" -> number(part, fields.micros / 1000, 3);
      case "US", "FF6" -> number(part, fields.micros, 6);
      case "FF1" -> number(part, fields.micros / 100_000, 1);
      case "FF2" -> number(part, fields.micros / 10_000, 2);
      case "FF4" -> number(part, fields.micros / 100, 4);
      case "FF5" -> number(part, fields.micros / 10, 5);
      case "SSSS", "SSSSS" ->
          number(part, fields.hour * 3600 + fields.minute * 60L + fields.second, 0);
      case "TZ" -> zoneName(part, fields);
      case "TZH" -> sign(fields) + twoDigits(Math.abs(fields.offset) / 3600);
      case "TZM" -> twoDigits(Math.abs(fields.offset) / 60 % 60);
      case "OF" -> offset(fields);
      case "MONTH" -> fields.month == 0 ? "" : name(part, MONTHS[fields.month - 1], 9);
      case "MON" ->
          fields.month == 0 ? "" : name(part, MONTHS[fields.month - 1].substring(0, 3), 3);
      case "MM" -> signedNumber(part, fields.month, 2);
      case "DAY" -> name(part, DAYS[weekday(fields)], 9);
      case "DY" -> name(part, DAYS[weekday(fields)].substring(0, 3), 3);
      case "DDD" ->
          number(
              part,
              fields.date == null
                  ? fields.year * 360L + fields.month * 30L + fields.day
                  : fields.date.getDayOfYear(),
              3);
      case "IDDD" -> {
        LocalDate date = date(fields);
        yield number(
            part,
            (date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) - 1) * 7L + date.getDayOfWeek().getValue(),
            3);
      }
      case "DD" -> number(part, fields.day, 2);
      case "D" -> number(part, weekday(fields) + 1L, 1);
      case "ID" -> number(part, date(fields).getDayOfWeek().getValue(), 1);
      case "WW" -> number(part, (date(fields).getDayOfYear() - 1) / 7 + 1, 2);
      case "IW" -> number(part, date(fields).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
      case "W" -> number(part, (fields.day - 1) / 7 + 1, 1);
      case "Q" -> fields.month == 0 ? "" : number(part, (fields.month - 1) / 3 + 1, 1);
      case "CC" -> signedNumber(part, century(fields), 2);
      case "Y,YYY" -> {
        int year = shownYear(fields);
        yield year / 1000 + "," + String.format(Locale.ROOT, "%03d", year % 1000);
      }
      case "YYYY" -> signedNumber(part, shownYear(fields), 4);
      case "YYY" -> signedNumber(part, shownYear(fields) % 1000, 3);
      case "YY" -> signedNumber(part, shownYear(fields) % 100, 2);
      case "Y" -> number(part, shownYear(fields) % 10, 1);
      case "IYYY" -> number(part, isoYear(fields), 4);
      case "IYY" -> number(part, isoYear(fields) % 1000, 3);
      case "IY" -> number(part, isoYear(fields) % 100, 2);
      case "I" -> number(part, isoYear(fields) % 10, 1);
      case "RM" -> {
        if (fields.month == 0 && fields.year == 0) {
          yield "";
        }
        // Months of intervals go round, backwards as well.
        int month = Math.floorMod(fields.month - (fields.month > 0 ? 1 : 0), 12);
        if (fields.month == 0) {
          month = fields.year > 0 ? 11 : 0;
        }
        yield name(part, ROMAN_MONTHS[month], 4);
      }
      case "J" ->
          number(
              part, date(fields).toEpochDay() - DateTimes.EPOCH_DAYS + DateTimes.EPOCH_JULIAN, 0);
      default -> part.text;
    };
  }

  private static int weekday(Fields fields) {
    return date(fields).getDayOfWeek().getValue() % 7;
  }

  private static int century(Fields fields) {
    if (fields.date == null) {
      return fields.year / 100;
    }
    return fields.year > 0 ? (fields.year - 1) / 100 + 1 : fields.year / 100 - 1;
  }

  private static int isoYear(Fields fields) {
    int year = date(fields).get(IsoFields.WEEK_BASED_YEAR);
    return year > 0 ? year : 1 - year;
  }

  /// In the case of the pattern: `DAY`, `Day` or `day`.
  private static String cased(Part part, String text) {
    boolean upper = Character.isUpperCase(part.text.charAt(0));
    boolean mixed = upper && part.text.length() > 1 && Character.isLowerCase(part.text.charAt(1));
    return mixed ? text : upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
  }

  private static String name(Part part, String name, int width) {
    String text = cased(part, name);
    return part.fill ? text : text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String zoneName(Part part, Fields fields) {
    if (fields.zone == null) {
      return "";
    }
    boolean summer =
        fields
            .zone
            .getRules()
            .isDaylightSavings(
                java.time.Instant.ofEpochSecond(
                    Math.floorDiv(fields.instant, DateTimes.MICROS_PER_SECOND)
                        + DateTimes.EPOCH_SECONDS));
    String name =
        fields.zone instanceof java.time.ZoneOffset
            ? fields.zone.getId().equals("Z") ? "UTC" : fields.zone.getId()
            : TimeZone.getTimeZone(fields.zone)
                .getDisplayName(summer, TimeZone.SHORT, Locale.ENGLISH);
    return cased(part, name);
  }

  private static String sign(Fields fields) {
    return fields.offset < 0 ? "-" : "+";
  }

  private static String twoDigits(int value) {
    return value < 10 ? "0" + value : Integer.toString(value);
  }

  private static String offset(Fields fields) {
    int magnitude = Math.abs(fields.offset);
    String text = sign(fields) + twoDigits(magnitude / 3600);
    return magnitude % 3600 == 0 ? text : text + ":" + twoDigits(magnitude / 60 % 60);
  }

  // ---- to_date, to_timestamp

  /// What `to_timestamp` and `to_date` read.
  ///
  /// @param local local time
  /// @param offset seconds east of UTC when the text says so, else null
  record Parsed(long local, @Nullable Integer offset) {}

  static Parsed read(String text, String template) {
    return new Reader(text, parse(template)).read();
  }

  private static final class Reader {
    private final String text;
    private final List<Part> parts;
    private int at;

    private @Nullable Integer year;
    private int yearLength;
    private @Nullable Integer century;
    private boolean beforeChrist;
    private @Nullable Integer month;
    private @Nullable Integer day;
    private @Nullable Integer dayOfYear;
    private @Nullable Integer julian;
    private @Nullable Integer weekOfYear;
    private @Nullable Integer weekOfMonth;
    private @Nullable Integer isoYear;
    private @Nullable Integer isoWeek;
    private @Nullable Integer isoDay;
    private @Nullable Integer isoDayOfYear;
    private int hour;
    private boolean twelveHours;
    private @Nullable Boolean afternoon;
    private int minute;
    private int second;
    private @Nullable Integer secondOfDay;
    private int micros;
    private @Nullable Integer offsetHours;
    private int offsetMinutes;
    private boolean offsetNegative;

    Reader(String text, List<Part> parts) {
      this.text = text;
      this.parts = parts;
    }

    private QuiverException outOfRange() {
      return new QuiverException(
          SqlState.DATETIME_FIELD_OVERFLOW, "date/time field value out of range: \"%s\"", text);
    }

    private static QuiverException invalidValue(String value, Part part) {
      return new QuiverException(
          SqlState.INVALID_DATETIME_FORMAT, "invalid value \"%s\" for \"%s\"", value, part.text);
    }

    private void skipSpace() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    Parsed read() {
      for (int i = 0; i < parts.size(); i++) {
        Part part = parts.get(i);
        if (at >= text.length()) {
          break;
        }
        if (part.isSeparator()) {
          char c = text.charAt(at);
          if (Character.isWhitespace(c)
              || (!Character.isLetterOrDigit(c) && c != '+' && c != '-')
              || c == part.text.charAt(0)) {
            at++;
          }
          continue;
        }
        if (part.isLiteral()) {
          at++;
          continue;
        }
        skipSpace();
        if (at >= text.length()) {
          break;
        }
        boolean open =
            part.fill
                || i + 1 == parts.size()
                || (parts.get(i + 1).isLiteral()
                    && !Character.isDigit(parts.get(i + 1).text.charAt(0)));
        field(part, open);
        if (!part.ordinal.isEmpty()) {
          at = Math.min(text.length(), at + 2);
        }
      }
      return result();
    }

    /// A number of at most `width` digits, or of as many as there are when nothing follows
    /// directly.
    private int number(Part part, int width, boolean open) {
      skipSpace();
      int start = at;
      if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
        at++;
      }
      int limit = open ? text.length() : Math.min(text.length(), at + width);
      int digits = at;
      while (at < limit && Character.isDigit(text.charAt(at))) {
        at++;
      }
      if (at == digits) {
        throw invalidValue(text.substring(start, Math.min(text.length(), start + width)), part)
            .withDetail("Value must be an integer.");
      }
      if (!open && at - digits < width && width > 1 && limit - digits == width) {
        throw invalidValue(text.substring(start, limit), part)
            .withDetail(
                String.format(
                    Locale.ROOT,
                    "Field requires %d characters, but only %d could be parsed.",
                    width,
                    at - digits))
            .withHint("If your source string is not fixed-width, try using the \"FM\" modifier.");
      }
      try {
        return Integer.parseInt(text.substring(start, at));
      } catch (NumberFormatException e) {
        throw new QuiverException(
                SqlState.DATETIME_FIELD_OVERFLOW,
                "value for \"%s\" in source string is out of range",
                part.text)
            .withCause(e);
      }
    }

    /// The index of the name that stands here; the shortest form is enough for `Mon` and `Dy`.
    private int name(Part part, String[] names, int length) {
      String rest = text.substring(at).toLowerCase(Locale.ROOT);
      for (int i = 0; i < names.length; i++) {
        String name = names[i].toLowerCase(Locale.ROOT);
        String wanted = length > 0 ? name.substring(0, Math.min(length, name.length())) : name;
        if (rest.startsWith(wanted)) {
          at += wanted.length();
          return i;
        }
      }
      int end = at;
      while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
        end++;
      }
      throw invalidValue(text.substring(at, end), part)
          .withDetail("The given value did not match any of the allowed values for this field.");
    }

    private void field(Part part, boolean open) {
      switch (part.pattern) {
        case "A.M.", "P.M." -> afternoon = name(part, new String[] {"a.m.", "p.m."}, 0) == 1;
        case "AM", "PM" -> afternoon = name(part, new String[] {"am", "pm"}, 0) == 1;
        case "B.C.", "A.D." -> beforeChrist = name(part, new String[] {"a.d.", "b.c."}, 0) == 1;
        case "BC", "AD" -> beforeChrist = name(part, new String[] {"ad", "bc"}, 0) == 1;
        case "HH", "HH12" -> {
          hour = number(part, 2, open);
          twelveHours = true;
        }
        case "HH24" -> hour = number(part, 2, open);
        case "MI" -> minute = number(part, 2, open);
        case "SS" -> second = number(part, 2, open);
        case "MS" -> micros = fraction(part, 3, open);
        case "US" -> micros = fraction(part, 6, open);
        case "FF1", "FF2", "FF3", "FF4", "FF5", "FF6" ->
            micros = fraction(part, part.pattern.charAt(2) - '0', open);
        case "SSSS", "SSSSS" -> secondOfDay = number(part, 5, open);
        case "TZH" -> {
          offsetNegative = text.charAt(at) == '-';
          offsetHours = Math.abs(number(part, 2, open));
        }
        case "TZM" -> offsetMinutes = number(part, 2, open);
        case "TZ", "OF" ->
            throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "formatting field \"%s\" is only supported in to_char",
                part.text);
        case "MONTH" -> month = name(part, MONTHS, 0) + 1;
        case "MON" -> month = name(part, MONTHS, 3) + 1;
        case "MM" -> month = number(part, 2, open);
        case "DAY" -> name(part, DAYS, 0);
        case "DY" -> name(part, DAYS, 3);
        case "DDD" -> dayOfYear = number(part, 3, open);
        case "IDDD" -> isoDayOfYear = number(part, 3, open);
        case "DD" -> day = number(part, 2, open);
        case "D" -> number(part, 1, open);
        case "ID" -> isoDay = number(part, 1, open);
        case "WW" -> weekOfYear = number(part, 2, open);
        case "IW" -> isoWeek = number(part, 2, open);
        case "W" -> weekOfMonth = number(part, 1, open);
        case "Q" -> number(part, 1, open);
        case "CC" -> century = number(part, 2, open);
        case "Y,YYY" -> {
          int thousands = number(part, 4, true);
          at = Math.min(text.length(), at + 1);
          year = thousands * 1000 + number(part, 3, false);
          yearLength = 4;
        }
        case "YYYY" -> year(number(part, 4, open), 4);
        case "YYY" -> partialYear(part, 3, open);
        case "YY" -> partialYear(part, 2, open);
        case "Y" -> partialYear(part, 1, open);
        case "IYYY" -> isoYear = number(part, 4, open);
        case "IYY" -> isoYear = nearest(number(part, 3, open), 3);
        case "IY" -> isoYear = nearest(number(part, 2, open), 2);
        case "I" -> isoYear = nearest(number(part, 1, open), 1);
        case "RM" -> month = romanMonth(part);
        case "J" -> julian = number(part, 10, true);
        default -> throw invalidValue(text.substring(at), part);
      }
    }

    private int romanMonth(Part part) {
      for (int i = ROMAN_MONTHS.length - 1; i >= 0; i--) {
        if (text.regionMatches(true, at, ROMAN_MONTHS[i], 0, ROMAN_MONTHS[i].length())) {
          int end = at + ROMAN_MONTHS[i].length();
          boolean complete = end >= text.length() || "IVXivx".indexOf(text.charAt(end)) < 0;
          if (complete) {
            at = end;
            return i + 1;
          }
        }
      }
      throw invalidValue(text.substring(at), part)
          .withDetail("The given value did not match any of the allowed values for this field.");
    }

    private void year(int value, int length) {
      year = value;
      yearLength = length;
    }

    private void partialYear(Part part, int width, boolean open) {
      int start = at;
      int value = number(part, width, open);
      int digits = at - start;
      year(digits < 4 && value >= 0 ? nearest(value, digits) : value, width);
    }

    /// A short year is the one nearest to 2020.
    private static int nearest(int value, int digits) {
      if (digits <= 2) {
        return value < 70 ? value + 2000 : value < 100 ? value + 1900 : value;
      }
      return value < 100
          ? value + 2000
          : value < 520 ? value + 2000 : value < 1000 ? value + 1000 : value;
    }

    private int fraction(Part part, int width, boolean open) {
      int start = at;
      int value = number(part, width, open);
      int digits = at - start;
      for (int i = digits; i < 6; i++) {
        value *= 10;
      }
      for (int i = 6; i < digits; i++) {
        value /= 10;
      }
      return value;
    }

    private Parsed result() {
      long time = time();
      LocalDate date;
      try {
        date = date();
      } catch (DateTimeException e) {
        throw outOfRange().withCause(e);
      }
      long local = (date.toEpochDay() - DateTimes.EPOCH_DAYS) * DateTimes.MICROS_PER_DAY + time;
      Integer offset = null;
      if (offsetHours != null) {
        int seconds = offsetHours * 3600 + offsetMinutes * 60;
        offset = offsetNegative ? -seconds : seconds;
      }
      return new Parsed(local, offset);
    }

    private long time() {
      int hours = hour;
      if (secondOfDay != null) {
        int seconds = secondOfDay;
        return seconds * DateTimes.MICROS_PER_SECOND + micros;
      }
      if (twelveHours) {
        if (hours < 1 || hours > 12) {
          throw new QuiverException(
                  SqlState.INVALID_DATETIME_FORMAT,
                  "hour \"%d\" is invalid for the 12-hour clock",
                  hours)
              .withHint("Use the 24-hour clock, or give an hour between 1 and 12.");
        }
        boolean pm = afternoon != null && afternoon;
        if (pm && hours < 12) {
          hours += 12;
        } else if (!pm && hours == 12) {
          hours = 0;
        }
      }
      if (hours < 0 || hours > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
        throw outOfRange();
      }
      return ((hours * 60L + minute) * 60 + second) * DateTimes.MICROS_PER_SECOND + micros;
    }

    private int fullYear() {
      if (year == null && century == null) {
        // Without a year the date is in 1 BC.
        return 0;
      }
      if (century != null) {
        if (year == null) {
          return beforeChrist ? -century * 100 + 1 : (century - 1) * 100 + 1;
        }
        if (yearLength <= 2) {
          int inCentury = Math.floorMod(year, 100);
          return inCentury == 0 ? century * 100 : (century - 1) * 100 + inCentury;
        }
      }
      int value = year == null ? 0 : year;
      return beforeChrist ? 1 - value : value;
    }

    private LocalDate date() {
      if (julian != null) {
        return DateTimes.localDate((long) julian - DateTimes.EPOCH_JULIAN);
      }
      if (isoYear != null && (isoWeek != null || isoDayOfYear != null)) {
        LocalDate firstWeek = LocalDate.of(isoYear, 1, 4).with(java.time.DayOfWeek.MONDAY);
        if (isoDayOfYear != null) {
          return firstWeek.plusDays(isoDayOfYear - 1L);
        }
        int week = isoWeek == null ? 1 : isoWeek;
        int weekday = isoDay == null ? 1 : isoDay;
        return firstWeek.plusDays((week - 1) * 7L + weekday - 1);
      }
      int fullYear = isoYear != null ? isoYear : fullYear();
      if (dayOfYear != null && month == null) {
        return LocalDate.ofYearDay(fullYear, dayOfYear);
      }
      if (weekOfYear != null && month == null) {
        return LocalDate.of(fullYear, 1, 1).plusDays((weekOfYear - 1) * 7L);
      }
      int dayOfMonth = day == null ? 1 : day;
      if (weekOfMonth != null && day == null) {
        dayOfMonth = (weekOfMonth - 1) * 7 + 1;
      }
      return LocalDate.of(fullYear, month == null ? 1 : month, dayOfMonth);
    }
  }
}
