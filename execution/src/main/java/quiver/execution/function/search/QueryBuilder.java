package quiver.execution.function.search;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.search.StopWords;
import quiver.common.search.TextQuery;
import quiver.common.search.TextQuery.Binary;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Not;
import quiver.common.search.TextQuery.Operand;
import quiver.common.search.TextQuery.Operator;
import quiver.common.search.TextQueryParser;

/// Makes queries of texts: with operators, as words that must all be there, as a phrase, or as
/// people write them into a search field.
final class QueryBuilder {
  private final Configuration configuration;

  QueryBuilder(Configuration configuration) {
    this.configuration = configuration;
  }

  /// `to_tsquery`: operators between words; the words of one operand are a phrase.
  TextQuery withOperators(String text) {
    return TextQueryParser.parse(text, operand -> words(operand, Operator.PHRASE))
        .map(StopWords::removed)
        .orElse(TextQuery.EMPTY);
  }

  /// `plainto_tsquery` (AND) and `phraseto_tsquery` (PHRASE).
  TextQuery plain(String text, Operator operator) {
    return words(new Operand(text, false, 0), operator)
        .map(StopWords::removed)
        .orElse(TextQuery.EMPTY);
  }

  /// The words of an operand joined by an operator; places of stop words stay.
  private Optional<Node> words(Operand operand, Operator operator) {
    List<Configuration.Word> words = configuration.words(operand.word());
    Node node = null;
    int position = 0;
    for (int i = 0; i < words.size(); ) {
      int place = words.get(i).position();
      while (position > 0 && position + 1 < place) {
        node = joined(operator, node, TextQueryParser.STOP);
        position++;
      }
      position = place;
      Node here = null;
      for (; i < words.size() && words.get(i).position() == place; i++) {
        Operand word = new Operand(words.get(i).lexeme(), operand.prefix(), operand.weights());
        here = here == null ? word : new Binary(Operator.AND, here, word, 0);
      }
      node = joined(operator, node, here == null ? TextQueryParser.STOP : here);
    }
    return Optional.ofNullable(node);
  }

  private static Node joined(Operator operator, @Nullable Node left, Node right) {
    return left == null
        ? right
        : new Binary(operator, left, right, operator == Operator.PHRASE ? 1 : 0);
  }

  /// `websearch_to_tsquery`: words, "phrases", `or` and `-`; never an error.
  TextQuery webSearch(String text) {
    Node node = null;
    boolean or = false;
    int negations = 0;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      if (c == '-') {
        negations++;
        at++;
        continue;
      }
      if (isIgnored(c)) {
        at++;
        continue;
      }
      int end;
      Optional<Node> operand;
      if (c == '"') {
        int close = text.indexOf('"', at + 1);
        end = close < 0 ? text.length() : close + 1;
        String phrase = text.substring(at + 1, close < 0 ? text.length() : close);
        operand = words(new Operand(phrase, false, 0), Operator.PHRASE);
      } else {
        end = at;
        while (end < text.length()
            && !Character.isWhitespace(text.charAt(end))
            && text.charAt(end) != '"'
            && !isIgnored(text.charAt(end))) {
          end++;
        }
        String word = text.substring(at, end);
        if (node != null
            && negations == 0
            && word.equalsIgnoreCase("or")
            && hasOperandAfter(text, end)) {
          or = true;
          at = end;
          continue;
        }
        operand = words(new Operand(word, false, 0), Operator.PHRASE);
      }
      Node next = operand.orElse(TextQueryParser.STOP);
      for (; negations > 0; negations--) {
        next = new Not(next);
      }
      node = node == null ? next : appended(node, next, or);
      or = false;
      at = end;
    }
    return node == null ? TextQuery.EMPTY : StopWords.removed(node);
  }

  /// AND binds stronger than OR.
  private static Node appended(Node node, Node next, boolean or) {
    if (or) {
      return new Binary(Operator.OR, node, next, 0);
    }
    if (node instanceof Binary(var operator, var left, var right, _) && operator == Operator.OR) {
      return new Binary(Operator.OR, left, new Binary(Operator.AND, right, next, 0), 0);
    }
    return new Binary(Operator.AND, node, next, 0);
  }

  /// Operators of other forms of queries mean nothing here.
  private static boolean isIgnored(char c) {
    return "!&|():<".indexOf(c) >= 0;
  }

  private static boolean hasOperandAfter(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '"') {
        return true;
      }
    }
    return false;
  }
}
