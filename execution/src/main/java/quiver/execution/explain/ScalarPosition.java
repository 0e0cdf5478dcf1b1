package quiver.execution.explain;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import quiver.common.value.Numeric;

/// Values as numbers, to tell where one is between two others.
///
/// Source: PostgreSQL 15's selfuncs.c (`convert_to_scalar`): of texts, what follows the prefix they
/// have in common is a fraction to the base of the characters that occur.
final class ScalarPosition {
  /// More of a text tells nothing.
  private static final int TEXT_BYTES_MAX = 12;

  private static final int RANGE_MIN = 9;
  private static final int ASCII_MAX = 127;

  private ScalarPosition() {}

  /// The value and the two around it as numbers; empty for values that are no numbers.
  static Optional<double[]> of(Object value, Object low, Object high) {
    if (value instanceof String text && low instanceof String from && high instanceof String to) {
      return Optional.of(texts(bytes(text), bytes(from), bytes(to)));
    }
    double[] numbers = {number(value), number(low), number(high)};
    for (double number : numbers) {
      if (Double.isNaN(number)) {
        return Optional.empty();
      }
    }
    return Optional.of(numbers);
  }

  private static double number(Object value) {
    return switch (value) {
      case Long number -> number;
      case Double number -> number;
      case Numeric number -> number.doubleValue();
      case Boolean truth -> truth ? 1 : 0;
      default -> Double.NaN;
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static double[] texts(byte[] value, byte[] low, byte[] high) {
    int from = 255;
    int to = 0;
    for (byte[] text : new byte[][] {low, high}) {
      for (byte each : text) {
        from = Math.min(from, each & 0xff);
        to = Math.max(to, each & 0xff);
      }
    }
    for (char[] range : new char[][] {{'A', 'Z'}, {'a', 'z'}, {'0', '9'}}) {
      if (from <= range[1] && to >= range[0]) {
        from = Math.min(from, range[0]);
        to = Math.max(to, range[1]);
      }
    }
    if (to - from < RANGE_MIN) {
      from = ' ';
      to = ASCII_MAX;
    }
    int prefix = 0;
    while (prefix < low.length
        && prefix < high.length
        && prefix < value.length
        && low[prefix] == high[prefix]
        && low[prefix] == value[prefix]) {
      prefix++;
    }
    return new double[] {
      fraction(value, prefix, from, to),
      fraction(low, prefix, from, to),
      fraction(high, prefix, from, to)
    };
  }

  private static double fraction(byte[] text, int prefix, int from, int to) {
    double base = to - from + 1.0;
    double place = base;
    double fraction = 0;
    for (int i = prefix; i < Math.min(text.length, prefix + TEXT_BYTES_MAX); i++) {
      int each = Math.clamp(text[i] & 0xff, from - 1, to + 1);
      fraction += (each - from) / place;
      place *= base;
    }
    return fraction;
  }
}
