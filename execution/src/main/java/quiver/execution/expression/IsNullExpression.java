package quiver.execution.expression;

import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.RecordValue;

/// IS NULL; a record is NULL when all its fields are.
final class IsNullExpression extends CompiledExpression {
  private final CompiledExpression operand;

  IsNullExpression(CompiledExpression operand) {
    super(SqlType.BOOL);
    this.operand = operand;
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    Column column = operand.evaluate(rows, scope);
    long[] values = new long[column.rowCount()];
    boolean records = column.type().base() == BaseType.RECORD && !column.type().array();
    if (column.nulls().any() || records) {
      for (int row = 0; row < values.length; row++) {
        values[row] = column.isNull(row) || (records && isNullRecord(column, row)) ? 1 : 0;
      }
    }
    return new LongColumn(SqlType.BOOL, values.length, values, Nulls.NONE);
  }

  private static boolean isNullRecord(Column column, int row) {
    if (!(column.valueAt(row) instanceof RecordValue record)) {
      return true;
    }
    for (Object value : record.values()) {
      if (value != null) {
        return false;
      }
    }
    return true;
  }
}
