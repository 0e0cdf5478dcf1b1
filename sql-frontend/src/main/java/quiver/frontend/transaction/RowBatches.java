package quiver.frontend.transaction;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;

/// Puts batches together.
public final class RowBatches {
  private RowBatches() {}

  /// The rows of all batches, in order, as one.
  public static RowBatch concatenate(List<SqlType> types, List<RowBatch> batches) {
    if (batches.size() == 1) {
      return batches.getFirst();
    }
    int rowCount = 0;
    for (RowBatch batch : batches) {
      rowCount += batch.rowCount();
    }
    List<Column> columns = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      ColumnAppender appender = new ColumnAppender(types.get(i));
      for (RowBatch batch : batches) {
        appender.append(batch.column(i));
      }
      columns.add(appender.view());
    }
    return new RowBatch(rowCount, columns);
  }
}
