package quiver.rpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// A question whose answer serves everybody who wanted it before it was asked: while it is under
/// way, all who come wait together for the next one. Thread-safe.
public final class SharedAnswer<T> {
  private final Supplier<T> question;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();

  /// Those who wait for the question that has not been asked yet.
  @GuardedBy("lock")
  private @Nullable Round<T> next;

  @GuardedBy("lock")
  private boolean asking;

  private static final class Round<T> {
    final CountDownLatch done = new CountDownLatch(1);
    volatile @Nullable T answer;
    volatile @Nullable RuntimeException failure;
  }

  /// @param question asked by one thread at a time
  public SharedAnswer(Supplier<T> question) {
    this.question = question;
  }

  /// The answer to a question that is asked after this call.
  ///
  /// @throws QuiverException what the question threw; `57014` if interrupted while another thread
  ///   asks
  public T get() {
    Round<T> own = new Round<>();
    Round<T> round = join(own);
    if (round == own) {
      ask(own);
    } else {
      await(round);
    }
    RuntimeException failure = round.failure;
    if (failure instanceof QuiverException error && round != own) {
      throw QuiverException.ofMessage(error.state(), error.message()).withCause(error);
    }
    if (failure != null) {
      throw failure;
    }
    return Objects.requireNonNull(round.answer);
  }

  /// The round that answers the caller: his own, when it is his turn to ask, or another's.
  private Round<T> join(Round<T> own) {
    lock.lock();
    try {
      Round<T> joined = next;
      if (joined != null) {
        return joined;
      }
      next = own;
      while (asking) {
        answered.awaitUninterruptibly();
      }
      next = null;
      asking = true;
      return own;
    } finally {
      lock.unlock();
    }
  }

  private void ask(Round<T> round) {
    try {
      round.answer = question.get();
    } catch (RuntimeException e) {
      round.failure = e;
    } finally {
      round.done.countDown();
      lock.lock();
      try {
        asking = false;
        answered.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private static void await(Round<?> round) {
    try {
      round.done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request")
          .withCause(e);
    }
  }
}
