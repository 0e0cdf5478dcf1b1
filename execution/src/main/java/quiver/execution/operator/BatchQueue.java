package quiver.execution.operator;

import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;

/// A large batch handed out in slices. Used by one thread.
final class BatchQueue {
  private static final RowBatch EMPTY = new RowBatch(0, List.of());

  private RowBatch batch = EMPTY;
  private int position;

  void set(RowBatch rows) {
    batch = rows;
    position = 0;
  }

  Optional<RowBatch> next() {
    int count = Math.min(RowBatch.ROW_COUNT_TARGET, batch.rowCount() - position);
    if (count <= 0) {
      batch = EMPTY;
      position = 0;
      return Optional.empty();
    }
    RowBatch slice = batch.slice(position, count);
    position += count;
    return Optional.of(slice);
  }

  void clear() {
    set(EMPTY);
  }
}
