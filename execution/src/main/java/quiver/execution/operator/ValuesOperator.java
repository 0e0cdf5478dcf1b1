package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.runtime.ExecutionContext;

/// Constant rows.
final class ValuesOperator implements BatchOperator {
  private final List<List<CompiledExpression>> rows;
  private final List<SqlType> types;
  private final EvaluationScope scope;
  private int position;

  ValuesOperator(
      List<List<CompiledExpression>> rows, List<SqlType> types, ExecutionContext context) {
    this.rows = rows;
    this.types = types;
    this.scope = EvaluationScope.of(context);
  }

  @Override
  public Optional<RowBatch> next() {
    if (position == rows.size()) {
      return Optional.empty();
    }
    int count = Math.min(RowBatch.ROW_COUNT_TARGET, rows.size() - position);
    List<Column> columns = new ArrayList<>(types.size());
    for (int column = 0; column < types.size(); column++) {
      ColumnBuilder builder = new ColumnBuilder(types.get(column), count);
      for (int row = 0; row < count; row++) {
        builder.append(rows.get(position + row).get(column).value(scope));
      }
      columns.add(builder.build(count));
    }
    position += count;
    return Optional.of(new RowBatch(count, columns));
  }

  @Override
  public void close() {
    position = rows.size();
  }
}
