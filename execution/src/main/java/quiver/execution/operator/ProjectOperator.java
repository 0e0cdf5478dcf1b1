package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.runtime.ExecutionContext;

/// Expressions over each row.
final class ProjectOperator implements BatchOperator {
  private final Operator input;
  private final List<CompiledExpression> expressions;
  private final EvaluationScope scope;

  ProjectOperator(Operator input, List<CompiledExpression> expressions, ExecutionContext context) {
    this.input = input;
    this.expressions = expressions;
    this.scope = EvaluationScope.of(context);
  }

  @Override
  public Optional<RowBatch> next() {
    return input.nextRows().map(this::project);
  }

  private RowBatch project(InputRows rows) {
    List<Column> columns = new ArrayList<>(expressions.size());
    for (CompiledExpression expression : expressions) {
      columns.add(expression.evaluate(rows, scope));
    }
    return new RowBatch(rows.rowCount(), columns);
  }

  @Override
  public void close() {
    input.close();
  }
}
