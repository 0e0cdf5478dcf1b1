package quiver.execution.operator;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.execution.source.BatchStream;

/// A stream that is made when it is first read. Used by one thread.
final class DeferredStream implements BatchStream {
  private final Supplier<BatchStream> make;
  private @Nullable BatchStream stream;
  private boolean closed;

  DeferredStream(Supplier<BatchStream> make) {
    this.make = make;
  }

  @Override
  public Optional<RowBatch> next() {
    if (closed) {
      return Optional.empty();
    }
    BatchStream open = stream;
    if (open == null) {
      open = make.get();
      stream = open;
    }
    return open.next();
  }

  @Override
  public void close() {
    closed = true;
    if (stream != null) {
      stream.close();
    }
  }
}
