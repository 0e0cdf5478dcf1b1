package quiver.benchmarks.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.postgresql.PGConnection;

/// What is measured of one deployment: load, statements that go ever further into a cluster, and
/// reads by key on another front end right after a write. Used by one thread.
///
/// Processes that have just begun are slow until their code is compiled, several of them for much
/// longer than one. The first statements are therefore a figure of their own, and all others are
/// measured after a warm-up.
final class StatementPhases {
  private static final int COPY_ROWS = 1_000;

  /// Statements of a process that has just begun.
  private static final int COLD_COUNT = 300;

  private static final String BY_KEY = "SELECT note FROM bench_cluster WHERE id = ?";

  private final int rows;
  private final int dimension;
  private final int queryCount;
  private final int warmUpCount;
  private final SplittableRandom random = new SplittableRandom(1);

  /// @param warmUpCount statements of each kind before those that are measured
  StatementPhases(int rows, int dimension, int queryCount, int warmUpCount) {
    this.warmUpCount = warmUpCount;
    this.rows = rows;
    this.dimension = dimension;
    this.queryCount = queryCount;
  }

  /// A session.
  static Connection connect(String address) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + address + "/quiver?user=quiver&prepareThreshold=1");
  }

  /// All figures by name, in the order they are printed.
  Map<String, Double> measure(List<String> addresses) throws SQLException, IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    try (Connection one = connect(addresses.getFirst());
        Connection two = connect(addresses.getLast());
        Statement statement = one.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS bench_cluster");
      statement.execute(
          "CREATE TABLE bench_cluster (id bigint PRIMARY KEY, note text, embedding vector("
              + dimension
              + "))");
      long started = System.nanoTime();
      load(one);
      figures.put("load rows/s", rows * 1e9 / (System.nanoTime() - started));
      started = System.nanoTime();
      statement.execute("CREATE INDEX ON bench_cluster USING hnsw (embedding vector_l2_ops)");
      figures.put("index s", (System.nanoTime() - started) / 1e9);
      figures.put("kNN p50 ms, first " + COLD_COUNT, searches(one, 0, COLD_COUNT).millis(0.5));
      figures.put("no table p50 ms", answers(one).millis(0.5));
      statement.execute("SET quiver.consistency = 'eventual'");
      figures.put("eventual read by key p50 ms", reads(one, one, false).millis(0.5));
      statement.execute("RESET quiver.consistency");
      Latencies search = searches(one, warmUpCount, queryCount);
      figures.put("kNN p50 ms", search.millis(0.5));
      figures.put("kNN p99 ms", search.millis(0.99));
      Latencies reads = reads(one, one, false);
      figures.put("read by key p50 ms", reads.millis(0.5));
      Latencies strong = reads(one, two, true);
      figures.put("strong read after write p50 ms", strong.millis(0.5));
      figures.put("strong read after write p99 ms", strong.millis(0.99));
      figures.put("insert p50 ms", inserts(one).millis(0.5));
    }
    return figures;
  }

  private String vector() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < dimension; i++) {
      text.append(i == 0 ? "" : ",").append((float) random.nextDouble());
    }
    return text.append(']').toString();
  }

  private void load(Connection connection) throws SQLException, IOException {
    var copy = connection.unwrap(PGConnection.class).getCopyAPI();
    String[] vectors = new String[COPY_ROWS];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = vector();
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(i).append("\tnote ").append(i).append('\t').append(vectors[i % COPY_ROWS]);
      text.append('\n');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    long copied = copy.copyIn("COPY bench_cluster FROM STDIN", new ByteArrayInputStream(bytes));
    if (copied != rows) {
      throw new IllegalStateException(copied + " rows were copied, not " + rows);
    }
  }

  /// Statements that the front end answers alone once it has asked the root coordinator.
  private Latencies answers(Connection connection) throws SQLException {
    Latencies times = new Latencies(queryCount);
    try (PreparedStatement query = connection.prepareStatement("SELECT 1")) {
      for (int i = -warmUpCount; i < queryCount; i++) {
        long started = System.nanoTime();
        require(query, 1);
        if (i >= 0) {
          times.add(System.nanoTime() - started);
        }
      }
    }
    return times;
  }

  private Latencies searches(Connection connection, int unmeasured, int measured)
      throws SQLException {
    Latencies times = new Latencies(measured);
    try (PreparedStatement search =
        connection.prepareStatement(
            "SELECT id FROM bench_cluster ORDER BY embedding <-> ?::vector LIMIT 10")) {
      for (int i = -unmeasured; i < measured; i++) {
        String vector = vector();
        long started = System.nanoTime();
        search.setString(1, vector);
        require(search, 10);
        if (i >= 0) {
          times.add(System.nanoTime() - started);
        }
      }
    }
    return times;
  }

  /// @param write whether a row is written, and acknowledged, right before it is read
  private Latencies reads(Connection writer, Connection reader, boolean write) throws SQLException {
    Latencies times = new Latencies(queryCount);
    try (PreparedStatement insert =
            writer.prepareStatement("INSERT INTO bench_cluster VALUES (?, 'written', NULL)");
        PreparedStatement read = reader.prepareStatement(BY_KEY)) {
      for (int i = -warmUpCount; i < queryCount; i++) {
        long key = write ? rows + warmUpCount + i : random.nextInt(rows);
        if (write) {
          insert.setLong(1, key);
          insert.executeUpdate();
        }
        long started = System.nanoTime();
        read.setLong(1, key);
        require(read, 1);
        if (i >= 0) {
          times.add(System.nanoTime() - started);
        }
      }
    }
    return times;
  }

  private Latencies inserts(Connection connection) throws SQLException {
    Latencies times = new Latencies(queryCount);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO bench_cluster VALUES (?, 'inserted', NULL)")) {
      for (int i = 0; i < queryCount; i++) {
        insert.setLong(1, 2L * (rows + warmUpCount + queryCount) + i);
        long started = System.nanoTime();
        insert.executeUpdate();
        times.add(System.nanoTime() - started);
      }
    }
    return times;
  }

  private static void require(PreparedStatement query, int count) throws SQLException {
    int found = 0;
    try (ResultSet result = query.executeQuery()) {
      while (result.next()) {
        found++;
      }
    }
    if (found != count) {
      throw new IllegalStateException("a query gave " + found + " rows, not " + count);
    }
  }
}
