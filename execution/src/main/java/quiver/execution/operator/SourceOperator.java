package quiver.execution.operator;

import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.execution.runtime.CancelSignal;
import quiver.execution.source.BatchStream;

/// Rows that come from outside the engine.
final class SourceOperator implements BatchOperator {
  private final BatchStream source;
  private final CancelSignal cancel;

  SourceOperator(BatchStream source, CancelSignal cancel) {
    this.source = source;
    this.cancel = cancel;
  }

  @Override
  public Optional<RowBatch> next() {
    cancel.check();
    return source.next();
  }

  @Override
  public void close() {
    source.close();
  }
}
