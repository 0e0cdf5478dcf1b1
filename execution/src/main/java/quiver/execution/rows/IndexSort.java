package quiver.execution.rows;

/// Stable merge sort of row numbers.
public final class IndexSort {
  private static final int RUN = 12;

  private IndexSort() {}

  /// The numbers `0 … count-1` in the given order; equal ones ascending.
  public static int[] sorted(int count, RowOrder.IndexOrder order) {
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    sort(rows, count, order);
    return rows;
  }

  /// Sorts the first `count` numbers.
  public static void sort(int[] rows, int count, RowOrder.IndexOrder order) {
    for (int from = 0; from < count; from += RUN) {
      insertionSort(rows, from, Math.min(from + RUN, count), order);
    }
    int[] source = rows;
    int[] target = new int[count];
    boolean inRows = true;
    for (int width = RUN; width < count; width *= 2) {
      for (int from = 0; from < count; from += 2 * width) {
        int middle = Math.min(from + width, count);
        int end = Math.min(middle + width, count);
        merge(source, from, middle, end, target, order);
      }
      int[] swap = source;
      source = target;
      target = swap;
      inRows = !inRows;
    }
    if (!inRows) {
      System.arraycopy(source, 0, rows, 0, count);
    }
  }

  private static void insertionSort(int[] rows, int from, int to, RowOrder.IndexOrder order) {
    for (int i = from + 1; i < to; i++) {
      int row = rows[i];
      int j = i;
      while (j > from && order.compare(rows[j - 1], row) > 0) {
        rows[j] = rows[j - 1];
        j--;
      }
      rows[j] = row;
    }
  }

  private static void merge(
      int[] source, int from, int middle, int end, int[] target, RowOrder.IndexOrder order) {
    if (middle >= end || order.compare(source[middle - 1], source[middle]) <= 0) {
      System.arraycopy(source, from, target, from, end - from);
      return;
    }
    int left = from;
    int right = middle;
    for (int i = from; i < end; i++) {
      if (left < middle && (right >= end || order.compare(source[left], source[right]) <= 0)) {
        target[i] = source[left++];
      } else {
        target[i] = source[right++];
      }
    }
  }
}
