package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.SharedScanRel;

/// Expressions over rows the front end holds.
///
/// @param types of the rows
/// @param placeholders of the expressions, and the scope their queries read the rows by
record RowPlans(Binding binding, List<SqlType> types, Placeholders placeholders, int scopeId) {
  RowPlans {
    types = List.copyOf(types);
  }

  /// The values of expressions, with a plan if they hold subqueries.
  ///
  /// @param outerColumns where a column of the scope is in the rows
  /// @param around what the plan stands in
  BoundValues values(
      List<RexNode> expressions, IntUnaryOperator outerColumns, UnaryOperator<RelNode> around) {
    if (expressions.stream().noneMatch(RowPlans::hasSubquery)) {
      return new BoundValues.Columns(expressions);
    }
    List<SqlType> numbered = new ArrayList<>(types);
    numbered.add(SqlType.INT8);
    int id = binding.newId();
    RelNode input = new SharedScanRel(binding.cluster(), id, binding.rex().types().row(numbered));
    Subqueries.Attached attached =
        new Subqueries(binding, placeholders, scopeId)
            .attach(input, expressions, outerColumns, _ -> true);
    List<RexNode> outputs = new ArrayList<>(attached.expressions());
    outputs.add(binding.column(attached.rel(), numbered.size() - 1));
    return new BoundValues.Plan(id, around.apply(binding.project(attached.rel(), outputs)));
  }

  static boolean hasSubquery(RexNode node) {
    return Calls.contains(node, Form.Placeholder.Kind.SUBQUERY);
  }
}
