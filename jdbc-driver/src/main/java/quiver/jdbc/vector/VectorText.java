package quiver.jdbc.vector;

/// The text forms of vectors, as the server reads and writes them.
public final class VectorText {
  private VectorText() {}

  /// For example `[1,2.5]`.
  public static String format(float[] numbers) {
    StringBuilder text = new StringBuilder(numbers.length * 10 + 2).append('[');
    for (int i = 0; i < numbers.length; i++) {
      if (i > 0) {
        text.append(',');
      }
      append(text, numbers[i]);
    }
    return text.append(']').toString();
  }

  static void append(StringBuilder text, float number) {
    if (number == (int) number && Math.abs(number) < 1e6f && (number != 0 || 1 / number > 0)) {
      text.append((int) number);
    } else {
      text.append(number);
    }
  }

  /// @throws IllegalArgumentException if the text is not a `vector`
  public static float[] parse(String text) {
    String trimmed = text.trim();
    if (trimmed.length() < 3 || trimmed.charAt(0) != '[' || !trimmed.endsWith("]")) {
      throw new IllegalArgumentException("not a vector: \"" + text + "\"");
    }
    int count = 1;
    for (int i = 0; i < trimmed.length(); i++) {
      count += trimmed.charAt(i) == ',' ? 1 : 0;
    }
    float[] numbers = new float[count];
    int start = 1;
    for (int i = 0; i < count; i++) {
      int comma = trimmed.indexOf(',', start);
      int end = comma < 0 ? trimmed.length() - 1 : comma;
      numbers[i] = Float.parseFloat(trimmed.substring(start, end));
      start = end + 1;
    }
    return numbers;
  }

  /// @throws IllegalArgumentException if the text is not a `sparsevec`
  public static SparseVector parseSparse(String text) {
    String trimmed = text.trim();
    int close = trimmed.indexOf("}/");
    if (close < 1 || trimmed.charAt(0) != '{') {
      throw new IllegalArgumentException("not a sparsevec: \"" + text + "\"");
    }
    int dimension = Integer.parseInt(trimmed.substring(close + 2));
    String inner = trimmed.substring(1, close);
    String[] entries = inner.isEmpty() ? new String[0] : inner.split(",", -1);
    int[] indices = new int[entries.length];
    float[] values = new float[entries.length];
    for (int i = 0; i < entries.length; i++) {
      int colon = entries[i].indexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException("not a sparsevec: \"" + text + "\"");
      }
      indices[i] = Integer.parseInt(entries[i].substring(0, colon).trim()) - 1;
      values[i] = Float.parseFloat(entries[i].substring(colon + 1));
    }
    return SparseVector.of(dimension, indices, values);
  }
}
