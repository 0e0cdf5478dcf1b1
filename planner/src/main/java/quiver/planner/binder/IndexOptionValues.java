package quiver.planner.binder;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.IndexOption;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Option;

/// Checks WITH (…) and SET (…) of an index.
final class IndexOptionValues {
  private IndexOptionValues() {}

  /// The options by name, as they were given.
  static Map<String, String> checked(IndexMethod method, List<Option> options) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Option option : options) {
      if (values.containsKey(option.name())) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE,
            "parameter \"%s\" specified more than once",
            option.name());
      }
      values.put(option.name(), value(method, option));
    }
    return values;
  }

  private static String value(IndexMethod method, Option option) {
    IndexOption known = known(method, option.name());
    return switch (known.kind()) {
      case IndexOption.Kind.Range(int min, int max) -> Integer.toString(integer(option, min, max));
      case IndexOption.Kind.Words words -> {
        String text = option.text();
        String word = text == null ? "true" : text;
        if (!words.values().contains(word)) {
          throw new QuiverException(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "invalid value for enum option \"%s\": %s",
                  option.name(),
                  word)
              .withDetail("Valid values are " + listed(words.values()) + ".");
        }
        yield word;
      }
    };
  }

  /// `"a", "b" and "c"`, as PostgreSQL's own options list them.
  private static String listed(List<String> words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      text.append(i == 0 ? "" : i == words.size() - 1 ? " and " : ", ");
      text.append('"').append(words.get(i)).append('"');
    }
    return text.toString();
  }

  /// The option of this name.
  static IndexOption known(IndexMethod method, String name) {
    return IndexOption.of(method, name)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE, "unrecognized parameter \"%s\"", name));
  }

  /// The integer value of a storage parameter.
  static int integer(Option option, int min, int max) {
    String text = option.text();
    long value;
    try {
      value = Long.parseLong(text == null ? "" : text.strip());
    } catch (NumberFormatException e) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "invalid value for integer option \"%s\": %s",
              option.name(),
              text == null ? "true" : text)
          .withCause(e);
    }
    if (value < min || value > max) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %s out of bounds for option \"%s\"",
              text == null ? "" : text.strip(),
              option.name())
          .withDetail("Valid values are between \"" + min + "\" and \"" + max + "\".");
    }
    return (int) value;
  }
}
