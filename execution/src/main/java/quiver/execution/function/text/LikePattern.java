package quiver.execution.function.text;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// LIKE's matching. Source: PostgreSQL 15, section 9.7.1.
final class LikePattern {
  private static final char ESCAPE = '\\';

  private LikePattern() {}

  /// Whether the whole text matches: `%` any characters, `_` one, backslash takes the next one
  /// literally.
  static boolean matches(String text, String pattern) {
    int textAt = 0;
    int patternAt = 0;
    int starPattern = -1;
    int starText = 0;
    while (textAt < text.length() || patternAt < pattern.length()) {
      char wanted = patternAt < pattern.length() ? pattern.charAt(patternAt) : '\0';
      if (patternAt < pattern.length() && wanted == '%') {
        starPattern = ++patternAt;
        starText = textAt;
        continue;
      }
      if (patternAt < pattern.length() && textAt < text.length()) {
        if (wanted == '_') {
          textAt += Character.charCount(text.codePointAt(textAt));
          patternAt++;
          continue;
        }
        int literalAt = patternAt;
        if (wanted == ESCAPE) {
          literalAt = afterEscape(pattern, patternAt);
        }
        if (pattern.charAt(literalAt) == text.charAt(textAt)) {
          textAt++;
          patternAt = literalAt + 1;
          continue;
        }
      }
      if (starPattern < 0 || starText >= text.length()) {
        return false;
      }
      starText += Character.charCount(text.codePointAt(starText));
      textAt = starText;
      patternAt = starPattern;
    }
    return true;
  }

  private static int afterEscape(String pattern, int at) {
    if (at + 1 >= pattern.length()) {
      throw new QuiverException(
          SqlState.INVALID_ESCAPE_SEQUENCE, "LIKE pattern must not end with escape character");
    }
    return at + 1;
  }

  /// A pattern with another escape character, rewritten for backslash. Empty: no escape character.
  static String withEscape(String pattern, String escape) {
    if (escape.codePointCount(0, escape.length()) > 1) {
      throw new QuiverException(SqlState.INVALID_ESCAPE_SEQUENCE, "invalid escape string")
          .withHint("Escape string must be empty or one character.");
    }
    if (escape.equals("\\")) {
      return pattern;
    }
    StringBuilder rewritten = new StringBuilder();
    boolean escaped = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (!escaped && !escape.isEmpty() && pattern.startsWith(escape, i)) {
        escaped = true;
        rewritten.append(ESCAPE);
        i += escape.length() - 1;
      } else {
        if (c == ESCAPE && !escaped) {
          rewritten.append(ESCAPE);
        }
        rewritten.append(c);
        escaped = false;
      }
    }
    return rewritten.toString();
  }
}
