package quiver.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Runs the work of [QuiverConnection#inTransaction] until it is committed. Thread-safe.
final class TransactionRetry {
  private static final long PAUSE_FIRST_MICROS = 1_000;
  private static final long PAUSE_MICROS_MAX = 500_000;

  private static final Set<String> REPEATABLE = Set.of("40001", "40P01", "08006");
  private static final String UNKNOWN = "08007";
  private static final String COMMITTED_BEFORE = "25Q01";

  private final int retryCountMax;
  private final RandomGenerator random;

  /// @param random used under a lock
  TransactionRetry(int retryCountMax, RandomGenerator random) {
    this.retryCountMax = retryCountMax;
    this.random = random;
  }

  /// @param key null: none
  <T> T run(RoutedConnection connection, TransactionWork<T> work, @Nullable String key)
      throws SQLException {
    // What runs returned whose COMMIT was not answered.
    List<T> unanswered = new ArrayList<>();
    connection.setAutoCommit(false);
    try {
      for (int attempt = 0; ; attempt++) {
        boolean isSent = false;
        try {
          if (key != null) {
            setKey(connection, key);
          }
          T result = work.run(connection);
          unanswered.add(result);
          isSent = true;
          connection.commit();
          return result;
        } catch (SQLException | RuntimeException | Error e) {
          rollBack(connection, e);
          String state = state(e);
          if (isSent && !state.equals(UNKNOWN)) {
            unanswered.remove(unanswered.size() - 1);
          }
          if (key != null && state.equals(COMMITTED_BEFORE) && isOne(unanswered)) {
            return unanswered.get(0);
          }
          boolean isRepeatable =
              REPEATABLE.contains(state) || (key != null && state.equals(UNKNOWN));
          if (attempt >= retryCountMax || !isRepeatable) {
            throw e;
          }
        }
        pause(attempt);
      }
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /// Whether it makes no difference which one counts.
  private static <T> boolean isOne(List<T> results) {
    return !results.isEmpty()
        && results.stream().allMatch(each -> Objects.equals(each, results.get(0)));
  }

  private static void setKey(RoutedConnection connection, String key) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL quiver.idempotency_key = '" + key.replace("'", "''") + "'");
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
  ///
  /// @return empty if it has none
  private static String state(Throwable thrown) {
    for (@Nullable Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLException e && e.getSQLState() != null) {
        return e.getSQLState();
      }
    }
    return "";
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
