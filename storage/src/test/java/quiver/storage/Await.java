package quiver.storage;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for conditions that other threads bring about.
public final class Await {
  private Await() {}

  /// Returns as soon as `condition` holds, and fails if it does not within ten seconds.
  public static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("condition did not come true within ten seconds");
      }
      LockSupport.parkNanos(100_000);
    }
  }
}
