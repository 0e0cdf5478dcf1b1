package quiver.common.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;
import quiver.common.value.MultirangeValue;
import quiver.common.value.RangeValue;

/// Range literals `[1,5)`, `(,"2024-01-01")`, `empty` and multirange literals `{[1,3),[5,7)}`.
final class RangeText {
  private static final String EMPTY = "empty";

  private final String text;
  private final RangeFamily family;
  private final FormatSettings settings;
  private int at;

  private RangeText(String text, RangeFamily family, FormatSettings settings) {
    this.text = text;
    this.family = family;
    this.settings = settings;
  }

  static RangeValue parse(String text, RangeFamily family, FormatSettings settings) {
    return new RangeText(text, family, settings).range();
  }

  static MultirangeValue parseMultirange(String text, RangeFamily family, FormatSettings settings) {
    return new RangeText(text, family, settings).multirange();
  }

  private QuiverException malformed(String kind, String detail) {
    return new QuiverException(
            SqlState.INVALID_TEXT_REPRESENTATION, "malformed %s literal: \"%s\"", kind, text)
        .withDetail(detail);
  }

  private QuiverException malformed(String detail) {
    return malformed("range", detail);
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private char next() {
    if (at >= text.length()) {
      throw malformed("Unexpected end of input.");
    }
    return text.charAt(at);
  }

  private RangeValue range() {
    skipSpace();
    if (text.regionMatches(true, at, EMPTY, 0, EMPTY.length())) {
      at += EMPTY.length();
      skipSpace();
      if (at < text.length()) {
        throw malformed("Junk after \"empty\" key word.");
      }
      return RangeValue.empty(family);
    }
    if (at >= text.length() || (text.charAt(at) != '[' && text.charAt(at) != '(')) {
      throw malformed("Missing left parenthesis or bracket.");
    }
    boolean lowerInclusive = text.charAt(at++) == '[';
    Object lower = bound();
    if (text.charAt(at) != ',') {
      throw malformed("Missing comma after lower bound.");
    }
    at++;
    Object upper = bound();
    char end = text.charAt(at++);
    if (end == ',') {
      throw malformed("Too many commas.");
    }
    skipSpace();
    if (at < text.length()) {
      throw malformed("Junk after right parenthesis or bracket.");
    }
    return RangeValue.of(family, lower, lowerInclusive, upper, end == ']');
  }

  /// A bound up to its delimiter; none at all is infinite.
  private @Nullable Object bound() {
    char first = next();
    if (first == ',' || first == ')' || first == ']') {
      return null;
    }
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    for (char c = next(); quoted || (c != ',' && c != ')' && c != ']'); c = next()) {
      at++;
      if (c == '\\') {
        value.append(next());
        at++;
      } else if (c != '"') {
        value.append(c);
      } else if (quoted && at < text.length() && text.charAt(at) == '"') {
        value.append('"');
        at++;
      } else {
        quoted = !quoted;
      }
    }
    return TextFormat.parse(SqlType.of(family.subtype()), value.toString(), settings);
  }

  private MultirangeValue multirange() {
    skipSpace();
    if (at >= text.length() || text.charAt(at) != '{') {
      throw malformed("multirange", "Missing left brace.");
    }
    at++;
    List<RangeValue> ranges = new ArrayList<>();
    skipSpace();
    boolean ended = at < text.length() && text.charAt(at) == '}';
    while (!ended) {
      ranges.add(parse(member(), family, settings));
      skipSpace();
      char c = at < text.length() ? text.charAt(at) : 0;
      if (c != ',' && c != '}') {
        throw malformed(
            "multirange", c == 0 ? UNEXPECTED_END : "Expected comma or end of multirange.");
      }
      ended = c == '}';
      at += ended ? 0 : 1;
      skipSpace();
    }
    at++;
    skipSpace();
    if (at < text.length()) {
      throw malformed("multirange", "Junk after closing right brace.");
    }
    return MultirangeValue.of(family, ranges);
  }

  private static final String UNEXPECTED_END = "Unexpected end of input.";

  /// The text of one range of a multirange.
  private String member() {
    int start = at;
    if (text.regionMatches(true, at, EMPTY, 0, EMPTY.length())) {
      at += EMPTY.length();
      return text.substring(start, at);
    }
    if (at >= text.length()) {
      throw malformed("multirange", UNEXPECTED_END);
    }
    if (text.charAt(at) != '[' && text.charAt(at) != '(') {
      throw malformed("multirange", "Expected range start.");
    }
    boolean quoted = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ']' || c == ')')) {
        return text.substring(start, ++at);
      }
    }
    throw malformed("multirange", UNEXPECTED_END);
  }

  static String format(RangeValue range, FormatSettings settings) {
    if (range.isEmpty()) {
      return EMPTY;
    }
    return (range.lowerInclusive() ? "[" : "(")
        + bound(range.lower(), range.family(), settings)
        + ","
        + bound(range.upper(), range.family(), settings)
        + (range.upperInclusive() ? "]" : ")");
  }

  static String format(MultirangeValue multirange, FormatSettings settings) {
    StringBuilder out = new StringBuilder("{");
    for (RangeValue range : multirange.ranges()) {
      out.append(out.length() > 1 ? "," : "").append(format(range, settings));
    }
    return out.append('}').toString();
  }

  private static String bound(Optional<Object> value, RangeFamily family, FormatSettings settings) {
    if (value.isEmpty()) {
      return "";
    }
    String plain = TextFormat.format(SqlType.of(family.subtype()), value.get(), settings);
    boolean special =
        plain.isEmpty()
            || plain.chars().anyMatch(c -> "\"\\()[],".indexOf(c) >= 0 || isSpace((char) c));
    return special ? "\"" + plain.replace("\\", "\\\\").replace("\"", "\"\"") + "\"" : plain;
  }
}
