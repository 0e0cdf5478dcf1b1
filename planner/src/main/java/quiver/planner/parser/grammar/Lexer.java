package quiver.planner.parser.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.generated.GeneratedParserConstants;
import quiver.planner.parser.generated.TokenManager;
import quiver.planner.parser.grammar.Keywords.Category;
import quiver.planner.parser.grammar.Keywords.Keyword;

/// PostgreSQL's lexical rules (its `scan.l`): one pass over the text, each character looked at a
/// bounded number of times. One thread, one text.
///
/// `standard_conforming_strings` is on, as it always is in Quiver.
public final class Lexer implements TokenManager {
  /// Longest identifier in UTF-8 bytes, and longest operator.
  static final int NAME_BYTES_MAX = 63;

  /// Most tokens of one query string: the tree costs some 200 bytes for each, so that a text of
  /// ever more values fails by itself instead of filling the heap.
  static final int TOKENS_MAX = 10_000_000;

  /// Most of the source an error repeats: a string that is never closed can be the whole text.
  static final int NEAR_LENGTH_MAX = 10_000;

  private static final Map<String, Integer> SYMBOLS =
      Map.ofEntries(
          Map.entry("+", GeneratedParserConstants.PLUS),
          Map.entry("-", GeneratedParserConstants.MINUS),
          Map.entry("*", GeneratedParserConstants.STAR),
          Map.entry("/", GeneratedParserConstants.SLASH),
          Map.entry("%", GeneratedParserConstants.PERCENT_REMAINDER),
          Map.entry("^", GeneratedParserConstants.CARET),
          Map.entry("<", GeneratedParserConstants.LT),
          Map.entry(">", GeneratedParserConstants.GT),
          Map.entry("=", GeneratedParserConstants.EQ),
          Map.entry("<=", GeneratedParserConstants.LE),
          Map.entry(">=", GeneratedParserConstants.GE),
          Map.entry("<>", GeneratedParserConstants.NE),
          Map.entry("!=", GeneratedParserConstants.NE),
          Map.entry("=>", GeneratedParserConstants.NAMED_ARGUMENT_ASSIGNMENT));

  private final String sql;
  private int index;
  private int tokenCount;
  // Character position of `counted`: kept so that positions cost one pass over the text in all.
  private int counted;
  private int countedCharacters;
  // The run of operator characters being read: its end, and in it the last character that allows a
  // sign at the end and the last that is no sign.
  private int runEnd;
  private int lastSpecial;
  private int lastNoSign;

  public Lexer(String sql) {
    this.sql = sql;
  }

  /// The text being read.
  public String sql() {
    return sql;
  }

