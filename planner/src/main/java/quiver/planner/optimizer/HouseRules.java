package quiver.planner.optimizer;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.SharedRel;
import quiver.planner.calcite.SortRel;

/// Rules about the relations that are our own.
@SuppressWarnings("deprecation") // Calcite's replacement for `operand` generates code.
final class HouseRules {
  static final List<RelOptRule> ALL =
      List.of(
          new FilterIntoApply(),
          new FilterPastSort(),
          new FilterIntoShared(),
          new FilterIntoBarrier(),
          new LimitPastProject(),
          new LimitIntoSort());

  private HouseRules() {}

  /// The rows for which all conjuncts hold.
  static RelNode filter(RelNode input, List<RexNode> conjuncts) {
    return conjuncts.isEmpty()
        ? input
        : LogicalFilter.create(
            input, RexUtil.composeConjunction(input.getCluster().getRexBuilder(), conjuncts));
  }

  /// Conditions over left columns alone hold before the apply as well.
  private static final class FilterIntoApply extends RelOptRule {
    FilterIntoApply() {
      super(operand(Filter.class, operand(ApplyRel.class, any())), "FilterIntoApply");
    }

    @Override
    public void onMatch(RelOptRuleCall call) {
      Filter filter = call.rel(0);
      ApplyRel apply = call.rel(1);
      ImmutableBitSet left = ImmutableBitSet.range(apply.getLeft().getRowType().getFieldCount());
      List<RexNode> below = new ArrayList<>();
      List<RexNode> above = new ArrayList<>();
      for (RexNode conjunct : Rex.conjuncts(filter.getCondition())) {
        boolean movable =
            Rex.isDeterministic(conjunct) && left.contains(RelOptUtil.InputFinder.bits(conjunct));
        (movable ? below : above).add(conjunct);
      }
      if (!below.isEmpty()) {
        RelNode input = filter(apply.getLeft(), below);
        call.transformTo(
            filter(apply.copy(apply.getTraitSet(), List.of(input, apply.getRight())), above));
      }
    }
  }

  /// Order does not decide which rows pass a filter.
  private static final class FilterPastSort extends RelOptRule {
    FilterPastSort() {
      super(operand(Filter.class, operand(SortRel.class, any())), "FilterPastSort");
    }

    @Override
    public void onMatch(RelOptRuleCall call) {
      Filter filter = call.rel(0);
      SortRel sort = call.rel(1);
      if (!sort.isBounded() && Rex.isDeterministic(filter.getCondition())) {
        RelNode input = LogicalFilter.create(sort.getInput(), filter.getCondition());
        call.transformTo(sort.copy(sort.getTraitSet(), List.of(input)));
      }
    }
  }

  /// A filter on the result is a filter on the body.
  private static final class FilterIntoShared extends RelOptRule {
    FilterIntoShared() {
      super(operand(Filter.class, operand(SharedRel.class, any())), "FilterIntoShared");
    }

    @Override
    public void onMatch(RelOptRuleCall call) {
      Filter filter = call.rel(0);
      SharedRel shared = call.rel(1);
      RelNode body = LogicalFilter.create(shared.getRight(), filter.getCondition());
      call.transformTo(shared.copy(shared.getTraitSet(), List.of(shared.getLeft(), body)));
    }
  }

  /// A bare LIMIT cuts the same rows below a projection.
  private static final class LimitPastProject extends RelOptRule {
    LimitPastProject() {
      super(operand(SortRel.class, operand(Project.class, any())), "LimitPastProject");
    }

    @Override
    public void onMatch(RelOptRuleCall call) {
      SortRel limit = call.rel(0);
      Project project = call.rel(1);
      if (limit.keys().isEmpty() && limit.isBounded()) {
        RelNode input = limit.copy(limit.getTraitSet(), List.of(project.getInput()));
        call.transformTo(project.copy(project.getTraitSet(), List.of(input)));
      }
    }
  }

  /// A bare LIMIT over ORDER BY is ORDER BY … LIMIT.
  private static final class LimitIntoSort extends RelOptRule {
    LimitIntoSort() {
      super(operand(SortRel.class, operand(SortRel.class, any())), "LimitIntoSort");
    }

    @Override
    public void onMatch(RelOptRuleCall call) {
      SortRel limit = call.rel(0);
      SortRel sort = call.rel(1);
      if (limit.keys().isEmpty() && limit.isBounded() && !sort.isBounded()) {
        call.transformTo(
            new SortRel(sort.getInput(), sort.keys(), limit.limit(), limit.offset(), false));
      }
    }
  }
}
