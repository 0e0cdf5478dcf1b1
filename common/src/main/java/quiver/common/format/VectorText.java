package quiver.common.format;

import java.util.Arrays;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.HalfVector;
import quiver.common.value.SparseVector;

/// Text forms of pgvector's types, with pgvector's errors, and the checks its values must pass.
public final class VectorText {
  /// Most elements of a `vector` or `halfvec`, and most stored elements of a `sparsevec`.
  public static final int DIMENSION_MAX = 16_000;

  /// Most elements of a `sparsevec`.
  public static final int SPARSE_DIMENSION_MAX = 1_000_000_000;

  /// The largest finite binary16 number.
  private static final float HALF_MAX = 65_504;

  private VectorText() {}

  public static float[] parseVector(String text) {
    return parseDense(text, "vector");
  }

  public static HalfVector parseHalfVector(String text) {
    float[] floats = parseDense(text, "halfvec");
    short[] halves = new short[floats.length];
    for (int i = 0; i < floats.length; i++) {
      halves[i] = Float.floatToFloat16(floats[i]);
    }
    return HalfVector.of(halves);
  }

  private static float[] parseDense(String text, String typeName) {
    boolean half = typeName.equals("halfvec");
    int at = skipSpace(text, 0);
    if (!isAt(text, at, '[')) {
      throw syntaxError(typeName, text).withDetail("Vector contents must start with \"[\".");
    }
    at = skipSpace(text, at + 1);
    if (isAt(text, at, ']')) {
      throw noDimension(typeName);
    }
    FloatReader reader = new FloatReader(text);
    float[] values = new float[16];
    int count = 0;
    while (true) {
      if (count == DIMENSION_MAX) {
        throw tooManyDimensions(typeName, DIMENSION_MAX);
      }
      at = skipSpace(text, at);
      float value = reader.read(at);
      int end = reader.end();
      if (end == at) {
        throw syntaxError(typeName, text);
      }
      if (count == values.length) {
        values = Arrays.copyOf(values, Math.min(DIMENSION_MAX, count * 4));
      }
      values[count++] = value;
      boolean halfOverflow = half && Math.abs(value) > HALF_MAX;
      if (!Float.isFinite(value) || halfOverflow) {
        checkRange(value, text.substring(at, end), typeName);
      }
      at = skipSpace(text, end);
      if (isAt(text, at, ']')) {
        break;
      }
      if (!isAt(text, at, ',')) {
        throw syntaxError(typeName, text);
      }
      at++;
    }
    if (skipSpace(text, at + 1) < text.length()) {
      throw syntaxError(typeName, text).withDetail("Junk after closing right brace.");
    }
    return Arrays.copyOf(values, count);
  }

  /// @param number as written: `inf` is refused as a value, `1e99` as too large
  private static void checkRange(float value, String number, String typeName) {
    boolean overflow =
        typeName.equals("halfvec")
            ? Float.isInfinite(Float.float16ToFloat(Float.floatToFloat16(value)))
            : Float.isInfinite(value);
    if (overflow && !isSpecial(number)) {
      throw outOfRange(number, typeName);
    }
    checkElement(value, typeName);
  }

  private static boolean isSpecial(String number) {
    return number.indexOf('n') >= 0 || number.indexOf('N') >= 0;
  }

  private static QuiverException outOfRange(String number, String typeName) {
    return new QuiverException(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
        "\"%s\" is out of range for type %s",
        number,
        typeName);
  }

