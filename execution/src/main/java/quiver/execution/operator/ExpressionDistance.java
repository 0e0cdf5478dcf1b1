package quiver.execution.operator;

import java.util.List;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.search.ComputedDistance;
import quiver.execution.source.SegmentSnapshot;

/// A distance computed by an expression over the columns a search reads.
record ExpressionDistance(
    CompiledExpression expression,
    List<Integer> ordinals,
    List<SqlType> types,
    ExecutionContext context)
    implements ComputedDistance {
  @Override
  public void compute(
      SegmentSnapshot segment, int[] rows, int count, double[] distances, boolean[] known) {
    Column column =
        expression.evaluate(
            SegmentRows.picked(segment, ordinals, types, rows, count), EvaluationScope.of(context));
    for (int i = 0; i < count; i++) {
      known[i] = !column.isNull(i);
      distances[i] = known[i] && column.valueAt(i) instanceof Double value ? value : 0;
    }
  }
}
