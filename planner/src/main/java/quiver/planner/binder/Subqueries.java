package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import quiver.common.plan.JoinKind;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Relations;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.SharedRel;
import quiver.planner.calcite.SharedScanRel;
import quiver.planner.calcite.SingleRowRel;
import quiver.planner.calcite.SortRel;
import quiver.planner.calcite.ValuesRel;

/// Turns subqueries in expressions into applies: as conditions into SEMI and ANTI, as values into
/// extra columns on the right of the relation.
final class Subqueries {
  private final Binding binding;
  private final Placeholders placeholders;
  private final int scopeId;
  private final Rex rex;

  /// @param scopeId the scope whose columns the subqueries may read as [Form.Outer]
  Subqueries(Binding binding, Placeholders placeholders, int scopeId) {
    this.binding = binding;
    this.placeholders = placeholders;
    this.scopeId = scopeId;
    this.rex = binding.rex();
  }

  /// A relation with extra columns, and expressions over it.
  record Attached(RelNode rel, List<RexNode> expressions) {}

  /// The rows for which `condition` is true; columns may be added on the right.
  ///
  /// @param outerColumns where a column of the scope is in `rel`
  RelNode filter(RelNode rel, RexNode condition, IntUnaryOperator outerColumns) {
    List<RexNode> plain = new ArrayList<>();
    List<RexNode> tests = new ArrayList<>();
    List<RexNode> rest = new ArrayList<>();
    for (RexNode conjunct : Rex.conjuncts(condition)) {
      if (!Calls.contains(conjunct, Form.Placeholder.Kind.SUBQUERY)) {
        plain.add(conjunct);
      } else if (asTest(conjunct).isPresent()) {
        tests.add(conjunct);
      } else {
        rest.add(conjunct);
      }
    }
    RelNode result = binding.filter(rel, rex.and(plain));
    for (RexNode test : tests) {
      result = test(result, test, outerColumns);
    }
    if (rest.isEmpty()) {
      return result;
    }
    Attached attached = attach(result, rest, outerColumns, _ -> true);
    return binding.filter(attached.rel(), rex.and(attached.expressions()));
  }

  /// A subquery placeholder under any number of NOTs.
  private record Test(RexCall call, Placeholders.Subquery subquery, boolean negated) {}

  private Optional<Test> asTest(RexNode node) {
    boolean negated = false;
    RexNode core = node;
    while (core.getKind() == SqlKind.NOT) {
      negated = !negated;
      core = ((RexCall) core).getOperands().getFirst();
    }
    if (Rex.form(core) instanceof Form.Placeholder(var kind, int number)
        && kind == Form.Placeholder.Kind.SUBQUERY) {
      Placeholders.Subquery subquery = placeholders.subquery(number);
      boolean test =
          switch (subquery.use()) {
            case EXISTS, ANY, ALL -> true;
            case SCALAR, ARRAY -> false;
          };
      return test ? Optional.of(new Test((RexCall) core, subquery, negated)) : Optional.empty();
    }
    return Optional.empty();
  }

  private RelNode test(RelNode rel, RexNode node, IntUnaryOperator outerColumns) {
    Test test = asTest(node).orElseThrow();
    Attached left = attach(rel, test.call().getOperands(), outerColumns, _ -> true);
    int width = left.rel().getRowType().getFieldCount();
    int id = binding.newId();
    RelNode right = rebased(test.subquery().rel(), id, outerColumns);
    List<RexNode> values = new ArrayList<>();
    for (int i = 0; i < left.expressions().size(); i++) {
      values.add(rex.column(width + i, Rex.type(binding.column(right, i))));
    }
    RexNode condition =
        values.isEmpty()
            ? rex.truth(true)
            : test.subquery().comparison().of(left.expressions(), values);
    boolean negated = test.negated();
    return switch (test.subquery().use()) {
      case EXISTS ->
          new ApplyRel(id, negated ? JoinKind.ANTI : JoinKind.SEMI, left.rel(), right, condition);
      case ANY -> {
        if (!negated) {
          yield new ApplyRel(id, JoinKind.SEMI, left.rel(), right, condition);
        }
        yield test.subquery().equality()
            ? new ApplyRel(id, JoinKind.NULL_AWARE_ANTI, left.rel(), right, condition)
            : new ApplyRel(id, JoinKind.ANTI, left.rel(), right, orElse(condition, true));
      }
      // ALL holds unless some row's comparison is not true.
      case ALL ->
          negated
              ? new ApplyRel(id, JoinKind.SEMI, left.rel(), right, rex.not(condition))
              : new ApplyRel(
                  id, JoinKind.ANTI, left.rel(), right, rex.not(orElse(condition, false)));
      case SCALAR, ARRAY -> throw new IllegalStateException("not a test");
    };
  }

