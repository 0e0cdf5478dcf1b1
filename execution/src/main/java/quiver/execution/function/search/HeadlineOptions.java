package quiver.execution.function.search;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Options of `ts_headline`.
///
/// @param fragmentsMax 0 for one headline around the best place
record HeadlineOptions(
    int wordsMax,
    int wordsMin,
    int shortWord,
    int fragmentsMax,
    boolean highlightAll,
    String start,
    String stop,
    String delimiter) {
  static final HeadlineOptions DEFAULT =
      new HeadlineOptions(35, 15, 3, 0, false, "<b>", "</b>", " ... ");

  /// Reads `name = value, …`; values may be in double quotes.
  static HeadlineOptions parse(String text) {
    Map<String, String> values = values(text);
    HeadlineOptions options = DEFAULT;
    for (Map.Entry<String, String> entry : values.entrySet()) {
      options = options.with(entry.getKey(), entry.getValue());
    }
    options.check();
    return options;
  }

  private HeadlineOptions with(String name, String value) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "maxwords" ->
          new HeadlineOptions(
              number(value),
              wordsMin,
              shortWord,
              fragmentsMax,
              highlightAll,
              start,
              stop,
              delimiter);
      case "minwords" ->
          new HeadlineOptions(
              wordsMax,
              number(value),
              shortWord,
              fragmentsMax,
              highlightAll,
              start,
              stop,
              delimiter);
      case "shortword" ->
          new HeadlineOptions(
              wordsMax,
              wordsMin,
              number(value),
              fragmentsMax,
              highlightAll,
              start,
              stop,
              delimiter);
      case "maxfragments" ->
          new HeadlineOptions(
              wordsMax, wordsMin, shortWord, number(value), highlightAll, start, stop, delimiter);
      case "highlightall" ->
          new HeadlineOptions(
              wordsMax, wordsMin, shortWord, fragmentsMax, isTrue(value), start, stop, delimiter);
      case "startsel" ->
          new HeadlineOptions(
              wordsMax, wordsMin, shortWord, fragmentsMax, highlightAll, value, stop, delimiter);
      case "stopsel" ->
          new HeadlineOptions(
              wordsMax, wordsMin, shortWord, fragmentsMax, highlightAll, start, value, delimiter);
      case "fragmentdelimiter" ->
          new HeadlineOptions(
              wordsMax, wordsMin, shortWord, fragmentsMax, highlightAll, start, stop, value);
      default ->
          throw invalid(
              String.format(Locale.ROOT, "unrecognized headline parameter: \"%s\"", name));
    };
  }

  private static int number(String value) {
    try {
      return Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      throw new QuiverException(
              SqlState.INVALID_TEXT_REPRESENTATION,
              "invalid input syntax for type %s: \"%s\"",
              "integer",
              value)
          .withCause(e);
    }
  }

  private static boolean isTrue(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "1", "on", "true", "t", "y", "yes" -> true;
      default -> false;
    };
  }

  private void check() {
    if (highlightAll) {
      return;
    }
    if (wordsMin >= wordsMax) {
      throw invalid("MinWords should be less than MaxWords");
    }
    if (wordsMin <= 0) {
      throw invalid("MinWords should be positive");
    }
    if (shortWord < 0) {
      throw invalid("ShortWord should be >= 0");
    }
    if (fragmentsMax < 0) {
      throw invalid("MaxFragments should be >= 0");
    }
  }

  private static QuiverException invalid(String message) {
    return QuiverException.ofMessage(SqlState.INVALID_PARAMETER_VALUE, message);
  }

  private static Map<String, String> values(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    int at = 0;
    while (true) {
      while (at < text.length() && (text.charAt(at) == ',' || isBlank(text.charAt(at)))) {
        at++;
      }
      if (at == text.length()) {
        return values;
      }
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        throw badList(text);
      }
      String name = text.substring(at, equals).strip();
      at = equals + 1;
      while (at < text.length() && isBlank(text.charAt(at))) {
        at++;
      }
      StringBuilder value = new StringBuilder();
      if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
        at = quoted(text, at, value);
      } else {
        while (at < text.length() && text.charAt(at) != ',' && !isBlank(text.charAt(at))) {
          value.append(text.charAt(at++));
        }
      }
      values.put(name, value.toString());
    }
  }

  private static int quoted(String text, int from, StringBuilder value) {
    char quote = text.charAt(from);
    for (int at = from + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
          at++;
        } else {
          return at + 1;
        }
      }
      value.append(c);
    }
    throw badList(text);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static QuiverException badList(String text) {
    return new QuiverException(
        SqlState.SYNTAX_ERROR, "invalid parameter list format: \"%s\"", text);
  }
}
