package quiver.planner.binder;

import java.util.List;
import java.util.Locale;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Option;

/// The values of options in WITH (…) and SET (…); messages are PostgreSQL's.
final class OptionValues {
  private static final List<String> TRUE = List.of("true", "yes", "on", "1");
  private static final List<String> FALSE = List.of("false", "no", "off", "0");

  private OptionValues() {}

  /// The integer value of a storage parameter.
  static int integer(Option option, int min, int max) {
    String text = option.text();
    long value;
    try {
      value = Long.parseLong(text == null ? "" : text.strip());
    } catch (NumberFormatException e) {
      throw invalid("integer", option).withCause(e);
    }
    if (value < min || value > max) {
      throw outOfBounds(option, Integer.toString(min), Integer.toString(max));
    }
    return (int) value;
  }

  /// The value of an option that takes fractions.
  static double number(Option option, double min, double max) {
    String text = option.text();
    double value;
    try {
      value = Double.parseDouble(text == null ? "" : text.strip());
    } catch (NumberFormatException e) {
      throw invalid("floating point", option).withCause(e);
    }
    if (!(value >= min && value <= max)) {
      throw outOfBounds(
          option, String.format(Locale.ROOT, "%f", min), String.format(Locale.ROOT, "%f", max));
    }
    return value;
  }

  private static QuiverException outOfBounds(Option option, String min, String max) {
    String text = option.text();
    return new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE,
            "value %s out of bounds for option \"%s\"",
            text == null ? "" : text.strip(),
            option.name())
        .withDetail("Valid values are between \"" + min + "\" and \"" + max + "\".");
  }

  /// The value of an option that is on or off; without one it is on.
  static boolean flag(Option option) {
    String text = option.text();
    if (text == null || isOneOf(TRUE, text)) {
      return true;
    }
    if (isOneOf(FALSE, text)) {
      return false;
    }
    throw invalid("boolean", option);
  }

  /// Words may be cut as long as they are one word's only: `o` is not.
  private static boolean isOneOf(List<String> words, String text) {
    String word = text.toLowerCase(Locale.ROOT);
    return !word.isEmpty()
        && !word.equals("o")
        && words.stream().anyMatch(known -> known.startsWith(word));
  }

  /// The error of a value that is none.
  static QuiverException invalid(String kind, Option option) {
    String text = option.text();
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE,
        "invalid value for %s option \"%s\": %s",
        kind,
        option.name(),
        text == null ? "true" : text);
  }
}
