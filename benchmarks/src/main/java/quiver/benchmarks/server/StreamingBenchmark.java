package quiver.benchmarks.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Queries one after the other for a while, and checks some against an exact search of the same
/// snapshot.
final class StreamingBenchmark {
  private static final int NEIGHBOURS = 10;
  private static final int CHECKED_EVERY = 50;
  private static final String QUERY =
      "SELECT id, embedding <=> ? AS distance FROM bench_words ORDER BY distance LIMIT "
          + NEIGHBOURS;

  private final Connection connection;
  private final WordNetData set;

  /// @param connection in its own transactions from now on
  StreamingBenchmark(Connection connection, WordNetData set, int ef) throws SQLException {
    this.connection = connection;
    this.set = set;
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET hnsw.ef_search = " + ef);
    }
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
  }

  /// Runs for `seconds`.
  ///
  /// @return the figures of a JSON line
  Map<String, Object> run(int seconds) throws SQLException {
    long[] nanos = new long[1_024];
    int count = 0;
    int checked = 0;
    long hits = 0;
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      for (; System.nanoTime() < end; count++) {
        float[] query = set.queries().get(count % set.queries().size());
        long started = System.nanoTime();
        Set<Long> found = ask(statement, query);
        if (count == nanos.length) {
          nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count] = System.nanoTime() - started;
        if (count % CHECKED_EVERY == 0) {
          checked++;
          found.retainAll(exact(query));
          hits += found.size();
        }
        connection.commit();
      }
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("recall", checked == 0 ? Double.NaN : hits / (double) (NEIGHBOURS * checked));
    figures.put("qps", count == 0 ? 0.0 : 1e9 * count / Arrays.stream(sorted).sum());
    figures.put("p50_us", count == 0 ? Double.NaN : sorted[count / 2] / 1e3);
    figures.put("p99_us", count == 0 ? Double.NaN : sorted[(int) (count * 99L / 100)] / 1e3);
    figures.put("queries", count);
    figures.put("checked", checked);
    return figures;
  }

  private Set<Long> exact(float[] query) throws SQLException {
    try (Statement setting = connection.createStatement();
        PreparedStatement statement = connection.prepareStatement(QUERY)) {
      setting.execute("SET LOCAL enable_indexscan = off");
      return ask(statement, query);
    }
  }

  private static Set<Long> ask(PreparedStatement statement, float[] query) throws SQLException {
    statement.setObject(1, new VectorParameter(query));
    Set<Long> ids = new HashSet<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }
}
