package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.execution.expression.InputRows;

/// An operator that picks rows and leaves it to the reader which columns to fetch.
interface RowsOperator extends Operator {
  /// How many columns the rows have.
  int columnCount();

  @Override
  default Optional<RowBatch> next() {
    return nextRows().map(rows -> materialize(rows, columnCount()));
  }

  /// Every column of some rows.
  static RowBatch materialize(InputRows rows, int columnCount) {
    List<Column> columns = new ArrayList<>(columnCount);
    for (int i = 0; i < columnCount; i++) {
      columns.add(rows.column(i));
    }
    return new RowBatch(rows.rowCount(), columns);
  }
}
