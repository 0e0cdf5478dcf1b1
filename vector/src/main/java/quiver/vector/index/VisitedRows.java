package quiver.vector.index;

import java.util.Arrays;

/// The nodes one search has been at: one bit a node, and a list of the words touched, so that
/// clearing costs what was used. A bit set stays in the first cache level where a stamp per node
/// does not. Used by one thread.
public final class VisitedRows {
  private final long[] words;
  private int[] touched = new int[1_024];
  private int touchedCount;

  public VisitedRows(int nodeCount) {
    words = new long[(nodeCount + 63) >>> 6];
  }

  public void clear() {
    if (touchedCount * 8L > words.length) {
      Arrays.fill(words, 0);
    } else {
      for (int i = 0; i < touchedCount; i++) {
        words[touched[i]] = 0;
      }
    }
    touchedCount = 0;
  }

  /// Whether a node is marked.
  public boolean contains(int node) {
    return (words[node >>> 6] & (1L << node)) != 0;
  }

  /// Marks a node; true when it was not marked before.
  public boolean add(int node) {
    int index = node >>> 6;
    long word = words[index];
    long bit = 1L << node;
    if ((word & bit) != 0) {
      return false;
    }
    words[index] = word | bit;
    if (word == 0) {
      if (touchedCount == touched.length) {
        touched = Arrays.copyOf(touched, 2 * touchedCount);
      }
      touched[touchedCount++] = index;
    }
    return true;
  }
}
