package quiver.frontend.auth;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Makes guessing slow: after a wrong password, the next attempts for the same user from the same
/// address wait, each twice as long as the one before, one after the other. Safe for every thread.
public final class LoginAttempts {
  /// Users and addresses remembered; the oldest are forgotten.
  static final int FAILURE_COUNT_MAX = 10_000;

  /// Wait after the first wrong password.
  private static final long DELAY_FIRST_NANOS = 100_000_000L;

  /// Longest wait.
  static final long DELAY_NANOS_MAX = 5_000_000_000L;

  /// A failure this old is forgotten.
  private static final long MEMORY_NANOS = 600_000_000_000L;

  private final LongSupplier nanoTime;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<String, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > FAILURE_COUNT_MAX;
        }
      };

  private record Failures(int count, long nextNanos) {}

  public LoginAttempts(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private static String key(Login login) {
    return login.peer().address().getHostAddress() + " " + login.user();
  }

  private static long delay(int count) {
    return Math.min(DELAY_NANOS_MAX, DELAY_FIRST_NANOS << Math.min(count - 1, 10));
  }

  /// How long an attempt has to wait before it is looked at; it takes the next free turn.
  long turn(Login login) {
    long now = nanoTime.getAsLong();
    synchronized (lock) {
      Failures known = failures.get(key(login));
      if (known == null || now - known.nextNanos() > MEMORY_NANOS) {
        return 0;
      }
      long start = Math.max(0, known.nextNanos() - now);
      failures.put(key(login), new Failures(known.count(), now + start + delay(known.count())));
      return start;
    }
  }

  void failed(Login login) {
    long now = nanoTime.getAsLong();
    synchronized (lock) {
      Failures known = failures.get(key(login));
      if (known == null || now - known.nextNanos() > MEMORY_NANOS) {
        failures.put(key(login), new Failures(1, now + delay(1)));
        return;
      }
      int count = known.count() + 1;
      failures.put(
          key(login), new Failures(count, Math.max(known.nextNanos(), now + delay(count))));
    }
  }

  void succeeded(Login login) {
    synchronized (lock) {
      failures.remove(key(login));
    }
  }
}
