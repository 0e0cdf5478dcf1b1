package quiver.planner.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.common.plan.JoinKind;
import quiver.common.plan.SortKey;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ScanRel;
import quiver.planner.calcite.SingleRowRel;
import quiver.planner.calcite.SortRel;
import quiver.planner.calcite.TypeFactory;
import quiver.planner.calcite.WindowRel;

/// Brings `ORDER BY … LIMIT` next to the table it orders, so that it can be a vector search, in two
/// shapes that clients send: the query vector comes from a subquery or a row found by key, and
/// ranks are computed over the same order.
final class SearchShapes {
  private static final Set<String> PREFIX_RANKS = Set.of("rank", "row_number", "dense_rank");

  private final Rex rex;
  private int nextId;

  /// @param firstId apply ids from here on are free
  SearchShapes(Rex rex, int firstId) {
    this.rex = rex;
    this.nextId = firstId;
  }

  RelNode apply(RelNode rel) {
    RelNode current = rel;
    if (rel instanceof SortRel sort && sort.limit() != null && !sort.withTies()) {
      current = besideOneRow(sort).or(() -> belowRanks(sort)).orElse(rel);
    }
    List<RelNode> inputs = new ArrayList<>();
    boolean changed = false;
    for (RelNode input : current.getInputs()) {
      RelNode applied = apply(input);
      changed |= !applied.equals(input);
      inputs.add(applied);
    }
    return changed ? current.copy(current.getTraitSet(), inputs) : current;
  }

  // ---- the query vector from one row

