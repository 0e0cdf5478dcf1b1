package quiver.jdbc.sql;

import java.util.Locale;

/// Splits a statement into tokens, one at a time; comments and white space are left out. Used by
/// one thread.
final class Tokens {
  /// What a token is.
  enum Kind {
    WORD,
    QUOTED,
    STRING,
    NUMBER,
    PARAMETER,
    SYMBOL,
    END
  }

  private final String sql;
  private int position;
  private Kind kind = Kind.END;
  private int start;

  Tokens(String sql) {
    this.sql = sql;
    advance();
  }

  Kind kind() {
    return kind;
  }

  /// The token as it is written.
  String text() {
    return sql.substring(start, position);
  }

  /// A word in lower case; anything else as it is written.
  String word() {
    return kind == Kind.WORD ? text().toLowerCase(Locale.ROOT) : text();
  }

  /// Whether the token is this word, in any case.
  boolean is(String word) {
    return kind == Kind.WORD
        && position - start == word.length()
        && sql.regionMatches(true, start, word, 0, word.length());
  }

  /// Whether the token is this symbol.
  boolean is(char symbol) {
    return kind == Kind.SYMBOL && sql.charAt(start) == symbol;
  }

  boolean isEnd() {
    return kind == Kind.END;
  }

  /// Goes past the token if it is this word.
  boolean take(String word) {
    boolean found = is(word);
    if (found) {
      advance();
    }
    return found;
  }

  /// Goes past the token if it is this symbol.
  boolean take(char symbol) {
    boolean found = is(symbol);
    if (found) {
      advance();
    }
    return found;
  }

  /// What has not been read, from the present token on.
  String rest() {
    return sql.substring(start);
  }

  void advance() {
    skipBlank();
    start = position;
    if (position >= sql.length()) {
      kind = Kind.END;
      return;
    }
    char c = sql.charAt(position);
    if (c == '\'') {
      kind = Kind.STRING;
      skipQuoted('\'', false);
    } else if (c == '"') {
      kind = Kind.QUOTED;
      skipQuoted('"', false);
    } else if (c == '$' && skipDollarQuoted()) {
      kind = Kind.STRING;
    } else if (Character.isLetter(c) || c == '_') {
      wordOrString();
    } else if (c >= '0' && c <= '9') {
      kind = Kind.NUMBER;
      skipWhileWord();
    } else if (c == '?') {
      boolean isOperator = position + 1 < sql.length() && sql.charAt(position + 1) == '?';
      kind = isOperator ? Kind.SYMBOL : Kind.PARAMETER;
      position += isOperator ? 2 : 1;
    } else {
      kind = Kind.SYMBOL;
      position++;
    }
  }

  private void wordOrString() {
    skipWhileWord();
    boolean isPrefix = position - start == 1 && position < sql.length();
    if (isPrefix && sql.charAt(position) == '\'') {
      boolean escapes = Character.toLowerCase(sql.charAt(start)) == 'e';
      kind = Kind.STRING;
      skipQuoted('\'', escapes);
    } else {
      kind = Kind.WORD;
    }
  }

  private void skipWhileWord() {
    while (position < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(position))
            || sql.charAt(position) == '_'
            || sql.charAt(position) == '$')) {
      position++;
    }
  }

  private void skipQuoted(char quote, boolean escapes) {
    position++;
    while (position < sql.length()) {
      char c = sql.charAt(position++);
      if (c == '\\' && escapes) {
        position++;
      } else if (c == quote) {
        if (position < sql.length() && sql.charAt(position) == quote) {
          position++;
        } else {
          return;
        }
      }
    }
    position = Math.min(position, sql.length());
  }

  private boolean skipDollarQuoted() {
    int end = position + 1;
    while (end < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_')) {
      end++;
    }
    if (end >= sql.length() || sql.charAt(end) != '$') {
      return false;
    }
    String tag = sql.substring(position, end + 1);
    int close = sql.indexOf(tag, end + 1);
    position = close < 0 ? sql.length() : close + tag.length();
    return true;
  }

  private void skipBlank() {
    while (position < sql.length()) {
      if (Character.isWhitespace(sql.charAt(position))) {
        position++;
      } else if (sql.startsWith("--", position)) {
        int end = sql.indexOf('\n', position);
        position = end < 0 ? sql.length() : end + 1;
      } else if (sql.startsWith("/*", position)) {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipComment() {
    int depth = 0;
    do {
      if (sql.startsWith("/*", position)) {
        depth++;
        position += 2;
      } else if (sql.startsWith("*/", position)) {
        depth--;
        position += 2;
      } else {
        position++;
      }
    } while (depth > 0 && position < sql.length());
  }
}
