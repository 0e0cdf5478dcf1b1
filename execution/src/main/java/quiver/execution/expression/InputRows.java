package quiver.execution.expression;

import quiver.common.column.Column;
import quiver.common.column.RowBatch;

/// The rows an expression is evaluated on. Columns are fetched when they are first asked for, so
/// that a conditional branch or a filter pays only for the columns and rows it touches. Used by one
/// thread.
public interface InputRows {
  int rowCount();

  Column column(int index);

  /// The rows `rows[0] … rows[count-1]`, which the caller does not change while the selection is
  /// used.
  InputRows select(int[] rows, int count);

  /// Every row of a batch.
  static InputRows of(RowBatch batch) {
    return new BatchRows(batch);
  }

  /// Rows without columns.
  static InputRows withoutColumns(int rowCount) {
    return new BatchRows(new RowBatch(rowCount, java.util.List.of()));
  }
}
