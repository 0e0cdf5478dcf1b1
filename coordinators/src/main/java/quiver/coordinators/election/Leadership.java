package quiver.coordinators.election;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import quiver.common.error.QuiverException;
import quiver.rpc.Unavailable;
import quiver.storage.meta.Guard;
import quiver.storage.meta.GuardedMeta;
import quiver.storage.meta.MetaStore;

/// One reign over a coordinator role. Two fences belong to it: [#store], whose every commit is
/// guarded by the leader key, stops a former leader from changing anything, whatever the clocks do;
/// [#check], which looks at two clocks, stops it from answering from memory once its lease may have
/// ended. Safe for every thread.
public final class Leadership {
  private final String role;
  private final long term;
  private final Guard guard;
  private final MetaStore store;
  private final Duration lease;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private volatile Renewal renewal;
  private volatile boolean over;

  /// When the lease was certainly alive, by both clocks: before the call that renewed it began.
  private record Renewal(Instant wall, long nanos) {}

  Leadership(
      String role,
      long term,
      Guard guard,
      MetaStore store,
      Duration lease,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.role = role;
    this.term = term;
    this.guard = guard;
    this.lease = lease;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.store = new GuardedMeta(store, guard, this::ended);
    this.renewal = new Renewal(clock.instant(), nanoClock.getAsLong());
  }

  /// Number of this reign: larger than that of every leader before.
  public long term() {
    return term;
  }

  /// The condition that this reign has not ended.
  public Guard guard() {
    return guard;
  }

  /// The meta store as this leader may use it: every commit fails with `57P03` once the reign has
  /// ended, and changes nothing then.
  public MetaStore store() {
    return store;
  }

  /// Refuses once the lease may have ended. Monotonic clocks stop while a machine sleeps and wall
  /// clocks can be set, so either one is enough to refuse.
  ///
  /// @throws QuiverException `57P03`
  public void check() {
    Renewal last = renewal;
    if (over
        || nanoClock.getAsLong() - last.nanos >= lease.toNanos()
        || Duration.between(last.wall, clock.instant()).abs().compareTo(lease) >= 0) {
      throw ended();
    }
  }

  /// Whether [#check] passes.
  public boolean isValid() {
    try {
      check();
      return true;
    } catch (QuiverException e) {
      return false;
    }
  }

  /// Ends this reign; the process campaigns again.
  public void abdicate() {
    over = true;
  }

  private QuiverException ended() {
    over = true;
    return Unavailable.because("this process does not lead the %s coordinator any more", role);
  }

  /// Says that the lease was renewed by a call that began at these times.
  void renewed(Instant wall, long nanos) {
    renewal = new Renewal(wall, nanos);
  }

  void end() {
    over = true;
  }
}
