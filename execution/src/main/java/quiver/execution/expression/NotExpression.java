package quiver.execution.expression;

import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.type.SqlType;

/// NOT.
final class NotExpression extends CompiledExpression {
  private final CompiledExpression operand;

  NotExpression(CompiledExpression operand) {
    super(SqlType.BOOL);
    this.operand = operand;
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    LongColumn column = (LongColumn) operand.evaluate(rows, scope);
    long[] values = new long[column.rowCount()];
    for (int row = 0; row < values.length; row++) {
      values[row] = 1 - column.values()[row];
    }
    return new LongColumn(SqlType.BOOL, values.length, values, column.nulls());
  }
}
