package quiver.execution.runtime;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Splits one step of a statement over the threads of the CPU pool. The statement's own thread
/// takes part, so a busy pool only makes it slower.
public final class ParallelTasks {
  private ParallelTasks() {}

  /// Runs every task and returns when all have ended; the first failure is thrown.
  public static void run(CpuPool pool, List<Runnable> tasks) {
    int helpers = Math.min(pool.parallelism(), tasks.size()) - 1;
    if (helpers <= 0) {
      tasks.forEach(Runnable::run);
      return;
    }
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(tasks.size());
    Runnable worker =
        () -> {
          for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
            runOne(tasks.get(i), failure, done);
          }
        };
    for (int i = 0; i < helpers; i++) {
      try {
        pool.executor().execute(worker);
      } catch (RejectedExecutionException e) {
        // The pool is full: this thread does the work.
        break;
      }
    }
    worker.run();
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request")
          .withCause(e);
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException failed -> throw failed;
      case Error failed -> throw failed;
      case Throwable failed -> throw new IllegalStateException(failed);
    }
  }

  private static void runOne(
      Runnable task, AtomicReference<@Nullable Throwable> failure, CountDownLatch done) {
    try {
      if (failure.get() == null) {
        task.run();
      }
    } catch (Throwable e) {
      // The top of a helper thread: the statement's own thread throws it.
      failure.compareAndSet(null, e);
    } finally {
      done.countDown();
    }
  }
}
