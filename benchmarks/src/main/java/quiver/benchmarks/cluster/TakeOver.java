package quiver.benchmarks.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/// How long a client of another front end gets no answer when a process is killed. Used by one
/// thread.
final class TakeOver {
  /// How long to look: longer than a lease, and than starting a process again takes.
  private static final long WATCHED_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Deployment cluster;
  private int key;

  TakeOver(Deployment cluster) {
    this.cluster = cluster;
  }

  /// Kills a process and writes and reads all the while.
  ///
  /// @return the longest time in seconds between two answers
  double seconds(String name) throws SQLException {
    long longest = 0;
    try (Connection connection = StatementPhases.connect(cluster.addresses().getLast());
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO bench_deaths VALUES (?, ?)");
        PreparedStatement count =
            connection.prepareStatement("SELECT count(*) FROM bench_deaths WHERE death = ?")) {
      for (int i = 0; i < 50; i++) {
        step(insert, count, name);
      }
      cluster.kill(name);
      long started = System.nanoTime();
      long answered = started;
      while (answered - started < WATCHED_NANOS) {
        step(insert, count, name);
        long now = System.nanoTime();
        longest = Math.max(longest, now - answered);
        answered = now;
      }
    }
    return longest / 1e9;
  }

  private void step(PreparedStatement insert, PreparedStatement count, String name)
      throws SQLException {
    insert.setInt(1, key++);
    insert.setString(2, name);
    insert.executeUpdate();
    count.setString(1, name);
    try (ResultSet result = count.executeQuery()) {
      if (!result.next() || result.getLong(1) == 0) {
        throw new IllegalStateException("a row that was acknowledged is not there");
      }
    }
  }
}
