package quiver.execution.expression;

import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.type.SqlType;
import quiver.execution.function.ScalarFunction;

/// IS DISTINCT FROM: two NULLs are the same, a NULL and a value are not.
final class IsDistinctExpression extends CompiledExpression {
  private final ScalarFunction equality;
  private final CompiledExpression left;
  private final CompiledExpression right;

  IsDistinctExpression(ScalarFunction equality, CompiledExpression left, CompiledExpression right) {
    super(SqlType.BOOL);
    this.equality = equality;
    this.left = left;
    this.right = right;
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    Column a = left.evaluate(rows, scope);
    Column b = right.evaluate(rows, scope);
    long[] values = new long[rowCount];
    for (int row = 0; row < rowCount; row++) {
      Object x = a.valueAt(row);
      Object y = b.valueAt(row);
      boolean same =
          (x != null && y != null)
              ? Boolean.TRUE.equals(equality.call(scope.functions(), new @Nullable Object[] {x, y}))
              : (x == null && y == null);
      values[row] = same ? 0 : 1;
    }
    return new LongColumn(SqlType.BOOL, rowCount, values, Nulls.NONE);
  }
}
