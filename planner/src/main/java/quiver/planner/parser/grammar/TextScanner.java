package quiver.planner.parser.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Reads blanks, comments and quoted texts by PostgreSQL's rules and keeps count of positions. One
/// thread, one text.
abstract class TextScanner {
  /// Most of the source an error repeats: a string that is never closed can be the whole text.
  static final int NEAR_LENGTH_MAX = 10_000;

  final String sql;
  // Character position of `counted`: kept so that positions cost one pass over the text in all.
  private int counted;
  private int countedCharacters;

  /// Index of the next `char`.
  int index;

  TextScanner(String sql) {
    this.sql = sql;
  }

  /// The text being read.
  public final String sql() {
    return sql;
  }

  /// An error of the scanner, in the form `message at or near "text"`.
  QuiverException near(String message, int start, int end) {
    int shownEnd = Math.min(Math.min(end, sql.length()), start + NEAR_LENGTH_MAX);
    return QuiverException.ofMessage(
            SqlState.SYNTAX_ERROR,
            message + " at or near \"" + sql.substring(start, shownEnd) + "\"")
        .at(positionOf(start));
  }

  void skipBlanks() {
    while (index < sql.length()) {
      char c = sql.charAt(index);
      if (isBlank(c)) {
        index++;
      } else if (c == '-' && at(index + 1) == '-') {
        skipLine();
      } else if (c == '/' && at(index + 1) == '*') {
        skipBlockComment();
      } else {
        return;
      }
    }
  }

  void skipLine() {
    while (index < sql.length() && !isNewline(sql.charAt(index))) {
      index++;
    }
  }

  void skipBlockComment() {
    int start = index;
    int depth = 1;
    index += 2;
    while (depth > 0) {
      if (index >= sql.length()) {
        throw near("unterminated /* comment", start, sql.length());
      }
      char c = sql.charAt(index);
      if (c == '*' && at(index + 1) == '/') {
        depth--;
        index += 2;
      } else if (c == '/' && at(index + 1) == '*') {
        depth++;
        index += 2;
      } else {
        index++;
      }
    }
  }

  /// The kinds of quoted text without escapes.
  enum Quoting {
    PLAIN,
    BITS,
    HEXADECIMAL
  }

  /// Reads from behind the opening quote to behind the closing one, joining the pieces that are
  /// separated by blanks with a line break.
  String plainString(int start, Quoting quoting) {
    int from = index;
    StringBuilder joined = new StringBuilder();
    while (true) {
      int close = sql.indexOf('\'', from);
      if (close < 0) {
        throw near(unterminated(quoting), start, sql.length());
      }
      joined.append(sql, from, close);
      index = close + 1;
      if (at(index) == '\'' && quoting == Quoting.PLAIN) {
        joined.append('\'');
        from = index + 1;
      } else if (continues()) {
        from = index;
      } else {
        return joined.toString();
      }
    }
  }

  static String unterminated(Quoting quoting) {
    return switch (quoting) {
      case PLAIN -> "unterminated quoted string";
      case BITS -> "unterminated bit string literal";
      case HEXADECIMAL -> "unterminated hexadecimal string literal";
    };
  }

  /// Whether another piece of a string follows on a later line; if so, moves behind its quote.
  boolean continues() {
    boolean newline = false;
    int next = index;
    while (next < sql.length()) {
      char c = sql.charAt(next);
      if (isBlank(c)) {
        newline |= isNewline(c);
        next++;
      } else if (c == '-' && at(next + 1) == '-') {
        while (next < sql.length() && !isNewline(sql.charAt(next))) {
          next++;
        }
      } else {
        break;
      }
    }
    if (newline && at(next) == '\'') {
      index = next + 1;
      return true;
    }
    return false;
  }

