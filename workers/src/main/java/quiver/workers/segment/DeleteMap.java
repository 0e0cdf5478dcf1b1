package quiver.workers.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowMask;

/// Which rows of one segment died, and when. Rows are added by one thread, in timestamp order; any
/// thread reads a prefix of them. It outlives the change from growing to sealed.
public final class DeleteMap {
  private static final int BLOCK_ROWS = 1024;

  private record Entries(int[] rows, long[] timestamps) {}

  private volatile Entries entries = new Entries(new int[4], new long[4]);
  private volatile int count;

  /// Timestamp of death by row, 0 while the row lives; blocks without deaths are null.
  private volatile long[] @Nullable [] deaths = new long[0] @Nullable [];

  /// Marks a row as dead from `timestamp` on.
  ///
  /// @return false if it was dead already; nothing is changed then
  public boolean add(int row, long timestamp) {
    if (isDead(row)) {
      return false;
    }
    blockOf(row)[row & (BLOCK_ROWS - 1)] = timestamp;
    Entries now = entries;
    int at = count;
    if (at == now.rows.length) {
      now = new Entries(Arrays.copyOf(now.rows, at * 2), Arrays.copyOf(now.timestamps, at * 2));
      entries = now;
    }
    now.rows[at] = row;
    now.timestamps[at] = timestamp;
    count = at + 1;
    return true;
  }

  private long[] blockOf(int row) {
    int index = row / BLOCK_ROWS;
    long[] @Nullable [] blocks = deaths;
    if (index >= blocks.length) {
      blocks = Arrays.copyOf(blocks, Math.max(index + 1, blocks.length * 2));
    }
    long[] block = blocks[index];
    if (block == null) {
      block = new long[BLOCK_ROWS];
      blocks[index] = block;
    }
    deaths = blocks;
    return block;
  }

  /// Whether a row is dead at the newest timestamp.
  public boolean isDead(int row) {
    return deathOf(row) != Long.MAX_VALUE;
  }

  /// When a row died, or `Long.MAX_VALUE` while it lives.
  public long deathOf(int row) {
    int index = row / BLOCK_ROWS;
    long[] @Nullable [] blocks = deaths;
    long[] block = index < blocks.length ? blocks[index] : null;
    long death = block == null ? 0 : block[row & (BLOCK_ROWS - 1)];
    return death == 0 ? Long.MAX_VALUE : death;
  }

  /// Deaths so far.
  public int count() {
    return count;
  }

  /// How many rows were dead at `snapshot`.
  public int countAt(long snapshot) {
    int high = count;
    long[] timestamps = entries.timestamps;
    if (high == 0 || timestamps[high - 1] <= snapshot) {
      return high;
    }
    int low = 0;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (timestamps[middle] <= snapshot) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The row that died as number `index`.
  public int row(int index) {
    return entries.rows[index];
  }

  /// When the row number `index` died.
  public long timestamp(int index) {
    return entries.timestamps[index];
  }

  /// Removes the rows that died as numbers `from … to-1` from a mask.
  public void removeFrom(RowMask mask, int from, int to) {
    int[] rows = entries.rows;
    for (int i = from; i < to; i++) {
      if (rows[i] < mask.rowCount()) {
        mask.remove(rows[i]);
      }
    }
  }
}
