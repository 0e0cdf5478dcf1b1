package quiver.frontend.statement;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.source.BatchStream;

/// One holder's rows, fetched ahead by a virtual thread of their own.
final class FanOutStream implements BatchStream {
  /// Batches fetched ahead of the consumer.
  private static final int BATCH_COUNT_AHEAD = 4;

  private sealed interface Item {
    record Rows(RowBatch batch) implements Item {}

    record Failed(RuntimeException error) implements Item {}

    record End() implements Item {}
  }

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(BATCH_COUNT_AHEAD);
  private final Thread thread;
  private boolean ended;

  /// Starts to fetch.
  FanOutStream(Supplier<BatchStream> source, ThreadFactory threads) {
    thread = threads.newThread(() -> fetch(source));
    thread.start();
  }

  private void fetch(Supplier<BatchStream> source) {
    try {
      Item last = new Item.End();
      try (BatchStream stream = source.get()) {
        for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
          items.put(new Item.Rows(batch.get()));
        }
      } catch (RuntimeException e) {
        last = new Item.Failed(e);
      }
      items.put(last);
    } catch (InterruptedException e) {
      // The consumer has closed the stream and wants nothing more.
    }
  }

  @Override
  public Optional<RowBatch> next() {
    if (ended) {
      return Optional.empty();
    }
    try {
      return switch (items.take()) {
        case Item.Rows(RowBatch batch) -> Optional.of(batch);
        case Item.Failed(RuntimeException error) -> {
          ended = true;
          throw error;
        }
        case Item.End() -> {
          ended = true;
          yield Optional.empty();
        }
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request")
          .withCause(e);
    }
  }

  @Override
  public void close() {
    ended = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
