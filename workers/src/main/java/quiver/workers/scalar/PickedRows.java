package quiver.workers.scalar;

import java.util.stream.IntStream;
import quiver.common.column.Column;
import quiver.execution.expression.InputRows;
import quiver.workers.segment.SegmentRows;

/// Rows of a segment by number, columns by ordinal.
record PickedRows(SegmentRows rows, int[] picked) implements InputRows {
  @Override
  public int rowCount() {
    return picked.length;
  }

  @Override
  public Column column(int ordinal) {
    return rows.gather(ordinal, picked, 0, picked.length);
  }

  @Override
  public InputRows select(int[] selected, int count) {
    return new PickedRows(rows, IntStream.range(0, count).map(i -> picked[selected[i]]).toArray());
  }
}
