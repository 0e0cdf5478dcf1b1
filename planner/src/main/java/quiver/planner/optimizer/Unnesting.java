package quiver.planner.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;
import quiver.common.plan.JoinKind;
import quiver.common.type.SqlType;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.OpaqueAggregate;
import quiver.planner.calcite.Relations;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.SortRel;
import quiver.planner.calcite.TypeFactory;

/// Turns applies into joins where the right side reads the left row only in conditions that can be
/// moved into the join, or is an aggregate over such rows.
///
/// Calcite's own subquery rules express NOT IN and scalar subqueries with counting aggregates over
/// their own types; here null-aware anti joins and PostgreSQL's equality functions are at hand, so
/// that these rewrites are shorter and exact.
final class Unnesting {
  private final Rex rex;

  Unnesting(Rex rex) {
    this.rex = rex;
  }

  RelNode apply(RelNode rel) {
    List<RelNode> inputs = new ArrayList<>();
    boolean changed = false;
    for (RelNode input : rel.getInputs()) {
      RelNode unnested = apply(input);
      changed |= !unnested.equals(input);
      inputs.add(unnested);
    }
    RelNode copy = changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
    return copy instanceof ApplyRel apply ? unnest(apply) : copy;
  }

  private RelNode unnest(ApplyRel apply) {
    if (apply.isGuarded()) {
      return apply;
    }
    if (apply.kind() == JoinKind.NULL_AWARE_ANTI) {
      return nullAwareAnti(apply);
    }
    if (!Relations.hasOuter(apply.getRight(), apply.id())) {
      return join(apply.kind(), apply.getLeft(), apply.getRight(), apply.condition());
    }
    Optional<RelNode> joined = pulledUp(existence(apply));
    if (joined.isEmpty()) {
      joined = existenceMark(apply);
    }
    if (joined.isEmpty() && apply.kind() == JoinKind.LEFT && apply.condition().isAlwaysTrue()) {
      joined = scalarAggregate(apply);
    }
    return joined.orElse(apply);
  }

  /// Whether there are rows does not depend on their order, number or columns: EXISTS.
  private ApplyRel existence(ApplyRel apply) {
    boolean tests =
        (apply.kind() == JoinKind.SEMI || apply.kind() == JoinKind.ANTI)
            && apply.condition().isAlwaysTrue();
    return tests
        ? new ApplyRel(
            apply.id(),
            apply.kind(),
            apply.getLeft(),
            withoutShape(apply.getRight()),
            apply.condition())
        : apply;
  }

  private static RelNode withoutShape(RelNode rel) {
    return switch (rel) {
      case Project project -> withoutShape(project.getInput());
      case SortRel sort when sort.offset() == null && keepsSome(sort.limit()) ->
          withoutShape(sort.getInput());
      case Aggregate aggregate
          when !aggregate.getGroupSet().isEmpty() && aggregate.getGroupSets().size() == 1 ->
          withoutShape(aggregate.getInput());
      default -> rel;
    };
  }

  private static boolean keepsSome(@Nullable RexNode limit) {
    return limit == null
        || (Rex.form(limit) instanceof Form.Constant(Object value, _)
            && value instanceof Long count
            && count > 0);
  }

  /// EXISTS as a value over rows chosen by equality: a mark joined to each key that has rows.
  private Optional<RelNode> existenceMark(ApplyRel apply) {
    if (apply.kind() != JoinKind.LEFT
        || !apply.condition().isAlwaysTrue()
        || !(apply.getRight() instanceof Project project)
        || project.getProjects().size() != 1
        || !project.getProjects().getFirst().isAlwaysTrue()
        || !(project.getInput() instanceof SortRel)) {
      return Optional.empty();
    }
    Optional<Pulled> pulled = pull(withoutShape(project.getInput()), apply.id());
    Optional<Equalities> equalities =
        pulled.flatMap(found -> equalities(found.conditions(), apply.id()));
    if (equalities.isEmpty()) {
      return Optional.empty();
    }
    Equalities keys = equalities.get();
    int keyCount = keys.right().size();
    RelNode distinct =
        LogicalAggregate.create(
            project(pulled.get().rel(), keys.right()),
            List.of(),
            ImmutableBitSet.range(keyCount),
            null,
            List.of());
    List<RexNode> marked = new ArrayList<>();
    for (int i = 0; i < keyCount; i++) {
      marked.add(rex.column(i, Rex.type(keys.right().get(i))));
    }
    marked.add(rex.truth(true));
    int leftWidth = apply.getLeft().getRowType().getFieldCount();
    RelNode joined =
        join(
            JoinKind.LEFT,
            apply.getLeft(),
            project(distinct, marked),
            keys.condition(rex, leftWidth));
    List<RexNode> outputs = new ArrayList<>();
    for (int i = 0; i < leftWidth; i++) {
      outputs.add(column(joined, i));
    }
    outputs.add(column(joined, leftWidth + keyCount));
    return Optional.of(project(joined, outputs));
  }

