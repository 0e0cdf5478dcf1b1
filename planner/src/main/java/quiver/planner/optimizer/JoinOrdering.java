package quiver.planner.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.RowEstimate;
import quiver.planner.calcite.TypeFactory;

/// Orders the inputs of adjoining inner joins so that each one but the first has a condition with
/// those before it, if there is such an order; else the order stays as written. If all tables have
/// been analysed, what keeps the rows few goes first; else the written order decides between
/// possible ones.
final class JoinOrdering {
  private final Rex rex;

  JoinOrdering(Rex rex) {
    this.rex = rex;
  }

  /// An input of a block of joins.
  ///
  /// @param offset of its columns in the block's row as written
  private record Input(RelNode rel, int offset) {
    int width() {
      return rel.getRowType().getFieldCount();
    }

    ImmutableBitSet columns() {
      return ImmutableBitSet.range(offset, offset + width());
    }
  }

  RelNode apply(RelNode rel) {
    if (isInner(rel)) {
      List<Input> inputs = new ArrayList<>();
      List<RexNode> conditions = new ArrayList<>();
      collect(rel, 0, inputs, conditions);
      List<Input> ordered = inputs.stream().map(this::optimizedInput).toList();
      if (ordered.size() > 2) {
        List<Input> order = order(ordered, conditions);
        if (!order.equals(ordered)) {
          return rebuilt(order, conditions, rel.getRowType().getFieldCount());
        }
      }
      return withInputs(rel, new ArrayList<>(ordered));
    }
    List<RelNode> inputs = new ArrayList<>();
    boolean changed = false;
    for (RelNode input : rel.getInputs()) {
      RelNode applied = apply(input);
      changed |= !applied.equals(input);
      inputs.add(applied);
    }
    return changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
  }

  private Input optimizedInput(Input input) {
    return new Input(apply(input.rel()), input.offset());
  }

  private static boolean isInner(RelNode rel) {
    return rel instanceof Join join && join.getJoinType() == JoinRelType.INNER;
  }

  private static void collect(
      RelNode rel, int offset, List<Input> inputs, List<RexNode> conditions) {
    if (isInner(rel)) {
      Join join = (Join) rel;
      for (RexNode conjunct : Rex.conjuncts(join.getCondition())) {
        conditions.add(Rex.remap(conjunct, index -> index + offset));
      }
      collect(join.getLeft(), offset, inputs, conditions);
      collect(
          join.getRight(),
          offset + join.getLeft().getRowType().getFieldCount(),
          inputs,
          conditions);
    } else {
      inputs.add(new Input(rel, offset));
    }
  }

  private static RelNode withInputs(RelNode rel, List<Input> inputs) {
    if (!isInner(rel)) {
      return inputs.removeFirst().rel();
    }
    Join join = (Join) rel;
    RelNode left = withInputs(join.getLeft(), inputs);
    RelNode right = withInputs(join.getRight(), inputs);
    return left.equals(join.getLeft()) && right.equals(join.getRight())
        ? rel
        : join.copy(join.getTraitSet(), List.of(left, right));
  }

  /// Takes the next connected input, as written, each time; of analysed tables the one that leaves
  /// the fewest rows.
  private static List<Input> order(List<Input> inputs, List<RexNode> conditions) {
    boolean isKnown = inputs.stream().allMatch(input -> RowEstimate.isKnown(input.rel()));
    List<Input> open = new ArrayList<>(inputs);
    List<Input> order = new ArrayList<>();
    order.add(open.remove(isKnown ? smallest(open) : 0));
    ImmutableBitSet joined = order.getFirst().columns();
    double rows = RowEstimate.of(order.getFirst().rel());
    while (!open.isEmpty()) {
      int next = -1;
      double fewest = Double.POSITIVE_INFINITY;
      for (int i = 0; i < open.size() && (isKnown || next < 0); i++) {
        if (isConnected(joined, open.get(i), conditions)) {
          double after = isKnown ? joinedRows(rows, joined, open.get(i), inputs, conditions) : 0;
          next = after < fewest ? i : next;
          fewest = Math.min(fewest, after);
        }
      }
      Input input = open.remove(Math.max(0, next));
      rows = next < 0 ? rows * RowEstimate.of(input.rel()) : fewest;
      order.add(input);
      joined = joined.union(input.columns());
    }
    return order;
  }

  private static int smallest(List<Input> inputs) {
    int smallest = 0;
    for (int i = 1; i < inputs.size(); i++) {
      if (RowEstimate.of(inputs.get(i).rel()) < RowEstimate.of(inputs.get(smallest).rel())) {
        smallest = i;
      }
    }
    return smallest;
  }

  /// Rows of a join of so many rows with one more input.
  private static double joinedRows(
      double rows,
      ImmutableBitSet joined,
      Input input,
      List<Input> inputs,
      List<RexNode> conditions) {
    double pairs = rows * RowEstimate.of(input.rel());
    ImmutableBitSet both = joined.union(input.columns());
    double distinct = 1;
    for (RexNode condition : conditions) {
      ImmutableBitSet columns = RelOptUtil.InputFinder.bits(condition);
      if (condition.getKind() == SqlKind.EQUALS
          && both.contains(columns)
          && columns.intersects(joined)
          && columns.intersects(input.columns())) {
        for (int column : columns) {
          distinct = Math.max(distinct, distinct(column, inputs));
        }
      }
    }
    return Math.max(1, pairs / distinct);
  }

  private static double distinct(int column, List<Input> inputs) {
    for (Input input : inputs) {
      if (input.columns().get(column)) {
        return RowEstimate.distinct(input.rel(), column - input.offset()).orElse(1.0);
      }
    }
    return 1;
  }

  private static boolean isConnected(
      ImmutableBitSet joined, Input input, List<RexNode> conditions) {
    ImmutableBitSet both = joined.union(input.columns());
    for (RexNode condition : conditions) {
      ImmutableBitSet columns = RelOptUtil.InputFinder.bits(condition);
      if (both.contains(columns)
          && columns.intersects(joined)
          && columns.intersects(input.columns())) {
        return true;
      }
    }
    return false;
  }

  private RelNode rebuilt(List<Input> order, List<RexNode> conditions, int width) {
    int[] position = new int[width];
    List<RexNode> open = new ArrayList<>(conditions);
    RelNode result = order.getFirst().rel();
    place(order.getFirst(), 0, position);
    ImmutableBitSet joined = order.getFirst().columns();
    for (Input input : order.subList(1, order.size())) {
      place(input, result.getRowType().getFieldCount(), position);
      joined = joined.union(input.columns());
      List<RexNode> here = new ArrayList<>();
      for (RexNode condition : List.copyOf(open)) {
        if (joined.contains(RelOptUtil.InputFinder.bits(condition))) {
          here.add(Rex.remap(condition, index -> position[index]));
          open.remove(condition);
        }
      }
      result =
          LogicalJoin.create(
              result, input.rel(), List.of(), rex.and(here), Set.of(), JoinRelType.INNER);
    }
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      columns.add(
          new RexInputRef(
              position[i], result.getRowType().getFieldList().get(position[i]).getType()));
    }
    return LogicalProject.create(
        result, List.of(), columns, TypeFactory.columnNames(width), Set.of());
  }

  private static void place(Input input, int at, int[] position) {
    for (int i = 0; i < input.width(); i++) {
      position[input.offset() + i] = at + i;
    }
  }
}
