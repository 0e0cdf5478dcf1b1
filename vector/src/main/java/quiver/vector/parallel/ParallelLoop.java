package quiver.vector.parallel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs the steps of a loop on the calling thread and helpers, in chunks taken from a shared
/// counter. A helper the executor has not started when the steps run out is abandoned, so a busy
/// executor (even the one the caller runs on) cannot block the loop.
public final class ParallelLoop {
  private final Executor executor;
  private final int threadCount;

  /// @param threadCount threads at most, the caller included
  public ParallelLoop(Executor executor, int threadCount) {
    this.executor = executor;
    this.threadCount = threadCount;
  }

  /// One chunk of steps. `slot` is below the thread count and belongs to one thread at a time.
  public interface Chunk {
    void run(int slot, int from, int to);
  }

  public int threadCount() {
    return threadCount;
  }

  /// Runs `[0, count)` in chunks; rethrows the first exception after every helper has stopped.
  public void run(int count, int chunkSize, Chunk chunk) {
    Steps steps = new Steps(count, chunkSize, chunk);
    int helperCount = Math.min(threadCount, (count + chunkSize - 1) / chunkSize) - 1;
    Helper[] helpers = new Helper[Math.max(0, helperCount)];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(steps, i + 1);
      try {
        executor.execute(helpers[i]);
      } catch (RejectedExecutionException e) {
        // A full pool: the threads there are do the work.
        helpers[i].abandon();
      }
    }
    steps.work(0);
    for (Helper helper : helpers) {
      helper.awaitOrAbandon();
    }
    RuntimeException failure = steps.failure.get();
    if (failure != null) {
      throw failure;
    }
  }

  private static final class Steps {
    private final int count;
    private final int chunkSize;
    private final Chunk chunk;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    Steps(int count, int chunkSize, Chunk chunk) {
      this.count = count;
      this.chunkSize = chunkSize;
      this.chunk = chunk;
    }

    void work(int slot) {
      try {
        while (failure.get() == null) {
          int from = next.getAndAdd(chunkSize);
          if (from >= count) {
            return;
          }
          chunk.run(slot, from, Math.min(count, from + chunkSize));
        }
      } catch (RuntimeException e) {
        failure.compareAndSet(null, e);
      } catch (Error e) {
        failure.compareAndSet(null, new IllegalStateException("index build failed", e));
      }
    }
  }

  private static final class Helper implements Runnable {
    private final Steps steps;
    private final int slot;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);

    Helper(Steps steps, int slot) {
      this.steps = steps;
      this.slot = slot;
    }

    @Override
    public void run() {
      if (claimed.compareAndSet(false, true)) {
        try {
          steps.work(slot);
        } finally {
          done.countDown();
        }
      }
    }

    void abandon() {
      if (claimed.compareAndSet(false, true)) {
        done.countDown();
      }
    }

    void awaitOrAbandon() {
      abandon();
      boolean interrupted = false;
      while (true) {
        try {
          done.await();
          break;
        } catch (InterruptedException e) {
          // The helper uses memory the caller frees next: wait, then tell.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
