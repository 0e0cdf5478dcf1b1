package quiver.execution.operator;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowMask;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.search.ComputedDistance;
import quiver.execution.search.RowSequence;
import quiver.execution.search.SearchTarget;

/// The rows that have no distance, which come last: those whose vector is NULL or, for a NULL
/// query, all. Used by one thread.
final class RowsWithoutDistance {
  private final List<SearchTarget> targets;
  private final int vectorOrdinal;
  private final Optional<ComputedDistance> computed;
  private final ExecutionContext context;
  private final boolean all;
  private @Nullable RowMask rows;
  private int target;
  private int row;

  /// @param all for a NULL query
  RowsWithoutDistance(
      List<SearchTarget> targets,
      int vectorOrdinal,
      Optional<ComputedDistance> computed,
      ExecutionContext context,
      boolean all) {
    this.targets = targets;
    this.vectorOrdinal = vectorOrdinal;
    this.computed = computed;
    this.context = context;
    this.all = all;
  }

  /// Puts the next rows into `places`; 0 at the end.
  int next(long[] places, long limit) {
    int count = 0;
    while (count < places.length && count < limit && target < targets.size()) {
      RowMask mask = rows;
      if (mask == null) {
        mask = rowsOf(targets.get(target));
        rows = mask;
        row = 0;
      }
      row = mask.nextRow(row);
      if (row >= mask.rowCount()) {
        rows = null;
        target++;
      } else {
        places[count++] = RowSequence.place(target, row++);
      }
    }
    return count;
  }

  private RowMask rowsOf(SearchTarget from) {
    RowMask allowed = from.allowed();
    RowMask mask = allowed == null ? RowMask.all(from.segment().rowCount()) : allowed.copy();
    if (all) {
      return mask;
    }
    if (computed.isPresent()) {
      RowMask without = mask.copy();
      long ignored =
          computed
              .get()
              .scan(
                  context,
                  from.segment(),
                  mask,
                  0,
                  mask.rowCount(),
                  (rowNumber, distance) -> without.remove(rowNumber));
      return without;
    }
    mask.removeAll(from.segment().vectors(vectorOrdinal).present());
    return mask;
  }
}
