package quiver.common.jsonpath;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Cuts the text of a path into tokens. Used by one thread.
final class JsonPathLexer {
  private static final String SPECIAL = "?%$.[]{}()|&!=<>@#,*:-+/";

  /// What a token is.
  enum Kind {
    SYMBOL,
    WORD,
    STRING,
    NUMBER,
    VARIABLE,
    END
  }

  /// @param text of a symbol or number as written, of the others what they mean
  record Token(Kind kind, String text, String source) {
    boolean is(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isWord(String word) {
      return kind == Kind.WORD && text.equals(word);
    }
  }

  private final String text;
  private int at;

  JsonPathLexer(String text) {
    this.text = text;
  }

  QuiverException syntaxError(Token token) {
    return token.kind == Kind.END
        ? new QuiverException(SqlState.SYNTAX_ERROR, "syntax error at end of jsonpath input")
        : new QuiverException(
            SqlState.SYNTAX_ERROR,
            "syntax error at or near \"%s\" of jsonpath input",
            token.source);
  }

  private QuiverException error(String message, String near) {
    return new QuiverException(
        SqlState.SYNTAX_ERROR, "%s at or near \"%s\" of jsonpath input", message, near);
  }

  private int peek(int offset) {
    return at + offset < text.length() ? text.charAt(at + offset) : -1;
  }

  Token next() {
    skipBlanks();
    int c = peek(0);
    if (c == -1) {
      return new Token(Kind.END, "", "");
    }
    int from = at;
    if (c == '"') {
      return new Token(Kind.STRING, quoted(), text.substring(from, at));
    }
    if (c == '$') {
      return variable(from);
    }
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      return number(from);
    }
    if (SPECIAL.indexOf(c) >= 0) {
      String symbol = symbol();
      at += symbol.length();
      return new Token(Kind.SYMBOL, symbol, symbol);
    }
    return new Token(Kind.WORD, word(), text.substring(from, at));
  }

  private String symbol() {
    for (String two : new String[] {"&&", "||", "==", "!=", "<>", "<=", ">=", "**"}) {
      if (text.startsWith(two, at)) {
        return two;
      }
    }
    return text.substring(at, at + 1);
  }

  private void skipBlanks() {
    while (true) {
      while (isBlank(peek(0))) {
        at++;
      }
      if (peek(0) != '/' || peek(1) != '*') {
        return;
      }
      int end = text.indexOf("*/", at + 2);
      if (end < 0) {
        throw new QuiverException(
            SqlState.SYNTAX_ERROR, "unexpected end of comment at end of jsonpath input");
      }
      at = end + 2;
    }
  }

  private static boolean isBlank(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private Token variable(int from) {
    at++;
    int c = peek(0);
    if (c == '"') {
      return new Token(Kind.VARIABLE, quoted(), text.substring(from, at));
    }
    if (c == -1 || isBlank(c) || SPECIAL.indexOf(c) >= 0) {
      return new Token(Kind.SYMBOL, "$", "$");
    }
    return new Token(Kind.VARIABLE, word(), text.substring(from, at));
  }

  private Token number(int from) {
    while (isDigit(peek(0))) {
      at++;
    }
    if (peek(0) == '.' && (isDigit(peek(1)) || !isWordStart(peek(1)))) {
      at++;
      while (isDigit(peek(0))) {
        at++;
      }
    }
    if (peek(0) == 'e' || peek(0) == 'E') {
      int sign = peek(1) == '-' || peek(1) == '+' ? 2 : 1;
      if (isDigit(peek(sign))) {
        at += sign;
        while (isDigit(peek(0))) {
          at++;
        }
      }
    }
    if (isWordStart(peek(0))) {
      throw error("trailing junk after numeric literal", text.substring(from, at + 1));
    }
    String digits = text.substring(from, at);
    return new Token(Kind.NUMBER, digits, digits);
  }

  private static boolean isWordStart(int c) {
    return c != -1 && !isBlank(c) && SPECIAL.indexOf(c) < 0 && c != '"';
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    while (isWordStart(peek(0))) {
      if (peek(0) == '\\') {
        escape(word);
      } else {
        word.append(text.charAt(at++));
      }
    }
    return word.toString();
  }

  private String quoted() {
    int from = at;
    StringBuilder value = new StringBuilder();
    at++;
    while (true) {
      int c = peek(0);
      if (c == -1) {
        throw new QuiverException(
            SqlState.SYNTAX_ERROR,
            "unterminated quoted string at or near \"%s\" of jsonpath input",
            text.substring(from));
      }
      if (c == '"') {
        at++;
        return value.toString();
      }
      if (c == '\\') {
        escape(value);
      } else {
        value.append(text.charAt(at++));
      }
    }
  }

  private void escape(StringBuilder to) {
    int c = peek(1);
    at += 2;
    switch (c) {
      case 'b' -> to.append('\b');
      case 'f' -> to.append('\f');
      case 'n' -> to.append('\n');
      case 'r' -> to.append('\r');
      case 't' -> to.append('\t');
      case 'v' -> to.append('\u000b');
      case 'x' -> to.appendCodePoint(hex(2));
      case 'u' -> unicode(to);
      case -1 -> throw error("unexpected end after backslash", text);
      default -> to.append((char) c);
    }
  }

  private void unicode(StringBuilder to) {
    if (peek(0) == '{') {
      int end = text.indexOf('}', at);
      if (end < 0 || end - at > 7) {
        throw error("invalid Unicode escape sequence", text.substring(at - 2));
      }
      at++;
      to.appendCodePoint(hex(end - at));
      at = end + 1;
      return;
    }
    int unit = hex(4);
    if (unit == 0) {
      throw new QuiverException(
              SqlState.UNTRANSLATABLE_CHARACTER, "unsupported Unicode escape sequence")
          .withDetail("\\u0000 cannot be converted to text.");
    }
    to.append((char) unit);
  }

  private int hex(int digits) {
    try {
      int value = Integer.parseInt(text, at, Math.min(at + digits, text.length()), 16);
      at += digits;
      return value;
    } catch (NumberFormatException e) {
      throw error("invalid hexadecimal character sequence", text.substring(Math.max(0, at - 2)))
          .withCause(e);
    }
  }
}
