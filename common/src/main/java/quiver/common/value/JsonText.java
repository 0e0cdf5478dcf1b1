package quiver.common.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Reads JSON text as PostgreSQL does, with its errors: message, DETAIL and CONTEXT.
public final class JsonText {
  /// Containers inside containers, at most; deeper input could exhaust the stack.
  public static final int NESTING_DEPTH_MAX = 2000;

  private static final int CONTEXT_CHARACTERS = 50;

  public enum Kind {
    NULL,
    TRUE,
    FALSE,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT
  }

  /// A value with its place in the text. Keys and children are in source order, duplicates kept.
  ///
  /// @param source the value's text as written
  /// @param string the unescaped characters of a string, else empty
  /// @param keys of an object, as many as `children`
  public record Node(
      Kind kind, String source, String string, List<String> keys, List<Node> children) {}

  private final String text;

  /// Strings are unescaped and checked (surrogate pairs, no `\u0000`); without it they are only
  /// scanned, as the type `json` does on input.
  private final boolean unescape;

  private int at;
  private int tokenStart;
  private int tokenEnd;
  private int lineStart;
  private int line = 1;
  private int depth;
  private char token;
  private StringBuilder string = new StringBuilder();

  private static final char END = 0;
  private static final char STRING = '"';
  private static final char NUMBER = '0';
  private static final char TRUE = 't';
  private static final char FALSE = 'f';
  private static final char NULL = 'n';

  private JsonText(String text, boolean unescape) {
    this.text = text;
    this.unescape = unescape;
  }

  /// Parses a whole text.
  ///
  /// @throws QuiverException `22P02` when it is not valid JSON
  public static Node parse(String text) {
    return new JsonText(text, true).document();
  }

  /// Checks a text as the type `json` does on input.
  ///
  /// @throws QuiverException `22P02` when it is not valid JSON
  public static void validate(String text) {
    new JsonText(text, false).document();
  }

  /// A JSON string literal.
  public static String quote(String value) {
    StringBuilder quoted = new StringBuilder(value.length() + 2);
    quote(value, quoted);
    return quoted.toString();
  }

