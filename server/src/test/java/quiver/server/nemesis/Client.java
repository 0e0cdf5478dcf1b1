package quiver.server.nemesis;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A client that goes on for ever, whatever dies, and remembers what it was promised. Runs in a
/// thread of its own.
abstract class Client implements Runnable {
  private static final int RECONNECT_MILLIS = 50;

  private final String name;
  private final FrontEnds frontEnds;
  private final AtomicLong successCount = new AtomicLong();
  private final AtomicLong unknownCount = new AtomicLong();
  private volatile boolean stopping;
  private volatile @Nullable Throwable failure;

  Client(String name, FrontEnds frontEnds) {
    this.name = name;
    this.frontEnds = frontEnds;
  }

  /// One piece of work.
  abstract void step(Connection connection) throws SQLException;

  /// What the last piece of work, which may or may not have been carried out, means.
  abstract void unknown();

  /// What the last piece of work, which has not been carried out, means.
  abstract void refused();

  @Override
  public final void run() {
    try {
      while (!stopping) {
        try (Connection connection = frontEnds.connect()) {
          work(connection);
        } catch (SQLException e) {
          if (!FrontEnds.isOutcomeUnknown(e)) {
            throw e;
          }
          Waiting.aboutMillis(RECONNECT_MILLIS);
        }
      }
    } catch (SQLException | RuntimeException | AssertionError e) {
      failure = e;
    }
  }

  private void work(Connection connection) throws SQLException {
    while (!stopping) {
      try {
        step(connection);
        successCount.incrementAndGet();
      } catch (SQLException e) {
        if (FrontEnds.isConflict(e)) {
          refused();
          execute(connection, "ROLLBACK");
        } else if (FrontEnds.isOutcomeUnknown(e)) {
          unknown();
          unknownCount.incrementAndGet();
          return;
        } else {
          throw new SQLException(name + ": " + e.getMessage(), e.getSQLState(), e);
        }
      }
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void stop() {
    stopping = true;
  }

  String name() {
    return name;
  }

  long successCount() {
    return successCount.get();
  }

  long unknownCount() {
    return unknownCount.get();
  }

  /// Why it has given up; null while it works.
  @Nullable Throwable failure() {
    return failure;
  }

  /// Waiting without a fixed schedule.
  static final class Waiting {
    private Waiting() {}

    static void aboutMillis(long millis) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }
}
