package quiver.common.search;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.text.TextOrder;

/// A `tsquery`: a tree of operators over operands, or nothing at all. Immutable; ordered by size
/// and then by tree, as PostgreSQL orders them.
///
/// @param root null for the empty query
public record TextQuery(@Nullable Node root) implements Comparable<TextQuery> {
  public static final TextQuery EMPTY = new TextQuery(null);

  /// The greatest distance of a phrase.
  public static final int DISTANCE_MAX = 16_384;

  /// A part of a query.
  public sealed interface Node permits Operand, Not, Binary {}

  /// A word.
  ///
  /// @param prefix whether words that begin so match
  /// @param weights the set of weights that match ([Weight#bit]); 0 for all
  public record Operand(String word, boolean prefix, int weights) implements Node {}

  public record Not(Node child) implements Node {}

  /// @param distance of a PHRASE, else 0
  public record Binary(Operator operator, Node left, Node right, int distance) implements Node {}

  /// Binary operators, from the weakest to the strongest binding.
  public enum Operator {
    OR(" | ", 1),
    AND(" & ", 2),
    PHRASE(" <-> ", 3);

    private final String text;
    private final int priority;

    Operator(String text, int priority) {
      this.text = text;
      this.priority = priority;
    }
  }

  private static final int NOT_PRIORITY = 4;

  public static TextQuery of(Node root) {
    return new TextQuery(root);
  }

  /// Two queries joined; an empty one leaves the other.
  public static TextQuery joined(Operator operator, TextQuery left, TextQuery right, int distance) {
    if (left.root == null) {
      return right;
    }
    return right.root == null ? left : of(new Binary(operator, left.root, right.root, distance));
  }

  public static TextQuery parse(String text) {
    return new TextQuery(TextQueryParser.parse(text, TextQuery::plainOperand).orElse(null));
  }

  private static Optional<Node> plainOperand(Operand operand) {
    TextVector.checkWord(operand.word());
    return Optional.of(operand);
  }

  public boolean isEmpty() {
    return root == null;
  }

  /// Operators and operands.
  public int nodeCount() {
    return root == null ? 0 : count(root);
  }

  private static int count(Node node) {
    return switch (node) {
      case Operand _ -> 1;
      case Not(var child) -> 1 + count(child);
      case Binary binary -> 1 + count(binary.left) + count(binary.right);
    };
  }

  static QuiverException distanceError() {
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE,
        "distance in phrase operator must be an integer value between zero and %d inclusive",
        DISTANCE_MAX);
  }

  /// A phrase of two queries.
  public static TextQuery phrase(TextQuery left, TextQuery right, long distance) {
    if (distance < 0 || distance > DISTANCE_MAX) {
      throw distanceError();
    }
    return joined(Operator.PHRASE, left, right, (int) distance);
  }

  @Override
  public int compareTo(TextQuery other) {
    int order = Integer.compare(nodeCount(), other.nodeCount());
    if (order == 0) {
      order = Integer.compare(textBytes(root), textBytes(other.root));
    }
    return order != 0 || root == null || other.root == null ? order : compare(root, other.root);
  }

  private static int textBytes(@Nullable Node node) {
    return switch (node) {
      case null -> 0;
      case Operand operand -> operand.word.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
      case Not(var child) -> textBytes(child);
      case Binary binary -> textBytes(binary.left) + textBytes(binary.right);
    };
  }

  private static int compare(Node left, Node right) {
    if (left instanceof Operand a && right instanceof Operand b) {
      int order = TextOrder.compare(a.word, b.word);
      return order != 0 ? order : a.equals(b) ? 0 : a.toString().compareTo(b.toString());
    }
    if (left instanceof Not(var a) && right instanceof Not(var b)) {
      return compare(a, b);
    }
    if (left instanceof Binary a && right instanceof Binary b) {
      if (a.operator != b.operator) {
        return b.operator.compareTo(a.operator);
      }
      int order = compare(a.right, b.right);
      if (order == 0) {
        order = compare(a.left, b.left);
      }
      return order != 0 ? order : Integer.compare(b.distance, a.distance);
    }
    return Integer.compare(rank(right), rank(left));
  }

  private static int rank(Node node) {
    return switch (node) {
      case Operand _ -> 0;
      case Not _ -> 1;
      case Binary _ -> 2;
    };
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (root != null) {
      write(text, root, -1, false);
    }
    return text.toString();
  }

  /// @param rightOfPhrase a phrase to the right of a phrase needs parentheses
  private static void write(
      StringBuilder text, Node node, int parentPriority, boolean rightOfPhrase) {
    switch (node) {
      case Operand operand -> writeOperand(text, operand);
      case Not(var child) -> {
        text.append('!');
        write(text, child, NOT_PRIORITY, false);
      }
      case Binary binary -> {
        int priority = binary.operator.priority;
        boolean phrase = binary.operator == Operator.PHRASE;
        boolean parentheses = priority < parentPriority || (phrase && rightOfPhrase);
        text.append(parentheses ? "( " : "");
        write(text, binary.left, priority, false);
        boolean distant = phrase && binary.distance != 1;
        text.append(distant ? " <" + binary.distance + "> " : binary.operator.text);
        write(text, binary.right, priority, phrase);
        text.append(parentheses ? " )" : "");
      }
    }
  }

  private static void writeOperand(StringBuilder text, Operand operand) {
    LexemeScanner.quote(text, operand.word);
    if (operand.prefix || operand.weights != 0) {
      text.append(operand.prefix ? ":*" : ":");
      for (Weight weight : new Weight[] {Weight.A, Weight.B, Weight.C, Weight.D}) {
        if ((operand.weights & weight.bit()) != 0) {
          text.append(weight);
        }
      }
    }
  }
}
