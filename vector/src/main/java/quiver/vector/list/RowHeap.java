package quiver.vector.list;

import java.util.Arrays;

/// Rows with a key, the smallest on top. Used by one thread.
final class RowHeap {
  private static final int CAPACITY_FIRST = 256;

  /// Room beyond this is given back when a search begins.
  private static final int CAPACITY_KEPT_MAX = 1 << 16;

  private double[] keys = new double[CAPACITY_FIRST];
  private int[] rows = new int[CAPACITY_FIRST];
  private int size;

  void clear() {
    size = 0;
    if (keys.length > CAPACITY_KEPT_MAX) {
      keys = new double[CAPACITY_FIRST];
      rows = new int[CAPACITY_FIRST];
    }
  }

  int size() {
    return size;
  }

  /// The smallest key, +infinity when there is none. NaN counts as +infinity.
  double topKey() {
    return size == 0 ? Double.POSITIVE_INFINITY : keys[0];
  }

  int topRow() {
    return rows[0];
  }

  void push(double key, int row) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, 2 * size);
      rows = Arrays.copyOf(rows, 2 * size);
    }
    double sortable = Double.isNaN(key) ? Double.POSITIVE_INFINITY : key;
    int child = size++;
    while (child > 0) {
      int parent = (child - 1) >>> 1;
      if (!precedes(sortable, row, keys[parent], rows[parent])) {
        break;
      }
      keys[child] = keys[parent];
      rows[child] = rows[parent];
      child = parent;
    }
    keys[child] = sortable;
    rows[child] = row;
  }

  void pop() {
    size--;
    double key = keys[size];
    int row = rows[size];
    int parent = 0;
    for (int child = 1; child < size; child = 2 * parent + 1) {
      if (child + 1 < size
          && precedes(keys[child + 1], rows[child + 1], keys[child], rows[child])) {
        child++;
      }
      if (!precedes(keys[child], rows[child], key, row)) {
        break;
      }
      keys[parent] = keys[child];
      rows[parent] = rows[child];
      parent = child;
    }
    keys[parent] = key;
    rows[parent] = row;
  }

  private static boolean precedes(double keyA, int rowA, double keyB, int rowB) {
    return keyA < keyB || (keyA == keyB && rowA < rowB);
  }
}
