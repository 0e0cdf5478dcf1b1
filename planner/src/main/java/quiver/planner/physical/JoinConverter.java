package quiver.planner.physical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.common.expression.Expression;
import quiver.common.plan.JoinKind;
import quiver.common.plan.PlanNode;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Relations;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.RowEstimate;

/// Joins: by hash where the condition has equalities between the sides, by loop otherwise; applies
/// where the right side reads the left row.
final class JoinConverter {
  private final PlanConverter converter;
  private final Rex rex;
  private final Expressions expressions;

  JoinConverter(PlanConverter converter, Rex rex, Expressions expressions) {
    this.converter = converter;
    this.rex = rex;
    this.expressions = expressions;
  }

  /// An equality between the sides, both of one type.
  private record Key(RexNode left, RexNode right) {}

  Step join(Join join, ImmutableBitSet required) {
    JoinKind kind =
        switch (join.getJoinType()) {
          case INNER -> JoinKind.INNER;
          case LEFT -> JoinKind.LEFT;
          case RIGHT -> JoinKind.RIGHT;
          case FULL -> JoinKind.FULL;
          case SEMI -> JoinKind.SEMI;
          case ANTI -> JoinKind.ANTI;
          default -> throw new IllegalStateException("unexpected join " + join.getJoinType());
        };
    return join(kind, join.getLeft(), join.getRight(), join.getCondition(), required);
  }

  Step apply(ApplyRel apply, ImmutableBitSet required) {
    if (!apply.isGuarded() && !Relations.hasOuter(apply.getRight(), apply.id())) {
      return join(apply.kind(), apply.getLeft(), apply.getRight(), apply.condition(), required);
    }
    int leftWidth = apply.getLeft().getRowType().getFieldCount();
    JoinKind kind = apply.kind();
    RexNode condition = apply.condition();
    if (kind == JoinKind.NULL_AWARE_ANTI) {
      kind = JoinKind.ANTI;
      condition = orTrue(condition);
    }
    ImmutableBitSet read = PlanConverter.columnsOf(condition);
    ImmutableBitSet leftColumns =
        leftPart(required.union(read), leftWidth)
            .union(outerColumns(apply))
            .union(PlanConverter.columnsOf(apply.guard()));
    ImmutableBitSet rightColumns =
        rightPart(apply.emitsRight() ? required.union(read) : read, leftWidth);
    Step left = converter.convertGathered(apply.getLeft(), leftColumns);
    expressions.bindOuter(apply.id(), left.columns());
    Step right = converter.convertGathered(apply.getRight(), rightColumns);
    ColumnMap both = left.columns().followedBy(right.columns(), left.width());
    Optional<Expression> converted =
        condition.isAlwaysTrue()
            ? Optional.empty()
            : Optional.of(expressions.convert(condition, both));
    return new Step(
        new PlanNode.Apply(
            apply.id(),
            kind,
            left.plan(),
            right.plan(),
            converted,
            apply.isGuarded()
                ? Optional.of(expressions.convert(apply.guard(), left.columns()))
                : Optional.empty()),
        apply.emitsRight() ? both : left.columns(),
        false);
  }

  private static ImmutableBitSet leftPart(ImmutableBitSet columns, int leftWidth) {
    return columns.intersect(ImmutableBitSet.range(leftWidth));
  }

  private static ImmutableBitSet rightPart(ImmutableBitSet columns, int leftWidth) {
    return columns.except(ImmutableBitSet.range(leftWidth)).shift(-leftWidth);
  }

  /// The left columns the right side reads.
  private static ImmutableBitSet outerColumns(ApplyRel apply) {
    ImmutableBitSet.Builder columns = ImmutableBitSet.builder();
    collect(apply.getRight(), apply.id(), columns);
    return columns.build();
  }

  private static void collect(RelNode rel, int id, ImmutableBitSet.Builder columns) {
    rel.accept(
        new RexShuttle() {
          @Override
          public RexNode visitCall(RexCall call) {
            if (Rex.form(call) instanceof Form.Outer(int scope, int index) && scope == id) {
              columns.set(index);
            }
            return super.visitCall(call);
          }
        });
    rel.getInputs().forEach(input -> collect(input, id, columns));
  }

  private RexNode orTrue(RexNode condition) {
    return rex.coalesce(SqlType.BOOL, List.of(condition, rex.truth(true)));
  }

