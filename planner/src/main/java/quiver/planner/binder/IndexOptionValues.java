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

  /// Checks the options of a key's index. They steer pages, which are not there: every value holds.
  static void checkKey(List<Option> options) {
    Map<String, String> _ = checked(IndexMethod.BTREE, options);
  }

  private static String value(IndexMethod method, Option option) {
    IndexOption known = known(method, option.name());
    return switch (known.kind()) {
      case IndexOption.Kind.Flag() -> {
        boolean isOn = OptionValues.flag(option);
        String text = option.text();
        yield text == null ? Boolean.toString(isOn) : text;
      }
      case IndexOption.Kind.Range(int min, int max) ->
          Integer.toString(OptionValues.integer(option, min, max));
      case IndexOption.Kind.Words words -> {
        String text = option.text();
        String word = text == null ? "true" : text;
        if (!words.values().contains(word)) {
          throw OptionValues.invalid("enum", option)
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
}
