package quiver.planner.optimizer;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Rules that move conditions of joins, and conditions above them, towards the rows. Calcite's own
/// take a semijoin for a join with columns of both sides, and make equalities that our functions
/// know nothing of.
@SuppressWarnings("deprecation") // Calcite's replacement for `operand` generates code.
final class JoinFilters {
  static final List<RelOptRule> ALL = List.of(new FilterIntoJoin(), new ConditionIntoInputs());

  private JoinFilters() {}

  /// Conjuncts by the inputs they read.
  private static final class Parts {
    final List<RexNode> left = new ArrayList<>();
    final List<RexNode> right = new ArrayList<>();
    final List<RexNode> rest = new ArrayList<>();

    /// @param toLeft and `toRight`: whether a condition over that input alone may move into it
    Parts(List<RexNode> conjuncts, Join join, boolean toLeft, boolean toRight) {
      int leftCount = join.getLeft().getRowType().getFieldCount();
      ImmutableBitSet leftColumns = ImmutableBitSet.range(leftCount);
      for (RexNode conjunct : conjuncts) {
        ImmutableBitSet used = RelOptUtil.InputFinder.bits(conjunct);
        if (used.isEmpty() || !Rex.isDeterministic(conjunct)) {
          rest.add(conjunct);
        } else if (toLeft && leftColumns.contains(used)) {
          left.add(conjunct);
        } else if (toRight && !leftColumns.intersects(used)) {
          right.add(Rex.remap(conjunct, index -> index - leftCount));
        } else {
          rest.add(conjunct);
        }
      }
    }

    boolean isMoving() {
      return !left.isEmpty() || !right.isEmpty();
    }

    /// Adds what follows from `x = value` of one input where the join demands `x = y`: `y = value`
    /// of the other. Rows of an input that come out unmatched as well must all stay.
    ///
    /// @param demanded what the join demands of every pair
    void addImplied(List<RexNode> demanded, JoinRelType type, int leftCount) {
      List<RexNode> implied = new ArrayList<>();
      if (type != JoinRelType.RIGHT && type != JoinRelType.FULL) {
        for (RexNode known : left) {
          implied(known, demanded, 0).stream()
              .filter(condition -> isOnRight(condition, leftCount))
              .forEach(condition -> implied.add(Rex.remap(condition, i -> i - leftCount)));
        }
      }
      List<RexNode> impliedLeft = new ArrayList<>();
      if (type == JoinRelType.INNER || type == JoinRelType.RIGHT) {
        for (RexNode known : right) {
          implied(known, demanded, leftCount).stream()
              .filter(condition -> !isOnRight(condition, leftCount))
              .forEach(impliedLeft::add);
        }
      }
      addNew(implied, right);
      addNew(impliedLeft, left);
    }

    private static boolean isOnRight(RexNode condition, int leftCount) {
      return RelOptUtil.InputFinder.bits(condition).nth(0) >= leftCount;
    }

    private static void addNew(List<RexNode> conditions, List<RexNode> to) {
      conditions.stream().filter(condition -> !to.contains(condition)).forEach(to::add);
    }

    /// @param offset of the columns of `known`
    private static List<RexNode> implied(RexNode known, List<RexNode> demanded, int offset) {
      List<RexNode> implied = new ArrayList<>();
      if (known.getKind() != SqlKind.EQUALS || !(known instanceof RexCall call)) {
        return implied;
      }
      for (int side = 0; side < 2; side++) {
        if (call.getOperands().get(side) instanceof RexInputRef column
            && RelOptUtil.InputFinder.bits(call.getOperands().get(1 - side)).isEmpty()) {
          for (RexInputRef equal : equalTo(column.getIndex() + offset, demanded)) {
            if (equal.getType().equals(column.getType())) {
              List<RexNode> operands = new ArrayList<>(call.getOperands());
              operands.set(side, equal);
              implied.add(call.clone(call.getType(), operands));
            }
          }
        }
      }
      return implied;
    }

    /// The columns that equal a column.
    private static List<RexInputRef> equalTo(int column, List<RexNode> demanded) {
      List<RexInputRef> equal = new ArrayList<>();
      for (RexNode condition : demanded) {
        if (condition.getKind() == SqlKind.EQUALS
            && condition instanceof RexCall call
            && call.getOperands().get(0) instanceof RexInputRef first
            && call.getOperands().get(1) instanceof RexInputRef second) {
          if (first.getIndex() == column) {
            equal.add(second);
          } else if (second.getIndex() == column) {
            equal.add(first);
          }
        }
      }
      return equal;
    }
  }

  private static RexNode all(RelNode rel, List<RexNode> conjuncts) {
    return RexUtil.composeConjunction(rel.getCluster().getRexBuilder(), conjuncts);
  }

