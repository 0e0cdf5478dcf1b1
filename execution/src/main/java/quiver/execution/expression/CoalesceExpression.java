package quiver.execution.expression;

import java.util.List;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.execution.rows.ColumnBuilder;

/// COALESCE: each operand only on the rows where all earlier ones were NULL.
final class CoalesceExpression extends CompiledExpression {
  private final List<CompiledExpression> operands;

  CoalesceExpression(List<CompiledExpression> operands, SqlType type) {
    super(type);
    this.operands = List.copyOf(operands);
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    ColumnBuilder result = new ColumnBuilder(type(), rowCount);
    int[] open = new int[rowCount];
    for (int row = 0; row < rowCount; row++) {
      open[row] = row;
    }
    int openCount = rowCount;
    for (CompiledExpression operand : operands) {
      if (openCount == 0) {
        break;
      }
      InputRows subset = openCount == rowCount ? rows : rows.select(open, openCount);
      Column column = operand.evaluate(subset, scope);
      if (openCount == rowCount
          && !column.nulls().any()
          && column.type().layout() == type().layout()) {
        return column;
      }
      int[] rest = new int[openCount];
      int restCount = 0;
      for (int i = 0; i < openCount; i++) {
        if (column.isNull(i)) {
          rest[restCount++] = open[i];
        } else {
          result.copy(column, i, open[i]);
        }
      }
      open = rest;
      openCount = restCount;
    }
    return result.build(rowCount);
  }
}
