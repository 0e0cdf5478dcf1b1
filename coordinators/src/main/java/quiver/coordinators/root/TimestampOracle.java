package quiver.coordinators.root;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.time.Timestamp;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Gives out timestamps, each larger than every one before, by any incarnation: a window is written
/// to the meta store before a timestamp in it is given out, and a new incarnation starts above the
/// last window. Clocks may go back; timestamps do not. Safe for every thread.
public final class TimestampOracle implements LongSupplier {
  /// How far ahead of the clock a window reaches: one meta commit in this time.
  static final long WINDOW_MILLIS = 3_000;

  private final MetaStore store;
  private final InstantSource clock;
  private final AtomicLong last;
  private final Object extending = new Object();
  private final Runnable check;
  private volatile long windowEnd;
  private Guard guard;

  /// Takes over from whoever gave out timestamps before.
  ///
  /// @param check throws if somebody else may give out timestamps by now: a reader must not get an
  ///   old one from a former leader's window
  public TimestampOracle(MetaStore store, InstantSource clock, Runnable check) {
    this.store = store;
    this.clock = clock;
    this.check = check;
    Optional<KeyValue> window = store.get(MetaKeys.TIMESTAMP_WINDOW);
    this.guard =
        window.map(Guard::unchanged).orElseGet(() -> Guard.absent(MetaKeys.TIMESTAMP_WINDOW));
    this.windowEnd = window.map(value -> MetaValue.toLong(value.key(), value.value())).orElse(0L);
    this.last = new AtomicLong(windowEnd);
  }

  @Override
  public long getAsLong() {
    while (true) {
      long before = last.get();
      long candidate = Math.max(Timestamp.of(clock.millis(), 0), before + 1);
      if (candidate >= windowEnd) {
        extend(candidate);
      }
      if (last.compareAndSet(before, candidate)) {
        check.run();
        return candidate;
      }
    }
  }

  private void extend(long candidate) {
    synchronized (extending) {
      if (candidate < windowEnd) {
        return;
      }
      long end = Timestamp.of(Timestamp.epochMillis(candidate) + WINDOW_MILLIS, 0);
      CommitResult result =
          store.commit(
              List.of(guard),
              List.of(new Put(MetaKeys.TIMESTAMP_WINDOW, MetaValue.ofLong(end))),
              List.of());
      if (!(result instanceof CommitResult.Committed(var revision))) {
        throw new QuiverException(
            SqlState.ADMIN_SHUTDOWN, "another root coordinator gives out timestamps");
      }
      guard = new Guard.ModRevision(MetaKeys.TIMESTAMP_WINDOW, revision);
      windowEnd = end;
    }
  }
}