  private static Join withInputs(Join join, Parts parts, JoinRelType type, RexNode condition) {
    return join.copy(
        join.getTraitSet(),
        condition,
        HouseRules.filter(join.getLeft(), parts.left),
        HouseRules.filter(join.getRight(), parts.right),
        type,
        join.isSemiJoinDone());
  }

  /// Conditions above a join.
  private static final class FilterIntoJoin extends RelOptRule {
    FilterIntoJoin() {
      super(operand(Filter.class, operand(Join.class, any())), "FilterIntoJoin");
    }

    @Override
    public void onMatch(RelOptRuleCall call) {
      Filter filter = call.rel(0);
      Join join = call.rel(1);
      List<RexNode> conjuncts = Rex.conjuncts(filter.getCondition());
      JoinRelType type = simplified(join, conjuncts);
      Parts parts =
          new Parts(conjuncts, join, type.canPushLeftFromAbove(), type.canPushRightFromAbove());
      List<RexNode> above = parts.rest;
      RexNode condition = join.getCondition();
      List<RexNode> demanded = new ArrayList<>(Rex.conjuncts(condition));
      if (type == JoinRelType.INNER && above.stream().allMatch(Rex::isDeterministic)) {
        demanded.addAll(above);
        condition = all(join, demanded);
        above = List.of();
      }
      parts.addImplied(demanded, type, join.getLeft().getRowType().getFieldCount());
      if (parts.isMoving() || type != join.getJoinType() || above.isEmpty()) {
        call.transformTo(HouseRules.filter(withInputs(join, parts, type, condition), above));
      }
    }

    /// An outer join whose padded rows a condition refuses is a smaller one.
    private static JoinRelType simplified(Join join, List<RexNode> conjuncts) {
      JoinRelType type = join.getJoinType();
      if (!type.isOuterJoin()) {
        return type;
      }
      int leftCount = join.getLeft().getRowType().getFieldCount();
      int count = join.getRowType().getFieldCount();
      if (type.generatesNullsOnLeft()
          && refusesNulls(conjuncts, ImmutableBitSet.range(0, leftCount))) {
        type = type.cancelNullsOnLeft();
      }
      if (type.generatesNullsOnRight()
          && refusesNulls(conjuncts, ImmutableBitSet.range(leftCount, count))) {
        type = type.cancelNullsOnRight();
      }
      return type;
    }

    private static boolean refusesNulls(List<RexNode> conjuncts, ImmutableBitSet columns) {
      return conjuncts.stream().anyMatch(conjunct -> isNotTrueIfNull(conjunct, columns));
    }

    private static boolean isNotTrueIfNull(RexNode condition, ImmutableBitSet columns) {
      if (condition.getKind() == SqlKind.NOT
          && ((RexCall) condition).getOperands().getFirst() instanceof RexCall negated
          && negated.getKind() == SqlKind.IS_NULL) {
        return isNullIfNull(negated.getOperands().getFirst(), columns);
      }
      if (condition.getKind() == SqlKind.IS_NOT_NULL) {
        return isNullIfNull(((RexCall) condition).getOperands().getFirst(), columns);
      }
      if (condition.getKind() == SqlKind.OR) {
        return ((RexCall) condition)
            .getOperands().stream().allMatch(term -> isNotTrueIfNull(term, columns));
      }
      if (condition.getKind() == SqlKind.AND) {
        return ((RexCall) condition)
            .getOperands().stream().anyMatch(term -> isNotTrueIfNull(term, columns));
      }
      return isNullIfNull(condition, columns);
    }

    /// Whether the value is certainly NULL when all of `columns` are.
    private static boolean isNullIfNull(RexNode node, ImmutableBitSet columns) {
      if (node instanceof RexInputRef reference) {
        return columns.get(reference.getIndex());
      }
      if (!(node instanceof RexCall call)) {
        return false;
      }
      boolean passesNull =
          switch (Rex.form(call)) {
            case Form.Call(var function, _) -> function.strict();
            case Form.Cast _ -> true;
            case null -> call.getKind() == SqlKind.NOT;
            default -> false;
          };
      return passesNull
          && call.getOperands().stream().anyMatch(operand -> isNullIfNull(operand, columns));
    }
  }

  /// Conditions of a join that read one input alone.
  private static final class ConditionIntoInputs extends RelOptRule {
    ConditionIntoInputs() {
      super(operand(Join.class, any()), "ConditionIntoInputs");
    }

    @Override
    public void onMatch(RelOptRuleCall call) {
      Join join = call.rel(0);
      JoinRelType type = join.getJoinType();
      Parts parts =
          new Parts(
              Rex.conjuncts(join.getCondition()),
              join,
              type.canPushLeftFromWithin(),
              type.canPushRightFromWithin());
      if (parts.isMoving()) {
        parts.addImplied(parts.rest, type, join.getLeft().getRowType().getFieldCount());
        call.transformTo(withInputs(join, parts, type, all(join, parts.rest)));
      }
    }
  }
}
