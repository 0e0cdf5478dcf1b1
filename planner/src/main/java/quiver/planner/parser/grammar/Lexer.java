package quiver.planner.parser.grammar;

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
public final class Lexer extends TextScanner implements TokenManager {
  /// Longest identifier in UTF-8 bytes, and longest operator.
  static final int NAME_BYTES_MAX = 63;

  /// Most tokens of one query string: the tree costs some 200 bytes for each, so that a text of
  /// ever more values fails by itself instead of filling the heap.
  static final int TOKENS_MAX = 10_000_000;

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

  private int tokenCount;
  // The run of operator characters being read: its end, and in it the last character that allows a
  // sign at the end and the last that is no sign.
  private int runEnd;
  private int lastSpecial;
  private int lastNoSign;

  public Lexer(String sql) {
    super(sql);
  }

  @Override
  public SqlToken getNextToken() {
    if (++tokenCount > TOKENS_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "query string has more than %d tokens", TOKENS_MAX);
    }
    int start = index;
    try {
      return readToken();
    } catch (QuiverException e) {
      index = sql().length();
      return place(SqlToken.failed(e, start, index));
    }
  }

  private SqlToken readToken() {
    skipBlanks();
    int start = index;
    if (start >= sql().length()) {
      return token(GeneratedParserConstants.EOF, start, "");
    }
    char c = sql().charAt(start);
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
    QuiverException failure = token.failure;
    if (failure != null) {
      return failure;
    }
    return token.kind == GeneratedParserConstants.EOF
        ? new QuiverException(SqlState.SYNTAX_ERROR, "syntax error at end of input")
            .at(token.position())
        : near("syntax error", token.startIndex, token.endIndex);
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
    while (end < sql().length() && isNamePart(sql().charAt(end))) {
      end++;
    }
    index = end;
    return word(start, foldCase(sql(), start, end));
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
      int close = sql().indexOf('"', index);
      if (close < 0) {
        throw near("unterminated quoted identifier", start, sql().length());
      }
      name.append(sql(), index, close);
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
      return token(
          GeneratedParserConstants.PARAMETER_NUMBER, start, sql().substring(start + 1, end));
    }
    int end = start + 1;
    while (isNamePart(at(end)) && at(end) != '$') {
      end++;
    }
    if (at(end) != '$') {
      return single(GeneratedParserConstants.UNKNOWN_CHARACTER);
    }
    String tag = sql().substring(start, end + 1);
    int close = sql().indexOf(tag, end + 1);
    if (close < 0) {
      throw near("unterminated dollar-quoted string", start, sql().length());
    }
    index = close + tag.length();
    return token(GeneratedParserConstants.QUOTED_STRING, start, sql().substring(end + 1, close));
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
        throw junk("trailing junk after numeric literal", start);
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
        sql().substring(start, end));
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
    String symbol = sql().substring(start, end);
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
    while (end < sql().length() && isOperator(sql().charAt(end))) {
      char c = sql().charAt(end);
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
        && Character.isHighSurrogate(sql().charAt(start))) {
      index++;
    }
    return token(kind, start, sql().substring(start, Math.min(index, sql().length())));
  }

  private SqlToken token(int kind, int start, String value) {
    return place(new SqlToken(kind, value, Category.NONE, false, start, index));
  }

  private SqlToken place(SqlToken token) {
    token.beginColumn = positionOf(token.startIndex);
    token.endColumn = Math.max(token.beginColumn, positionOf(token.endIndex) - 1);
    return token;
  }

  private static boolean isOperator(char c) {
    return "~!@#^&|`?+-*/%<>=".indexOf(c) >= 0;
  }

  private static String foldCase(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        StringBuilder folded = new StringBuilder(end - start);
        for (int j = start; j < end; j++) {
          char d = text.charAt(j);
          folded.append(d >= 'A' && d <= 'Z' ? (char) (d + ('a' - 'A')) : d);
        }
        return folded.toString();
      }
    }
    return text.substring(start, end);
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
