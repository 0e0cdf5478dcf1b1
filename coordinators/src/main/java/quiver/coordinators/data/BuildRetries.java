package quiver.coordinators.data;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// When index builds that failed are tried again: after five seconds, then each time twice as late.
/// Kept in memory: a restart tries everything again at once. Used by one thread at a time.
final class BuildRetries {
  private static final long DELAY_FIRST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long DELAY_NANOS_MAX = TimeUnit.MINUTES.toNanos(10);

  private record Pause(long untilNanos, long delayNanos) {}

  private final Map<String, Pause> pauses = new HashMap<>();

  /// Whether a build has failed and its time has come; counts as the next attempt then.
  ///
  /// @param key of the failed build
  /// @param now `System.nanoTime()`
  boolean isDue(String key, long now) {
    Pause pause = pauses.get(key);
    if (pause == null) {
      pauses.put(key, new Pause(now + DELAY_FIRST_NANOS, DELAY_FIRST_NANOS));
      return false;
    }
    if (now - pause.untilNanos < 0) {
      return false;
    }
    long delay = Math.min(2 * pause.delayNanos, DELAY_NANOS_MAX);
    pauses.put(key, new Pause(now + delay, delay));
    return true;
  }

  /// Forgets builds that nobody wants any more.
  ///
  /// @param isWanted whether the build of a key may still be made
  void retain(Predicate<String> isWanted) {
    pauses.keySet().removeIf(isWanted.negate());
  }
}
