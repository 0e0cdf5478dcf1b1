package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.JoinKind;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Relations;
import quiver.planner.calcite.Rex;

/// Outer joins whose ON condition holds subqueries. The side that may go without a partner is
/// searched for each row of the other one; a FULL join takes subqueries that read nothing of its
/// sides.
final class OuterJoinConditions {
  private final Binding binding;
  private final Placeholders placeholders;
  private final int conditionScope;
  private final Rex rex;

  /// @param conditionScope the scope of the condition: left columns, then right columns
  OuterJoinConditions(Binding binding, Placeholders placeholders, int conditionScope) {
    this.binding = binding;
    this.placeholders = placeholders;
    this.conditionScope = conditionScope;
    this.rex = binding.rex();
  }

  /// @param scopeId what the right side calls the left row
  /// @param position of the condition
  FromResult join(
      JoinKind kind,
      FromResult left,
      FromResult right,
      int scopeId,
      RexNode condition,
      int position) {
    int leftWidth = left.width();
    RelNode rel =
        switch (kind) {
          case LEFT -> searched(left.rel(), right.rel(), scopeId, condition, 0);
          case RIGHT -> {
            RelNode swapped =
                searched(right.rel(), left.rel(), binding.newId(), condition, leftWidth);
            List<RexNode> columns = new ArrayList<>();
            List<RexNode> all = binding.columns(swapped);
            columns.addAll(all.subList(right.width(), all.size()));
            columns.addAll(all.subList(0, right.width()));
            yield binding.project(swapped, columns);
          }
          default -> full(left, right, condition, position);
        };
    return left.joinedWith(right.shifted(leftWidth), rel);
  }

  /// All of `outer`, with the rows of `inner` for which the condition holds.
  ///
  /// @param outerFrom where the outer columns begin in the condition's row
  private RelNode searched(
      RelNode outer, RelNode inner, int applyId, RexNode condition, int outerFrom) {
    int outerWidth = outer.getRowType().getFieldCount();
    int innerWidth = inner.getRowType().getFieldCount();
    int outerEnd = outerFrom + outerWidth;
    RexNode overInner =
        condition.accept(
            new RexShuttle() {
              @Override
              public RexNode visitInputRef(RexInputRef reference) {
                int index = reference.getIndex();
                boolean isOuter = index >= outerFrom && index < outerEnd;
                return isOuter
                    ? rex.make(
                        new Form.Outer(applyId, index - outerFrom), Rex.type(reference), List.of())
                    : new RexInputRef(
                        outerFrom == 0 ? index - outerWidth : index, reference.getType());
              }
            });
    // Subqueries read both sides: columns of the outer one belong to the apply.
    Placeholders moved =
        placeholders.withRelations(subquery ->
            Relations.rewrite(
                subquery,
                new Relations.FormShuttle() {
                  @Override
                  protected RexNode replace(RexCall call, Form form) {
                    if (!(form instanceof Form.Outer(int scope, int index))
                        || scope != conditionScope) {
                      return call;
                    }
                    boolean isOuter = index >= outerFrom && index < outerEnd;
                    return rex.make(
                        isOuter
                            ? new Form.Outer(applyId, index - outerFrom)
                            : new Form.Outer(
                                conditionScope, outerFrom == 0 ? index - outerWidth : index),
                        Rex.type(call),
                        List.of());
                  }
                }));
    RelNode filtered =
        new Subqueries(binding, moved, conditionScope).filter(inner, overInner, index -> index);
    RelNode trimmed = binding.project(filtered, binding.columns(filtered).subList(0, innerWidth));
    return new ApplyRel(applyId, JoinKind.LEFT, outer, trimmed, rex.truth(true));
  }

  private RelNode full(FromResult left, FromResult right, RexNode condition, int position) {
    int leftWidth = left.width();
    List<RexNode> conjuncts = Rex.conjuncts(condition);
    Subqueries.Attached attached =
        new Subqueries(binding, placeholders, conditionScope)
            .attach(
                left.rel(),
                conjuncts,
                index -> {
                  if (index >= leftWidth) {
                    throw new QuiverException(
                            SqlState.FEATURE_NOT_SUPPORTED,
                            "FULL JOIN is only supported with merge-joinable or hash-joinable"
                                + " join conditions")
                        .at(position);
                  }
                  return index;
                },
                _ -> true);
    int wide = attached.rel().getRowType().getFieldCount();
    List<RexNode> moved = new ArrayList<>();
    for (int i = 0; i < conjuncts.size(); i++) {
      moved.add(
          replaced(conjuncts.get(i), attached.expressions().get(i), leftWidth, wide - leftWidth));
    }
    RelNode joined =
        LogicalJoin.create(
            attached.rel(), right.rel(), List.of(), rex.and(moved), Set.of(), JoinRelType.FULL);
    List<RexNode> all = binding.columns(joined);
    List<RexNode> columns = new ArrayList<>(all.subList(0, leftWidth));
    columns.addAll(all.subList(wide, all.size()));
    return binding.project(joined, columns);
  }

  /// The attached condition with the right columns behind those that were attached. An attached
  /// column and a right column may have the same number, so that both are walked side by side.
  private static RexNode replaced(RexNode before, RexNode after, int leftWidth, int shift) {
    if (before instanceof RexInputRef reference) {
      return reference.getIndex() < leftWidth
          ? reference
          : new RexInputRef(reference.getIndex() + shift, reference.getType());
    }
    if (before instanceof RexCall call
        && after instanceof RexCall changed
        && call.getOperator().equals(changed.getOperator())
        && call.getOperands().size() == changed.getOperands().size()) {
      List<RexNode> operands = new ArrayList<>();
      for (int i = 0; i < call.getOperands().size(); i++) {
        operands.add(
            replaced(call.getOperands().get(i), changed.getOperands().get(i), leftWidth, shift));
      }
      return changed.clone(changed.getType(), operands);
    }
    return after;
  }
}
