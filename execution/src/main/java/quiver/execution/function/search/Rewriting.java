package quiver.execution.function.search;

import org.jspecify.annotations.Nullable;
import quiver.common.search.TextQuery;
import quiver.common.search.TextQuery.Binary;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Not;
import quiver.common.search.TextQuery.Operand;

/// `ts_rewrite`: puts one query in the place of another inside a third.
final class Rewriting {
  private Rewriting() {}

  static TextQuery replaced(TextQuery query, TextQuery target, TextQuery substitute) {
    Node root = query.root();
    Node sought = target.root();
    return root == null || sought == null
        ? query
        : new TextQuery(replaced(root, sought, substitute.root()));
  }

  private static @Nullable Node replaced(Node node, Node sought, @Nullable Node substitute) {
    if (isSame(node, sought)) {
      return substitute;
    }
    return switch (node) {
      case Operand operand -> operand;
      case Not(var child) -> {
        Node inner = replaced(child, sought, substitute);
        yield inner == null ? null : new Not(inner);
      }
      case Binary(var operator, var left, var right, var distance) -> {
        Node a = replaced(left, sought, substitute);
        Node b = replaced(right, sought, substitute);
        yield a == null ? b : b == null ? a : new Binary(operator, a, b, distance);
      }
    };
  }

  /// AND and OR match in either order.
  private static boolean isSame(Node one, Node other) {
    if (one instanceof Binary a && other instanceof Binary b) {
      boolean straight = isSame(a.left(), b.left()) && isSame(a.right(), b.right());
      boolean crossed =
          a.operator() != TextQuery.Operator.PHRASE
              && isSame(a.left(), b.right())
              && isSame(a.right(), b.left());
      return a.operator() == b.operator() && a.distance() == b.distance() && (straight || crossed);
    }
    if (one instanceof Not(var a) && other instanceof Not(var b)) {
      return isSame(a, b);
    }
    return one instanceof Operand a
        && other instanceof Operand b
        && a.word().equals(b.word())
        && a.prefix() == b.prefix();
  }
}