  private Step join(
      JoinKind kind,
      RelNode leftRel,
      RelNode rightRel,
      RexNode condition,
      ImmutableBitSet required) {
    int leftWidth = leftRel.getRowType().getFieldCount();
    List<Key> keys = new ArrayList<>();
    List<RexNode> residual = new ArrayList<>();
    for (RexNode conjunct : Rex.conjuncts(condition)) {
      Optional<Key> key = key(conjunct, leftWidth);
      key.ifPresentOrElse(keys::add, () -> residual.add(conjunct));
    }
    JoinKind actual = kind;
    if (kind == JoinKind.NULL_AWARE_ANTI && (keys.size() != 1 || !residual.isEmpty())) {
      actual = JoinKind.ANTI;
      keys.clear();
      residual.clear();
      residual.add(orTrue(condition));
    }
    boolean emitsRight =
        switch (actual) {
          case INNER, LEFT, RIGHT, FULL -> true;
          case SEMI, ANTI, NULL_AWARE_ANTI -> false;
        };
    ImmutableBitSet read = PlanConverter.columnsOf(residual);
    ImmutableBitSet leftColumns = leftPart(required.union(read), leftWidth);
    ImmutableBitSet rightColumns = rightPart(emitsRight ? required.union(read) : read, leftWidth);
    Side left = side(leftRel, leftColumns, keys.stream().map(Key::left).toList());
    Side right =
        side(
            rightRel,
            rightColumns,
            keys.stream().map(key -> Rex.remap(key.right(), index -> index - leftWidth)).toList());
    boolean swap = actual == JoinKind.INNER && RowEstimate.of(leftRel) < RowEstimate.of(rightRel);
    ColumnMap columns =
        swap
            ? swapped(left, right)
            : left.step().columns().followedBy(right.step().columns(), left.step().width());
    Optional<Expression> rest =
        residual.isEmpty()
            ? Optional.empty()
            : Optional.of(expressions.convert(rex.and(residual), columns));
    Side outer = swap ? right : left;
    Side inner = swap ? left : right;
    PlanNode plan =
        keys.isEmpty()
            ? new PlanNode.NestedLoopJoin(actual, outer.step().plan(), inner.step().plan(), rest)
            : new PlanNode.HashJoin(
                actual, outer.step().plan(), inner.step().plan(), outer.keys(), inner.keys(), rest);
    return new Step(plan, emitsRight ? columns : left.step().columns(), false);
  }

  private static ColumnMap swapped(Side left, Side right) {
    ColumnMap columns =
        ColumnMap.empty(left.step().columns().size() + right.step().columns().size());
    for (int i = 0; i < left.step().columns().size(); i++) {
      if (left.step().columns().has(i)) {
        columns.put(i, right.step().width() + left.step().columns().get(i));
      }
    }
    for (int i = 0; i < right.step().columns().size(); i++) {
      if (right.step().columns().has(i)) {
        columns.put(left.step().columns().size() + i, right.step().columns().get(i));
      }
    }
    return columns;
  }

  /// One input of a hash join and the output positions of its keys.
  private record Side(Step step, List<Integer> keys) {}

  /// An input with computed keys as extra output columns.
  private Side side(RelNode rel, ImmutableBitSet columns, List<RexNode> keys) {
    ImmutableBitSet needed = columns.union(PlanConverter.columnsOf(keys));
    Step step = converter.convertGathered(rel, needed);
    List<RexNode> computed =
        keys.stream().filter(key -> !(key instanceof RexInputRef)).distinct().toList();
    if (!computed.isEmpty()) {
      List<Expression> outputs = new ArrayList<>();
      List<SqlType> types = step.plan().outputTypes();
      for (int i = 0; i < types.size(); i++) {
        outputs.add(new Expression.InputColumn(i, types.get(i)));
      }
      outputs.addAll(expressions.convertAll(computed, step.columns()));
      int width = types.size();
      Step extended = new Step(new PlanNode.Project(step.plan(), outputs), step.columns(), false);
      List<Integer> positions = new ArrayList<>();
      for (RexNode key : keys) {
        positions.add(
            key instanceof RexInputRef reference
                ? step.columns().get(reference.getIndex())
                : width + computed.indexOf(key));
      }
      return new Side(extended, positions);
    }
    List<Integer> positions = new ArrayList<>();
    for (RexNode key : keys) {
      positions.add(step.columns().get(((RexInputRef) key).getIndex()));
    }
    return new Side(step, positions);
  }

  private Optional<Key> key(RexNode conjunct, int leftWidth) {
    if (conjunct.getKind() != SqlKind.EQUALS || !(conjunct instanceof RexCall call)) {
      return Optional.empty();
    }
    RexNode first = call.getOperands().get(0);
    RexNode second = call.getOperands().get(1);
    if (isOn(first, 0, leftWidth) && isOn(second, leftWidth, Integer.MAX_VALUE)) {
      return key(first, second);
    }
    if (isOn(second, 0, leftWidth) && isOn(first, leftWidth, Integer.MAX_VALUE)) {
      return key(second, first);
    }
    return Optional.empty();
  }

  private static boolean isOn(RexNode node, int from, int to) {
    ImmutableBitSet columns = PlanConverter.columnsOf(node);
    return !columns.isEmpty()
        && columns.nth(0) >= from
        && columns.length() <= to
        && Rex.isDeterministic(node);
  }

  private Optional<Key> key(RexNode left, RexNode right) {
    SqlType leftType = Rex.type(left).withoutModifier();
    SqlType rightType = Rex.type(right).withoutModifier();
    if (leftType.equals(rightType)) {
      return Optional.of(new Key(left, right));
    }
    int leftRank = integerRank(leftType);
    int rightRank = integerRank(rightType);
    if (leftRank == 0 || rightRank == 0) {
      return Optional.empty();
    }
    SqlType common = leftRank > rightRank ? leftType : rightType;
    return Optional.of(new Key(widened(left, common), widened(right, common)));
  }

  private RexNode widened(RexNode node, SqlType type) {
    return Rex.type(node).sameTypeAs(type) ? node : rex.cast(node, type, CastContext.IMPLICIT);
  }

  private static int integerRank(SqlType type) {
    if (type.array()) {
      return 0;
    }
    return switch (type.base()) {
      case INT2 -> 1;
      case INT4 -> 2;
      case INT8 -> 3;
      default -> 0;
    };
  }
}
