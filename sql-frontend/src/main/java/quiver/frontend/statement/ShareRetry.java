package quiver.frontend.statement;

import java.util.Optional;
import java.util.function.Supplier;
import quiver.common.column.RowBatch;
import quiver.execution.source.BatchStream;
import quiver.rpc.Share;

/// Rows of several shares of a table. When a node cannot tell its share from the others' at the
/// snapshot, and no rows have been handed on, one node reads all. Used by one thread.
final class ShareRetry implements BatchStream {
  private final Supplier<BatchStream> whole;
  private BatchStream stream;
  private boolean delivered;

  /// @param stream of all shares; closed by this one
  /// @param whole reads everything from one node
  ShareRetry(BatchStream stream, Supplier<BatchStream> whole) {
    this.stream = stream;
    this.whole = whole;
  }

  @Override
  public Optional<RowBatch> next() {
    try {
      Optional<RowBatch> batch = stream.next();
      delivered = true;
      return batch;
    } catch (RuntimeException e) {
      if (delivered || !Share.isRefused(e)) {
        throw e;
      }
      stream.close();
      stream = whole.get();
      delivered = true;
      return stream.next();
    }
  }

  @Override
  public void close() {
    stream.close();
  }
}
