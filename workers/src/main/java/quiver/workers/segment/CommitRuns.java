package quiver.workers.segment;

import java.util.Arrays;
import quiver.common.column.RowMask;

/// Commit timestamps of the rows of a segment, run-length encoded: rows of one transaction lie
/// together. One thread adds runs, any thread reads.
public final class CommitRuns {
  private record Runs(int[] firstRows, long[] timestamps, int count, int rowCount, long max) {}

  private volatile Runs runs = new Runs(new int[4], new long[4], 0, 0, 0);

  /// Says that the next `count` rows were committed at `timestamp`.
  public void add(int count, long timestamp) {
    Runs now = runs;
    if (now.count > 0 && now.timestamps[now.count - 1] == timestamp) {
      runs = new Runs(now.firstRows, now.timestamps, now.count, now.rowCount + count, now.max);
      return;
    }
    int[] firstRows = now.firstRows;
    long[] timestamps = now.timestamps;
    if (now.count == firstRows.length) {
      firstRows = Arrays.copyOf(firstRows, now.count * 2);
      timestamps = Arrays.copyOf(timestamps, now.count * 2);
    }
    firstRows[now.count] = now.rowCount;
    timestamps[now.count] = timestamp;
    runs =
        new Runs(
            firstRows,
            timestamps,
            now.count + 1,
            now.rowCount + count,
            Math.max(now.max, timestamp));
  }

  /// Rows with a timestamp.
  public int rowCount() {
    return runs.rowCount;
  }

  /// The largest timestamp, 0 without rows.
  public long max() {
    return runs.max;
  }

  /// When a row was committed.
  public long timestampOf(int row) {
    Runs now = runs;
    int at = Arrays.binarySearch(now.firstRows, 0, now.count, row);
    return now.timestamps[at >= 0 ? at : -at - 2];
  }

  /// Which of the first `rowCount` rows were committed at or before `snapshot`.
  public RowMask committed(long snapshot, int rowCount) {
    Runs now = runs;
    if (snapshot >= now.max) {
      return RowMask.all(rowCount);
    }
    RowMask mask = RowMask.none(rowCount);
    for (int i = 0; i < now.count; i++) {
      if (now.timestamps[i] <= snapshot) {
        int end = i + 1 < now.count ? now.firstRows[i + 1] : now.rowCount;
        for (int row = now.firstRows[i]; row < Math.min(end, rowCount); row++) {
          mask.add(row);
        }
      }
    }
    return mask;
  }

  /// Timestamps of rows `0 … rowCount-1`, one each.
  public long[] expand(int rowCount) {
    Runs now = runs;
    long[] expanded = new long[rowCount];
    for (int i = 0; i < now.count; i++) {
      int end = i + 1 < now.count ? now.firstRows[i + 1] : now.rowCount;
      if (now.firstRows[i] < rowCount) {
        Arrays.fill(expanded, now.firstRows[i], Math.min(end, rowCount), now.timestamps[i]);
      }
    }
    return expanded;
  }

  /// Runs of the timestamps of rows `0 … timestamps.length-1`.
  public static CommitRuns of(long[] timestamps) {
    CommitRuns runs = new CommitRuns();
    int from = 0;
    for (int row = 1; row <= timestamps.length; row++) {
      if (row == timestamps.length || timestamps[row] != timestamps[from]) {
        runs.add(row - from, timestamps[from]);
        from = row;
      }
    }
    return runs;
  }
}
