package quiver.execution.expression;

import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;

/// Some rows of a batch, gathered column by column on demand.
final class SelectedRows implements InputRows {
  private final InputRows parent;
  private final int[] rows;
  private final int count;
  private final @Nullable Column[] gathered;

  SelectedRows(InputRows parent, int columnCount, int[] rows, int count) {
    this.parent = parent;
    this.rows = rows;
    this.count = count;
    this.gathered = new @Nullable Column[columnCount];
  }

  @Override
  public int rowCount() {
    return count;
  }

  @Override
  public Column column(int index) {
    Column column = gathered[index];
    if (column == null) {
      column = parent.column(index).gather(rows, 0, count);
      gathered[index] = column;
    }
    return column;
  }

  @Override
  public InputRows select(int[] selected, int selectedCount) {
    int[] composed = new int[selectedCount];
    for (int i = 0; i < selectedCount; i++) {
      composed[i] = rows[selected[i]];
    }
    return new SelectedRows(parent, gathered.length, composed, selectedCount);
  }
}
