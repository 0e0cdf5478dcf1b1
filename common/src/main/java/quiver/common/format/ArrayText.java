package quiver.common.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;

/// Array literals: `{1,2}`, `{{a,"b c"},{NULL,""}}`, `[0:1]={1,2}`.
final class ArrayText {
  private final String text;
  private final BaseType element;
  private final Function<String, Object> parseElement;
  private final List<@Nullable Object> elements = new ArrayList<>();
  private final int[] lengths = new int[ArrayValue.DIMENSION_COUNT_MAX];
  private int dimensionCount;
  private int at;

  private ArrayText(String text, BaseType element, Function<String, Object> parseElement) {
    this.text = text;
    this.element = element;
    this.parseElement = parseElement;
  }

  static ArrayValue parse(String text, BaseType element, Function<String, Object> parseElement) {
    return new ArrayText(text, element, parseElement).array();
  }

  private QuiverException malformed(String detail) {
    return new QuiverException(
            SqlState.INVALID_TEXT_REPRESENTATION, "malformed array literal: \"%s\"", text)
        .withDetail(detail);
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private char current() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private ArrayValue array() {
    List<int[]> bounds = bounds();
    skipSpace();
    if (current() != '{') {
      throw malformed(
          bounds.isEmpty()
              ? "Array value must start with \"{\" or dimension information."
              : "Array contents must start with \"{\".");
    }
    Arrays.fill(lengths, -1);
    nested(0);
    skipSpace();
    if (at < text.length()) {
      throw malformed("Junk after closing right brace.");
    }
    if (elements.isEmpty()) {
      if (!bounds.isEmpty()) {
        throw malformed("Specified array dimensions do not match array contents.");
      }
      return ArrayValue.empty(element);
    }
    int[] lower = new int[dimensionCount];
    Arrays.fill(lower, 1);
    if (!bounds.isEmpty()) {
      boolean fits = bounds.size() == dimensionCount;
      for (int i = 0; fits && i < dimensionCount; i++) {
        lower[i] = bounds.get(i)[0];
        fits = bounds.get(i)[1] - lower[i] + 1 == lengths[i];
      }
      if (!fits) {
        throw malformed("Specified array dimensions do not match array contents.");
      }
    }
    return new ArrayValue(
        element, elements.toArray(), Arrays.copyOf(lengths, dimensionCount), lower);
  }

  private List<int[]> bounds() {
    List<int[]> bounds = new ArrayList<>();
    skipSpace();
    while (current() == '[') {
      at++;
      if (bounds.size() == ArrayValue.DIMENSION_COUNT_MAX) {
        throw new QuiverException(
            SqlState.PROGRAM_LIMIT_EXCEEDED,
            "number of array dimensions (%d) exceeds the maximum allowed (%d)",
            bounds.size() + 1,
            ArrayValue.DIMENSION_COUNT_MAX);
      }
      int first = bound();
      int lower = 1;
      int upper = first;
      if (current() == ':') {
        at++;
        lower = first;
        upper = bound();
      }
      if (current() != ']') {
        throw malformed("Missing \"]\" after array dimensions.");
      }
      at++;
      if (upper < lower) {
        throw new QuiverException(
            SqlState.ARRAY_SUBSCRIPT_ERROR, "upper bound cannot be less than lower bound");
      }
      bounds.add(new int[] {lower, upper});
      skipSpace();
    }
    if (!bounds.isEmpty()) {
      if (current() != '=') {
        throw malformed("Missing \"=\" after array dimensions.");
      }
      at++;
    }
    return bounds;
  }

  private int bound() {
    int start = at;
    if (current() == '-' || current() == '+') {
      at++;
    }
    while (current() >= '0' && current() <= '9') {
      at++;
    }
    try {
      return Integer.parseInt(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw malformed("\"[\" must introduce explicitly-specified array dimensions.").withCause(e);
    }
  }

  /// Reads `{…}` at depth `depth` (from 0) and checks that every sub-array is as long as its first
  /// sibling.
  private void nested(int depth) {
    if (depth >= ArrayValue.DIMENSION_COUNT_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "number of array dimensions (%d) exceeds the maximum allowed (%d)",
          depth + 1,
          ArrayValue.DIMENSION_COUNT_MAX);
    }
    dimensionCount = Math.max(dimensionCount, depth + 1);
    at++;
    int count = 0;
    skipSpace();
    if (current() == '}' && depth == 0) {
      at++;
      return;
    }
    while (true) {
      skipSpace();
      if (at >= text.length()) {
        throw malformed("Unexpected end of input.");
      }
      char c = current();
      if (c == '{') {
        if (count > 0 && dimensionCount == depth + 1) {
          throw malformed("Unexpected \"{\" character.");
        }
        nested(depth + 1);
      } else if (c == '}' || c == ',') {
        throw malformed("Unexpected \"" + c + "\" character.");
      } else {
        if (dimensionCount > depth + 1) {
          throw malformed("Unexpected array element.");
        }
        item();
      }
      count++;
      skipSpace();
      if (at >= text.length()) {
        throw malformed("Unexpected end of input.");
      }
      if (current() == ',') {
        at++;
      } else if (current() == '}') {
        at++;
        break;
      } else {
        throw malformed("Unexpected array element.");
      }
    }
    if (lengths[depth] >= 0 && lengths[depth] != count) {
      throw malformed("Multidimensional arrays must have sub-arrays with matching dimensions.");
    }
    lengths[depth] = count;
  }

  private void item() {
    StringBuilder value = new StringBuilder();
    boolean quoted = current() == '"';
    if (quoted) {
      at++;
      while (current() != '"') {
        if (current() == '\\') {
          at++;
        }
        if (at >= text.length()) {
          throw malformed("Unexpected end of input.");
        }
        value.append(text.charAt(at++));
      }
      at++;
    } else {
      int significant = 0;
      while (at < text.length() && current() != ',' && current() != '}') {
        char c = current();
        if (c == '"') {
          throw malformed("Unexpected array element.");
        }
        if (c == '{') {
          throw malformed("Unexpected \"{\" character.");
        }
        boolean escaped = c == '\\';
        if (escaped) {
          at++;
          if (at >= text.length()) {
            throw malformed("Unexpected end of input.");
          }
        }
        value.append(text.charAt(at++));
        if (escaped || !isSpace(c)) {
          significant = value.length();
        }
      }
      if (at >= text.length()) {
        throw malformed("Unexpected end of input.");
      }
      value.setLength(significant);
    }
    String string = value.toString();
    elements.add(!quoted && string.equalsIgnoreCase("NULL") ? null : parseElement.apply(string));
  }

  static String format(ArrayValue array, Function<Object, String> formatElement) {
    if (array.size() == 0) {
      return "{}";
    }
    StringBuilder to = new StringBuilder();
    boolean ordinary = true;
    for (int lower : array.lowerBounds()) {
      ordinary &= lower == 1;
    }
    if (!ordinary) {
      for (int i = 0; i < array.dimensionCount(); i++) {
        to.append('[').append(array.lowerBounds()[i]).append(':');
        to.append(array.upperBound(i)).append(']');
      }
      to.append('=');
    }
    append(array, 0, 0, array.size(), formatElement, to);
    return to.toString();
  }

  private static void append(
      ArrayValue array,
      int dimension,
      int from,
      int count,
      Function<Object, String> formatElement,
      StringBuilder to) {
    int length = array.dimensions()[dimension];
    int step = count / length;
    to.append('{');
    for (int i = 0; i < length; i++) {
      to.append(i == 0 ? "" : ",");
      if (dimension + 1 < array.dimensionCount()) {
        append(array, dimension + 1, from + i * step, step, formatElement, to);
      } else {
        Object element = array.elements()[from + i];
        if (element == null) {
          to.append("NULL");
        } else {
          appendQuoted(formatElement.apply(element), to);
        }
      }
    }
    to.append('}');
  }

  private static void appendQuoted(String value, StringBuilder to) {
    if (!needsQuotes(value)) {
      to.append(value);
      return;
    }
    to.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\');
      }
      to.append(c);
    }
    to.append('"');
  }

  private static boolean needsQuotes(String value) {
    if (value.isEmpty() || value.equalsIgnoreCase("NULL")) {
      return true;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' || isSpace(c)) {
        return true;
      }
    }
    return false;
  }
}
