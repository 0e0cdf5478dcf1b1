package quiver.workers.querynode;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.source.BatchStream;
import quiver.rpc.QueryNodeService.RowStream;
import quiver.rpc.Unavailable;

/// A running fragment. Work happens on the node's pool, a few batches per visit; the caller's
/// thread only waits.
final class FragmentStream implements RowStream {
  /// Batches made in one visit to the pool.
  private static final int BATCHES_PER_VISIT = 4;

  private final ExecutorService pool;
  private final Supplier<BatchStream> opener;
  private final Supplier<List<String>> statistics;
  private final Runnable release;
  private final ArrayDeque<RowBatch> ready = new ArrayDeque<>();
  private @Nullable BatchStream stream;
  private boolean ended;
  private boolean closed;

  FragmentStream(
      ExecutorService pool,
      Supplier<BatchStream> opener,
      Supplier<List<String>> statistics,
      Runnable release) {
    this.pool = pool;
    this.opener = opener;
    this.statistics = statistics;
    this.release = release;
  }

  @Override
  public Optional<RowBatch> next() {
    if (ready.isEmpty() && !ended && !closed) {
      visit();
    }
    return Optional.ofNullable(ready.poll());
  }

  @Override
  public boolean isEnded() {
    return ended && ready.isEmpty();
  }

  private void visit() {
    FutureTask<Boolean> task = new FutureTask<>(this::pull);
    try {
      pool.execute(task);
    } catch (RejectedExecutionException e) {
      if (pool.isShutdown()) {
        throw Unavailable.because("the query node is stopping").withCause(e);
      }
      throw new QuiverException(
              SqlState.INSUFFICIENT_RESOURCES, "too many fragments wait for a processor")
          .withCause(e);
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          ended = task.get();
          return;
        } catch (InterruptedException e) {
          // The batches are on their way; the fragment itself looks for cancellation.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      ended = true;
      if (e.getCause() instanceof QuiverException failure) {
        throw failure;
      }
      throw new QuiverException(SqlState.INTERNAL_ERROR, "a fragment failed").withCause(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// @return whether the stream has ended
  private boolean pull() {
    BatchStream from = stream;
    if (from == null) {
      from = opener.get();
      stream = from;
    }
    for (int i = 0; i < BATCHES_PER_VISIT; i++) {
      Optional<RowBatch> batch = from.next();
      if (batch.isEmpty()) {
        return true;
      }
      ready.add(batch.get());
    }
    return false;
  }

  @Override
  public List<String> statistics() {
    return statistics.get();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      ready.clear();
      try {
        if (stream != null) {
          stream.close();
        }
      } finally {
        release.run();
      }
    }
  }
}
