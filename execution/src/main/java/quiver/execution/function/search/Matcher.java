package quiver.execution.function.search;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.search.Lexeme;
import quiver.common.search.TextQuery;
import quiver.common.search.TextQuery.Binary;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Not;
import quiver.common.search.TextQuery.Operand;
import quiver.common.search.TextVector;

/// Decides whether a query matches: of a document, or of anything that knows where its words are.
/// Phrases follow PostgreSQL's rules for NOT, AND and OR inside of them.
final class Matcher {
  /// Where an operand was found.
  ///
  /// @param known whether the positions are known
  /// @param positions ascending
  record Places(boolean found, boolean known, int[] positions) {
    static final Places NONE = new Places(false, true, new int[0]);
    static final Places SOMEWHERE = new Places(true, false, new int[0]);
  }

  /// Positions of the end of a match, or of its absence.
  ///
  /// @param unknown whether there may be a match that cannot be located
  /// @param negated whether `positions` are those where there is none
  /// @param width of the match before its end
  private record Spots(boolean unknown, boolean negated, int[] positions, int width) {
    static final Spots NONE = new Spots(false, false, new int[0], 0);

    boolean isEmpty() {
      return !unknown && !negated && positions.length == 0;
    }
  }

  private final Function<Operand, Places> places;

  Matcher(Function<Operand, Places> places) {
    this.places = places;
  }

  static boolean matches(TextVector document, TextQuery query) {
    @Nullable Node root = query.root();
    return root != null && new Matcher(operand -> find(document, operand)).matches(root);
  }

  private static Places find(TextVector document, Operand operand) {
    int[] positions = {};
    boolean found = false;
    boolean known = true;
    for (Lexeme lexeme : document.matching(operand)) {
      if (!lexeme.hasPositions()) {
        found = true;
        known = false;
      }
      for (int i = 0; i < lexeme.positions().length; i++) {
        if (operand.weights() == 0 || (operand.weights() & lexeme.weight(i).bit()) != 0) {
          found = true;
          positions = Arrays.copyOf(positions, positions.length + 1);
          positions[positions.length - 1] = lexeme.position(i);
        }
      }
    }
    if (!found) {
      return Places.NONE;
    }
    int[] distinct = Arrays.stream(positions).sorted().distinct().toArray();
    return new Places(true, known, distinct);
  }

  boolean matches(Node node) {
    return switch (node) {
      case Operand operand -> places.apply(operand).found;
      case Not(var child) -> !matches(child);
      case Binary binary ->
          switch (binary.operator()) {
            case AND -> matches(binary.left()) && matches(binary.right());
            case OR -> matches(binary.left()) || matches(binary.right());
            case PHRASE -> {
              Spots spots = spots(binary);
              yield spots.negated || spots.positions.length > 0;
            }
          };
    };
  }

  private Spots spots(Node node) {
    return switch (node) {
      case Operand operand -> {
        Places found = places.apply(operand);
        yield !found.found
            ? Spots.NONE
            : new Spots(!found.known, false, found.known ? found.positions : new int[0], 0);
      }
      case Not(var child) -> negated(spots(child));
      case Binary binary -> spots(binary, spots(binary.left()), spots(binary.right()));
    };
  }

  private static Spots negated(Spots inner) {
    if (inner.unknown) {
      return inner;
    }
    if (inner.negated) {
      return new Spots(false, false, inner.positions, inner.width);
    }
    return new Spots(false, true, inner.positions, inner.width);
  }

  private static Spots spots(Binary binary, Spots left, Spots right) {
    return switch (binary.operator()) {
      case PHRASE -> {
        if (left.isEmpty() || right.isEmpty()) {
          yield Spots.NONE;
        }
        if (left.unknown || right.unknown) {
          yield new Spots(true, false, new int[0], 0);
        }
        int leftShift = binary.distance() + right.width;
        int width = binary.distance() + left.width + right.width;
        yield both(left, right, leftShift, 0, width);
      }
      case AND -> {
        if (left.isEmpty() || right.isEmpty()) {
          yield Spots.NONE;
        }
        if (left.unknown || right.unknown) {
          yield new Spots(true, false, new int[0], 0);
        }
        int width = Math.max(left.width, right.width);
        yield both(left, right, width - left.width, width - right.width, width);
      }
      case OR -> {
        if (left.isEmpty() && right.isEmpty()) {
          yield Spots.NONE;
        }
        if (left.unknown || right.unknown) {
          yield new Spots(true, false, new int[0], 0);
        }
        int width = Math.max(left.width, right.width);
        yield either(left, right, width - left.width, width - right.width, width);
      }
    };
  }

  private static Spots both(Spots left, Spots right, int leftShift, int rightShift, int width) {
    int[] a = shifted(left.positions, leftShift);
    int[] b = shifted(right.positions, rightShift);
    if (left.negated && right.negated) {
      return new Spots(false, true, union(a, b), width);
    }
    if (left.negated) {
      return new Spots(false, false, without(b, a), width);
    }
    if (right.negated) {
      return new Spots(false, false, without(a, b), width);
    }
    return new Spots(false, false, common(a, b), width);
  }

  private static Spots either(Spots left, Spots right, int leftShift, int rightShift, int width) {
    int[] a = shifted(left.positions, leftShift);
    int[] b = shifted(right.positions, rightShift);
    if (left.negated && right.negated) {
      return new Spots(false, true, common(a, b), width);
    }
    if (left.negated) {
      return new Spots(false, true, without(a, b), width);
    }
    if (right.negated) {
      return new Spots(false, true, without(b, a), width);
    }
    return new Spots(false, false, union(a, b), width);
  }

  private static int[] shifted(int[] positions, int by) {
    return by == 0 ? positions : Arrays.stream(positions).map(p -> p + by).toArray();
  }

  private static boolean contains(int[] sorted, int position) {
    return Arrays.binarySearch(sorted, position) >= 0;
  }

  private static int[] union(int[] a, int[] b) {
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return Arrays.stream(all).sorted().distinct().toArray();
  }

  private static int[] common(int[] a, int[] b) {
    return Arrays.stream(a).filter(p -> contains(b, p)).toArray();
  }

  private static int[] without(int[] a, int[] b) {
    return Arrays.stream(a).filter(p -> !contains(b, p)).toArray();
  }
}
