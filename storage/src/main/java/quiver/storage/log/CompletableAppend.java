package quiver.storage.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The [LogAppend] that implementations complete once.
public final class CompletableAppend implements LogAppend {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition done = lock.newCondition();

  @GuardedBy("lock")
  private boolean isDone;

  @GuardedBy("lock")
  private long offset;

  @GuardedBy("lock")
  private @Nullable QuiverException failure;

  @GuardedBy("lock")
  private List<Runnable> callbacks = new ArrayList<>(1);

  /// An append that is already done.
  public static CompletableAppend completed(long offset) {
    CompletableAppend append = new CompletableAppend();
    append.complete(offset);
    return append;
  }

  /// An append that has already failed.
  public static CompletableAppend failed(QuiverException failure) {
    CompletableAppend append = new CompletableAppend();
    append.fail(failure);
    return append;
  }

  /// The record is durable at `offset`. Only the first completion counts.
  public void complete(long offset) {
    finish(offset, null);
  }

  /// The record was not written, or with `40003` perhaps written.
  public void fail(QuiverException failure) {
    finish(0, failure);
  }

  private void finish(long newOffset, @Nullable QuiverException newFailure) {
    List<Runnable> toRun;
    lock.lock();
    try {
      if (isDone) {
        return;
      }
      isDone = true;
      offset = newOffset;
      failure = newFailure;
      toRun = callbacks;
      callbacks = List.of();
      done.signalAll();
    } finally {
      lock.unlock();
    }
    toRun.forEach(Runnable::run);
  }

  @Override
  public boolean isDone() {
    lock.lock();
    try {
      return isDone;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long await(Duration timeout) {
    lock.lock();
    try {
      long nanos = TimeUnit.NANOSECONDS.convert(timeout);
      while (!isDone) {
        if (nanos <= 0) {
          throw new QuiverException(
              SqlState.STATEMENT_COMPLETION_UNKNOWN,
              "log append did not finish within %d ms, its outcome is unknown",
              timeout.toMillis());
        }
        nanos = done.awaitNanos(nanos);
      }
      if (failure != null) {
        // A fresh exception, so that the trace shows who waited; the first is the cause.
        throw QuiverException.ofMessage(failure.state(), failure.message()).withCause(failure);
      }
      return offset;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(
              SqlState.STATEMENT_COMPLETION_UNKNOWN,
              "interrupted while waiting for a log append, its outcome is unknown")
          .withCause(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void whenDone(Runnable callback) {
    lock.lock();
    try {
      if (!isDone) {
        callbacks.add(callback);
        return;
      }
    } finally {
      lock.unlock();
    }
    callback.run();
  }
}
