package quiver.workers.segment;

import java.util.Arrays;

/// Finds the rows of a growing segment by key hash, newest first. Open addressing over words of 40
/// hash bits and a 24-bit row number; rows with equal hash bits are chained through `previous`. One
/// thread adds; any thread looks up rows that were published after they were added.
final class GrowingKeyIndex {
  private static final int ROW_BITS = 24;
  private static final long ROW_MASK = (1L << ROW_BITS) - 1;
  private static final int BLOCK_ROWS = 4096;

  private volatile long[] slots = new long[64];
  private volatile int[][] previous = new int[0][];
  private int used;

  /// Adds the next row.
  void add(long hash, int row) {
    if (2 * (used + 1) > slots.length) {
      grow();
    }
    if (row / BLOCK_ROWS >= previous.length) {
      int[][] more = Arrays.copyOf(previous, row / BLOCK_ROWS + 1);
      for (int i = previous.length; i < more.length; i++) {
        more[i] = new int[BLOCK_ROWS];
      }
      previous = more;
    }
    long[] words = slots;
    int mask = words.length - 1;
    int at = (int) (hash >>> ROW_BITS) & mask;
    while (words[at] != 0 && ((words[at] ^ hash) & ~ROW_MASK) != 0) {
      at = (at + 1) & mask;
    }
    if (words[at] == 0) {
      used++;
    } else {
      previous[row / BLOCK_ROWS][row % BLOCK_ROWS] = (int) (words[at] & ROW_MASK);
    }
    words[at] = (hash & ~ROW_MASK) | (row + 1);
  }

  /// The newest row whose hash may be `hash`, or -1.
  int first(long hash) {
    long[] words = slots;
    int mask = words.length - 1;
    int at = (int) (hash >>> ROW_BITS) & mask;
    while (true) {
      long word = words[at];
      if (word == 0) {
        return -1;
      }
      if (((word ^ hash) & ~ROW_MASK) == 0) {
        return (int) (word & ROW_MASK) - 1;
      }
      at = (at + 1) & mask;
    }
  }

  /// The row before `row` with the same hash bits, or -1.
  int next(int row) {
    return previous[row / BLOCK_ROWS][row % BLOCK_ROWS] - 1;
  }

  private void grow() {
    long[] old = slots;
    long[] words = new long[old.length * 2];
    int mask = words.length - 1;
    for (long word : old) {
      if (word != 0) {
        int at = (int) (word >>> ROW_BITS) & mask;
        while (words[at] != 0) {
          at = (at + 1) & mask;
        }
        words[at] = word;
      }
    }
    slots = words;
  }

  long memoryBytes() {
    return 8L * slots.length + 4L * BLOCK_ROWS * previous.length;
  }
}
