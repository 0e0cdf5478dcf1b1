package quiver.frontend.statement;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import quiver.common.column.RowBatch;
import quiver.execution.source.BatchStream;
import quiver.rpc.QueryNodeService.RowStream;

/// A query node's answer as an input of the root fragment.
final class RowStreamAdapter implements BatchStream {
  private final RowStream stream;
  private final Consumer<List<String>> onEnd;
  private boolean ended;
  private boolean reported;

  RowStreamAdapter(RowStream stream, Consumer<List<String>> onEnd) {
    this.stream = stream;
    this.onEnd = onEnd;
  }

  @Override
  public Optional<RowBatch> next() {
    while (!ended) {
      Optional<RowBatch> batch = stream.next();
      if (batch.isEmpty()) {
        ended = true;
      } else if (batch.get().rowCount() > 0) {
        return batch;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    ended = true;
    stream.close();
    if (!reported) {
      // Only now have all operators of the fragment counted.
      reported = true;
      onEnd.accept(stream.statistics());
    }
  }
}
