package quiver.frontend.statement;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import quiver.common.error.QuiverException;
import quiver.execution.runtime.CancelSignal;
import quiver.rpc.Unavailable;

/// Asks query nodes again while none can answer: one may be on its way back, and others are told of
/// its work. Used by one thread.
final class Patience {
  /// How long a statement waits for a query node: the end of a lease, and a node that catches up.
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final long PAUSE_NANOS_MIN = 10_000_000;
  private static final long PAUSE_NANOS_MAX = 320_000_000;

  private final CancelSignal cancel;
  private final long deadline = System.nanoTime() + LIMIT.toNanos();
  private long pause = PAUSE_NANOS_MIN;

  Patience(CancelSignal cancel) {
    this.cancel = cancel;
  }

  /// The answer of the first attempt that is not [Unavailable].
  <T> T ask(Supplier<T> attempt) {
    while (true) {
      try {
        return attempt.get();
      } catch (QuiverException e) {
        pauseAfter(e);
      }
    }
  }

  /// Waits before another attempt; throws the error if there is to be none.
  void pauseAfter(QuiverException error) {
    if (!Unavailable.is(error) || System.nanoTime() > deadline) {
      throw error;
    }
    cancel.check();
    LockSupport.parkNanos(pause);
    pause = Math.min(2 * pause, PAUSE_NANOS_MAX);
  }
}