  private RexNode orElse(RexNode condition, boolean value) {
    return rex.coalesce(SqlType.BOOL, List.of(condition, rex.truth(value)));
  }

  /// The expressions with their subqueries replaced by columns of a wider relation.
  ///
  /// @param which the expressions to work on; the others stay as they are
  Attached attach(
      RelNode rel,
      List<RexNode> expressions,
      IntUnaryOperator outerColumns,
      Predicate<RexNode> which) {
    RelNode[] current = {rel};
    Map<Integer, RexNode> scalars = new HashMap<>();
    ConditionalSubqueries walk =
        new ConditionalSubqueries(
            rex,
            (call, number, branch, condition) ->
                value(
                    current,
                    scalars,
                    call,
                    number,
                    placeholders.subquery(number).use() == Placeholders.Use.SCALAR
                        ? condition
                        : branch,
                    outerColumns));
    List<RexNode> replaced = new ArrayList<>(expressions.size());
    for (RexNode expression : expressions) {
      replaced.add(which.test(expression) ? walk.replaced(expression) : expression);
    }
    return new Attached(current[0], replaced);
  }

  /// @param scalars first columns of the scalar subqueries that are attached already
  /// @param condition over the current row: without it the value is not needed
  private RexNode value(
      RelNode[] current,
      Map<Integer, RexNode> scalars,
      RexCall call,
      int number,
      RexNode condition,
      IntUnaryOperator outerColumns) {
    Placeholders.Subquery subquery = placeholders.subquery(number);
    if (!condition.isAlwaysTrue() && !Relations.hasOuter(subquery.rel())) {
      return whenNeeded(current, scalars, call, number, condition);
    }
    // A join would compute it for every row; what no join can do may as well wait.
    RexNode guard = computesFromOuter(subquery.rel()) ? condition : rex.truth(true);
    if (subquery.use() == Placeholders.Use.SCALAR) {
      RexNode first = scalars.get(number);
      if (first == null) {
        int scalarId = binding.newId();
        RelNode rel = rebased(subquery.rel(), scalarId, outerColumns);
        first =
            isOneRow(rel)
                ? append(current, scalarId, rel, guard)
                : append(current, scalarId, new SingleRowRel(rel), condition);
        scalars.put(number, first);
      }
      int field = call.getOperands().isEmpty() ? 0 : fieldOf(call.getOperands().getFirst());
      return field == 0
          ? first
          : rex.column(((RexInputRef) first).getIndex() + field, Rex.type(call));
    }
    int id = binding.newId();
    RelNode right = rebased(subquery.rel(), id, outerColumns);
    return switch (subquery.use()) {
      case SCALAR -> throw new IllegalStateException("attached above");
      case EXISTS -> {
        RelNode first = new SortRel(right, List.of(), rex.constant(1L, SqlType.INT8), null, false);
        yield rex.not(
            rex.isNull(
                append(current, id, binding.project(first, List.of(rex.truth(true))), guard)));
      }
      case ARRAY -> array(current, id, right, subquery.array().orElseThrow());
      case ANY, ALL -> {
        if (isSharedMembership(subquery, call)) {
          yield membership(current, call.getOperands().getFirst(), subquery);
        }
        if (subquery.array().isEmpty()) {
          yield comparedRows(current, id, right, call.getOperands(), subquery);
        }
        Placeholders.ArrayForm form = subquery.array().get();
        RexNode array = array(current, id, right, form);
        yield rex.make(
            new Form.AnyAll(
                form.comparison().orElseThrow(), subquery.use() == Placeholders.Use.ALL),
            SqlType.BOOL,
            List.of(call.getOperands().getFirst(), array));
      }
    };
  }

  /// Whether `x = ANY (query)` can be looked up in one table of the query's values.
  private boolean isSharedMembership(Placeholders.Subquery subquery, RexCall call) {
    return subquery.use() == Placeholders.Use.ANY
        && subquery.equality()
        && call.getOperands().size() == 1
        && Rex.isDeterministic(call.getOperands().getFirst())
        && !Relations.hasOuter(subquery.rel(), scopeId);
  }

