package quiver.planner.calcite;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/// Whole trees of relations.
public final class Relations {
  private Relations() {}

  /// The tree with `shuttle` applied to every expression in it.
  public static RelNode rewrite(RelNode rel, RexShuttle shuttle) {
    List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
    boolean changed = false;
    for (RelNode input : rel.getInputs()) {
      RelNode rewritten = rewrite(input, shuttle);
      changed |= !rewritten.equals(input);
      inputs.add(rewritten);
    }
    RelNode copy = changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
    return copy.accept(shuttle);
  }

  /// The tree with another relation in place of one.
  public static RelNode replace(RelNode rel, RelNode from, RelNode to) {
    if (rel.equals(from)) {
      return to;
    }
    List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
    boolean changed = false;
    for (RelNode input : rel.getInputs()) {
      RelNode replaced = replace(input, from, to);
      changed |= !replaced.equals(input);
      inputs.add(replaced);
    }
    return changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
  }

  /// Whether some expression of the tree reads a column of this scope or apply.
  public static boolean hasOuter(RelNode rel, int scope) {
    OuterFinder finder = new OuterFinder(scope);
    visit(rel, finder);
    return finder.found;
  }

  /// Whether some expression of the tree reads a column of a row outside of it.
  public static boolean hasOuter(RelNode rel) {
    java.util.Set<Integer> read = new java.util.HashSet<>();
    java.util.Set<Integer> bound = new java.util.HashSet<>();
    visit(
        rel,
        new FormShuttle() {
          @Override
          protected RexNode replace(RexCall call, Form form) {
            if (form instanceof Form.Outer(int scope, _)) {
              read.add(scope);
            }
            return call;
          }
        });
    collectApplies(rel, bound);
    return !bound.containsAll(read);
  }

  private static void collectApplies(RelNode rel, java.util.Set<Integer> ids) {
    if (rel instanceof ApplyRel apply) {
      ids.add(apply.id());
    }
    rel.getInputs().forEach(input -> collectApplies(input, ids));
  }

  /// Whether the expression reads a column of any row outside of its relation.
  public static boolean readsOuter(RexNode node) {
    boolean[] found = new boolean[1];
    new FormShuttle() {
      @Override
      protected RexNode replace(RexCall call, Form form) {
        found[0] |= form instanceof Form.Outer;
        return call;
      }
    }.apply(node);
    return found[0];
  }

  /// Whether the expression reads a column of this scope or apply.
  public static boolean hasOuter(RexNode node, int scope) {
    OuterFinder finder = new OuterFinder(scope);
    finder.apply(node);
    return finder.found;
  }

  private static void visit(RelNode rel, RexShuttle shuttle) {
    rel.accept(shuttle);
    rel.getInputs().forEach(input -> visit(input, shuttle));
  }

  private static final class OuterFinder extends RexShuttle {
    private final int scope;
    private boolean found;

    OuterFinder(int scope) {
      this.scope = scope;
    }

    @Override
    public RexNode visitCall(RexCall call) {
      if (Rex.form(call) instanceof Form.Outer(int callScope, _)) {
        found |= callScope == scope;
        return call;
      }
      return super.visitCall(call);
    }
  }

  /// Replaces opaque calls by form, bottom up.
  public abstract static class FormShuttle extends RexShuttle {
    /// The replacement of a call whose operands are already replaced.
    protected abstract RexNode replace(RexCall call, Form form);

    @Override
    public RexNode visitCall(RexCall call) {
      RexNode visited = super.visitCall(call);
      Form form = Rex.form(visited);
      return form == null ? visited : replace((RexCall) visited, form);
    }
  }
}