  private static RexNode column(RelNode rel, int index) {
    return new RexInputRef(index, rel.getRowType().getFieldList().get(index).getType());
  }

  /// Conditions that are all equalities between a left and a right value.
  ///
  /// @param left over the left columns
  /// @param right over the right side
  private record Equalities(
      List<RexNode> left, List<RexNode> right, List<RexCall> calls, List<Boolean> outerFirst) {
    /// The same conditions over left columns, then the right values as columns.
    RexNode condition(Rex rex, int leftWidth) {
      List<RexNode> conditions = new ArrayList<>();
      for (int i = 0; i < left.size(); i++) {
        RexNode value = rex.column(leftWidth + i, Rex.type(right.get(i)));
        conditions.add(
            rex.make(
                java.util.Objects.requireNonNull(Rex.form(calls.get(i))),
                SqlType.BOOL,
                outerFirst.get(i) ? List.of(left.get(i), value) : List.of(value, left.get(i))));
      }
      return rex.and(conditions);
    }
  }

  private Optional<Equalities> equalities(List<RexNode> conditions, int id) {
    Equalities found =
        new Equalities(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (RexNode condition : conditions) {
      if (condition.getKind() != SqlKind.EQUALS || !(condition instanceof RexCall call)) {
        return Optional.empty();
      }
      RexNode first = call.getOperands().get(0);
      RexNode second = call.getOperands().get(1);
      boolean outerFirst = Relations.hasOuter(first, id);
      RexNode outer = outerFirst ? first : second;
      RexNode own = outerFirst ? second : first;
      if (!isWithoutColumns(outer) || Relations.hasOuter(own, id)) {
        return Optional.empty();
      }
      found.left().add(inner(outer, id));
      found.right().add(own);
      found.calls().add(call);
      found.outerFirst().add(outerFirst);
    }
    return conditions.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  /// NOT IN whose query reads the left row: its conditions decide which rows are compared, so the
  /// comparison alone is null-aware.
  private RelNode nullAwareAnti(ApplyRel apply) {
    if (!Relations.hasOuter(apply.getRight(), apply.id())) {
      return apply;
    }
    RexNode condition = rex.coalesce(SqlType.BOOL, List.of(apply.condition(), rex.truth(true)));
    return unnest(
        new ApplyRel(apply.id(), JoinKind.ANTI, apply.getLeft(), apply.getRight(), condition));
  }

  private static RelNode join(JoinKind kind, RelNode left, RelNode right, RexNode condition) {
    JoinRelType type =
        switch (kind) {
          case INNER -> JoinRelType.INNER;
          case LEFT -> JoinRelType.LEFT;
          case RIGHT -> JoinRelType.RIGHT;
          case FULL -> JoinRelType.FULL;
          case SEMI -> JoinRelType.SEMI;
          case ANTI, NULL_AWARE_ANTI -> JoinRelType.ANTI;
        };
    return LogicalJoin.create(left, right, List.of(), condition, Set.of(), type);
  }

  /// A right side that no longer reads the left row, and the conditions that did.
  ///
  /// @param rel the columns there were, then those the conditions need
  /// @param conditions outer columns as they were, own columns of `rel`
  private record Pulled(RelNode rel, List<RexNode> conditions) {}

  private Optional<RelNode> pulledUp(ApplyRel apply) {
    int width = apply.getRight().getRowType().getFieldCount();
    int leftWidth = apply.getLeft().getRowType().getFieldCount();
    return pull(apply.getRight(), apply.id())
        .map(pulled -> {
          List<RexNode> conditions = new ArrayList<>(Rex.conjuncts(apply.condition()));
          for (RexNode condition : pulled.conditions()) {
            conditions.add(joined(condition, apply.id(), leftWidth));
          }
          RelNode join = join(apply.kind(), apply.getLeft(), pulled.rel(), rex.and(conditions));
          return apply.emitsRight() ? firstColumns(join, leftWidth + width) : join;
        });
  }

  /// A pulled condition over the left columns, then the right ones.
  private RexNode joined(RexNode condition, int id, int leftWidth) {
    RexNode shifted = Rex.remap(condition, index -> index + leftWidth);
    return inner(shifted, id);
  }

  /// Outer columns of the apply as columns of the row.
  private RexNode inner(RexNode node, int id) {
    return node.accept(
        new Relations.FormShuttle() {
          @Override
          protected RexNode replace(RexCall call, Form form) {
            return form instanceof Form.Outer(int scope, int index) && scope == id
                ? rex.column(index, Rex.type(call))
                : call;
          }
        });
  }

  private static RelNode firstColumns(RelNode rel, int count) {
    if (rel.getRowType().getFieldCount() == count) {
      return rel;
    }
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      columns.add(new RexInputRef(i, rel.getRowType().getFieldList().get(i).getType()));
    }
    return project(rel, columns);
  }

  private static RelNode project(RelNode rel, List<RexNode> expressions) {
    return LogicalProject.create(
        rel, List.of(), expressions, TypeFactory.columnNames(expressions.size()), Set.of());
  }

  private Optional<Pulled> pull(RelNode rel, int id) {
    if (!Relations.hasOuter(rel, id)) {
      return Optional.of(new Pulled(rel, List.of()));
    }
    return switch (rel) {
      case Filter filter -> pullFilter(filter, id);
      case Project project -> pullProject(project, id);
      case Join join when join.getJoinType() == JoinRelType.INNER -> pullJoin(join, id);
      case Join join when !join.getJoinType().projectsRight() -> pullSemiJoin(join, id);
      default -> Optional.empty();
    };
  }

  private Optional<Pulled> pullFilter(Filter filter, int id) {
    return pull(filter.getInput(), id)
        .map(input -> {
          List<RexNode> conditions = new ArrayList<>(input.conditions());
          List<RexNode> own = new ArrayList<>();
          for (RexNode conjunct : Rex.conjuncts(filter.getCondition())) {
            (Relations.hasOuter(conjunct, id) ? conditions : own).add(conjunct);
          }
          RelNode rel =
              own.isEmpty() ? input.rel() : LogicalFilter.create(input.rel(), rex.and(own));
          return new Pulled(rel, conditions);
        });
  }

  private Optional<Pulled> pullProject(Project project, int id) {
    if (project.getProjects().stream().anyMatch(node -> Relations.hasOuter(node, id))) {
      return Optional.empty();
    }
    return pull(project.getInput(), id)
        .map(input -> {
          List<RexNode> columns = new ArrayList<>(project.getProjects());
          List<RexNode> conditions = new ArrayList<>();
          for (RexNode condition : input.conditions()) {
            conditions.add(carried(condition, columns));
          }
          return new Pulled(project(input.rel(), columns), conditions);
        });
  }

  /// A condition over a projection's input as one over its output, to which columns are added.
  private static RexNode carried(RexNode condition, List<RexNode> columns) {
    return condition.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            int index = columns.indexOf(reference);
            if (index < 0) {
              index = columns.size();
              columns.add(reference);
            }
            return new RexInputRef(index, reference.getType());
          }
        });
  }

  private Optional<Pulled> pullJoin(Join join, int id) {
    Optional<Pulled> left = pull(join.getLeft(), id);
    Optional<Pulled> right = pull(join.getRight(), id);
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    int oldLeft = join.getLeft().getRowType().getFieldCount();
    int oldRight = join.getRight().getRowType().getFieldCount();
    int newLeft = left.get().rel().getRowType().getFieldCount();
    List<RexNode> own = new ArrayList<>();
    List<RexNode> pulled = new ArrayList<>(left.get().conditions());
    for (RexNode condition : right.get().conditions()) {
      pulled.add(Rex.remap(condition, index -> index + newLeft));
    }
    for (RexNode conjunct : Rex.conjuncts(join.getCondition())) {
      RexNode moved =
          Rex.remap(conjunct, index -> index < oldLeft ? index : index - oldLeft + newLeft);
      (Relations.hasOuter(conjunct, id) ? pulled : own).add(moved);
    }
    RelNode joined = join(JoinKind.INNER, left.get().rel(), right.get().rel(), rex.and(own));
    // The old columns first, as the callers expect.
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < oldLeft + oldRight; i++) {
      int index = i < oldLeft ? i : i - oldLeft + newLeft;
      columns.add(new RexInputRef(index, joined.getRowType().getFieldList().get(index).getType()));
    }
    List<RexNode> conditions = new ArrayList<>();
    for (RexNode condition : pulled) {
      conditions.add(carried(condition, columns));
    }
    return Optional.of(new Pulled(project(joined, columns), conditions));
  }

  private Optional<Pulled> pullSemiJoin(Join join, int id) {
    if (Relations.hasOuter(join.getRight(), id) || Relations.hasOuter(join.getCondition(), id)) {
      return Optional.empty();
    }
    int oldLeft = join.getLeft().getRowType().getFieldCount();
    return pull(join.getLeft(), id)
        .map(left -> {
          int newLeft = left.rel().getRowType().getFieldCount();
          RexNode condition =
              Rex.remap(
                  join.getCondition(),
                  index -> index < oldLeft ? index : index - oldLeft + newLeft);
          RelNode joined =
              LogicalJoin.create(
                  left.rel(), join.getRight(), List.of(), condition, Set.of(), join.getJoinType());
          return new Pulled(joined, left.conditions());
        });
  }

  // ---- scalar aggregates

  /// A scalar subquery that is an aggregate over rows chosen by equality with left columns: the
  /// aggregate is computed for all keys at once and joined.
  private Optional<RelNode> scalarAggregate(ApplyRel apply) {
    List<Project> projects = new ArrayList<>();
    RelNode rel = apply.getRight();
    while (rel instanceof Project project) {
      projects.add(project);
      rel = project.getInput();
    }
    if (!(rel instanceof Aggregate aggregate)
        || !aggregate.getGroupSet().isEmpty()
        || aggregate.getGroupSets().size() != 1) {
      return Optional.empty();
    }
    Optional<Pulled> pulled = pull(aggregate.getInput(), apply.id());
    if (pulled.isEmpty()) {
      return Optional.empty();
    }
    return equalities(pulled.get().conditions(), apply.id())
        .map(keys -> joinedAggregate(apply, aggregate, projects, pulled.get(), keys));
  }

  private static boolean isWithoutColumns(RexNode node) {
    return org.apache.calcite.plan.RelOptUtil.InputFinder.bits(node).isEmpty();
  }

  private RelNode joinedAggregate(
      ApplyRel apply, Aggregate aggregate, List<Project> projects, Pulled pulled, Equalities keys) {
    int keyCount = keys.right().size();
    int leftWidth = apply.getLeft().getRowType().getFieldCount();
    List<RexNode> columns = new ArrayList<>(keys.right());
    int inputWidth = aggregate.getInput().getRowType().getFieldCount();
    for (int i = 0; i < inputWidth; i++) {
      columns.add(new RexInputRef(i, pulled.rel().getRowType().getFieldList().get(i).getType()));
    }
    RelNode keyed = project(pulled.rel(), columns);
    List<AggregateCall> calls = new ArrayList<>();
    for (AggregateCall call : aggregate.getAggCallList()) {
      calls.add(shifted(call, keyCount));
    }
    RelNode grouped =
        LogicalAggregate.create(keyed, List.of(), ImmutableBitSet.range(keyCount), null, calls);
    RelNode joined = join(JoinKind.LEFT, apply.getLeft(), grouped, keys.condition(rex, leftWidth));
    List<RexNode> values = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      SqlType type = TypeFactory.sqlType(calls.get(i).getType());
      RexNode value = rex.column(leftWidth + keyCount + i, type);
      values.add(
          isZeroWhenEmpty(calls.get(i))
              ? rex.coalesce(type, List.of(value, rex.constant(0L, type)))
              : value);
    }
    for (Project project : projects.reversed()) {
      List<RexNode> below = values;
      values = new ArrayList<>();
      for (RexNode expression : project.getProjects()) {
        values.add(inner(over(expression, below), apply.id()));
      }
    }
    List<RexNode> outputs = new ArrayList<>();
    for (int i = 0; i < leftWidth; i++) {
      outputs.add(new RexInputRef(i, joined.getRowType().getFieldList().get(i).getType()));
    }
    outputs.addAll(values);
    return project(joined, outputs);
  }

  private static RexNode over(RexNode expression, List<RexNode> inputs) {
    return expression.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            return inputs.get(reference.getIndex());
          }
        });
  }

  private static AggregateCall shifted(AggregateCall call, int by) {
    return AggregateCall.create(
        call.getAggregation(),
        call.isDistinct(),
        false,
        false,
        List.of(),
        call.getArgList().stream().map(argument -> argument + by).toList(),
        -1,
        null,
        org.apache.calcite.rel.RelCollations.shift(call.getCollation(), by),
        call.getType(),
        call.getName());
  }

  private static boolean isZeroWhenEmpty(AggregateCall call) {
    String name = ((OpaqueAggregate) call.getAggregation()).function().name();
    return name.equals("count") || name.equals("regr_count");
  }
}
