package quiver.execution.index;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;

/// A [SortedRun] in memory: key columns and the order of their rows.
///
/// @param order positions in the columns; not modified
/// @param rows the row of each position in the columns; not modified
public record MemoryRun(List<Column> keys, int[] order, int[] rows) implements SortedRun {
  public MemoryRun {
    keys = List.copyOf(keys);
  }

  /// Sorts entries.
  ///
  /// @param keys one column per key
  /// @param rows the row of each entry, ascending; not modified any more
  public static MemoryRun sort(List<Column> keys, int[] rows, KeyOrder order) {
    if (keys.size() == 1 && keys.getFirst() instanceof LongColumn longs && !longs.nulls().any()) {
      return new MemoryRun(keys, sortedLongs(longs, order.keys().getFirst().descending()), rows);
    }
    Comparator<Integer> comparator =
        (a, b) -> {
          for (int i = 0; i < keys.size(); i++) {
            int sign = order.compare(i, keys.get(i).valueAt(a), keys.get(i).valueAt(b));
            if (sign != 0) {
              return sign;
            }
          }
          return Integer.compare(a, b);
        };
    int[] sorted =
        IntStream.range(0, rows.length)
            .boxed()
            .sorted(comparator)
            .mapToInt(Integer::intValue)
            .toArray();
    return new MemoryRun(keys, sorted, rows);
  }

  private static int[] sortedLongs(LongColumn column, boolean descending) {
    long[] values = column.values();
    Comparator<Integer> ascending = Comparator.comparingLong(i -> values[i]);
    return IntStream.range(0, column.rowCount())
        .boxed()
        .sorted(descending ? ascending.reversed() : ascending)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Override
  public int count() {
    return order.length;
  }

  @Override
  public @Nullable Object key(int at, int position) {
    return keys.get(position).valueAt(order[at]);
  }

  @Override
  public int row(int at) {
    return rows[order[at]];
  }
}
