package quiver.frontend.setting;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.IntervalStyle;
import quiver.common.format.IntervalText;
import quiver.common.format.TimeZones;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.common.value.Interval;
import quiver.frontend.setting.Parameter.Kind;
import quiver.frontend.setting.Parameter.Unit;

/// Checks and spells parameter values as PostgreSQL does. Numbers are kept in the parameter's unit.
final class ParameterValues {
  private static final Pattern EXACT = Pattern.compile("[+-]?[0-9]{1,18}");

  private static final String MEMORY_UNITS =
      "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".";
  private static final String TIME_UNITS =
      "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".";

  private ParameterValues() {}

  /// The value to keep for what the client gave.
  ///
  /// @param current the value there is
  /// @param reset the value that RESET goes back to
  /// @throws QuiverException `22023` if it is not valid, `0A000` if it is and is not implemented
  static String normalise(Parameter parameter, String value, String current, String reset) {
    return switch (parameter.kind()) {
      case Kind.Bool() -> bool(parameter, value);
      case Kind.Int whole -> whole(parameter, whole, value);
      case Kind.Real real -> real(parameter, real, value);
      case Kind.Choice(var choices, var supported) -> choice(parameter, choices, supported, value);
      case Kind.Text() -> value;
      case Kind.TimeZone() -> timeZone(parameter, value);
      case Kind.DateStyle() -> DateStyleValue.normalise(parameter, value, current, reset);
      case Kind.Encoding() -> encoding(parameter, value);
      case Kind.SearchPath() -> {
        if (splitIdentifiers(value).isEmpty()) {
          throw invalid(parameter, value);
        }
        yield value;
      }
      case Kind.Role() -> value;
    };
  }

  /// How SHOW prints a kept value: numbers with the largest unit that divides them.
  static String display(Parameter parameter, String value) {
    if (!(parameter.kind() instanceof Kind.Int(var min, var max, var unit)) || unit == null) {
      return value;
    }
    long number = Long.parseLong(value);
    if (number <= 0) {
      return value.equals("0") || number < 0 ? value : value + unit.symbol();
    }
    long base = number * unit.base();
    String[] symbols =
        unit.isMemory()
            ? new String[] {"TB", "GB", "MB", "kB", "B"}
            : new String[] {"d", "h", "min", "s", "ms", "us"};
    for (String symbol : symbols) {
      long size = unitBase(symbol);
      if (base % size == 0) {
        return base / size + symbol;
      }
    }
    return value + unit.symbol();
  }

