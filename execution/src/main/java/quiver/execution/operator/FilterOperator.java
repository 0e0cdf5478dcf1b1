package quiver.execution.operator;

import java.util.Optional;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.runtime.ExecutionContext;

/// Rows for which a condition is true.
final class FilterOperator implements RowsOperator {
  private final Operator input;
  private final CompiledExpression condition;
  private final int columnCount;
  private final EvaluationScope scope;

  FilterOperator(
      Operator input, CompiledExpression condition, int columnCount, ExecutionContext context) {
    this.input = input;
    this.condition = condition;
    this.columnCount = columnCount;
    this.scope = EvaluationScope.of(context);
  }

  @Override
  public int columnCount() {
    return columnCount;
  }

  @Override
  public Optional<InputRows> nextRows() {
    while (true) {
      Optional<InputRows> rows = input.nextRows();
      if (rows.isEmpty()) {
        return rows;
      }
      int rowCount = rows.get().rowCount();
      int[] selected = new int[rowCount];
      int count = condition.selectTrue(rows.get(), scope, selected);
      if (count == rowCount) {
        return rows;
      }
      if (count > 0) {
        return Optional.of(rows.get().select(selected, count));
      }
    }
  }

  @Override
  public void close() {
    input.close();
  }
}