  /// @throws QuiverException `22000` for NaN and the infinities
  public static void checkElement(float value, String typeName) {
    if (Float.isNaN(value)) {
      throw new QuiverException(SqlState.DATA_EXCEPTION, "NaN not allowed in %s", typeName);
    }
    if (Float.isInfinite(value)) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION, "infinite value not allowed in %s", typeName);
    }
  }

  /// @throws QuiverException `22000` below 1, `54000` above the type's limit
  public static void checkDimension(int dimension, String typeName) {
    if (dimension < 1) {
      throw noDimension(typeName);
    }
    int max = typeName.equals("sparsevec") ? SPARSE_DIMENSION_MAX : DIMENSION_MAX;
    if (dimension > max) {
      throw tooManyDimensions(typeName, max);
    }
  }

  private static QuiverException noDimension(String typeName) {
    return new QuiverException(
        SqlState.DATA_EXCEPTION, "%s must have at least 1 dimension", typeName);
  }

  private static QuiverException tooManyDimensions(String typeName, int max) {
    return new QuiverException(
        SqlState.PROGRAM_LIMIT_EXCEEDED, "%s cannot have more than %d dimensions", typeName, max);
  }

  private static QuiverException syntaxError(String typeName, String text) {
    return NumberText.syntaxError(typeName, text);
  }

  private static boolean isAt(String text, int at, char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length()
        && (text.charAt(at) == ' ' || (text.charAt(at) >= '\t' && text.charAt(at) <= '\r'))) {
      at++;
    }
    return at;
  }

  public static SparseVector parseSparseVector(String text) {
    int countMax = 1;
    for (int i = 0; i < text.length(); i++) {
      countMax += text.charAt(i) == ',' ? 1 : 0;
    }
    checkElementCount(countMax);
    int at = skipSpace(text, 0);
    if (!isAt(text, at, '{')) {
      throw syntaxError("sparsevec", text).withDetail("Vector contents must start with \"{\".");
    }
    at = skipSpace(text, at + 1);
    long[] indices = new long[countMax];
    float[] values = new float[countMax];
    int count = 0;
    boolean empty = isAt(text, at, '}');
    while (!empty) {
      at = skipSpace(text, at);
      int end = integerEnd(text, at);
      if (end == at) {
        throw syntaxError("sparsevec", text);
      }
      long index = parseIndex(text.substring(at, end));
      at = skipSpace(text, end);
      if (!isAt(text, at, ':')) {
        throw syntaxError("sparsevec", text);
      }
      at = skipSpace(text, at + 1);
      end = NumberText.floatEnd(text, at);
      if (end == at) {
        throw syntaxError("sparsevec", text);
      }
      String number = text.substring(at, end);
      float value = NumberText.parseFloat(number);
      if ((value == 0 && NumberText.isUnderflow(number))
          || (Float.isInfinite(value) && !isSpecial(number))) {
        throw outOfRange(number, "sparsevec");
      }
      checkElement(value, "sparsevec");
      if (value != 0) {
        indices[count] = index - 1;
        values[count++] = value;
      }
      at = skipSpace(text, end);
      if (isAt(text, at, '}')) {
        break;
      }
      if (!isAt(text, at, ',')) {
        throw syntaxError("sparsevec", text);
      }
      at++;
    }
    int dimension = parseDimension(text, skipSpace(text, at + 1));
    return sparseVector(dimension, indices, values, count);
  }

  private static int parseDimension(String text, int from) {
    if (!isAt(text, from, '/')) {
      throw syntaxError("sparsevec", text).withDetail("Unexpected end of input.");
    }
    int at = skipSpace(text, from + 1);
    int end = integerEnd(text, at);
    if (end == at) {
      throw syntaxError("sparsevec", text);
    }
    long dimension = parseIndex(text.substring(at, end));
    if (skipSpace(text, end) < text.length()) {
      throw syntaxError("sparsevec", text).withDetail("Junk after closing.");
    }
    int limited = (int) Math.clamp(dimension, Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
    checkDimension(limited, "sparsevec");
    return limited;
  }

  private static int integerEnd(String text, int from) {
    int at = from;
    if (isAt(text, at, '-') || isAt(text, at, '+')) {
      at++;
    }
    int digits = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at == digits ? from : at;
  }

  /// Numbers beyond int32 are all out of bounds alike.
  private static long parseIndex(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException _) {
      return digits.startsWith("-") ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }
  }

  /// @throws QuiverException `54000` for more stored elements than a `sparsevec` may have
  public static void checkElementCount(int count) {
    if (count > DIMENSION_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "sparsevec cannot have more than %d non-zero elements",
          DIMENSION_MAX);
    }
  }

  private static SparseVector sparseVector(
      int dimension, long[] indices, float[] values, int count) {
    Integer[] order = new Integer[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    Arrays.sort(order, (a, b) -> Long.compare(indices[a], indices[b]));
    int[] sortedIndices = new int[count];
    float[] sortedValues = new float[count];
    for (int i = 0; i < count; i++) {
      long index = indices[order[i]];
      if (index < 0 || index >= dimension) {
        throw new QuiverException(SqlState.DATA_EXCEPTION, "sparsevec index out of bounds");
      }
      if (i > 0 && sortedIndices[i - 1] == index) {
        throw new QuiverException(
            SqlState.DATA_EXCEPTION, "sparsevec indices must not contain duplicates");
      }
      sortedIndices[i] = (int) index;
      sortedValues[i] = values[order[i]];
    }
    return SparseVector.of(dimension, sortedIndices, sortedValues);
  }

  public static String format(float[] vector) {
    StringBuilder text = new StringBuilder(vector.length * 12 + 2);
    text.append('[');
    for (int i = 0; i < vector.length; i++) {
      text.append(i == 0 ? "" : ",").append(NumberText.formatFloat(vector[i], 1));
    }
    return text.append(']').toString();
  }

  static String format(SparseVector vector) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < vector.count(); i++) {
      text.append(i == 0 ? "" : ",").append(vector.indices()[i] + 1).append(':');
      text.append(NumberText.formatFloat(vector.values()[i], 1));
    }
    return text.append("}/").append(vector.dimension()).toString();
  }
}
