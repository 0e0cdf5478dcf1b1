package quiver.execution.expression;

import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.type.SqlType;

/// An expression ready to run on columns. Stateless and safe for every thread: what belongs to one
/// execution is in the [EvaluationScope].
public abstract class CompiledExpression {
  private final SqlType type;

  CompiledExpression(SqlType type) {
    this.type = type;
  }

  public final SqlType type() {
    return type;
  }

  /// The value for every row, in a column of [#type]'s layout.
  public abstract Column evaluate(InputRows rows, EvaluationScope scope);

  /// Of a boolean expression, the rows for which it is true, ascending.
  ///
  /// @param selected output, at least `rows.rowCount()` long
  /// @return how many rows were selected
  public int selectTrue(InputRows rows, EvaluationScope scope, int[] selected) {
    LongColumn column = (LongColumn) evaluate(rows, scope);
    long[] values = column.values();
    int rowCount = rows.rowCount();
    int count = 0;
    if (!column.nulls().any()) {
      for (int row = 0; row < rowCount; row++) {
        selected[count] = row;
        count += values[row] != 0 ? 1 : 0;
      }
      return count;
    }
    for (int row = 0; row < rowCount; row++) {
      if (values[row] != 0 && !column.nulls().isNull(row)) {
        selected[count++] = row;
      }
    }
    return count;
  }

  /// Whether the value is the same for every row of an execution.
  public boolean isRowIndependent() {
    return false;
  }

  /// The value of an expression without input columns; evaluated on one row.
  public @Nullable Object value(EvaluationScope scope) {
    return evaluate(InputRows.withoutColumns(1), scope).valueAt(0);
  }
}
