package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.RowBatch;
import quiver.common.plan.RowValues;
import quiver.execution.rows.HeapCopies;

/// RETURNING of one statement: evaluates as rows are written and keeps the result.
final class Returning {
  private final RowEvaluation values;
  private final List<RowBatch> rows = new ArrayList<>();

  Returning(RowValues values, QueryRunner runner, StatementScope statement) {
    this.values = new RowEvaluation(values, runner, statement);
  }

  void add(RowBatch written) {
    if (!values.isNone() && written.rowCount() > 0) {
      rows.add(HeapCopies.of(values.evaluate(written)));
    }
  }

  List<RowBatch> rows() {
    return rows;
  }
}
