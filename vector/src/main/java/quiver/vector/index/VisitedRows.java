package quiver.vector.index;

import java.util.Arrays;

/// The nodes one search has seen: one bit a node, and a list of the words touched, so that clearing
/// costs what was used. A bit set stays in the first cache level where a stamp per node does not.
/// Used by one thread.
final class VisitedRows {
  private final long[] words;
  private int[] touched = new int[1_024];
  private int touchedCount;

  VisitedRows(int nodeCount) {
    words = new long[(nodeCount + 63) >>> 6];
  }

  void clear() {
    if (touchedCount * 8L > words.length) {
      Arrays.fill(words, 0);
    } else {
      for (int i = 0; i < touchedCount; i++) {
        words[touched[i]] = 0;
      }
    }
    touchedCount = 0;
  }

  /// Marks a node; true when it was not marked before.
  boolean add(int node) {
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