  /// A join without condition with at most one row is a loop of at most one round: inside, the
  /// row's columns are constants and the sort is over the other side alone.
  private Optional<RelNode> besideOneRow(SortRel sort) {
    List<Project> projects = new ArrayList<>();
    RelNode below = sort.getInput();
    while (below instanceof Project project) {
      projects.add(project);
      below = project.getInput();
    }
    if (!(below instanceof Join join)
        || !join.getCondition().isAlwaysTrue()
        || sort.keys().size() != 1) {
      return Optional.empty();
    }
    boolean rightIsOne = isOneRow(join.getRight(), join.getJoinType());
    boolean leftIsOne =
        join.getJoinType() == JoinRelType.INNER && isOneRow(join.getLeft(), JoinRelType.INNER);
    if (!rightIsOne && !leftIsOne) {
      return Optional.empty();
    }
    int leftWidth = join.getLeft().getRowType().getFieldCount();
    int width = join.getRowType().getFieldCount();
    ImmutableBitSet one =
        rightIsOne ? ImmutableBitSet.range(leftWidth, width) : ImmutableBitSet.range(leftWidth);
    List<RexNode> outputs = composed(projects, join);
    if (!isDistanceBetween(outputs.get(sort.keys().getFirst().column()), one)) {
      return Optional.empty();
    }
    int id = nextId++;
    int oneAt = rightIsOne ? leftWidth : 0;
    int manyAt = rightIsOne ? 0 : leftWidth;
    List<RexNode> inner = new ArrayList<>();
    for (RexNode output : outputs) {
      inner.add(inside(output, one, id, oneAt, manyAt));
    }
    RelNode oneRel = rightIsOne ? join.getRight() : join.getLeft();
    RelNode manyRel = rightIsOne ? join.getLeft() : join.getRight();
    RelNode search =
        new SortRel(project(manyRel, inner), sort.keys(), sort.limit(), sort.offset(), false);
    RelNode loop = new ApplyRel(id, JoinKind.INNER, oneRel, search, rex.truth(true));
    int oneWidth = oneRel.getRowType().getFieldCount();
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      columns.add(
          new RexInputRef(
              oneWidth + i, loop.getRowType().getFieldList().get(oneWidth + i).getType()));
    }
    return Optional.of(project(loop, columns));
  }

  private static RelNode project(RelNode rel, List<RexNode> expressions) {
    return LogicalProject.create(
        rel, List.of(), expressions, TypeFactory.columnNames(expressions.size()), Set.of());
  }

  /// The outputs of a chain of projections, topmost first, over its input.
  private static List<RexNode> composed(List<Project> projects, RelNode input) {
    List<RexNode> outputs = new ArrayList<>();
    input
        .getRowType()
        .getFieldList()
        .forEach(field -> outputs.add(new RexInputRef(field.getIndex(), field.getType())));
    for (Project project : projects.reversed()) {
      List<RexNode> below = List.copyOf(outputs);
      outputs.clear();
      for (RexNode node : project.getProjects()) {
        outputs.add(
            node.accept(
                new RexShuttle() {
                  @Override
                  public RexNode visitInputRef(RexInputRef reference) {
                    return below.get(reference.getIndex());
                  }
                }));
      }
    }
    return outputs;
  }

  private static boolean isDistanceBetween(RexNode node, ImmutableBitSet one) {
    if (!(Rex.form(node) instanceof Form.Call(var function, _))
        || function.arguments().size() != 2
        || !(function.name().endsWith("distance") || function.name().endsWith("product"))) {
      return false;
    }
    List<RexNode> operands = ((RexCall) node).getOperands();
    ImmutableBitSet first = RelOptUtil.InputFinder.bits(operands.get(0));
    ImmutableBitSet second = RelOptUtil.InputFinder.bits(operands.get(1));
    return !first.isEmpty() && !second.isEmpty() && (one.contains(first) != one.contains(second));
  }

  private RexNode inside(RexNode node, ImmutableBitSet one, int id, int oneAt, int manyAt) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            int index = reference.getIndex();
            return one.get(index)
                ? rex.make(new Form.Outer(id, index - oneAt), Rex.type(reference), List.of())
                : new RexInputRef(index - manyAt, reference.getType());
          }
        });
  }

  /// Whether a join input has exactly one row, or at most one where the join drops the others' rows
  /// when it has none.
  private static boolean isOneRow(RelNode rel, JoinRelType join) {
    return switch (rel) {
      case SingleRowRel _ -> join == JoinRelType.INNER || join == JoinRelType.LEFT;
      case Aggregate aggregate ->
          (join == JoinRelType.INNER || join == JoinRelType.LEFT)
              && aggregate.getGroupSet().isEmpty()
              && aggregate.getGroupSets().size() == 1;
      case Project project -> isOneRow(project.getInput(), join);
      case Filter filter ->
          join == JoinRelType.INNER
              && filter.getInput() instanceof ScanRel scan
              && fixesKey(filter.getCondition(), scan);
      default -> false;
    };
  }

  private static boolean fixesKey(RexNode condition, ScanRel scan) {
    List<Integer> open = new ArrayList<>(scan.table().keyOrdinals());
    if (open.isEmpty() || !scan.table().isKeyUniqueAtOnce()) {
      return false;
    }
    for (RexNode conjunct : Rex.conjuncts(condition)) {
      if (conjunct.getKind() == SqlKind.EQUALS) {
        List<RexNode> operands = ((RexCall) conjunct).getOperands();
        for (int side = 0; side < 2; side++) {
          if (operands.get(side) instanceof RexInputRef reference
              && RelOptUtil.InputFinder.bits(operands.get(1 - side)).isEmpty()) {
            open.remove(Integer.valueOf(reference.getIndex()));
          }
        }
      }
    }
    return open.isEmpty();
  }

  // ---- ranks over the order of the search

  /// The ranks of the first rows depend on these rows only.
  private Optional<RelNode> belowRanks(SortRel sort) {
    if (sort.keys().size() != 1
        || sort.offset() != null
        || !(sort.getInput() instanceof Project project)
        || !(project.getInput() instanceof WindowRel window)) {
      return Optional.empty();
    }
    SortKey key = sort.keys().getFirst();
    if (!(project.getProjects().get(key.column()) instanceof RexInputRef column)
        || !window.partitionKeys().isEmpty()
        || !window
            .order()
            .equals(List.of(new SortKey(column.getIndex(), key.descending(), key.nullsFirst())))
        || window.getInput() instanceof SortRel
        || !window.calls().stream()
            .allMatch(call -> PREFIX_RANKS.contains(call.function().name()))) {
      return Optional.empty();
    }
    RelNode first = new SortRel(window.getInput(), window.order(), sort.limit(), null, false);
    RelNode ranked = window.copy(window.getTraitSet(), List.of(first));
    RelNode projected = project.copy(project.getTraitSet(), List.of(ranked));
    return Optional.of(sort.copy(sort.getTraitSet(), List.of(projected)));
  }
}
