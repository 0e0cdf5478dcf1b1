package quiver.planner.optimizer;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.BarrierRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Conditions that cannot fail are asked before a [BarrierRel]: comparisons of plain values.
@SuppressWarnings("deprecation") // Calcite's replacement for `operand` generates code.
final class FilterIntoBarrier extends RelOptRule {
  private static final Set<String> COMPARISONS = Set.of("=", "<>", "<", "<=", ">", ">=");

  private static final Set<BaseType> PLAIN =
      EnumSet.of(
          BaseType.BOOL,
          BaseType.INT2,
          BaseType.INT4,
          BaseType.INT8,
          BaseType.OID,
          BaseType.FLOAT4,
          BaseType.FLOAT8,
          BaseType.NUMERIC,
          BaseType.TEXT,
          BaseType.VARCHAR,
          BaseType.BPCHAR,
          BaseType.NAME,
          BaseType.BYTEA,
          BaseType.UUID,
          BaseType.DATE,
          BaseType.TIME,
          BaseType.TIMESTAMP,
          BaseType.TIMESTAMPTZ);

  FilterIntoBarrier() {
    super(operand(Filter.class, operand(BarrierRel.class, any())), "FilterIntoBarrier");
  }

  @Override
  public void onMatch(RelOptRuleCall call) {
    Filter filter = call.rel(0);
    BarrierRel barrier = call.rel(1);
    List<RexNode> below = new ArrayList<>();
    List<RexNode> above = new ArrayList<>();
    for (RexNode conjunct : Rex.conjuncts(filter.getCondition())) {
      (isSure(conjunct) ? below : above).add(conjunct);
    }
    if (!below.isEmpty()) {
      call.transformTo(
          HouseRules.filter(new BarrierRel(HouseRules.filter(barrier.getInput(), below)), above));
    }
  }

  private static boolean isSure(RexNode node) {
    if (node instanceof RexInputRef) {
      return true;
    }
    if (!(node instanceof RexCall call)) {
      return false;
    }
    boolean operands = call.getOperands().stream().allMatch(FilterIntoBarrier::isSure);
    return switch (Rex.form(call)) {
      case Form.Constant _, Form.Parameter _, Form.Outer _ -> true;
      case Form.Call(_, String symbol) ->
          operands
              && COMPARISONS.contains(symbol)
              && call.getOperands().stream().allMatch(operand -> isPlain(Rex.type(operand)));
      case null ->
          operands
              && switch (call.getKind()) {
                case AND, OR, NOT, IS_NULL -> true;
                default -> false;
              };
      default -> false;
    };
  }

  private static boolean isPlain(SqlType type) {
    return !type.array() && PLAIN.contains(type.base());
  }
}
