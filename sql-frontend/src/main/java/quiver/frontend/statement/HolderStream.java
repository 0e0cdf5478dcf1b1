package quiver.frontend.statement;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.runtime.CancelSignal;
import quiver.execution.source.BatchStream;
import quiver.rpc.QueryNodeService;
import quiver.rpc.Unavailable;

/// One share of a table, read from a query node. When the node is lost before its first rows have
/// come, another one reads the same share at the same snapshot. Used by one thread.
final class HolderStream implements BatchStream {
  private final Supplier<QueryNodeService> others;
  private final Function<QueryNodeService, BatchStream> opener;
  private final Patience patience;
  private BatchStream stream;
  private boolean delivered;

  /// Begins to read.
  ///
  /// @param others a query node to ask instead
  /// @param opener has a node read the share
  HolderStream(
      QueryNodeService first,
      Supplier<QueryNodeService> others,
      Function<QueryNodeService, BatchStream> opener,
      CancelSignal cancel) {
    this.others = others;
    this.opener = opener;
    this.patience = new Patience(cancel);
    BatchStream opened;
    try {
      opened = opener.apply(first);
    } catch (QuiverException e) {
      patience.pauseAfter(e);
      opened = reopened();
    }
    this.stream = opened;
  }

  private BatchStream reopened() {
    return patience.ask(() -> opener.apply(others.get()));
  }

  @Override
  public Optional<RowBatch> next() {
    while (true) {
      try {
        Optional<RowBatch> batch = stream.next();
        delivered = true;
        return batch;
      } catch (QuiverException e) {
        if (Unavailable.is(e) && delivered) {
          throw new QuiverException(
                  SqlState.SERIALIZATION_FAILURE,
                  "could not serialize access because a query node was lost while its rows were"
                      + " read")
              .withDetail(e.message())
              .withHint("The transaction might succeed if retried.")
              .withCause(e);
        }
        patience.pauseAfter(e);
        stream.close();
        stream = reopened();
      }
    }
  }

  @Override
  public void close() {
    stream.close();
  }
}