  /// Appends a JSON string literal.
  public static void quote(String value, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\b' -> to.append("\\b");
        case '\f' -> to.append("\\f");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          if (c < ' ') {
            to.append("\\u00").append(Character.forDigit(c >> 4, 16));
            to.append(Character.forDigit(c & 15, 16));
          } else {
            to.append(c);
          }
        }
      }
    }
    to.append('"');
  }

  /// How many bytes the UTF-8 form has.
  public static int utf8Length(String text) {
    int length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return length;
  }

  private Node document() {
    next();
    Node node = value();
    if (token != END) {
      throw unexpected("Expected end of input, but found \"%s\".");
    }
    return node;
  }

  private Node value() {
    int start = tokenStart;
    return switch (token) {
      case '{' -> object(start);
      case '[' -> array(start);
      case STRING -> leaf(Kind.STRING, string.toString());
      case NUMBER -> leaf(Kind.NUMBER, "");
      case TRUE -> leaf(Kind.TRUE, "");
      case FALSE -> leaf(Kind.FALSE, "");
      case NULL -> leaf(Kind.NULL, "");
      default -> throw unexpected("Expected JSON value, but found \"%s\".");
    };
  }

  private Node leaf(Kind kind, String value) {
    Node node = new Node(kind, text.substring(tokenStart, tokenEnd), value, List.of(), List.of());
    next();
    return node;
  }

  private void enter() {
    if (++depth > NESTING_DEPTH_MAX) {
      throw new QuiverException(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
          .withDetail("JSON is nested deeper than " + NESTING_DEPTH_MAX + " levels.");
    }
    next();
  }

  private Node object(int start) {
    enter();
    List<String> keys = new ArrayList<>();
    List<Node> children = new ArrayList<>();
    if (token != '}') {
      if (token != STRING) {
        throw unexpected("Expected string or \"}\", but found \"%s\".");
      }
      field(keys, children);
      while (token == ',') {
        next();
        if (token != STRING) {
          throw unexpected("Expected string, but found \"%s\".");
        }
        field(keys, children);
      }
      if (token != '}') {
        throw unexpected("Expected \",\" or \"}\", but found \"%s\".");
      }
    }
    return container(Kind.OBJECT, start, keys, children);
  }

  private void field(List<String> keys, List<Node> children) {
    keys.add(string.toString());
    next();
    if (token != ':') {
      throw unexpected("Expected \":\", but found \"%s\".");
    }
    next();
    children.add(value());
  }

  private Node array(int start) {
    enter();
    List<Node> children = new ArrayList<>();
    if (token != ']') {
      children.add(value());
      while (token == ',') {
        next();
        children.add(value());
      }
      if (token != ']') {
        throw unexpected("Expected \",\" or \"]\", but found \"%s\".");
      }
    }
    return container(Kind.ARRAY, start, List.of(), children);
  }

  private Node container(Kind kind, int start, List<String> keys, List<Node> children) {
    Node node = new Node(kind, text.substring(start, tokenEnd), "", keys, children);
    depth--;
    next();
    return node;
  }

  private void next() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      if (text.charAt(at++) == '\n') {
        line++;
        lineStart = at;
      }
    }
    tokenStart = at;
    if (at >= text.length()) {
      token = END;
      tokenEnd = at;
      return;
    }
    char c = text.charAt(at);
    if ("{}[],:".indexOf(c) >= 0) {
      token = c;
      tokenEnd = ++at;
    } else if (c == '"') {
      string();
    } else if (c == '-' || isDigit(c)) {
      number();
    } else {
      word();
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private void word() {
    while (at < text.length() && isWord(text.charAt(at))) {
      at++;
    }
    if (at == tokenStart) {
      at++;
    }
    tokenEnd = at;
    token = 'x';
    token =
        switch (text.substring(tokenStart, tokenEnd)) {
          case "true" -> TRUE;
          case "false" -> FALSE;
          case "null" -> NULL;
          default -> throw invalidToken();
        };
  }

  private QuiverException invalidToken() {
    return error("Token \"" + text.substring(tokenStart, tokenEnd) + "\" is invalid.");
  }

  private void number() {
    boolean valid = true;
    if (text.charAt(at) == '-') {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '0') {
      at++;
    } else {
      valid = digits();
    }
    if (valid && at < text.length() && text.charAt(at) == '.') {
      at++;
      valid = digits();
    }
    if (valid && at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      valid = digits();
    }
    while (at < text.length() && isWord(text.charAt(at))) {
      at++;
      valid = false;
    }
    tokenEnd = at;
    token = NUMBER;
    if (!valid) {
      throw invalidToken();
    }
  }

  private boolean digits() {
    int start = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at > start;
  }

  private void string() {
    string = new StringBuilder();
    token = STRING;
    at++;
    while (true) {
      if (at >= text.length()) {
        tokenEnd = text.length();
        throw invalidToken();
      }
      char c = text.charAt(at);
      if (c == '"') {
        tokenEnd = ++at;
        break;
      }
      if (c < ' ') {
        tokenEnd = at;
        throw error(
            String.format(Locale.ROOT, "Character with value 0x%02x must be escaped.", (int) c));
      }
      if (c == '\\') {
        escape();
      } else {
        string.append(c);
        at++;
      }
    }
    if (unescape) {
      checkSurrogates();
    }
  }

  private void checkSurrogates() {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (Character.isHighSurrogate(c)) {
        if (i + 1 < string.length() && Character.isHighSurrogate(string.charAt(i + 1))) {
          throw error("Unicode high surrogate must not follow a high surrogate.");
        }
        if (i + 1 >= string.length() || !Character.isLowSurrogate(string.charAt(i + 1))) {
          throw error("Unicode low surrogate must follow a high surrogate.");
        }
        i++;
      } else if (Character.isLowSurrogate(c)) {
        throw error("Unicode low surrogate must follow a high surrogate.");
      }
    }
  }

  private void escape() {
    at++;
    if (at >= text.length()) {
      tokenEnd = text.length();
      throw invalidToken();
    }
    char c = text.charAt(at++);
    switch (c) {
      case '"', '\\', '/' -> string.append(c);
      case 'b' -> string.append('\b');
      case 'f' -> string.append('\f');
      case 'n' -> string.append('\n');
      case 'r' -> string.append('\r');
      case 't' -> string.append('\t');
      case 'u' -> unicodeEscape();
      default -> {
        tokenEnd = at;
        throw error("Escape sequence \"\\" + c + "\" is invalid.");
      }
    }
  }

  private void unicodeEscape() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0 || text.charAt(at) >= 0x80) {
        tokenEnd = Math.min(at + 1, text.length());
        throw error("\"\\u\" must be followed by four hexadecimal digits.");
      }
      code = code * 16 + digit;
      at++;
    }
    if (code == 0 && unescape) {
      tokenEnd = at;
      throw new QuiverException(
              SqlState.UNTRANSLATABLE_CHARACTER, "unsupported Unicode escape sequence")
          .withDetail("\\u0000 cannot be converted to text.")
          .with(QuiverException.Field.WHERE, context());
    }
    string.append((char) code);
  }

  private QuiverException unexpected(String detail) {
    if (token == END) {
      return error("The input string ended unexpectedly.");
    }
    return error(detail.replace("%s", text.substring(tokenStart, tokenEnd)));
  }

  private QuiverException error(String detail) {
    return new QuiverException(
            SqlState.INVALID_TEXT_REPRESENTATION, "invalid input syntax for type json")
        .withDetail(detail)
        .with(QuiverException.Field.WHERE, context());
  }

  private String context() {
    int start = lineStart;
    if (tokenEnd - start >= CONTEXT_CHARACTERS) {
      start = tokenEnd - CONTEXT_CHARACTERS + 1;
    }
    if (start - lineStart <= 3) {
      start = lineStart;
    }
    boolean more =
        token != END
            && tokenEnd < text.length()
            && text.charAt(tokenEnd) != '\n'
            && text.charAt(tokenEnd) != '\r';
    return "JSON data, line "
        + line
        + ": "
        + (start > lineStart ? "..." : "")
        + text.substring(start, Math.max(start, tokenEnd))
        + (more ? "..." : "");
  }
}
