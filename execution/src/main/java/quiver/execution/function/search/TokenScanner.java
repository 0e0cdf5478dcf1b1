package quiver.execution.function.search;

/// Finds how far tokens of each kind reach in a text. Every method takes a start and returns the
/// end of the token there, or -1 when there is none.
final class TokenScanner {
  private static final String NOT_IN_URLS = "\"<>\\^`{|}";

  private final String text;

  TokenScanner(String text) {
    this.text = text;
  }

  int at(int index) {
    return index < text.length() ? text.charAt(index) : -1;
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAsciiLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isAsciiAlphanumeric(int c) {
    return isAsciiLetter(c) || isDigit(c);
  }

  /// Letters of any script and the marks over them.
  boolean isLetter(int index) {
    if (index >= text.length()) {
      return false;
    }
    int c = text.codePointAt(index);
    if (c < 0x80) {
      return isAsciiLetter(c);
    }
    int type = Character.getType(c);
    return Character.isLetter(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.LETTER_NUMBER;
  }

  boolean isAlphanumeric(int index) {
    return isLetter(index) || (index < text.length() && Character.isDigit(text.codePointAt(index)));
  }

  int next(int index) {
    return index + Character.charCount(text.codePointAt(index));
  }

  /// The end of letters and digits.
  int word(int from) {
    int end = from;
    while (isAlphanumeric(end)) {
      end = next(end);
    }
    return end;
  }

  private int digits(int from) {
    int end = from;
    while (isDigit(at(end))) {
      end++;
    }
    return end;
  }

  /// A number without sign: `12`, `1.5`, `1e5`, `1.2.3`; what it is tells [#numberType].
  int number(int from) {
    int end = digits(from);
    if (end == from) {
      return -1;
    }
    if (at(end) == '.' && isDigit(at(end + 1))) {
      end = digits(end + 1);
      if (at(end) == '.' && isDigit(at(end + 1))) {
        while (at(end) == '.' && isDigit(at(end + 1))) {
          end = digits(end + 1);
        }
        return end;
      }
    }
    return exponent(end);
  }

  private int exponent(int end) {
    if (at(end) == 'e' || at(end) == 'E') {
      int sign = at(end + 1) == '-' || at(end + 1) == '+' ? 1 : 0;
      if (isDigit(at(end + 1 + sign))) {
        return digits(end + 1 + sign);
      }
    }
    return end;
  }

  /// A number with a sign, which is never a version.
  int signedNumber(int from) {
    int end = digits(from + 1);
    if (end == from + 1) {
      return -1;
    }
    if (at(end) == '.' && isDigit(at(end + 1))) {
      end = digits(end + 1);
    }
    return exponent(end);
  }

  TokenType numberType(int from, int to) {
    boolean signed = !isDigit(at(from));
    int points = 0;
    for (int i = from; i < to; i++) {
      int c = at(i);
      if (c == 'e' || c == 'E') {
        return TokenType.SFLOAT;
      }
      points += c == '.' ? 1 : 0;
    }
    if (points > 1) {
      return TokenType.VERSION;
    }
    return points == 1 ? TokenType.FLOAT : signed ? TokenType.INT : TokenType.UINT;
  }

  /// `name.name.tld`, the last part of two letters or more; a port may follow.
  int host(int from) {
    int label = from;
    int end = -1;
    while (isAsciiAlphanumeric(at(label))) {
      int letters = label;
      while (isAsciiLetter(at(letters))) {
        letters++;
      }
      int stop = letters;
      while (isAsciiAlphanumeric(at(stop))
          || ((at(stop) == '-' || at(stop) == '_') && isAsciiAlphanumeric(at(stop + 1)))) {
        stop++;
      }
      if (label > from && letters - label > 1 && !isDigit(at(letters))) {
        end = letters;
      }
      if (at(stop) != '.') {
        break;
      }
      label = stop + 1;
    }
    if (end > 0 && at(end) == ':' && isDigit(at(end + 1))) {
      return digits(end + 1);
    }
    return end;
  }

  /// What follows a host: a path from a slash on.
  int urlPath(int from) {
    if (at(from) != '/') {
      return -1;
    }
    int end = from;
    while (at(end) > ' ' && at(end) < 0x7f && NOT_IN_URLS.indexOf(at(end)) < 0) {
      end++;
    }
    return end > from + 1 ? end : -1;
  }

  /// A local part, `@` and a host.
  int email(int from) {
    int end = from;
    while (isAsciiAlphanumeric(at(end))
        || ("._-".indexOf(at(end)) >= 0 && end > from && isAsciiAlphanumeric(at(end + 1)))) {
      end++;
    }
    return at(end) == '@' && end > from ? host(end + 1) : -1;
  }

  /// A word and `://`.
  int protocol(int from) {
    int end = from;
    while (isAsciiLetter(at(end))) {
      end++;
    }
    boolean ends = end > from && at(end) == ':' && at(end + 1) == '/' && at(end + 2) == '/';
    return ends ? end + 3 : -1;
  }

  private static boolean isFileCharacter(int c) {
    return isAsciiAlphanumeric(c) || c == '_';
  }

  /// A path from a slash, twiddle or point on.
  int rootedFile(int from) {
    return switch (at(from)) {
      case '/' -> fileAfterSlash(from + 1);
      case '~' ->
          isFileCharacter(at(from + 1))
              ? fileRest(from + 1)
              : at(from + 1) == '/' ? fileAfterSlash(from + 2) : -1;
      case '.' -> {
        boolean parent = at(from + 1) == '.';
        int slash = parent ? from + 2 : from + 1;
        int end = at(slash) == '/' ? fileAfterSlash(slash + 1) : -1;
        boolean alone = at(slash) == '/' || at(slash) == -1 || Character.isWhitespace(at(slash));
        yield end < 0 && parent && alone ? slash : end;
      }
      default -> -1;
    };
  }

  private int fileAfterSlash(int from) {
    if (isFileCharacter(at(from))) {
      return fileRest(from);
    }
    return at(from) == '.' || at(from) == '~' ? rootedOrNamed(from) : -1;
  }

  private int rootedOrNamed(int from) {
    return at(from) == '.' && isFileCharacter(at(from + 1)) ? fileRest(from + 1) : rootedFile(from);
  }

  private int fileRest(int from) {
    int end = from;
    while (true) {
      int c = at(end);
      if (isFileCharacter(c) || c == '-') {
        end++;
      } else if (c == '.' && isFileCharacter(at(end + 1))) {
        end += 2;
      } else if (c == '/') {
        int after = fileAfterSlash(end + 1);
        return after < 0 ? end : after;
      } else {
        return end;
      }
    }
  }

  /// A path that begins with a name: `name.suffix` or `name/name`.
  int namedFile(int from) {
    int end = word(from);
    boolean mixed = false;
    boolean digits = true;
    for (int i = from; i < end; i = next(i)) {
      mixed |= !isLetter(i);
      digits &= isDigit(at(i));
    }
    if (mixed && !digits && at(end) == '.' && isFileCharacter(at(end + 1))) {
      return fileRest(end + 1);
    }
    if (mixed && at(end) == '/') {
      return fileAfterSlash(end + 1);
    }
    end = from;
    boolean plain = true;
    while (isAsciiAlphanumeric(at(end))
        || ((at(end) == '-' || at(end) == '_') && end > from && isAsciiAlphanumeric(at(end + 1)))) {
      plain &= isAsciiAlphanumeric(at(end));
      end++;
    }
    if (end == from) {
      return -1;
    }
    if (at(end) == '.' && plain && !digits && isFileCharacter(at(end + 1))) {
      return fileRest(end + 1);
    }
    return at(end) == '/' ? fileAfterSlash(end + 1) : -1;
  }

  /// `<name …>`, `</name>`, `<!-- … -->`, `<?…?>`.
  int tag(int from) {
    int c = at(from + 1);
    if (c == '!' && text.startsWith("<!--", from)) {
      int end = text.indexOf("-->", from + 4);
      return end < 0 ? -1 : end + 3;
    }
    int name = c == '/' || c == '!' || c == '?' ? from + 2 : from + 1;
    if (!isAsciiLetter(at(name))) {
      return -1;
    }
    int quote = 0;
    for (int i = name; i < text.length(); i++) {
      int d = text.charAt(i);
      if (quote != 0) {
        quote = d == quote ? 0 : quote;
      } else if (d == '"' || d == '\'') {
        quote = d;
      } else if (d == '>') {
        return i + 1;
      } else if (d == '<') {
        return -1;
      }
    }
    return -1;
  }

  /// `&name;`, `&#12;`, `&#xc;`.
  int entity(int from) {
    int end = from + 1;
    if (at(end) == '#') {
      boolean hex = at(end + 1) == 'x' || at(end + 1) == 'X';
      end += hex ? 2 : 1;
      int first = end;
      while (hex ? Character.digit(at(end), 16) >= 0 && at(end) < 0x80 : isDigit(at(end))) {
        end++;
      }
      return end > first && at(end) == ';' ? end + 1 : -1;
    }
    if (!isAsciiLetter(at(end)) && at(end) != '_' && at(end) != ':') {
      return -1;
    }
    while (isAsciiAlphanumeric(at(end)) || (at(end) != -1 && "_:.-".indexOf(at(end)) >= 0)) {
      end++;
    }
    return at(end) == ';' ? end + 1 : -1;
  }

  /// Words with hyphens between; the parts after the first must have a letter.
  int hyphenated(int from) {
    int end = word(from);
    int compound = -1;
    while (at(end) == '-' && isAlphanumeric(end + 1)) {
      int stop = word(end + 1);
      if (digits(end + 1) == stop) {
        break;
      }
      end = stop;
      compound = end;
    }
    return compound;
  }

  /// Whether there are only ASCII letters, only letters, or digits too.
  TokenType wordType(int from, int to, TokenType ascii, TokenType letters, TokenType digits) {
    TokenType type = ascii;
    for (int i = from; i < to; i = next(i)) {
      int c = at(i);
      if (c != '-' && !isLetter(i)) {
        return digits;
      }
      if (c >= 0x80) {
        type = letters;
      }
    }
    return type;
  }
}
