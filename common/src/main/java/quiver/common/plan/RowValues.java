package quiver.common.plan;

import java.util.List;
import quiver.common.expression.Expression;

/// Values computed for each of some rows the front end holds: RETURNING, ON CONFLICT DO UPDATE.
public sealed interface RowValues {
  /// No values at all.
  static RowValues none() {
    return new Columns(List.of());
  }

  /// Expressions over the row.
  record Columns(List<Expression> expressions) implements RowValues {
    public Columns {
      expressions = List.copyOf(expressions);
    }
  }

  /// Values that need subqueries. The plan reads the rows, followed by a number of their own
  /// (int8), as [PlanNode.SharedScan] of `inputId`, and emits the values followed by that number,
  /// each row once, in any order.
  record Plan(int inputId, PlanNode plan) implements RowValues {}

  /// Whether there is nothing to compute.
  default boolean isNone() {
    return this instanceof Columns(var expressions) && expressions.isEmpty();
  }
}
