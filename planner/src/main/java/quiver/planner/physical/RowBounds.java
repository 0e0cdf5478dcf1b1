package quiver.planner.physical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.catalog.IndexDefinition;
import quiver.common.expression.Expression;
import quiver.common.function.ComparisonKind;
import quiver.common.plan.IndexAccess.RowBound;

/// Finds conditions such as `(a, b) > (1, 2)` that bound a sorted index, however they are written:
/// `a > 1 OR (a = 1 AND b > 2)` is the same, and may mix directions as the index does.
final class RowBounds {
  private final IndexDefinition index;
  private final List<Expression> keys;
  private final int first;

  private RowBounds(IndexDefinition index, List<Expression> keys, int first) {
    this.index = index;
    this.keys = keys;
    this.first = first;
  }

  /// @param keys of the index, as a query reads them
  /// @param first key that no equality fixes
  static List<RowBound> of(
      IndexDefinition index, List<Expression> keys, int first, List<Expression> conjuncts) {
    List<RowBound> found = new ArrayList<>();
    if (first < keys.size()) {
      RowBounds bounds = new RowBounds(index, keys, first);
      for (Expression conjunct : conjuncts) {
        bounds
            .bound(conjunct)
            .filter(one -> found.stream().noneMatch(known -> known.start() == one.start()))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /// One step of a comparison by the first difference: at a key, strictly or not.
  private record Step(ComparisonKind kind, Expression value) {
    boolean isStrict() {
      return kind == ComparisonKind.LT || kind == ComparisonKind.GT;
    }

    boolean isGreater() {
      return kind == ComparisonKind.GT || kind == ComparisonKind.GE;
    }
  }

  private Optional<RowBound> bound(Expression conjunct) {
    List<Expression> values = new ArrayList<>();
    Optional<Boolean> start = Optional.empty();
    boolean inclusive = true;
    Expression rest = conjunct;
    for (int key = first; key < keys.size(); key++) {
      Optional<Alternatives> both = alternatives(rest, key);
      Optional<Step> step = both.isPresent() ? step(both.get().here(), key) : step(rest, key);
      if (step.isEmpty() || step.get().kind() == ComparisonKind.EQ) {
        break;
      }
      boolean starts = step.get().isGreater() != index.keys().get(key).descending();
      if (start.isPresent() && start.get() != starts) {
        break;
      }
      start = Optional.of(starts);
      values.add(step.get().value());
      if (both.isEmpty()) {
        inclusive = !step.get().isStrict();
        break;
      }
      rest = both.get().further();
    }
    // Without an alternative it is a plain condition.
    return values.isEmpty() || rest.equals(conjunct)
        ? Optional.empty()
        : Optional.of(new RowBound(first, start.orElseThrow(), values, inclusive, conjunct));
  }

  /// `here OR (key = value AND further)`.
  private record Alternatives(Expression here, Expression further) {}

  private Optional<Alternatives> alternatives(Expression expression, int key) {
    if (!(expression instanceof Expression.Or(var terms)) || terms.size() != 2) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      Optional<Step> here = step(terms.get(i), key);
      if (here.isPresent()
          && here.get().isStrict()
          && terms.get(1 - i) instanceof Expression.And(var parts)
          && parts.size() >= 2) {
        for (Expression part : parts) {
          Optional<Step> equal = step(part, key);
          if (equal.isPresent()
              && equal.get().kind() == ComparisonKind.EQ
              && equal.get().value().equals(here.get().value())) {
            List<Expression> others = new ArrayList<>(parts);
            others.remove(part);
            return Optional.of(
                new Alternatives(
                    terms.get(i),
                    others.size() == 1 ? others.getFirst() : new Expression.And(others)));
          }
        }
      }
    }
    return Optional.empty();
  }

  /// A comparison of a key with a value.
  private Optional<Step> step(Expression expression, int key) {
    if (!(expression instanceof Expression.Call call) || call.arguments().size() != 2) {
      return Optional.empty();
    }
    Optional<ComparisonKind> kind =
        ComparisonKind.of(call.function()).filter(one -> one != ComparisonKind.NE);
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    Expression wanted = keys.get(key);
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    if (isAgainst(left, right, wanted)) {
      return Optional.of(new Step(kind.get(), right));
    }
    return isAgainst(right, left, wanted)
        ? Optional.of(new Step(kind.get().swapped(), left))
        : Optional.empty();
  }

  private static boolean isAgainst(Expression key, Expression value, Expression wanted) {
    return IndexSelection.isKey(key, wanted)
        && IndexSelection.isValue(value)
        && IndexSelection.sameOrder(wanted.type(), value.type());
  }
}