  static QuiverException invalid(Parameter parameter, String value) {
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE,
        "invalid value for parameter \"%s\": \"%s\"",
        parameter.name(),
        value);
  }

  private static QuiverException unsupported(Parameter parameter, String value) {
    return new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED,
        "setting \"%s\" to \"%s\" is not supported",
        parameter.name(),
        value);
  }

  static Optional<Boolean> parseBool(String value) {
    String text = value.strip().toLowerCase(Locale.ROOT);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if ("true".startsWith(text)
        || "yes".startsWith(text)
        || text.equals("on")
        || text.equals("1")) {
      return Optional.of(true);
    }
    boolean off = text.length() > 1 && "off".startsWith(text);
    if ("false".startsWith(text) || "no".startsWith(text) || off || text.equals("0")) {
      return Optional.of(false);
    }
    return Optional.empty();
  }

  private static String bool(Parameter parameter, String value) {
    return parseBool(value)
        .map(on -> on ? "on" : "off")
        .orElseThrow(() ->
            new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE,
                "parameter \"%s\" requires a Boolean value",
                parameter.name()));
  }

  private static String whole(Parameter parameter, Kind.Int kind, String value) {
    String text = value.strip();
    if (EXACT.matcher(text).matches()) {
      // As a double it would lose its last digits.
      long exact = Long.parseLong(text);
      return inRange(parameter, kind, exact, exact >= kind.min() && exact <= kind.max());
    }
    int end = 0;
    while (end < text.length() && "+-.eE0123456789".indexOf(text.charAt(end)) >= 0) {
      // "e" begins a unit nowhere, but "1e3" is a number.
      end++;
    }
    double number;
    try {
      number = Double.parseDouble(text.substring(0, end));
    } catch (NumberFormatException e) {
      throw invalid(parameter, value);
    }
    String symbol = text.substring(end).strip();
    Unit unit = kind.unit();
    if (!symbol.isEmpty()) {
      if (unit == null) {
        throw invalid(parameter, value);
      }
      long size = unitBase(symbol);
      boolean memory = symbol.endsWith("B");
      if (size == 0 || memory != unit.isMemory()) {
        throw invalid(parameter, value).withHint(unit.isMemory() ? MEMORY_UNITS : TIME_UNITS);
      }
      number = number * size / unit.base();
    }
    double rounded = Math.rint(number);
    return inRange(parameter, kind, (long) rounded, rounded >= kind.min() && rounded <= kind.max());
  }

  private static String inRange(
      Parameter parameter, Kind.Int kind, long number, boolean isInRange) {
    Unit unit = kind.unit();
    if (!isInRange) {
      String suffix = unit == null ? "" : " " + unit.symbol();
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "%d%s is outside the valid range for parameter \"%s\" (%d .. %d)",
          number,
          suffix,
          parameter.name(),
          kind.min(),
          kind.max());
    }
    return Long.toString(number);
  }

  /// Bytes or microseconds; 0 for an unknown symbol.
  private static long unitBase(String symbol) {
    return switch (symbol) {
      case "B" -> 1L;
      case "kB" -> 1L << 10;
      case "MB" -> 1L << 20;
      case "GB" -> 1L << 30;
      case "TB" -> 1L << 40;
      case "us" -> 1L;
      case "ms" -> 1_000L;
      case "s" -> 1_000_000L;
      case "min" -> 60_000_000L;
      case "h" -> 3_600_000_000L;
      case "d" -> 86_400_000_000L;
      default -> 0L;
    };
  }

  private static String real(Parameter parameter, Kind.Real kind, String value) {
    double number;
    try {
      number = Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      throw invalid(parameter, value);
    }
    if (Double.isNaN(number) || number < kind.min() || number > kind.max()) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "%s is outside the valid range for parameter \"%s\" (%s .. %s)",
          shortest(number),
          parameter.name(),
          shortest(kind.min()),
          shortest(kind.max()));
    }
    return shortest(number);
  }

  private static String shortest(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private static String choice(
      Parameter parameter, List<String> choices, List<String> supported, String value) {
    String wanted = value.toLowerCase(Locale.ROOT);
    if (!choices.contains(wanted) && choices.contains("on")) {
      wanted = parseBool(value).map(on -> on ? "on" : "off").orElse(wanted);
    }
    if (!choices.contains(wanted)) {
      // Named as SET names it, others as they are spelled.
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "invalid value for parameter \"%s\": \"%s\"",
              parameter.name().toLowerCase(Locale.ROOT),
              value)
          .withHint("Available values: " + String.join(", ", choices) + ".");
    }
    if (!supported.contains(wanted)) {
      throw unsupported(parameter, wanted);
    }
    return wanted;
  }

  private static final String INTERVAL = "interval";

  private static String timeZone(Parameter parameter, String value) {
    String text = value.strip();
    if (text.equalsIgnoreCase("utc") || text.equalsIgnoreCase("gmt")) {
      return text.toUpperCase(Locale.ROOT);
    }
    if (text.matches("[+-]?[0-9]+(\\.[0-9]+)?")) {
      // A number is hours east of UTC.
      int seconds = (int) Math.rint(Double.parseDouble(text) * 3600);
      if (Math.abs(seconds) > ZoneOffset.MAX.getTotalSeconds()) {
        throw invalid(parameter, value);
      }
      return posixName(seconds);
    }
    if (text.regionMatches(true, 0, INTERVAL, 0, INTERVAL.length())) {
      return posixName(displacementOf(parameter, text));
    }
    try {
      return TimeZones.byName(text)
          .map(ZoneId::getId)
          .orElseGet(() -> {
            TimeZones.ofSetting(text);
            return text.toUpperCase(Locale.ROOT);
          });
    } catch (QuiverException e) {
      throw invalid(parameter, value).withCause(e);
    }
  }

  /// Seconds east of UTC of `INTERVAL '…'`.
  private static int displacementOf(Parameter parameter, String text) {
    String literal = text.substring(INTERVAL.length()).strip();
    if (literal.length() < 2 || !literal.startsWith("'") || !literal.endsWith("'")) {
      throw invalid(parameter, text);
    }
    Interval interval =
        IntervalText.parse(
            literal.substring(1, literal.length() - 1),
            TypeNames.intervalFields(SqlType.NO_MODIFIER),
            IntervalStyle.POSTGRES);
    String shown = "INTERVAL '" + IntervalText.format(interval, IntervalStyle.POSTGRES) + "'";
    if (interval.months() != 0) {
      throw invalid(parameter, shown).withDetail("Cannot specify months in time zone interval.");
    }
    if (interval.days() != 0) {
      throw invalid(parameter, shown).withDetail("Cannot specify days in time zone interval.");
    }
    return (int) (interval.micros() / 1_000_000);
  }

  /// How PostgreSQL names a zone that is only a displacement: `<+05:30>-05:30`.
  private static String posixName(int seconds) {
    String east = displacement(seconds);
    return "<" + east + ">" + displacement(-seconds);
  }

  private static String displacement(int seconds) {
    int size = Math.abs(seconds);
    String text = (seconds < 0 ? "-" : "+") + String.format(Locale.ROOT, "%02d", size / 3600);
    if (size % 3600 == 0) {
      return text;
    }
    text += String.format(Locale.ROOT, ":%02d", size / 60 % 60);
    return size % 60 == 0 ? text : text + String.format(Locale.ROOT, ":%02d", size % 60);
  }

  private static String encoding(Parameter parameter, String value) {
    String name = value.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return switch (name) {
      case "utf8", "unicode" -> "UTF8";
      case "sqlascii" -> "SQL_ASCII";
      default -> {
        boolean known =
            name.matches(
                "latin[0-9]+|win[0-9]+|windows[0-9]+|iso8859[0-9]*|euc.*|sjis|shiftjis.*"
                    + "|big5|gbk|gb18030|koi8.*|johab|uhc|muleinternal");
        QuiverException error = invalid(parameter, value);
        throw known
            ? error.withDetail("Conversion between " + value + " and UTF8 is not supported.")
            : error;
      }
    };
  }

  /// The names of a comma-separated list of identifiers, unquoted ones in lower case; empty if the
  /// list is malformed.
  static Optional<List<String>> splitIdentifiers(String value) {
    List<String> names = new ArrayList<>();
    int at = 0;
    String text = value.strip();
    if (text.isEmpty()) {
      return Optional.of(names);
    }
    while (true) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      StringBuilder name = new StringBuilder();
      if (at < text.length() && text.charAt(at) == '"') {
        at++;
        while (true) {
          if (at >= text.length()) {
            return Optional.empty();
          }
          char c = text.charAt(at++);
          if (c == '"') {
            if (at < text.length() && text.charAt(at) == '"') {
              at++;
            } else {
              break;
            }
          }
          name.append(c);
        }
      } else {
        while (at < text.length()
            && text.charAt(at) != ','
            && !Character.isWhitespace(text.charAt(at))) {
          name.append(Character.toLowerCase(text.charAt(at++)));
        }
        if (name.isEmpty()) {
          return Optional.empty();
        }
      }
      names.add(name.toString());
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        return Optional.of(names);
      }
      if (text.charAt(at++) != ',') {
        return Optional.empty();
      }
    }
  }

  /// A name as it must be written in SQL.
  static String quoteIdentifier(String name) {
    return name.matches("[a-z_][a-z0-9_$]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}
