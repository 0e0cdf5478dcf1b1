package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.expression.Expression;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;

/// RETURNING of one statement: evaluates as rows are written and keeps the result.
final class Returning {
  private final List<CompiledExpression> expressions;
  private final EvaluationScope scope;
  private final List<RowBatch> rows = new ArrayList<>();

  Returning(List<Expression> expressions, QueryRunner runner, StatementScope statement) {
    this.expressions = runner.compile(expressions);
    this.scope = runner.evaluation(statement);
  }

  void add(RowBatch written) {
    if (!expressions.isEmpty() && written.rowCount() > 0) {
      rows.add(evaluate(expressions, written, scope));
    }
  }

  List<RowBatch> rows() {
    return rows;
  }

  /// The expressions over every row of a batch.
  static RowBatch evaluate(
      List<CompiledExpression> expressions, RowBatch rows, EvaluationScope scope) {
    InputRows input = InputRows.of(rows);
    List<Column> columns = new ArrayList<>(expressions.size());
    for (CompiledExpression expression : expressions) {
      columns.add(expression.evaluate(input, scope));
    }
    return new RowBatch(rows.rowCount(), columns);
  }
}
