package quiver.benchmarks.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Inserts and deletes rows at a steady rate until it is closed: every tenth of a second a
/// transaction of inserts and one of deletes. New rows are old rows with some noise.
final class StreamingLoad implements AutoCloseable {
  private static final int BATCHES_PER_SECOND = 10;
  private static final long FIRST_NEW_ID = 10_000_000L;
  private static final double NOISE = 0.02;

  private final Connection connection;
  private final WordNetData set;
  private final int insertsPerBatch;
  private final int deletesPerBatch;
  private final int rowCount;
  private final SplittableRandom random = new SplittableRandom(7);
  private final ScheduledExecutorService executor;
  private final AtomicLong inserted = new AtomicLong();
  private final AtomicLong deleted = new AtomicLong();
  private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
  private final long started = System.nanoTime();
  private int nextDeleted;

  /// Starts at once.
  ///
  /// @param connection for this load alone; closed with it
  /// @param rowCount rows of the table, with the numbers below it
  StreamingLoad(
      Connection connection,
      WordNetData set,
      int rowCount,
      int insertsPerSecond,
      int deletesPerSecond)
      throws SQLException {
    this.connection = connection;
    this.set = set;
    this.rowCount = rowCount;
    this.insertsPerBatch = insertsPerSecond / BATCHES_PER_SECOND;
    this.deletesPerBatch = deletesPerSecond / BATCHES_PER_SECOND;
    connection.setAutoCommit(false);
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("bench-streaming").factory());
    var _ =
        executor.scheduleAtFixedRate(
            this::writeSome, 0, 1_000 / BATCHES_PER_SECOND, TimeUnit.MILLISECONDS);
  }

  private void writeSome() {
    try {
      insert();
      delete();
    } catch (SQLException e) {
      failure.compareAndSet(null, e);
      throw new IllegalStateException("the streaming load failed", e);
    }
  }

  private void insert() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO bench_words (id, pos, category, embedding) VALUES (?, ?, ?, ?)")) {
      for (int i = 0; i < insertsPerBatch; i++) {
        int row = random.nextInt(rowCount);
        String[] fields = set.rows().get(row);
        float[] vector = set.vector(row).clone();
        for (int j = 0; j < vector.length; j++) {
          vector[j] += (float) (NOISE * random.nextDouble(-1, 1));
        }
        statement.setLong(1, FIRST_NEW_ID + inserted.get() + i);
        statement.setString(2, fields[2]);
        statement.setString(3, fields[3]);
        statement.setObject(4, new VectorParameter(vector));
        statement.addBatch();
      }
      statement.executeBatch();
      connection.commit();
      inserted.addAndGet(insertsPerBatch);
    }
  }

  private void delete() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM bench_words WHERE id = ?")) {
      for (int i = 0; i < deletesPerBatch; i++) {
        statement.setLong(1, oldId());
        statement.addBatch();
      }
      statement.executeBatch();
      connection.commit();
      deleted.addAndGet(deletesPerBatch);
    }
  }

  /// The old rows one after the other in a scattered order, and then the new ones.
  private long oldId() {
    int at = nextDeleted++;
    return at < rowCount ? at * 7_919L % rowCount : FIRST_NEW_ID + at - rowCount;
  }

  double insertedPerSecond() {
    return inserted.get() * 1e9 / (System.nanoTime() - started);
  }

  double deletedPerSecond() {
    return deleted.get() * 1e9 / (System.nanoTime() - started);
  }

  /// Throws what stopped the load, if anything did.
  void check() throws SQLException {
    SQLException e = failure.get();
    if (e != null) {
      throw e;
    }
  }

  @Override
  public void close() throws SQLException {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(30, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
    connection.close();
  }
}
