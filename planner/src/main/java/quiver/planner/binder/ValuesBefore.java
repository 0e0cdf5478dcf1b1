package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import quiver.common.plan.JoinKind;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ValuesRel;

/// Values with subqueries that a relation reads but does not compute for each row, such as the
/// bounds of LIMIT: they are computed first, and the relation reads them as outer columns.
final class ValuesBefore {
  private final Binding binding;
  private final Subqueries subqueries;

  /// @param scopeId the scope whose columns the subqueries may read
  ValuesBefore(Binding binding, Placeholders placeholders, int scopeId) {
    this.binding = binding;
    this.subqueries = new Subqueries(binding, placeholders, scopeId);
  }

  /// The relation over the values.
  ///
  /// @param body makes the relation from expressions for the values
  RelNode around(List<RexNode> values, Body body) {
    Subqueries.Attached attached =
        subqueries.attach(
            ValuesRel.singleEmptyRow(binding.cluster()), values, index -> index, _ -> true);
    RelNode row = binding.project(attached.rel(), attached.expressions());
    int id = binding.newId();
    int width = row.getRowType().getFieldCount();
    List<RexNode> outer = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      outer.add(
          binding.rex().make(new Form.Outer(id, i), Rex.type(binding.column(row, i)), List.of()));
    }
    RelNode rel = body.over(outer);
    RelNode apply = new ApplyRel(id, JoinKind.INNER, row, rel, binding.rex().truth(true));
    List<RexNode> all = binding.columns(apply);
    return binding.project(apply, all.subList(width, all.size()));
  }

  /// Makes a relation that reads values.
  interface Body {
    RelNode over(List<RexNode> values);
  }
}
