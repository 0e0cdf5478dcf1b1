package quiver.common.column;

import java.util.Arrays;

/// A set of row numbers `0 … rowCount-1`, one bit a row. Mutable while it is built by one thread;
/// readers share it only after the builder has stopped writing.
public final class RowMask {
  private final long[] words;
  private final int rowCount;

  private RowMask(long[] words, int rowCount) {
    this.words = words;
    this.rowCount = rowCount;
  }

  /// No row of `rowCount`.
  public static RowMask none(int rowCount) {
    return new RowMask(new long[wordCount(rowCount)], rowCount);
  }

  /// Every row of `rowCount`.
  public static RowMask all(int rowCount) {
    long[] words = new long[wordCount(rowCount)];
    Arrays.fill(words, -1L);
    RowMask mask = new RowMask(words, rowCount);
    mask.clearTail();
    return mask;
  }

  /// A mask over `words`, owned by the mask from now on; bits at and above `rowCount` are cleared.
  public static RowMask ofWords(long[] words, int rowCount) {
    if (words.length != wordCount(rowCount)) {
      throw new IllegalArgumentException(
          "mask of " + rowCount + " rows in " + words.length + " words");
    }
    RowMask mask = new RowMask(words, rowCount);
    mask.clearTail();
    return mask;
  }

  private static int wordCount(int rowCount) {
    return (rowCount + 63) >>> 6;
  }

  private void clearTail() {
    if ((rowCount & 63) != 0) {
      words[words.length - 1] &= (1L << (rowCount & 63)) - 1;
    }
  }

  public int rowCount() {
    return rowCount;
  }

  public boolean contains(int row) {
    return (words[row >>> 6] & (1L << row)) != 0;
  }

  public void add(int row) {
    words[row >>> 6] |= 1L << row;
  }

  public void remove(int row) {
    words[row >>> 6] &= ~(1L << row);
  }

  /// Removes every row that `other` does not contain.
  public void retainAll(RowMask other) {
    for (int i = 0; i < words.length; i++) {
      words[i] &= other.words[i];
    }
  }

  /// Removes every row that `other` contains.
  public void removeAll(RowMask other) {
    for (int i = 0; i < words.length; i++) {
      words[i] &= ~other.words[i];
    }
  }

  /// Adds every row that `other` contains.
  public void addAll(RowMask other) {
    for (int i = 0; i < words.length; i++) {
      words[i] |= other.words[i];
    }
  }

  /// How many rows the mask contains. Cost: one pass over the words.
  public int cardinality() {
    int count = 0;
    for (long word : words) {
      count += Long.bitCount(word);
    }
    return count;
  }

  /// The first contained row at or after `from`, or `rowCount` when there is none.
  public int nextRow(int from) {
    if (from >= rowCount) {
      return rowCount;
    }
    int index = from >>> 6;
    long word = words[index] & (-1L << from);
    while (word == 0) {
      if (++index == words.length) {
        return rowCount;
      }
      word = words[index];
    }
    return (index << 6) + Long.numberOfTrailingZeros(word);
  }

  /// The contained rows, ascending.
  public int[] toRows() {
    int[] rows = new int[cardinality()];
    int count = 0;
    for (int row = nextRow(0); row < rowCount; row = nextRow(row + 1)) {
      rows[count++] = row;
    }
    return rows;
  }

  /// A copy that may be changed without changing this mask.
  public RowMask copy() {
    return new RowMask(words.clone(), rowCount);
  }

  /// The backing words, bit `row & 63` of word `row >>> 6`; not to be changed by the caller.
  public long[] words() {
    return words;
  }
}
