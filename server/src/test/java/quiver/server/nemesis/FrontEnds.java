package quiver.server.nemesis;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Connections to any of the front ends, and which failures a client lives with. Thread-safe.
final class FrontEnds {
  /// What a server that goes away, or has lost another process, may answer: connection failures,
  /// shutdown, crash, not yet ready, cancelled by a timeout.
  private static final Set<String> GONE_STATES =
      Set.of("57P01", "57P02", "57P03", "57014", "53200");

  private static final long ANSWER_SECONDS_MAX = 120;

  private final List<String> urls;
  private final AtomicInteger next = new AtomicInteger();

  FrontEnds(List<String> urls) {
    this.urls = List.copyOf(urls);
  }

  /// Connects to the next front end.
  Connection connect() throws SQLException {
    String url = urls.get(Math.floorMod(next.getAndIncrement(), urls.size()));
    return DriverManager.getConnection(url + "&connectTimeout=5&socketTimeout=60&loginTimeout=10");
  }

  /// Connects to a front end that answers, as soon as one does.
  Connection connectToAny() throws SQLException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS_MAX);
    while (true) {
      try {
        return connect();
      } catch (SQLException e) {
        if (!isOutcomeUnknown(e) || System.nanoTime() > deadline) {
          throw e;
        }
        Client.Waiting.aboutMillis(100);
      }
    }
  }

  /// Whether a statement that failed like this may have been carried out.
  static boolean isOutcomeUnknown(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.equals("40003") || GONE_STATES.contains(state);
  }

  /// Whether a statement that failed like this was not carried out and can be repeated.
  static boolean isConflict(SQLException e) {
    return "40001".equals(e.getSQLState());
  }
}
