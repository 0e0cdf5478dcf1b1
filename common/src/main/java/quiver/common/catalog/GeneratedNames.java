package quiver.common.catalog;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/// Names that PostgreSQL would choose for objects without one.
public final class GeneratedNames {
  /// Longest identifier, in bytes: NAMEDATALEN - 1.
  private static final int NAME_BYTES_MAX = 63;

  private GeneratedNames() {}

  /// `first_second_label`, shortened to fit, with the smallest number that makes it unused.
  ///
  /// @param second may be empty
  public static String choose(
      String first, String second, String label, Predicate<String> isTaken) {
    String chosen = join(first, second, label);
    for (int number = 1; isTaken.test(chosen); number++) {
      chosen = join(first, second, label + number);
    }
    return chosen;
  }

  /// Source: PostgreSQL's rule for generated names: the longer of the two parts gives way.
  private static String join(String first, String second, String label) {
    int overhead = label.isEmpty() ? 0 : 1 + bytes(label);
    overhead += second.isEmpty() ? 0 : 1;
    String shortFirst = first;
    String shortSecond = second;
    while (bytes(shortFirst) + bytes(shortSecond) > NAME_BYTES_MAX - overhead) {
      if (bytes(shortFirst) > bytes(shortSecond)) {
        shortFirst = withoutLast(shortFirst);
      } else {
        shortSecond = withoutLast(shortSecond);
      }
    }
    StringBuilder joined = new StringBuilder(shortFirst);
    if (!second.isEmpty()) {
      joined.append('_').append(shortSecond);
    }
    if (!label.isEmpty()) {
      joined.append('_').append(label);
    }
    return joined.toString();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String withoutLast(String text) {
    return text.substring(0, text.offsetByCodePoints(text.length(), -1));
  }
}
