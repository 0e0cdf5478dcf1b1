package quiver.execution.operator;

import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.execution.expression.InputRows;

/// Pairs of rows of two batches, gathered column by column on demand: columns of the left batch,
/// then those of the right one.
final class JoinedRows implements InputRows {
  private final RowBatch left;
  private final RowBatch right;
  private final int[] leftRows;
  private final int[] rightRows;
  private final int count;
  private final @Nullable Column[] gathered;

  JoinedRows(RowBatch left, RowBatch right, int[] leftRows, int[] rightRows, int count) {
    this.left = left;
    this.right = right;
    this.leftRows = leftRows;
    this.rightRows = rightRows;
    this.count = count;
    this.gathered = new @Nullable Column[left.columns().size() + right.columns().size()];
  }

  @Override
  public int rowCount() {
    return count;
  }

  @Override
  public Column column(int index) {
    Column column = gathered[index];
    if (column == null) {
      int leftCount = left.columns().size();
      column =
          index < leftCount
              ? left.column(index).gather(leftRows, 0, count)
              : right.column(index - leftCount).gather(rightRows, 0, count);
      gathered[index] = column;
    }
    return column;
  }

  @Override
  public JoinedRows select(int[] rows, int selectedCount) {
    int[] selectedLeft = new int[selectedCount];
    int[] selectedRight = new int[selectedCount];
    for (int i = 0; i < selectedCount; i++) {
      selectedLeft[i] = leftRows[rows[i]];
      selectedRight[i] = rightRows[rows[i]];
    }
    return new JoinedRows(left, right, selectedLeft, selectedRight, selectedCount);
  }

  int leftRow(int pair) {
    return leftRows[pair];
  }

  int rightRow(int pair) {
    return rightRows[pair];
  }
}
