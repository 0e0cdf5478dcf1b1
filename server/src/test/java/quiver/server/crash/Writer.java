package quiver.server.crash;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/// One client and its own record of what it was promised. Rows come in batches of [#BATCH_ROWS]
/// that live, change and die together, so that half a statement shows.
final class Writer {
  static final int BATCH_ROWS = 3;
  static final int DIMENSION = 8;

  private final int id;
  private final SplittableRandom random;

  /// Batch to its value; what the server acknowledged.
  private final Map<Integer, Integer> acknowledged = new TreeMap<>();

  /// What the statement in flight would make of it; empty when none is.
  private Optional<Map<Integer, Integer>> inFlight = Optional.empty();

  private int nextBatch;

  Writer(int id, long seed) {
    this.id = id;
    this.random = new SplittableRandom(seed);
  }

  /// Works until the connection breaks; counts `budget` down for every acknowledged statement.
  void run(Connection connection, CountDownLatch budget) {
    try {
      while (true) {
        step(connection);
        budget.countDown();
      }
    } catch (SQLException e) {
      // The server was killed: inFlight says what was not acknowledged. A refusal would show in
      // verify().
      if (!String.valueOf(e.getSQLState()).startsWith("08")
          && !String.valueOf(e.getSQLState()).equals("57P01")) {
        throw new IllegalStateException("writer " + id + " was refused", e);
      }
    }
  }

  private void step(Connection connection) throws SQLException {
    Map<Integer, Integer> after = new TreeMap<>(acknowledged);
    int kind = random.nextInt(10);
    if (acknowledged.isEmpty() || kind < 5) {
      int batch = nextBatch++;
      after.put(batch, 0);
      promise(after, () -> insert(connection, batch));
    } else if (kind < 7) {
      int batch = anyBatch();
      after.merge(batch, 1, Integer::sum);
      promise(
          after,
          () ->
              execute(
                  connection,
                  "UPDATE crash SET value = value + 1 WHERE writer = "
                      + id
                      + " AND batch = "
                      + batch));
    } else if (kind < 8) {
      int batch = anyBatch();
      after.remove(batch);
      promise(
          after,
          () ->
              execute(
                  connection, "DELETE FROM crash WHERE writer = " + id + " AND batch = " + batch));
    } else {
      int dying = anyBatch();
      int born = nextBatch++;
      after.remove(dying);
      after.put(born, 0);
      promise(
          after,
          () -> {
            execute(connection, "BEGIN");
            execute(connection, "DELETE FROM crash WHERE writer = " + id + " AND batch = " + dying);
            insert(connection, born);
            execute(connection, "COMMIT");
          });
    }
  }

  /// A piece of work against the server.
  private interface Work {
    void run() throws SQLException;
  }

  private void promise(Map<Integer, Integer> after, Work work) throws SQLException {
    inFlight = Optional.of(after);
    work.run();
    acknowledged.clear();
    acknowledged.putAll(after);
    inFlight = Optional.empty();
  }

  private int anyBatch() {
    List<Integer> batches = new ArrayList<>(acknowledged.keySet());
    return batches.get(random.nextInt(batches.size()));
  }

  private void insert(Connection connection, int batch) throws SQLException {
    StringBuilder sql = new StringBuilder("INSERT INTO crash VALUES ");
    for (int i = 0; i < BATCH_ROWS; i++) {
      long key = key(batch, i);
      sql.append(i == 0 ? "" : ", ")
          .append('(')
          .append(key)
          .append(", ")
          .append(id)
          .append(", ")
          .append(batch)
          .append(", 0, '")
          .append(vector(key))
          .append("')");
    }
    execute(connection, sql.toString());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long key(int batch, int row) {
    return id * 1_000_000_000L + batch * (long) BATCH_ROWS + row;
  }

  private static String vector(long key) {
    SplittableRandom values = new SplittableRandom(key);
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < DIMENSION; i++) {
      text.append(i == 0 ? "" : ",").append((float) values.nextDouble());
    }
    return text.append(']').toString();
  }

  /// Compares the server's rows with the record, and takes the outcome of the statement that was in
  /// flight from the server.
  ///
  /// @return what is wrong, one line each
  List<String> verify(Connection connection) throws SQLException {
    Map<Integer, Integer> actual = new HashMap<>();
    List<String> problems = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT batch, count(*), count(DISTINCT id), min(value), max(value) FROM crash"
                    + " WHERE writer = "
                    + id
                    + " GROUP BY batch")) {
      while (rows.next()) {
        int batch = rows.getInt(1);
        if (rows.getLong(2) != BATCH_ROWS
            || rows.getLong(3) != BATCH_ROWS
            || rows.getInt(4) != rows.getInt(5)) {
          problems.add(
              "writer "
                  + id
                  + " batch "
                  + batch
                  + ": "
                  + rows.getLong(2)
                  + " rows, "
                  + rows.getLong(3)
                  + " keys, values "
                  + rows.getInt(4)
                  + ".."
                  + rows.getInt(5));
        }
        actual.put(batch, rows.getInt(4));
      }
    }
    if (inFlight.isPresent() && actual.equals(inFlight.get())) {
      acknowledged.clear();
      acknowledged.putAll(inFlight.get());
    }
    inFlight = Optional.empty();
    if (!actual.equals(acknowledged)) {
      problems.add(
          "writer " + id + ": promised " + acknowledged + ", found " + new TreeMap<>(actual));
    }
    if (!acknowledged.isEmpty()) {
      verifySearch(connection, key(anyBatch(), random.nextInt(BATCH_ROWS)), problems);
    }
    return problems;
  }

  private static void verifySearch(Connection connection, long key, List<String> problems)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT id, embedding <-> ?::vector AS distance FROM crash ORDER BY distance LIMIT"
                + " 1")) {
      statement.setString(1, vector(key));
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next() || rows.getLong(1) != key || rows.getDouble(2) != 0) {
          problems.add("row " + key + " is not its own nearest neighbour");
        }
      }
    }
  }
}
