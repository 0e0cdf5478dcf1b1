package quiver.execution.rows;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;

/// Puts rows one after the other. Used by one thread.
public final class RowCollector {
  private final List<SqlType> types;
  private List<ColumnBuilder> builders = List.of();
  private int rowCount;
  private long sizeBytes;

  public RowCollector(List<SqlType> types) {
    this.types = List.copyOf(types);
    reset();
  }

  private void reset() {
    builders = new ArrayList<>(types.size());
    for (SqlType type : types) {
      builders.add(new ColumnBuilder(type, 0));
    }
    rowCount = 0;
    sizeBytes = 0;
  }

  public int rowCount() {
    return rowCount;
  }

  /// Estimated memory of the rows collected.
  public long sizeBytes() {
    return sizeBytes;
  }

  public void append(RowBatch batch) {
    for (int i = 0; i < builders.size(); i++) {
      builders.get(i).appendAll(batch.column(i));
    }
    rowCount += batch.rowCount();
    sizeBytes += ColumnSizes.of(batch);
  }

  /// Appends some rows of a batch.
  public void append(RowBatch batch, int[] rows, int count) {
    append(batch.gather(rows, 0, count));
  }

  /// Appends one row of a batch.
  public void append(RowBatch batch, int row) {
    for (int i = 0; i < builders.size(); i++) {
      builders.get(i).append(batch.column(i), row);
    }
    rowCount++;
  }

  /// The rows so far as one batch; the collector is empty afterwards.
  public RowBatch take() {
    List<Column> columns = new ArrayList<>(builders.size());
    for (ColumnBuilder builder : builders) {
      columns.add(builder.build(rowCount));
    }
    RowBatch batch = new RowBatch(rowCount, columns);
    reset();
    return batch;
  }
}
