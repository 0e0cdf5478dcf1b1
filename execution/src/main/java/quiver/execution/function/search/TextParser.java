package quiver.execution.function.search;

import java.util.ArrayList;
import java.util.List;

/// Cuts a text into tokens: words, numbers, hosts, URLs, files, tags and what is between. At each
/// place the longest token wins, as PostgreSQL's default parser has it. Used by one thread.
final class TextParser {
  private final String text;
  private final TokenScanner scanner;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private TokenType bestType = TokenType.BLANK;
  private int bestEnd;

  private TextParser(String text) {
    this.text = text;
    this.scanner = new TokenScanner(text);
  }

  static List<Token> parse(String text) {
    TextParser parser = new TextParser(text);
    while (parser.at < text.length()) {
      parser.token();
    }
    return parser.tokens;
  }

  private void token() {
    bestEnd = -1;
    int c = scanner.at(at);
    if (scanner.isAlphanumeric(at)) {
      wordOrNumber();
    } else {
      switch (c) {
        case '<' -> offer(TokenType.TAG, scanner.tag(at));
        case '&' -> offer(TokenType.ENTITY, scanner.entity(at));
        case '-', '+' -> {
          int end = scanner.signedNumber(at);
          offer(end < 0 ? TokenType.BLANK : scanner.numberType(at, end), end);
        }
        case '/', '~', '.' -> offer(TokenType.FILE, scanner.rootedFile(at));
        default -> {}
      }
    }
    if (bestEnd < 0) {
      blank();
    } else {
      take(bestType, bestEnd);
    }
  }

  private void offer(TokenType type, int end) {
    if (end > bestEnd) {
      bestType = type;
      bestEnd = end;
    }
  }

  private void take(TokenType type, int end) {
    int from = at;
    tokens.add(new Token(type, text.substring(from, end)));
    at = end;
    switch (type) {
      case URL -> urlParts(from);
      case ASCIIHWORD, HWORD, NUMHWORD -> wordParts(from, end);
      default -> {}
    }
  }

  private void urlParts(int from) {
    int path = scanner.host(from);
    tokens.add(new Token(TokenType.HOST, text.substring(from, path)));
    tokens.add(new Token(TokenType.URL_PATH, text.substring(path, at)));
  }

  private void wordParts(int from, int end) {
    for (int part = from; part < end; ) {
      int stop = scanner.word(part);
      TokenType type =
          scanner.wordType(
              part, stop, TokenType.HWORD_ASCIIPART, TokenType.HWORD_PART, TokenType.HWORD_NUMPART);
      tokens.add(new Token(type, text.substring(part, stop)));
      if (stop < end) {
        tokens.add(new Token(TokenType.BLANK, "-"));
      }
      part = stop + 1;
    }
  }

  private void wordOrNumber() {
    int end = scanner.word(at);
    if (isPlain(end)) {
      number();
      offer(wordType(end), end);
      return;
    }
    int host = scanner.host(at);
    if (host > 0) {
      offer(TokenType.URL, scanner.urlPath(host));
      offer(TokenType.EMAIL, scanner.email(at));
      offer(TokenType.HOST, host);
    } else {
      offer(TokenType.EMAIL, scanner.email(at));
      offer(TokenType.FILE, scanner.namedFile(at));
    }
    offer(TokenType.PROTOCOL, scanner.protocol(at));
    number();
    hyphenated(end);
    offer(wordType(end), end);
  }

  private void number() {
    int end = scanner.number(at);
    if (end > 0) {
      offer(scanner.numberType(at, end), end);
    }
  }

  private void hyphenated(int wordEnd) {
    int end = scanner.hyphenated(at);
    boolean number = scanner.number(at) == wordEnd;
    if (end > 0 && !number) {
      offer(
          scanner.wordType(at, end, TokenType.ASCIIHWORD, TokenType.HWORD, TokenType.NUMHWORD),
          end);
    }
  }

  private TokenType wordType(int end) {
    return scanner.wordType(at, end, TokenType.ASCIIWORD, TokenType.WORD, TokenType.NUMWORD);
  }

  /// Whether what follows a word cannot belong to a longer token.
  private boolean isPlain(int end) {
    return switch (scanner.at(end)) {
      case '.', '-', '_', '@', ':', '/', '+' -> false;
      default -> true;
    };
  }

  /// Everything up to the next character that can begin a token.
  private void blank() {
    int end = scanner.next(at);
    while (end < text.length()
        && !scanner.isAlphanumeric(end)
        && "<-+&/".indexOf(scanner.at(end)) < 0) {
      end = scanner.next(end);
    }
    take(TokenType.BLANK, end);
  }
}
