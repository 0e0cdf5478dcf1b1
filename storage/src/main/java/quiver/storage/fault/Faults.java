package quiver.storage.fault;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.random.RandomGenerator;

/// Decides when something goes wrong. The same seed and the same sequence of questions give the
/// same faults; with one thread a run can be repeated. Safe for use by many threads.
public final class Faults {
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final RandomGenerator random;

  @GuardedBy("lock")
  private double rate;

  /// @param rate how often an operation goes wrong, 0 to 1
  public Faults(RandomGenerator random, double rate) {
    this.random = random;
    this.rate = rate;
  }

  /// From now on operations go wrong so often; 0 heals everything.
  public void setRate(double newRate) {
    synchronized (lock) {
      rate = newRate;
    }
  }

  /// Whether this operation goes wrong.
  boolean happens() {
    synchronized (lock) {
      return rate > 0 && random.nextDouble() < rate;
    }
  }

  /// One of `count` ways to go wrong.
  int choose(int count) {
    synchronized (lock) {
      return random.nextInt(count);
    }
  }
}
