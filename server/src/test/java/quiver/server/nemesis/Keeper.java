package quiver.server.nemesis;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Inserts, changes and deletes batches of rows that only it touches, and reads them back: every
/// acknowledged change is there, every batch is whole, nothing that died comes back, and a row is
/// its own nearest neighbour.
final class Keeper extends Client {
  static final int BATCH_ROWS = 3;
  static final int DIMENSION = 8;
  private static final int BATCH_COUNT_TARGET = 60;

  /// The value of a batch that is not there.
  private static final Integer GONE = Integer.MIN_VALUE;

  private final int id;
  private final SplittableRandom random;

  /// Batch to the values it may have; more than one after an unknown outcome: then the batch is
  /// left alone.
  private final Map<Integer, Set<Integer>> batches = new TreeMap<>();

  private int nextBatch;
  private int workBatch;
  private @Nullable Integer workValue;

  Keeper(int id, long seed, FrontEnds frontEnds) {
    super("keeper-" + id, frontEnds);
    this.id = id;
    this.random = new SplittableRandom(seed);
  }

  static void createTable(Connection connection) throws SQLException {
    execute(
        connection,
        "CREATE TABLE kept (id bigint PRIMARY KEY, keeper int NOT NULL, batch int NOT NULL, value"
            + " int NOT NULL, embedding vector("
            + DIMENSION
            + ") NOT NULL)");
  }

  @Override
  void step(Connection connection) throws SQLException {
    workValue = null;
    List<Integer> live = live();
    int kind = random.nextInt(10);
    if (live.size() < 5 || (kind < 4 && live.size() < BATCH_COUNT_TARGET)) {
      begin(nextBatch++, 0);
      insert(connection, workBatch);
    } else if (kind < 6) {
      int batch = any(live);
      int value = valueOf(batch) + 1;
      begin(batch, value);
      execute(
          connection,
          "UPDATE kept SET value = " + value + " WHERE keeper = " + id + " AND batch = " + batch);
    } else if (kind < 8) {
      begin(any(live), GONE);
      execute(connection, "DELETE FROM kept WHERE keeper = " + id + " AND batch = " + workBatch);
    } else if (kind < 9) {
      verify(connection);
      return;
    } else {
      verifySearch(connection, key(any(live), random.nextInt(BATCH_ROWS)));
      return;
    }
    batches.put(workBatch, Set.of(workValue));
    workValue = null;
  }

  private void begin(int batch, int value) {
    workBatch = batch;
    workValue = value;
  }

  @Override
  void unknown() {
    Integer value = workValue;
    if (value != null) {
      Integer before = batches.getOrDefault(workBatch, Set.of(GONE)).iterator().next();
      batches.put(workBatch, before.equals(value) ? Set.of(value) : Set.of(before, value));
    }
  }

  @Override
  void refused() {
    workValue = null;
  }

  private List<Integer> live() {
    List<Integer> live = new ArrayList<>();
    batches.forEach((batch, values) -> {
      if (values.size() == 1 && !values.contains(GONE)) {
        live.add(batch);
      }
    });
    return live;
  }

  private int any(List<Integer> live) {
    return live.get(random.nextInt(live.size()));
  }

  private int valueOf(int batch) {
    return batches.getOrDefault(batch, Set.of()).iterator().next();
  }

  private void insert(Connection connection, int batch) throws SQLException {
    StringBuilder sql = new StringBuilder("INSERT INTO kept VALUES ");
    for (int i = 0; i < BATCH_ROWS; i++) {
      long key = key(batch, i);
      sql.append(i == 0 ? "(" : ", (")
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

  /// Compares everything it owns with what it was promised.
  void verify(Connection connection) throws SQLException {
    Map<Integer, Integer> found = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT batch, count(*), count(DISTINCT id), min(value), max(value) FROM kept WHERE"
                    + " keeper = "
                    + id
                    + " GROUP BY batch")) {
      while (rows.next()) {
        int batch = rows.getInt(1);
        if (rows.getLong(2) != BATCH_ROWS
            || rows.getLong(3) != BATCH_ROWS
            || rows.getInt(4) != rows.getInt(5)) {
          throw new AssertionError(
              name()
                  + ": batch "
                  + batch
                  + " has "
                  + rows.getLong(2)
                  + " rows, "
                  + rows.getLong(3)
                  + " keys, values "
                  + rows.getInt(4)
                  + " to "
                  + rows.getInt(5));
        }
        found.put(batch, rows.getInt(4));
      }
    }
    batches.forEach((batch, values) -> {
      Integer value = found.getOrDefault(batch, GONE);
      if (!values.contains(value)) {
        throw new AssertionError(
            name() + ": batch " + batch + " may be " + values + " and is " + value);
      }
    });
    found.keySet().removeAll(batches.keySet());
    if (!found.isEmpty()) {
      throw new AssertionError(name() + ": batches nobody has made: " + found.keySet());
    }
  }

  private void verifySearch(Connection connection, long key) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT id, embedding <-> ?::vector AS distance FROM kept ORDER BY distance LIMIT 1")) {
      statement.setString(1, vector(key));
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next() || rows.getLong(1) != key || rows.getDouble(2) != 0) {
          throw new AssertionError(name() + ": row " + key + " is not its own nearest neighbour");
        }
      }
    }
  }
}
