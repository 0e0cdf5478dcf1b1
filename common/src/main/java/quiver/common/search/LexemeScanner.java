package quiver.common.search;

/// Reads words as `tsvector` and `tsquery` texts have them: bare up to a blank or a special
/// character, or in single quotes; a backslash takes the next character literally. Used by one
/// thread.
final class LexemeScanner {
  private final String text;
  private final boolean query;
  private int at;

  /// @param query operators and parentheses end a bare word
  LexemeScanner(String text, boolean query) {
    this.text = text;
    this.query = query;
  }

  /// The next character, or -1 at the end.
  int peek() {
    return at < text.length() ? text.charAt(at) : -1;
  }

  int next() {
    return at < text.length() ? text.charAt(at++) : -1;
  }

  String rest() {
    return text.substring(at);
  }

  void skip(int count) {
    at += count;
  }

  int offset() {
    return at;
  }

  void skipBlanks() {
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
  }

  static boolean isBlank(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  boolean take(char c) {
    if (peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  /// Digits as a number, -1 when there are none; huge ones are as good as the greatest.
  int number() {
    int from = at;
    long value = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      value = Math.min(Integer.MAX_VALUE, value * 10 + text.charAt(at++) - '0');
    }
    return at == from ? -1 : (int) value;
  }

  /// The word that begins here.
  ///
  /// @throws SyntaxProblem if there is none
  String word() throws SyntaxProblem {
    return peek() == '\'' ? quoted() : bare();
  }

  private String quoted() throws SyntaxProblem {
    StringBuilder word = new StringBuilder();
    at++;
    while (true) {
      int c = next();
      if (c == -1) {
        throw new SyntaxProblem();
      }
      if (c == '\\') {
        c = escaped();
      } else if (c == '\'' && !take('\'')) {
        break;
      }
      word.append((char) c);
    }
    if (word.isEmpty()) {
      throw new SyntaxProblem();
    }
    return word.toString();
  }

  private String bare() throws SyntaxProblem {
    StringBuilder word = new StringBuilder();
    while (true) {
      int c = peek();
      if (c == -1 || isBlank(c) || c == ':' || (query && "!&|()<".indexOf(c) >= 0)) {
        break;
      }
      at++;
      word.append((char) (c == '\\' ? escaped() : c));
    }
    if (word.isEmpty()) {
      throw new SyntaxProblem();
    }
    return word.toString();
  }

  private int escaped() throws SyntaxProblem {
    int c = next();
    if (c == -1) {
      throw new SyntaxProblem();
    }
    return c;
  }

  /// A word as the output functions write it.
  static void quote(StringBuilder out, String word) {
    out.append('\'');
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '\'' || c == '\\') {
        out.append(c);
      }
      out.append(c);
    }
    out.append('\'');
  }

  /// The text is not of the form; the caller knows which type's error this is.
  static final class SyntaxProblem extends Exception {
    private static final long serialVersionUID = 1;

    SyntaxProblem() {
      super(null, null, false, false);
    }
  }
}