  /// `value IN (query)`: true when a left join finds the value among the distinct ones, else NULL
  /// when the value or one of the query's is NULL, else false.
  private RexNode membership(RelNode[] current, RexNode value, Placeholders.Subquery subquery) {
    int shared = binding.newId();
    RelNode scan = new SharedScanRel(binding.cluster(), shared, subquery.rel().getRowType());
    RexNode member = binding.column(scan, 0);
    RelNode members =
        Aggregation.distinct(
            binding.filter(binding.project(scan, List.of(member)), rex.not(rex.isMissing(member))));
    RelNode marked = binding.project(members, List.of(binding.column(members, 0), rex.truth(true)));
    int width = current[0].getRowType().getFieldCount();
    RexNode condition =
        subquery.comparison().of(List.of(value), List.of(rex.column(width, Rex.type(member))));
    RelNode joined =
        LogicalJoin.create(current[0], marked, List.of(), condition, Set.of(), JoinRelType.LEFT);
    RelNode counts = Aggregation.counts(binding, scan);
    RelNode all =
        LogicalJoin.create(joined, counts, List.of(), rex.truth(true), Set.of(), JoinRelType.INNER);
    current[0] = new SharedRel(shared, subquery.rel(), all);
    RexNode mark = rex.column(width + 1, SqlType.BOOL);
    RexNode rows = rex.column(width + 2, SqlType.INT8);
    RexNode notNulls = rex.column(width + 3, SqlType.INT8);
    Operators operators = new Operators(binding);
    RexNode none = operators.binary("=", rows, rex.constant(0L, SqlType.INT8));
    RexNode unsure = rex.or(List.of(rex.isMissing(value), operators.binary("<", notNulls, rows)));
    return rex.make(
        new Form.Case(),
        SqlType.BOOL,
        List.of(
            mark,
            rex.truth(true),
            none,
            rex.truth(false),
            unsure,
            rex.constant(null, SqlType.BOOL),
            rex.truth(false)));
  }

  /// A subquery that reads nothing of its surroundings and may not be needed: it runs once, when
  /// the first row needs it.
  private RexNode whenNeeded(
      RelNode[] current,
      Map<Integer, RexNode> scalars,
      RexCall call,
      int number,
      RexNode condition) {
    Placeholders.Subquery subquery = placeholders.subquery(number);
    RexNode first = scalars.get(number);
    int field =
        subquery.use() != Placeholders.Use.SCALAR || call.getOperands().isEmpty()
            ? 0
            : fieldOf(call.getOperands().getFirst());
    if (first == null) {
      RelNode[] alone = {ValuesRel.singleEmptyRow(binding.cluster())};
      RelNode values;
      if (subquery.use() == Placeholders.Use.SCALAR) {
        RelNode rel = subquery.rel();
        values = isOneRow(rel) ? rel : new SingleRowRel(rel);
      } else if (call.getOperands().isEmpty()) {
        RexNode value =
            value(alone, new HashMap<>(), call, number, rex.truth(true), index -> index);
        values = binding.project(alone[0], List.of(value));
      } else {
        // ANY and ALL: the values are collected once, and compared for each row.
        Placeholders.ArrayForm form = subquery.array().orElse(null);
        if (form == null) {
          return value(current, scalars, call, number, rex.truth(true), index -> index);
        }
        RexNode collected = array(alone, binding.newId(), subquery.rel(), form);
        values = binding.project(alone[0], List.of(collected));
      }
      int shared = binding.newId();
      RelNode scan = new SharedScanRel(binding.cluster(), shared, values.getRowType());
      int width = current[0].getRowType().getFieldCount();
      RelNode apply =
          new ApplyRel(
              binding.newId(), JoinKind.LEFT, current[0], scan, rex.truth(true), condition);
      current[0] = new SharedRel(shared, values, apply);
      first = rex.column(width, Rex.type(binding.column(values, 0)));
      if (subquery.use() == Placeholders.Use.SCALAR) {
        scalars.put(number, first);
      }
    }
    boolean compared =
        subquery.use() == Placeholders.Use.ANY || subquery.use() == Placeholders.Use.ALL;
    if (compared) {
      return rex.make(
          new Form.AnyAll(
              subquery.array().orElseThrow().comparison().orElseThrow(),
              subquery.use() == Placeholders.Use.ALL),
          SqlType.BOOL,
          List.of(call.getOperands().getFirst(), first));
    }
    return field == 0
        ? first
        : rex.column(((RexInputRef) first).getIndex() + field, Rex.type(call));
  }

