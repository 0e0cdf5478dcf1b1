package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.common.plan.RowValues;
import quiver.common.type.SqlType;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.rows.HeapCopies;
import quiver.execution.runtime.SharedRows;
import quiver.execution.source.BatchStream;
import quiver.frontend.transaction.RowBatches;

/// Values computed for each of some rows, ready for one statement.
final class RowEvaluation {
  private final RowValues values;
  private final QueryRunner runner;
  private final StatementScope statement;
  private final List<CompiledExpression> expressions;
  private final EvaluationScope scope;

  RowEvaluation(RowValues values, QueryRunner runner, StatementScope statement) {
    this.values = values;
    this.runner = runner;
    this.statement = statement;
    this.expressions =
        values instanceof RowValues.Columns(var columns) ? runner.compile(columns) : List.of();
    this.scope = runner.evaluation(statement);
  }

  boolean isNone() {
    return values.isNone();
  }

  /// The values of every row, in the rows' order.
  RowBatch evaluate(RowBatch rows) {
    return switch (values) {
      case RowValues.Columns _ -> evaluate(expressions, rows, scope);
      case RowValues.Plan(int inputId, PlanNode plan) -> planned(rows, inputId, plan);
    };
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

  private RowBatch planned(RowBatch rows, int inputId, PlanNode plan) {
    long[] numbers = new long[rows.rowCount()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    List<Column> input = new ArrayList<>(rows.columns());
    input.add(new LongColumn(SqlType.INT8, numbers.length, numbers, Nulls.NONE));
    RowBatch numbered = new RowBatch(rows.rowCount(), input);
    List<RowBatch> batches = new ArrayList<>();
    SharedRows given = new SharedRows(inputId, () -> List.of(numbered));
    try (BatchStream stream = runner.open(plan, given, statement)) {
      for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
        statement.cancel().check();
        batches.add(HeapCopies.of(next.get()));
      }
    }
    RowBatch all = RowBatches.concatenate(plan.outputTypes(), batches);
    int width = all.columns().size() - 1;
    int[] places = new int[rows.rowCount()];
    long[] order = ((LongColumn) all.column(width)).values();
    if (all.rowCount() != rows.rowCount()) {
      throw new IllegalStateException(all.rowCount() + " values for " + rows.rowCount() + " rows");
    }
    for (int i = 0; i < places.length; i++) {
      places[(int) order[i]] = i;
    }
    RowBatch ordered = all.gather(places, 0, places.length);
    return new RowBatch(ordered.rowCount(), ordered.columns().subList(0, width));
  }
}
