package quiver.jdbc;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Runs the work of [QuiverConnection#inTransaction] until it is committed. Thread-safe.
final class TransactionRetry {
  private static final long PAUSE_FIRST_MICROS = 1_000;
  private static final long PAUSE_MICROS_MAX = 500_000;

  private final int retryCountMax;
  private final RandomGenerator random;

  /// @param random used under a lock
  TransactionRetry(int retryCountMax, RandomGenerator random) {
    this.retryCountMax = retryCountMax;
    this.random = random;
  }

  <T> T run(RoutedConnection connection, TransactionWork<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      for (int attempt = 0; ; attempt++) {
        try {
          T result = work.run(connection);
          connection.commit();
          return result;
        } catch (SQLException | RuntimeException | Error e) {
          rollBack(connection, e);
          if (attempt >= retryCountMax || !isRepeatable(e)) {
            throw e;
          }
        }
        pause(attempt);
      }
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static void rollBack(RoutedConnection connection, Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /// Frameworks wrap what the driver threw: the whole chain counts.
  private static boolean isRepeatable(Throwable thrown) {
    for (@Nullable Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLException e && e.getSQLState() != null) {
        return switch (e.getSQLState()) {
          case "40001", "40P01", "08006" -> true;
          default -> false;
        };
      }
    }
    return false;
  }

  private void pause(int attempt) {
    long longest = Math.min(PAUSE_MICROS_MAX, PAUSE_FIRST_MICROS << Math.min(attempt, 20));
    long micros;
    synchronized (random) {
      micros = random.nextLong(longest) + 1;
    }
    long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }
}
