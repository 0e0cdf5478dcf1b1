package quiver.workers.scalar;

import java.util.stream.IntStream;
import quiver.common.column.Column;
import quiver.execution.expression.InputRows;
import quiver.workers.segment.SegmentRows;

/// Neighbouring rows of a segment, columns by ordinal.
record RowRange(SegmentRows rows, int from, int rowCount) implements InputRows {
  @Override
  public Column column(int ordinal) {
    return rows.column(ordinal, from, rowCount);
  }

  @Override
  public InputRows select(int[] selected, int count) {
    return new PickedRows(rows, IntStream.range(0, count).map(i -> from + selected[i]).toArray());
  }
}
