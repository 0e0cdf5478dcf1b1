package quiver.common.search;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.search.TextQuery.Binary;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Not;
import quiver.common.search.TextQuery.Operand;
import quiver.common.search.TextQuery.Operator;

/// Reads the operators of `tsquery` texts: `!` binds strongest, then `<->` and `<n>`, `&`, `|`.
/// What an operand means is left to the caller: `to_tsquery` makes lexemes of it. Used by one
/// thread.
public final class TextQueryParser {
  /// Parentheses and negations inside one another.
  private static final int DEPTH_MAX = 1_000;

  /// What an operand that stands for nothing (a stop word) becomes until [StopWords] removes it.
  public static final Operand STOP = new Operand("", false, 0);

  private final String text;
  private final LexemeScanner scanner;
  private final Function<Operand, Optional<Node>> operands;
  private int depth;

  private TextQueryParser(String text, Function<Operand, Optional<Node>> operands) {
    this.text = text;
    this.scanner = new LexemeScanner(text, true);
    this.operands = operands;
  }

  /// The tree of a text, empty when it names nothing.
  ///
  /// @param operands makes a tree of each operand; empty for [#STOP]
  public static Optional<Node> parse(String text, Function<Operand, Optional<Node>> operands) {
    TextQueryParser parser = new TextQueryParser(text, operands);
    parser.scanner.skipBlanks();
    if (parser.scanner.peek() == -1) {
      return Optional.empty();
    }
    Node node = parser.or();
    parser.scanner.skipBlanks();
    if (parser.scanner.peek() != -1) {
      throw parser.syntaxError();
    }
    return Optional.of(node);
  }

  private QuiverException syntaxError() {
    return new QuiverException(SqlState.SYNTAX_ERROR, "syntax error in tsquery: \"%s\"", text);
  }

  private Node or() {
    Node node = and();
    while (operator('|')) {
      node = new Binary(Operator.OR, node, and(), 0);
    }
    return node;
  }

  private Node and() {
    Node node = phrase();
    while (operator('&')) {
      node = new Binary(Operator.AND, node, phrase(), 0);
    }
    return node;
  }

  private boolean operator(char symbol) {
    scanner.skipBlanks();
    return scanner.take(symbol);
  }

  private Node phrase() {
    Node node = primary();
    for (@Nullable Integer distance = distance(); distance != null; distance = distance()) {
      node = new Binary(Operator.PHRASE, node, primary(), distance);
    }
    return node;
  }

  private @Nullable Integer distance() {
    scanner.skipBlanks();
    if (!scanner.take('<')) {
      return null;
    }
    int distance = scanner.take('-') ? 1 : scanner.number();
    if (distance < 0 || !scanner.take('>')) {
      throw syntaxError();
    }
    if (distance > TextQuery.DISTANCE_MAX) {
      throw TextQuery.distanceError();
    }
    return distance;
  }

  private Node primary() {
    scanner.skipBlanks();
    if (scanner.peek() == -1) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "no operand in tsquery: \"%s\"", text);
    }
    if (++depth > DEPTH_MAX) {
      throw new QuiverException(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded");
    }
    Node node;
    if (scanner.take('!')) {
      node = new Not(primary());
    } else if (scanner.take('(')) {
      node = or();
      scanner.skipBlanks();
      if (!scanner.take(')')) {
        throw syntaxError();
      }
    } else {
      node = operands.apply(operand()).orElse(STOP);
    }
    depth--;
    return node;
  }

  private Operand operand() {
    try {
      String word = scanner.word();
      boolean prefix = false;
      int weights = 0;
      if (scanner.take(':')) {
        while (scanner.peek() == '*' || Weight.ofLetter(scanner.peek()).isPresent()) {
          int c = scanner.next();
          prefix |= c == '*';
          weights |= Weight.ofLetter(c).map(Weight::bit).orElse(0);
        }
      }
      return new Operand(word, prefix, weights);
    } catch (LexemeScanner.SyntaxProblem _) {
      throw syntaxError();
    }
  }
}
