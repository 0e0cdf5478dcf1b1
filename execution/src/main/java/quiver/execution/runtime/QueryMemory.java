package quiver.execution.runtime;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Bytes that the operators of one statement hold, in this process. Safe for every thread.
public final class QueryMemory {
  private final long limitBytes;
  private final AtomicLong reservedBytes = new AtomicLong();
  private final AtomicLong peakBytes = new AtomicLong();

  /// @param limitBytes what the statement may hold at once
  public QueryMemory(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  public long limitBytes() {
    return limitBytes;
  }

  public long reservedBytes() {
    return reservedBytes.get();
  }

  public long peakBytes() {
    return peakBytes.get();
  }

  /// Takes `bytes` before they are used.
  ///
  /// @throws QuiverException `53200` when the statement would hold more than it may; nothing is
  ///   taken then
  public void reserve(long bytes) {
    if (!tryReserve(bytes)) {
      throw new QuiverException(SqlState.OUT_OF_MEMORY, "out of memory")
          .withDetail(
              String.format(
                  Locale.ROOT,
                  "Failed on request of size %d: the query may hold %d bytes.",
                  bytes,
                  limitBytes))
          .withHint("Raise quiver.query_memory or ask for fewer rows at once.");
    }
  }

  /// Takes `bytes` if the statement may hold them.
  public boolean tryReserve(long bytes) {
    long now = reservedBytes.addAndGet(bytes);
    if (now > limitBytes) {
      reservedBytes.addAndGet(-bytes);
      return false;
    }
    if (now > peakBytes.get()) {
      peakBytes.accumulateAndGet(now, Math::max);
    }
    return true;
  }

  /// Gives back what was taken.
  public void release(long bytes) {
    reservedBytes.addAndGet(-bytes);
  }
}
