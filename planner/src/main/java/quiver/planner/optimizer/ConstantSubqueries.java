package quiver.planner.optimizer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import quiver.common.plan.JoinKind;
import quiver.common.type.SqlType;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.RecursiveRel;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.SharedRel;
import quiver.planner.calcite.SharedScanRel;
import quiver.planner.calcite.SingleRowRel;
import quiver.planner.calcite.TypeFactory;

/// Scalar subqueries that read nothing of their surroundings give one value for the whole statement
/// (PostgreSQL's InitPlans). They are taken out of the tree, run once before it, and are read as
/// outer columns, so that `ORDER BY embedding <-> (SELECT …) LIMIT k` is a vector search and `WHERE
/// x = (SELECT …)` a filter beside the rows. Used for one statement.
final class ConstantSubqueries {
  private final Rex rex;
  private final List<ApplyRel> lifted = new ArrayList<>();
  private final Set<Integer> liftedIds = new HashSet<>();

  ConstantSubqueries(Rex rex) {
    this.rex = rex;
  }

  /// The tree with such subqueries replaced by outer columns.
  RelNode lift(RelNode rel) {
    List<RelNode> inputs = new ArrayList<>();
    boolean changed = false;
    for (RelNode input : rel.getInputs()) {
      RelNode liftedInput = lift(input);
      changed |= !liftedInput.equals(input);
      inputs.add(liftedInput);
    }
    RelNode copy = changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
    return copy instanceof ApplyRel apply && isConstant(apply) ? replaced(apply) : copy;
  }

  private boolean isConstant(ApplyRel apply) {
    return apply.kind() == JoinKind.LEFT
        && !apply.isGuarded()
        && apply.condition().isAlwaysTrue()
        && hasOneRow(apply.getRight())
        && liftedIds.containsAll(freeScopes(apply.getRight()))
        && !readsOutsideShared(apply.getRight(), new HashSet<>());
  }

  /// Whether a common table is read that is defined outside of `rel`: it would be out of reach.
  private static boolean readsOutsideShared(RelNode rel, Set<Integer> defined) {
    if (rel instanceof SharedScanRel scan) {
      return !defined.contains(scan.id());
    }
    if (rel instanceof SharedRel shared) {
      defined.add(shared.id());
    }
    if (rel instanceof RecursiveRel union) {
      defined.add(union.id());
    }
    return rel.getInputs().stream().anyMatch(input -> readsOutsideShared(input, defined));
  }

  private static boolean hasOneRow(RelNode rel) {
    return switch (rel) {
      case SingleRowRel _ -> true;
      case Project project -> hasOneRow(project.getInput());
      case Aggregate aggregate ->
          aggregate.getGroupSet().isEmpty() && aggregate.getGroupSets().size() == 1;
      default -> false;
    };
  }

  /// Scopes and applies outside of `rel` that its expressions read.
  private static Set<Integer> freeScopes(RelNode rel) {
    Set<Integer> read = new HashSet<>();
    Set<Integer> bound = new HashSet<>();
    collect(
        rel,
        new RexShuttle() {
          @Override
          public RexNode visitCall(RexCall call) {
            if (Rex.form(call) instanceof Form.Outer(int scope, _)) {
              read.add(scope);
              return call;
            }
            return super.visitCall(call);
          }
        },
        bound);
    read.removeAll(bound);
    return read;
  }

  private static void collect(RelNode rel, RexShuttle shuttle, Set<Integer> bound) {
    if (rel instanceof ApplyRel apply) {
      bound.add(apply.id());
    }
    rel.accept(shuttle);
    rel.getInputs().forEach(input -> collect(input, shuttle, bound));
  }

  private RelNode replaced(ApplyRel apply) {
    lifted.add(apply);
    liftedIds.add(apply.id());
    List<SqlType> left = TypeFactory.sqlTypes(apply.getLeft().getRowType());
    List<SqlType> right = TypeFactory.sqlTypes(apply.getRight().getRowType());
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      columns.add(rex.column(i, left.get(i)));
    }
    for (int i = 0; i < right.size(); i++) {
      columns.add(rex.make(new Form.Outer(apply.id(), i), right.get(i), List.of()));
    }
    return project(apply.getLeft(), columns);
  }

  /// Runs the lifted subqueries, in the order they were found, before `body`.
  ///
  /// @param optimize what is done to each subquery's tree
  RelNode restore(RelNode body, java.util.function.UnaryOperator<RelNode> optimize) {
    RelNode whole = body;
    List<SqlType> types = TypeFactory.sqlTypes(body.getRowType());
    for (ApplyRel apply : lifted.reversed()) {
      int width = apply.getRight().getRowType().getFieldCount();
      ApplyRel once =
          new ApplyRel(
              apply.id(), JoinKind.INNER, optimize.apply(apply.getRight()), whole, rex.truth(true));
      List<RexNode> columns = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        columns.add(rex.column(width + i, types.get(i)));
      }
      whole = project(once, columns);
    }
    return whole;
  }

  private static RelNode project(RelNode rel, List<RexNode> expressions) {
    return LogicalProject.create(
        rel, List.of(), expressions, TypeFactory.columnNames(expressions.size()), Set.of());
  }
}