  @Override
  public SqlToken getNextToken() {
    if (++tokenCount > TOKENS_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "query string has more than %d tokens", TOKENS_MAX);
    }
    skipBlanks();
    int start = index;
    if (start >= sql.length()) {
      return token(GeneratedParserConstants.EOF, start, "");
    }
    char c = sql.charAt(start);
    if (isNameStart(c)) {
      return wordOrPrefixedString(start, c);
    }
    if (isDigit(c) || (c == '.' && isDigit(at(start + 1)))) {
      return number(start);
    }
    return switch (c) {
      case '\'' -> {
        index++;
        yield token(
            GeneratedParserConstants.QUOTED_STRING, start, plainString(start, Quoting.PLAIN));
      }
      case '"' -> quotedName(start, start);
      case '$' -> dollar(start);
      case '(' -> single(GeneratedParserConstants.LPAREN);
      case ')' -> single(GeneratedParserConstants.RPAREN);
      case '[' -> single(GeneratedParserConstants.LBRACKET);
      case ']' -> single(GeneratedParserConstants.RBRACKET);
      case ',' -> single(GeneratedParserConstants.COMMA);
      case ';' -> single(GeneratedParserConstants.SEMICOLON);
      case '.' ->
          at(start + 1) == '.'
              ? fixed(GeneratedParserConstants.DOUBLE_PERIOD, 2)
              : single(GeneratedParserConstants.DOT);
      case ':' ->
          switch (at(start + 1)) {
            case ':' -> fixed(GeneratedParserConstants.TYPECAST, 2);
            case '=' -> fixed(GeneratedParserConstants.COLON_EQUALS, 2);
            default -> single(GeneratedParserConstants.COLON);
          };
      default ->
          isOperator(c) ? operator(start) : single(GeneratedParserConstants.UNKNOWN_CHARACTER);
    };
  }

  /// PostgreSQL's error for a token that does not fit.
  public QuiverException syntaxError(SqlToken token) {
    return token.kind == GeneratedParserConstants.EOF
        ? new QuiverException(SqlState.SYNTAX_ERROR, "syntax error at end of input")
            .at(token.position())
        : near("syntax error", token.startIndex, token.endIndex);
  }

  /// An error of the scanner, in the form `message at or near "text"`.
  QuiverException near(String message, int start, int end) {
    int shownEnd = Math.min(Math.min(end, sql.length()), start + NEAR_LENGTH_MAX);
    return QuiverException.ofMessage(
            SqlState.SYNTAX_ERROR,
            message + " at or near \"" + sql.substring(start, shownEnd) + "\"")
        .at(positionOf(start));
  }

  private void skipBlanks() {
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

  private void skipLine() {
    while (index < sql.length() && !isNewline(sql.charAt(index))) {
      index++;
    }
  }

  private void skipBlockComment() {
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

  private SqlToken wordOrPrefixedString(int start, char c) {
    char next = at(start + 1);
    if (next == '\'') {
      switch (c) {
        case 'e', 'E' -> {
          index = start + 2;
          return token(GeneratedParserConstants.QUOTED_STRING, start, escapedString(start));
        }
        case 'b', 'B' -> {
          index = start + 2;
          String bits = plainString(start, Quoting.BITS);
          return token(GeneratedParserConstants.BIT_STRING, start, bits);
        }
        case 'x', 'X' -> {
          index = start + 2;
          String digits = plainString(start, Quoting.HEXADECIMAL);
          return token(GeneratedParserConstants.BINARY_STRING_LITERAL, start, digits);
        }
        case 'n', 'N' -> {
          // A national string is the type nchar before an ordinary string.
          index = start + 1;
          return word(start, "nchar");
        }
        default -> {}
      }
    } else if (next == '&' && (c == 'u' || c == 'U')) {
      if (at(start + 2) == '\'') {
        index = start + 3;
        String raw = plainString(start, Quoting.PLAIN);
        return token(GeneratedParserConstants.QUOTED_STRING, start, unicode(start, raw));
      }
      if (at(start + 2) == '"') {
        return quotedName(start, start + 2);
      }
    }
    int end = start + 1;
    while (end < sql.length() && isNamePart(sql.charAt(end))) {
      end++;
    }
    index = end;
    return word(start, foldCase(sql, start, end));
  }

  private SqlToken word(int start, String folded) {
    Keyword keyword = Keywords.find(folded);
    return keyword == null
        ? place(
            new SqlToken(
                GeneratedParserConstants.IDENTIFIER,
                truncate(folded),
                Category.NAME,
                true,
                start,
                index))
        : place(
            new SqlToken(
                keyword.kind(), folded, keyword.category(), keyword.bareLabel(), start, index));
  }

  private SqlToken quotedName(int start, int quote) {
    StringBuilder name = new StringBuilder();
    index = quote + 1;
    while (true) {
      int close = sql.indexOf('"', index);
      if (close < 0) {
        throw near("unterminated quoted identifier", start, sql.length());
      }
      name.append(sql, index, close);
      index = close + 1;
      if (at(index) != '"') {
        break;
      }
      name.append('"');
      index++;
    }
    if (name.isEmpty()) {
      throw near("zero-length delimited identifier", start, index);
    }
    String value = quote == start ? name.toString() : unicode(start, name.toString());
    return place(
        new SqlToken(
            GeneratedParserConstants.IDENTIFIER,
            truncate(value),
            Category.NAME,
            true,
            start,
            index));
  }

  private enum Quoting {
    PLAIN,
    BITS,
    HEXADECIMAL
  }

  /// Reads from behind the opening quote to behind the closing one, joining the pieces that are
  /// separated by blanks with a line break.
  private String plainString(int start, Quoting quoting) {
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

  private static String unterminated(Quoting quoting) {
    return switch (quoting) {
      case PLAIN -> "unterminated quoted string";
      case BITS -> "unterminated bit string literal";
      case HEXADECIMAL -> "unterminated hexadecimal string literal";
    };
  }

  /// Whether another piece of a string follows on a later line; if so, moves behind its quote.
  private boolean continues() {
    boolean newline = false;
    int next = index;
    while (next < sql.length()) {
      char c = sql.charAt(next);
      if (isBlank(c)) {
        newline |= isNewline(c);
        next++;
      } else if (newline && c == '-' && at(next + 1) == '-') {
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

  private String escapedString(int start) {
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
  private void escape(int start, StringBuilder text, ByteArrayOutputStream bytes) {
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

  private int digits(int from, int limit, int radix) {
    int count = 0;
    while (count < limit && Character.digit(at(from + count), radix) >= 0) {
      count++;
    }
    return count;
  }

  private void appendCodePoint(StringBuilder text, long codePoint, int at) {
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

  private static boolean endsWithHalf(StringBuilder text) {
    return !text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1));
  }

  private static void flush(StringBuilder text, ByteArrayOutputStream bytes) {
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

  private static QuiverException badEncoding(byte[] encoded, byte first) {
    byte[] shown = first == 0 ? new byte[] {0} : encoded;
    return new QuiverException(
        SqlState.CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence for encoding \"UTF8\": 0x%s",
        HexFormat.ofDelimiter(" 0x").formatHex(shown));
  }

  /// Resolves the escapes of `U&'…'` and `U&"…"`, with the UESCAPE that may follow.
  private String unicode(int start, String raw) {
    char escape = '\\';
    int end = index;
    skipBlanks();
    if (sql.regionMatches(true, index, "uescape", 0, 7) && !isNamePart(at(index + 7))) {
      index += 7;
      skipBlanks();
      int quote = index;
      if (at(quote) != '\'') {
        throw near("UESCAPE must be followed by a simple string literal", quote, quote + 1);
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

  private static boolean isHexadecimal(String text, int from, int length) {
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

  private static boolean isEscapeCharacter(char c) {
    return Character.digit(c, 16) < 0 && c != '+' && c != '\'' && c != '"' && !isBlank(c);
  }

  private SqlToken dollar(int start) {
    if (isDigit(at(start + 1))) {
      int end = start + 1;
      while (isDigit(at(end))) {
        end++;
      }
      index = end;
      if (isNameStart(at(end))) {
        throw junk("trailing junk after parameter", start);
      }
      return token(GeneratedParserConstants.PARAMETER_NUMBER, start, sql.substring(start + 1, end));
    }
    int end = start + 1;
    while (isNamePart(at(end)) && at(end) != '$') {
      end++;
    }
    if (at(end) != '$') {
      return single(GeneratedParserConstants.UNKNOWN_CHARACTER);
    }
    String tag = sql.substring(start, end + 1);
    int close = sql.indexOf(tag, end + 1);
    if (close < 0) {
      throw near("unterminated dollar-quoted string", start, sql.length());
    }
    index = close + tag.length();
    return token(GeneratedParserConstants.QUOTED_STRING, start, sql.substring(end + 1, close));
  }

  private SqlToken number(int start) {
    int end = start;
    boolean integer = true;
    while (isDigit(at(end))) {
      end++;
    }
    if (at(end) == '.' && at(end + 1) != '.') {
      integer = false;
      end++;
      while (isDigit(at(end))) {
        end++;
      }
    }
    if (at(end) == 'e' || at(end) == 'E') {
      int exponent = at(end + 1) == '+' || at(end + 1) == '-' ? end + 2 : end + 1;
      if (isDigit(at(exponent))) {
        integer = false;
        end = exponent;
        while (isDigit(at(end))) {
          end++;
        }
      } else {
        index = exponent;
        throw near("trailing junk after numeric literal", start, exponent);
      }
    }
    index = end;
    if (isNameStart(at(end))) {
      throw junk("trailing junk after numeric literal", start);
    }
    return token(
        integer
            ? GeneratedParserConstants.UNSIGNED_INTEGER_LITERAL
            : GeneratedParserConstants.DECIMAL_NUMERIC_LITERAL,
        start,
        sql.substring(start, end));
  }

  private QuiverException junk(String message, int start) {
    int end = index;
    while (isNamePart(at(end))) {
      end++;
    }
    return near(message, start, end);
  }

  /// An operator is the longest run of operator characters, cut before a comment; a trailing plus
  /// or minus belongs to it only if it also has one of the characters `~ ! @ # ^ & | ` ? %`.
  private SqlToken operator(int start) {
    if (start >= runEnd) {
      readRun(start);
    }
    int end = runEnd;
    if (lastSpecial < start) {
      end = Math.max(lastNoSign, start) + 1;
    }
    index = end;
    if (end - start > NAME_BYTES_MAX) {
      throw near("operator too long", start, end);
    }
    String symbol = sql.substring(start, end);
    return token(
        SYMBOLS.getOrDefault(symbol, GeneratedParserConstants.SYMBOL),
        start,
        symbol.equals("!=") ? "<>" : symbol);
  }

  /// Looks over a run of operator characters once, however many operators it is cut into.
  private void readRun(int start) {
    int end = start;
    lastSpecial = -1;
    lastNoSign = -1;
    while (end < sql.length() && isOperator(sql.charAt(end))) {
      char c = sql.charAt(end);
      if (end > start && ((c == '-' && at(end + 1) == '-') || (c == '/' && at(end + 1) == '*'))) {
        break;
      }
      if ("~!@#^&|`?%".indexOf(c) >= 0) {
        lastSpecial = end;
      }
      if (c != '+' && c != '-') {
        lastNoSign = end;
      }
      end++;
    }
    runEnd = end;
  }

  private SqlToken single(int kind) {
    return fixed(kind, 1);
  }

  private SqlToken fixed(int kind, int length) {
    int start = index;
    index += length;
    if (kind == GeneratedParserConstants.UNKNOWN_CHARACTER
        && Character.isHighSurrogate(sql.charAt(start))) {
      index++;
    }
    return token(kind, start, sql.substring(start, Math.min(index, sql.length())));
  }

  private SqlToken token(int kind, int start, String value) {
    return place(new SqlToken(kind, value, Category.NONE, false, start, index));
  }

  private SqlToken place(SqlToken token) {
    token.beginColumn = positionOf(token.startIndex);
    token.endColumn = Math.max(token.beginColumn, positionOf(token.endIndex) - 1);
    return token;
  }

  /// 1-based character position of a `char` index; cheap when asked in rising order.
  private int positionOf(int at) {
    if (at < counted) {
      return sql.codePointCount(0, at) + 1;
    }
    countedCharacters += sql.codePointCount(counted, at);
    counted = at;
    return countedCharacters + 1;
  }

  private char at(int i) {
    return i < sql.length() ? sql.charAt(i) : '\0';
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }

  private static boolean isNewline(char c) {
    return c == '\n' || c == '\r';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c) || c == '$';
  }

  private static boolean isOperator(char c) {
    return "~!@#^&|`?+-*/%<>=".indexOf(c) >= 0;
  }

  private static String foldCase(String sql, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = sql.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        StringBuilder folded = new StringBuilder(end - start);
        for (int j = start; j < end; j++) {
          char d = sql.charAt(j);
          folded.append(d >= 'A' && d <= 'Z' ? (char) (d + ('a' - 'A')) : d);
        }
        return folded.toString();
      }
    }
    return sql.substring(start, end);
  }

  /// Cuts a name to what fits into [#NAME_BYTES_MAX] bytes without splitting a character.
  static String truncate(String name) {
    if (name.length() * 3 <= NAME_BYTES_MAX) {
      return name;
    }
    int bytes = 0;
    int i = 0;
    while (i < name.length()) {
      int codePoint = name.codePointAt(i);
      bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes > NAME_BYTES_MAX) {
        return name.substring(0, i);
      }
      i += Character.charCount(codePoint);
    }
    return name;
  }
}