  String escapedString(int start) {
    StringBuilder text = new StringBuilder();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      if (index >= sql.length()) {
        throw near("unterminated quoted string", start, sql.length());
      }
      char c = sql.charAt(index);
      if (c == '\\') {
        escape(start, text, bytes);
        continue;
      }
      flush(text, bytes);
      index++;
      if (c != '\'') {
        text.append(c);
      } else if (at(index) == '\'') {
        text.append('\'');
        index++;
      } else if (!continues()) {
        return text.toString();
      }
    }
  }

  /// Reads one backslash sequence; octal and hexadecimal ones are bytes, which are decoded when
  /// something else follows.
  void escape(int start, StringBuilder text, ByteArrayOutputStream bytes) {
    int at = index;
    char c = at(at + 1);
    if (at + 1 >= sql.length()) {
      throw near("unterminated quoted string", start, sql.length());
    }
    int octal = digits(at + 1, 3, 8);
    int hexadecimal = c == 'x' ? digits(at + 2, 2, 16) : 0;
    if (octal > 0) {
      bytes.write(Integer.parseInt(sql, at + 1, at + 1 + octal, 8));
      index = at + 1 + octal;
      return;
    }
    if (hexadecimal > 0) {
      bytes.write(Integer.parseInt(sql, at + 2, at + 2 + hexadecimal, 16));
      index = at + 2 + hexadecimal;
      return;
    }
    flush(text, bytes);
    if (c == 'u' || c == 'U') {
      int length = c == 'u' ? 4 : 8;
      if (digits(at + 2, length, 16) < length) {
        throw new QuiverException(SqlState.INVALID_ESCAPE_SEQUENCE, "invalid Unicode escape")
            .withHint("Unicode escapes must be \\uXXXX or \\UXXXXXXXX.")
            .at(positionOf(at));
      }
      index = at + 2 + length;
      appendCodePoint(text, Long.parseLong(sql, at + 2, at + 2 + length, 16), at);
      return;
    }
    index = at + 2;
    switch (c) {
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'v' -> text.append('\u000b');
      default -> text.append(c);
    }
  }

  int digits(int from, int limit, int radix) {
    int count = 0;
    while (count < limit && Character.digit(at(from + count), radix) >= 0) {
      count++;
    }
    return count;
  }

  void appendCodePoint(StringBuilder text, long codePoint, int at) {
    boolean second =
        !text.isEmpty()
            && Character.isHighSurrogate(text.charAt(text.length() - 1))
            && codePoint >= Character.MIN_LOW_SURROGATE
            && codePoint <= Character.MAX_LOW_SURROGATE;
    boolean first =
        codePoint >= Character.MIN_HIGH_SURROGATE && codePoint <= Character.MAX_HIGH_SURROGATE;
    if (first && !endsWithHalf(text)) {
      if (at(index) != '\\' || (at(index + 1) != 'u' && at(index + 1) != 'U')) {
        throw near("invalid Unicode surrogate pair", index, index + 1);
      }
      text.append((char) codePoint);
    } else if (second) {
      text.append((char) codePoint);
    } else if (codePoint == 0 || codePoint > Character.MAX_CODE_POINT) {
      throw near("invalid Unicode escape value", at, index);
    } else if (first
        || (codePoint >= Character.MIN_LOW_SURROGATE && codePoint <= Character.MAX_LOW_SURROGATE)
        || endsWithHalf(text)) {
      throw near("invalid Unicode surrogate pair", at, index);
    } else {
      text.appendCodePoint((int) codePoint);
    }
  }

  static boolean endsWithHalf(StringBuilder text) {
    return !text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1));
  }

  static void flush(StringBuilder text, ByteArrayOutputStream bytes) {
    if (bytes.size() == 0) {
      return;
    }
    byte[] encoded = bytes.toByteArray();
    bytes.reset();
    for (byte b : encoded) {
      if (b == 0) {
        throw badEncoding(encoded, b);
      }
    }
    try {
      text.append(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(encoded)));
    } catch (CharacterCodingException e) {
      throw badEncoding(encoded, encoded[0]).withCause(e);
    }
  }

  static QuiverException badEncoding(byte[] encoded, byte first) {
    byte[] shown = first == 0 ? new byte[] {0} : encoded;
    return new QuiverException(
        SqlState.CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence for encoding \"UTF8\": 0x%s",
        HexFormat.ofDelimiter(" 0x").formatHex(shown));
  }

  /// Resolves the escapes of `U&'…'` and `U&"…"`, with the UESCAPE that may follow.
  String unicode(int start, String raw) {
    char escape = '\\';
    int end = index;
    skipBlanks();
    if (sql.regionMatches(true, index, "uescape", 0, 7) && !isNamePart(at(index + 7))) {
      index += 7;
      skipBlanks();
      int quote = index;
      if (at(quote) != '\'') {
        throw missingEscape(quote);
      }
      index++;
      String character = plainString(quote, Quoting.PLAIN);
      if (character.length() != 1 || !isEscapeCharacter(character.charAt(0))) {
        throw near("invalid Unicode escape character", quote, index);
      }
      escape = character.charAt(0);
    } else {
      index = end;
    }
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i);
      if (c != escape) {
        text.append(c);
        i++;
      } else if (i + 1 < raw.length() && raw.charAt(i + 1) == escape) {
        text.append(escape);
        i += 2;
      } else {
        boolean longForm = i + 1 < raw.length() && raw.charAt(i + 1) == '+';
        int from = longForm ? i + 2 : i + 1;
        int length = longForm ? 6 : 4;
        if (!isHexadecimal(raw, from, length)) {
          throw new QuiverException(SqlState.SYNTAX_ERROR, "invalid Unicode escape")
              .withHint("Unicode escapes must be \\XXXX or \\+XXXXXX.")
              .at(positionOf(start) + 3 + i);
        }
        int codePoint = Integer.parseInt(raw, from, from + length, 16);
        if (codePoint == 0 || codePoint > Character.MAX_CODE_POINT) {
          throw new QuiverException(SqlState.SYNTAX_ERROR, "invalid Unicode escape value")
              .at(positionOf(start));
        }
        text.appendCodePoint(codePoint);
        i = from + length;
      }
    }
    for (int j = 0; j < text.length(); j += Character.charCount(text.codePointAt(j))) {
      if (Character.getType(text.codePointAt(j)) == Character.SURROGATE) {
        throw new QuiverException(SqlState.SYNTAX_ERROR, "invalid Unicode surrogate pair")
            .at(positionOf(start));
      }
    }
    return text.toString();
  }

  QuiverException missingEscape(int at) {
    String message = "UESCAPE must be followed by a simple string literal";
    int end = at + 1;
    while (isNameStart(at(at)) && isNamePart(at(end))) {
      end++;
    }
    return at < sql.length()
        ? near(message, at, end)
        : new QuiverException(SqlState.SYNTAX_ERROR, "%s at end of input", message)
            .at(positionOf(at));
  }

  static boolean isHexadecimal(String text, int from, int length) {
    if (from + length > text.length()) {
      return false;
    }
    for (int i = from; i < from + length; i++) {
      if (Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  static boolean isEscapeCharacter(char c) {
    return Character.digit(c, 16) < 0 && c != '+' && c != '\'' && c != '"' && !isBlank(c);
  }

  /// 1-based character position of a `char` index; cheap when asked in rising order.
  int positionOf(int at) {
    if (at < counted) {
      return sql.codePointCount(0, at) + 1;
    }
    countedCharacters += sql.codePointCount(counted, at);
    counted = at;
    return countedCharacters + 1;
  }

  char at(int i) {
    return i < sql.length() ? sql.charAt(i) : '\0';
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }

  static boolean isNewline(char c) {
    return c == '\n' || c == '\r';
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c) || c == '$';
  }
}
