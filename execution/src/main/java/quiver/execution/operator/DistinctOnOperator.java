package quiver.execution.operator;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.execution.rows.RowOrder;

/// The first row of each run of equal keys.
final class DistinctOnOperator implements BatchOperator {
  private final Operator input;
  private final RowOrder keys;
  private @Nullable RowBatch last;
  private int lastRow;

  DistinctOnOperator(Operator input, RowOrder keys) {
    this.input = input;
    this.keys = keys;
  }

  @Override
  public Optional<RowBatch> next() {
    while (true) {
      Optional<RowBatch> next = input.next();
      if (next.isEmpty()) {
        return next;
      }
      RowBatch batch = next.get();
      int[] first = new int[batch.rowCount()];
      int count = 0;
      for (int row = 0; row < batch.rowCount(); row++) {
        if (last == null || keys.compare(last, lastRow, batch, row) != 0) {
          last = batch;
          lastRow = row;
          first[count++] = row;
        }
      }
      if (count > 0) {
        return Optional.of(count == batch.rowCount() ? batch : batch.gather(first, 0, count));
      }
    }
  }

  @Override
  public void close() {
    last = null;
    input.close();
  }
}
