package quiver.planner.calcite;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import quiver.common.plan.JoinKind;
import quiver.common.type.SqlType;

/// For every left row, the right side with [Form.Outer] of `id` bound to that row: subqueries and
/// LATERAL, until rules have turned them into joins. SEMI, ANTI and NULL_AWARE_ANTI emit left
/// columns only.
public final class ApplyRel extends BiRel {
  private final int applyId;
  private final JoinKind kind;
  private final RexNode condition;
  private final RexNode guard;

  public ApplyRel(int id, JoinKind kind, RelNode left, RelNode right, RexNode condition) {
    this(id, kind, left, right, condition, left.getCluster().getRexBuilder().makeLiteral(true));
  }

  /// @param guard over the left columns: where it is not true, the right side has no rows and does
  ///   not run
  public ApplyRel(
      int id, JoinKind kind, RelNode left, RelNode right, RexNode condition, RexNode guard) {
    super(left.getCluster(), left.getTraitSet(), left, right);
    this.applyId = id;
    this.kind = kind;
    this.condition = condition;
    this.guard = guard;
  }

  public int id() {
    return applyId;
  }

  public JoinKind kind() {
    return kind;
  }

  /// Over the left columns, then the right ones.
  public RexNode condition() {
    return condition;
  }

  /// Over the left columns.
  public RexNode guard() {
    return guard;
  }

  /// Whether the right side may not run for every left row.
  public boolean isGuarded() {
    return !guard.isAlwaysTrue();
  }

  /// Whether the right columns are part of the output.
  public boolean emitsRight() {
    return switch (kind) {
      case INNER, LEFT, RIGHT, FULL -> true;
      case SEMI, ANTI, NULL_AWARE_ANTI -> false;
    };
  }

  @Override
  protected RelDataType deriveRowType() {
    if (!emitsRight()) {
      return getLeft().getRowType();
    }
    List<SqlType> columns = new ArrayList<>(TypeFactory.sqlTypes(getLeft().getRowType()));
    columns.addAll(TypeFactory.sqlTypes(getRight().getRowType()));
    return ((TypeFactory) getCluster().getTypeFactory()).row(columns);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("id", applyId)
        .item("kind", kind)
        .item("condition", condition)
        .itemIf("guard", guard, isGuarded());
  }

  @Override
  public RelNode accept(RexShuttle shuttle) {
    RexNode changed = condition.accept(shuttle);
    RexNode changedGuard = guard.accept(shuttle);
    return changed.equals(condition) && changedGuard.equals(guard)
        ? this
        : new ApplyRel(applyId, kind, getLeft(), getRight(), changed, changedGuard);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new ApplyRel(applyId, kind, inputs.get(0), inputs.get(1), condition, guard);
  }
}
