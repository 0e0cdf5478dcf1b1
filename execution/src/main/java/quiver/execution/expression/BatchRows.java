package quiver.execution.expression;

import quiver.common.column.Column;
import quiver.common.column.RowBatch;

/// Every row of a batch.
record BatchRows(RowBatch batch) implements InputRows {
  @Override
  public int rowCount() {
    return batch.rowCount();
  }

  @Override
  public Column column(int index) {
    return batch.column(index);
  }

  @Override
  public InputRows select(int[] rows, int count) {
    return new SelectedRows(this, batch.columns().size(), rows, count);
  }
}
