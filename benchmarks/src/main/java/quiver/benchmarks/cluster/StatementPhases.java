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

/// What is measured of one deployment: load, kNN, reads by key, and reads by key on another front
/// end right after a write. Used by one thread.
final class StatementPhases {
  private static final int COPY_ROWS = 1_000;
  private static final int WARM_UP_COUNT = 300;

  private final int rows;
  private final int dimension;
  private final int queryCount;
  private final SplittableRandom random = new SplittableRandom(1);

  StatementPhases(int rows, int dimension, int queryCount) {
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
      Latencies search = searches(one);
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

  private Latencies searches(Connection connection) throws SQLException {
    Latencies times = new Latencies(queryCount);
    try (PreparedStatement search =
        connection.prepareStatement(
            "SELECT id FROM bench_cluster ORDER BY embedding <-> ?::vector LIMIT 10")) {
      for (int i = -WARM_UP_COUNT; i < queryCount; i++) {
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
        PreparedStatement read =
            reader.prepareStatement("SELECT note FROM bench_cluster WHERE id = ?")) {
      for (int i = -WARM_UP_COUNT; i < queryCount; i++) {
        long key = write ? rows + WARM_UP_COUNT + i : random.nextInt(rows);
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
        insert.setLong(1, 2L * rows + 10L * queryCount + i);
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
