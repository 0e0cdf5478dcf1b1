package quiver.execution.rows;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;

/// Rows that outlive what they were read from: vectors that are views of a segment's memory are
/// copied, everything else is on the heap already.
public final class HeapCopies {
  private HeapCopies() {}

  public static RowBatch of(RowBatch batch) {
    List<Column> columns = new ArrayList<>(batch.columns().size());
    boolean copied = false;
    for (Column column : batch.columns()) {
      if (column instanceof VectorColumn vectors && vectors.rows().isNative()) {
        columns.add(copy(vectors));
        copied = true;
      } else {
        columns.add(column);
      }
    }
    return copied ? new RowBatch(batch.rowCount(), columns) : batch;
  }

  private static Column copy(VectorColumn column) {
    ColumnBuilder builder = new ColumnBuilder(column.type(), column.rowCount());
    builder.appendAll(column);
    return builder.build(column.rowCount());
  }
}