  /// `(a, b) < ANY (query)` and its kin as a value: whether a comparison is true (for ALL: false),
  /// and whether one is unknown.
  private RexNode comparedRows(
      RelNode[] current,
      int id,
      RelNode right,
      List<RexNode> operands,
      Placeholders.Subquery subquery) {
    boolean all = subquery.use() == Placeholders.Use.ALL;
    List<RexNode> left = operands.stream().map(operand -> outward(operand, id)).toList();
    RexNode comparison =
        subquery.comparison().of(left, binding.columns(right).subList(0, left.size()));
    RexNode decides = all ? rex.not(comparison) : comparison;
    RelNode tests = binding.project(right, List.of(decides, rex.isMissing(comparison)));
    var or = binding.resolver().function("bool_or", List.of(SqlType.BOOL)).function();
    RelNode collected =
        Aggregation.globals(binding, tests, or, List.of(List.of(0), List.of(1)), SqlType.BOOL);
    RexNode decided = append(current, id, collected);
    RexNode unsure = rex.column(((RexInputRef) decided).getIndex() + 1, SqlType.BOOL);
    return rex.make(
        new Form.Case(),
        SqlType.BOOL,
        List.of(
            decided, rex.truth(!all), unsure, rex.constant(null, SqlType.BOOL), rex.truth(all)));
  }

  /// Whether columns of the surroundings are more than conditions: then a join cannot take the
  /// subquery's place.
  private static boolean computesFromOuter(RelNode rel) {
    boolean here =
        rel instanceof Project project
            && project.getProjects().stream().anyMatch(Relations::readsOuter);
    return here || rel.getInputs().stream().anyMatch(Subqueries::computesFromOuter);
  }

  private RexNode outward(RexNode node, int id) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            return rex.make(
                new Form.Outer(id, reference.getIndex()), Rex.type(reference), List.of());
          }
        });
  }

  private static int fieldOf(RexNode operand) {
    Form.Constant constant = Objects.requireNonNull(Rex.constantOf(operand));
    return ((Long) Objects.requireNonNull(constant.value())).intValue();
  }

  private RexNode append(RelNode[] current, int id, RelNode right) {
    return append(current, id, right, rex.truth(true));
  }

  private RexNode append(RelNode[] current, int id, RelNode right, RexNode guard) {
    int width = current[0].getRowType().getFieldCount();
    current[0] = new ApplyRel(id, JoinKind.LEFT, current[0], right, rex.truth(true), guard);
    return rex.column(width, Rex.type(binding.column(right, 0)));
  }

  private RexNode array(RelNode[] current, int id, RelNode right, Placeholders.ArrayForm form) {
    RexNode value =
        binding.coercions().coerce(binding.column(right, 0), form.element(), CastContext.IMPLICIT);
    RelNode values = binding.project(right, List.of(value));
    RelNode collected =
        Aggregation.global(binding, values, form.collect(), List.of(0), form.arrayType());
    RexNode column = append(current, id, collected);
    RexNode empty = rex.constant(ArrayValue.empty(form.arrayType().base()), form.arrayType());
    return rex.coalesce(form.arrayType(), List.of(column, empty));
  }

  /// Whether a relation has exactly one row whatever its input: then it needs no padding.
  private static boolean isOneRow(RelNode rel) {
    return switch (rel) {
      case Project project -> isOneRow(project.getInput());
      case Aggregate aggregate ->
          aggregate.getGroupSet().isEmpty() && aggregate.getGroupSets().size() == 1;
      default -> false;
    };
  }

  private RelNode rebased(RelNode rel, int applyId, IntUnaryOperator outerColumns) {
    return Relations.rewrite(
        rel,
        new Relations.FormShuttle() {
          @Override
          protected RexNode replace(RexCall call, Form form) {
            return form instanceof Form.Outer(int scope, int index) && scope == scopeId
                ? rex.make(
                    new Form.Outer(applyId, outerColumns.applyAsInt(index)),
                    Rex.type(call),
                    List.of())
                : call;
          }
        });
  }
}
