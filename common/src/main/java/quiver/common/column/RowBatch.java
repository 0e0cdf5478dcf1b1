package quiver.common.column;

import java.util.ArrayList;
import java.util.List;

/// Rows as columns of equal length. Immutable.
public record RowBatch(int rowCount, List<Column> columns) {
  /// Rows an operator puts into one batch: large enough to amortise a virtual call, small enough
  /// for the L2 cache.
  public static final int ROW_COUNT_TARGET = 1024;

  public RowBatch {
    columns = List.copyOf(columns);
    for (Column column : columns) {
      if (column.rowCount() != rowCount) {
        throw new IllegalArgumentException(
            "column of " + column.rowCount() + " rows in a batch of " + rowCount);
      }
    }
  }

  public Column column(int index) {
    return columns.get(index);
  }

  public RowBatch gather(int[] rows, int from, int count) {
    List<Column> gathered = new ArrayList<>(columns.size());
    for (Column column : columns) {
      gathered.add(column.gather(rows, from, count));
    }
    return new RowBatch(count, gathered);
  }

  public RowBatch slice(int from, int count) {
    if (from == 0 && count == rowCount) {
      return this;
    }
    List<Column> sliced = new ArrayList<>(columns.size());
    for (Column column : columns) {
      sliced.add(column.slice(from, count));
    }
    return new RowBatch(count, sliced);
  }
}
