package quiver.vector.index;

import java.util.Arrays;

/// The `k` smallest (value, row) pairs seen so far: a binary heap with the worst on top. NaN is
/// greater than every number; equal values are ordered by row. Used by one thread.
final class NearestRows {
  private static final int CAPACITY_FIRST = 64;

  private double[] values = new double[CAPACITY_FIRST];
  private int[] rows = new int[CAPACITY_FIRST];
  private int size;
  private int k;

  void reset(int newK) {
    k = newK;
    size = 0;
  }

  int size() {
    return size;
  }

  /// The worst value kept, +infinity while there is room.
  double worst() {
    return size < k ? Double.POSITIVE_INFINITY : values[0];
  }

  /// Whether `(value, row)` would be kept.
  boolean accepts(double value, int row) {
    return size < k || precedes(value, row, values[0], rows[0]);
  }

  /// Keeps `(value, row)` if it is among the best `k`.
  void offer(double value, int row) {
    if (size < k) {
      if (size == rows.length) {
        int capacity = (int) Math.min(k, 2L * size);
        values = Arrays.copyOf(values, capacity);
        rows = Arrays.copyOf(rows, capacity);
      }
      siftUp(size++, value, row);
    } else if (precedes(value, row, values[0], rows[0])) {
      siftDown(0, value, row);
    }
  }

  /// Sorts the heap into the arrays, best first, and empties it.
  ///
  /// @param outRows as long as [#size]
  /// @param outValues as long as [#size]
  void drain(int[] outRows, double[] outValues) {
    while (size > 0) {
      int last = size - 1;
      outRows[last] = rows[0];
      outValues[last] = values[0];
      size = last;
      if (last > 0) {
        siftDown(0, values[last], rows[last]);
      }
    }
  }

  private void siftUp(int at, double value, int row) {
    int child = at;
    while (child > 0) {
      int parent = (child - 1) >>> 1;
      if (!precedes(values[parent], rows[parent], value, row)) {
        break;
      }
      values[child] = values[parent];
      rows[child] = rows[parent];
      child = parent;
    }
    values[child] = value;
    rows[child] = row;
  }

  private void siftDown(int at, double value, int row) {
    int parent = at;
    for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
      if (child + 1 < size
          && precedes(values[child], rows[child], values[child + 1], rows[child + 1])) {
        child++;
      }
      if (!precedes(value, row, values[child], rows[child])) {
        break;
      }
      values[parent] = values[child];
      rows[parent] = rows[child];
      parent = child;
    }
    values[parent] = value;
    rows[parent] = row;
  }

  /// Whether the first pair is strictly nearer than the second.
  static boolean precedes(double valueA, int rowA, double valueB, int rowB) {
    if (valueA < valueB) {
      return true;
    }
    if (valueA > valueB) {
      return false;
    }
    boolean nanA = Double.isNaN(valueA);
    boolean nanB = Double.isNaN(valueB);
    return nanA == nanB ? rowA < rowB : nanB;
  }
}
