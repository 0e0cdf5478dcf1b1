package quiver.execution.function;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// LIKE: `%` any characters, `_` one character, `\` takes the next one literally.
final class LikePattern {
  private final String text;
  private final String pattern;

  private LikePattern(String text, String pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /// Whether the whole text matches.
  ///
  /// @throws QuiverException `22025` when the pattern ends with a backslash that is reached
  static boolean matches(String text, String pattern) {
    return new LikePattern(text, pattern).run();
  }

  /// Greedy with one point to come back to: after a later `%` no earlier one needs to be revisited.
  private boolean run() {
    int t = 0;
    int p = 0;
    int retryText = -1;
    int retryPattern = -1;
    while (true) {
      if (p < pattern.length() && pattern.charAt(p) == '%') {
        retryPattern = ++p;
        retryText = t;
        continue;
      }
      if (t == text.length()) {
        return p == pattern.length();
      }
      int patternEnd = matchOne(t, p);
      if (patternEnd >= 0) {
        t += Character.charCount(text.codePointAt(t));
        p = patternEnd;
      } else if (retryPattern >= 0) {
        retryText += Character.charCount(text.codePointAt(retryText));
        t = retryText;
        p = retryPattern;
      } else {
        return false;
      }
    }
  }

  /// Where the pattern goes on if its element at `p` matches the character at `t`, else -1.
  private int matchOne(int t, int p) {
    if (p >= pattern.length()) {
      return -1;
    }
    int c = pattern.codePointAt(p);
    int at = p;
    if (c == '_') {
      return p + 1;
    }
    if (c == '\\') {
      at++;
      if (at >= pattern.length()) {
        throw new QuiverException(
            SqlState.INVALID_ESCAPE_SEQUENCE, "LIKE pattern must not end with escape character");
      }
      c = pattern.codePointAt(at);
    }
    return text.codePointAt(t) == c ? at + Character.charCount(c) : -1;
  }

  /// `LIKE … ESCAPE …`: the pattern with a backslash as its escape character.
  static String withEscape(String pattern, String escape) {
    if (escape.equals("\\")) {
      return pattern;
    }
    if (escape.isEmpty()) {
      return pattern.replace("\\", "\\\\");
    }
    if (escape.codePointCount(0, escape.length()) != 1) {
      throw new QuiverException(SqlState.INVALID_ESCAPE_SEQUENCE, "invalid escape string")
          .withHint("Escape string must be empty or one character.");
    }
    int escapeCharacter = escape.codePointAt(0);
    StringBuilder converted = new StringBuilder();
    boolean escaped = false;
    for (int i = 0; i < pattern.length(); ) {
      int c = pattern.codePointAt(i);
      i += Character.charCount(c);
      if (c == escapeCharacter && !escaped) {
        converted.append('\\');
        escaped = true;
      } else if (c == '\\') {
        converted.append(escaped ? "\\" : "\\\\");
        escaped = false;
      } else {
        converted.appendCodePoint(c);
        escaped = false;
      }
    }
    return converted.toString();
  }
}
