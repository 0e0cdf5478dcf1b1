package quiver.execution.operator;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.value.DatumOrder;
import quiver.execution.rows.ColumnBuilder;

/// min or max over a frame that moves forward: rows that a later one beats while both are in the
/// frame are never the extreme again, so that each row is queued and dropped once.
final class MovingExtreme {
  private final Column values;
  private final boolean max;
  private final DatumOrder order;
  private final Deque<Integer> candidates = new ArrayDeque<>();

  MovingExtreme(Column values, boolean max) {
    this.values = values;
    this.max = max;
    this.order = DatumOrder.of(values.type());
  }

  void evaluate(int start, int end, WindowFrames frames, ColumnBuilder results) {
    int[] pieces = new int[6];
    int next = start;
    for (int row = start; row < end; row++) {
      if (frames.pieces(row, pieces) == 0) {
        results.set(row, null);
        continue;
      }
      for (next = Math.max(next, pieces[0]); next < pieces[1]; next++) {
        push(next);
      }
      while (!candidates.isEmpty() && candidates.getFirst() < pieces[0]) {
        candidates.removeFirst();
      }
      results.set(row, candidates.isEmpty() ? null : values.valueAt(candidates.getFirst()));
    }
  }

  private void push(int row) {
    @Nullable Object value = values.valueAt(row);
    if (value == null) {
      return;
    }
    while (!candidates.isEmpty()) {
      Object last = values.valueAt(candidates.getLast());
      int sign = last == null ? 0 : order.compare(value, last);
      if (max ? sign <= 0 : sign >= 0) {
        break;
      }
      candidates.removeLast();
    }
    candidates.add(row);
  }
}
