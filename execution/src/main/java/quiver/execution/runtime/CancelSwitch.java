package quiver.execution.runtime;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The signal of one statement: on request from another thread, or when its time is up. Safe for
/// every thread.
public final class CancelSwitch implements CancelSignal {
  private final LongSupplier nanoTime;
  private final long deadlineNanos;
  private volatile @Nullable QuiverException reason;

  private CancelSwitch(LongSupplier nanoTime, long deadlineNanos) {
    this.nanoTime = nanoTime;
    this.deadlineNanos = deadlineNanos;
  }

  /// A signal without a deadline.
  public static CancelSwitch create() {
    return new CancelSwitch(() -> Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /// A signal that stops the statement when `nanoTime` reaches `deadlineNanos`.
  public static CancelSwitch withDeadline(LongSupplier nanoTime, long deadlineNanos) {
    return new CancelSwitch(nanoTime, deadlineNanos);
  }

  /// Stops the statement as a user's cancel request does.
  public void cancel() {
    cancel(new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
  }

  /// Stops the statement with an error of the caller's choice; the first one wins.
  public void cancel(QuiverException because) {
    if (reason == null) {
      reason = because;
    }
  }

  /// Whether the statement is to stop.
  public boolean isCancelled() {
    return reason != null || isLate();
  }

  private boolean isLate() {
    return deadlineNanos != Long.MAX_VALUE && nanoTime.getAsLong() - deadlineNanos >= 0;
  }

  /// @throws QuiverException `57014` (or the reason given) when the statement is to stop
  @Override
  public void check() {
    QuiverException because = reason;
    if (because != null) {
      throw because;
    }
    if (isLate()) {
      throw new QuiverException(
          SqlState.QUERY_CANCELED, "canceling statement due to statement timeout");
    }
  }
}
