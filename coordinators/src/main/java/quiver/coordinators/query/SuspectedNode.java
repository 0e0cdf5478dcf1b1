package quiver.coordinators.query;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import quiver.common.column.RowBatch;
import quiver.rpc.QueryNodeService;
import quiver.rpc.Unavailable;

/// A query node that is passed over for a moment when it did not answer: a dead one stays
/// registered until its lease ends. Thread-safe.
final class SuspectedNode implements QueryNodeService {
  /// For how long.
  private static final Duration PASSED_OVER = Duration.ofSeconds(2);

  private final QueryNodeService node;
  private volatile long failedAt = System.nanoTime() - PASSED_OVER.toNanos();

  SuspectedNode(QueryNodeService node) {
    this.node = node;
  }

  boolean isSuspected() {
    return System.nanoTime() - failedAt < PASSED_OVER.toNanos();
  }

  private <T> T watched(Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      if (Unavailable.is(e)) {
        failedAt = System.nanoTime();
      }
      throw e;
    }
  }

  @Override
  public RowStream execute(FragmentRequest request) {
    RowStream stream = watched(() -> node.execute(request));
    return new RowStream() {
      @Override
      public Optional<RowBatch> next() {
        return watched(stream::next);
      }

      @Override
      public boolean isEnded() {
        return stream.isEnded();
      }

      @Override
      public List<String> statistics() {
        return stream.statistics();
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }

  @Override
  public KeyMatches lookupKeys(KeyRequest request) {
    return watched(() -> node.lookupKeys(request));
  }
}
