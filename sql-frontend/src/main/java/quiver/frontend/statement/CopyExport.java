package quiver.frontend.statement;

import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.common.plan.CopyOptions;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.execution.runtime.CancelSignal;
import quiver.execution.source.BatchStream;
import quiver.frontend.copy.CopyWriter;
import quiver.frontend.format.DatumFormat;

/// COPY TO: a query's rows as messages.
public final class CopyExport {
  private final CopyOptions options;
  private final List<OutputColumn> columns;
  private final DatumFormat format;

  public CopyExport(CopyOptions options, List<OutputColumn> columns, DatumFormat format) {
    this.options = options;
    this.columns = columns;
    this.format = format;
  }

  /// Sends every row.
  ///
  /// @return how many there were
  public long run(BatchStream rows, CopyWriter.MessageSink sink, CancelSignal cancel) {
    CopyWriter writer = new CopyWriter(options, format, sink);
    writer.begin(columns.stream().map(OutputColumn::name).toList());
    long count = 0;
    for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
      cancel.check();
      writer.write(batch.get());
      count += batch.get().rowCount();
    }
    writer.end();
    return count;
  }
}
