package quiver.execution.index;

import java.util.Arrays;

/// Ascending row numbers without repetition.
final class RowNumbers {
  private RowNumbers() {}

  /// The first `count` of `rows`, which may be changed.
  static int[] ascending(int[] rows, int count) {
    Arrays.sort(rows, 0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (kept == 0 || rows[kept - 1] != rows[i]) {
        rows[kept++] = rows[i];
      }
    }
    return Arrays.copyOf(rows, kept);
  }

  /// The rows in both.
  static int[] intersection(int[] left, int[] right) {
    int[] both = new int[Math.min(left.length, right.length)];
    int count = 0;
    int j = 0;
    for (int row : left) {
      while (j < right.length && right[j] < row) {
        j++;
      }
      if (j < right.length && right[j] == row) {
        both[count++] = row;
      }
    }
    return Arrays.copyOf(both, count);
  }
}
