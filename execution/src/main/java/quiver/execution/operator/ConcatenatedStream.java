package quiver.execution.operator;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.execution.source.BatchStream;

/// Streams one after the other, each opened when the one before has ended: UNION ALL.
final class ConcatenatedStream implements BatchStream {
  private final List<Supplier<BatchStream>> streams;
  private @Nullable BatchStream current;
  private int position;

  ConcatenatedStream(List<Supplier<BatchStream>> streams) {
    this.streams = streams;
  }

  @Override
  public Optional<RowBatch> next() {
    while (true) {
      BatchStream open = current;
      if (open == null) {
        if (position == streams.size()) {
          return Optional.empty();
        }
        open = streams.get(position++).get();
        current = open;
      }
      Optional<RowBatch> batch = open.next();
      if (batch.isPresent()) {
        return batch;
      }
      open.close();
      current = null;
    }
  }

  @Override
  public void close() {
    position = streams.size();
    if (current != null) {
      current.close();
      current = null;
    }
  }
}
