package quiver.execution.search;

import java.util.Arrays;
import quiver.common.column.RowMask;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.source.SegmentSnapshot;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearchStatistics.Strategy;

/// The distance of a row as the statement's expression gives it: for keys that are no `vector(n)`
/// column, where an index finds candidates and nothing else knows their distances. Safe for every
/// thread.
public interface ComputedDistance {
  /// Rows computed at once.
  int BLOCK_ROWS = 1_024;

  /// @param rows the first `count`, at most [#BLOCK_ROWS]
  /// @param distances output
  /// @param known output: false where the distance is NULL
  void compute(SegmentSnapshot segment, int[] rows, int count, double[] distances, boolean[] known);

  /// Takes one row.
  interface Sink {
    void accept(int row, double distance);
  }

  /// The distances of the rows of a mask in `[from, to)`, but for NULL.
  ///
  /// @return rows computed
  default long scan(
      ExecutionContext context,
      SegmentSnapshot segment,
      RowMask allowed,
      int from,
      int to,
      Sink sink) {
    int[] rows = new int[BLOCK_ROWS];
    double[] distances = new double[BLOCK_ROWS];
    boolean[] known = new boolean[BLOCK_ROWS];
    long computed = 0;
    int row = allowed.nextRow(from);
    while (row < to) {
      context.cancel().check();
      int count = 0;
      for (; row < to && count < BLOCK_ROWS; row = allowed.nextRow(row + 1)) {
        rows[count++] = row;
      }
      compute(segment, rows, count, distances, known);
      computed += count;
      for (int i = 0; i < count; i++) {
        if (known[i]) {
          sink.accept(rows[i], distances[i]);
        }
      }
    }
    return computed;
  }

  /// The nearest `k` rows of a mask.
  default SearchResult nearest(
      ExecutionContext context, SegmentSnapshot segment, RowMask allowed, int k, String reason) {
    FoundRows found = new FoundRows(k, context.memory());
    long computed =
        scan(
            context,
            segment,
            allowed,
            0,
            segment.rowCount(),
            (row, distance) -> found.offer(distance, row));
    found.sort();
    SearchResult result =
        found.toResult(new SearchStatistics(Strategy.MASK_SCAN, reason, 0, computed));
    found.release();
    return result;
  }

  /// The same rows with their distances, nearest first.
  default SearchResult exact(ExecutionContext context, SegmentSnapshot segment, SearchResult by) {
    FoundRows found = new FoundRows(Math.max(1, by.count()), context.memory());
    double[] distances = new double[BLOCK_ROWS];
    boolean[] known = new boolean[BLOCK_ROWS];
    for (int from = 0; from < by.count(); from += BLOCK_ROWS) {
      int to = Math.min(by.count(), from + BLOCK_ROWS);
      int[] rows = Arrays.copyOfRange(by.rows(), from, to);
      compute(segment, rows, rows.length, distances, known);
      for (int i = 0; i < rows.length; i++) {
        if (known[i]) {
          found.offer(distances[i], rows[i]);
        }
      }
    }
    found.sort();
    SearchResult result = found.toResult(by.statistics());
    found.release();
    return result;
  }
}
