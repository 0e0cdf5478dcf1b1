package quiver.common.search;

import org.jspecify.annotations.Nullable;
import quiver.common.search.TextQuery.Binary;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Not;
import quiver.common.search.TextQuery.Operand;
import quiver.common.search.TextQuery.Operator;

/// Takes the words that stand for nothing out of a query; phrases keep the distance they had.
public final class StopWords {
  /// What is left of a tree, and by how much the patterns to its left and right grow.
  private record Cleaned(@Nullable Node node, int left, int right) {}

  private StopWords() {}

  public static TextQuery removed(Node root) {
    return new TextQuery(clean(root).node);
  }

  private static Cleaned clean(Node node) {
    return switch (node) {
      case Operand operand ->
          new Cleaned(operand.equals(TextQueryParser.STOP) ? null : operand, 0, 0);
      case Not(var child) -> {
        Cleaned inner = clean(child);
        yield inner.node == null
            ? inner
            : new Cleaned(new Not(inner.node), inner.left, inner.right);
      }
      case Binary binary -> clean(binary, clean(binary.left()), clean(binary.right()));
    };
  }

  private static Cleaned clean(Binary binary, Cleaned left, Cleaned right) {
    boolean phrase = binary.operator() == Operator.PHRASE;
    if (left.node == null && right.node == null) {
      int width =
          phrase ? left.left + binary.distance() + right.left : Math.max(left.left, right.left);
      return new Cleaned(null, width, width);
    }
    if (left.node == null) {
      return phrase
          ? new Cleaned(right.node, left.left + binary.distance() + right.left, right.right)
          : right;
    }
    if (right.node == null) {
      return phrase
          ? new Cleaned(left.node, left.left, left.right + binary.distance() + right.right)
          : left;
    }
    if (phrase) {
      int distance = binary.distance() + left.right + right.left;
      return new Cleaned(
          new Binary(Operator.PHRASE, left.node, right.node, distance), left.left, right.right);
    }
    return new Cleaned(new Binary(binary.operator(), left.node, right.node, 0), 0, 0);
  }
}
