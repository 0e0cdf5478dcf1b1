package quiver.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.server.process.ServerProcess;

/// Kills the server with SIGKILL at random moments under load and compares what it then holds with
/// what its clients were promised. Rounds and seed: `-Dquiver.crash.rounds=…`,
/// `-Dquiver.crash.seed=…`.
class CrashIT {
  private static final Logger LOG = LoggerFactory.getLogger(CrashIT.class);
  private static final int WRITERS = 4;
  private static final int ROUNDS = Integer.getInteger("quiver.crash.rounds", 20);
  private static final long SEED = Long.getLong("quiver.crash.seed", 20_261_122L);
  private static final int STATEMENTS_PER_ROUND_MAX = 400;

  @TempDir Path folder;

  @Test
  void everyPromiseSurvivesEveryKill() throws Exception {
    LOG.warn("crash test: seed={} rounds={}", SEED, ROUNDS);
    SplittableRandom random = new SplittableRandom(SEED);
    List<Writer> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i, random.nextLong()));
    }
    Path data = folder.resolve("data");
    Path log = folder.resolve("server.log");
    for (int round = 0; round < ROUNDS; round++) {
      try (ServerProcess server = ServerProcess.start(data, log)) {
        prepare(server, round, writers);
        load(server, writers, 1 + random.nextInt(STATEMENTS_PER_ROUND_MAX), random.nextInt(3) == 0);
      }
    }
    try (ServerProcess server = ServerProcess.start(data, log)) {
      prepare(server, ROUNDS, writers);
      assertThat(server.terminate()).isIn(0, 143);
    }
  }

  private static void prepare(ServerProcess server, int round, List<Writer> writers)
      throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS crash (id bigint PRIMARY KEY, writer int NOT NULL, batch int"
              + " NOT NULL, value int NOT NULL, embedding vector("
              + Writer.DIMENSION
              + ") NOT NULL)");
      List<String> problems = new ArrayList<>();
      for (Writer writer : writers) {
        problems.addAll(writer.verify(connection));
      }
      assertThat(problems).as("after kill %d, seed %d", round, SEED).isEmpty();
      try (ResultSet rows =
          statement.executeQuery("SELECT count(*), count(DISTINCT id) FROM crash")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getLong(1)).isEqualTo(rows.getLong(2));
      }
      if (round == 5) {
        statement.execute("CREATE INDEX ON crash USING hnsw (embedding vector_l2_ops)");
      }
    }
  }

  /// Lets every writer work until together they were acknowledged `statements` times, then kills
  /// the server under them.
  private static void load(
      ServerProcess server, List<Writer> writers, int statements, boolean flushing)
      throws Exception {
    CountDownLatch budget = new CountDownLatch(statements);
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (Writer writer : writers) {
      Connection connection = server.connect();
      threads.add(
          Thread.ofPlatform()
              .name("crash-writer")
              .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
              .start(() -> writer.run(connection, budget)));
    }
    if (flushing) {
      Connection connection = server.connect();
      threads.add(
          Thread.ofPlatform()
              .name("crash-flusher")
              .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
              .start(() -> flush(connection)));
    }
    assertThat(budget.await(60, TimeUnit.SECONDS)).as("the writers make progress").isTrue();
    server.kill();
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(failures).isEmpty();
  }

  private static void flush(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      while (true) {
        statement.execute("VACUUM crash");
      }
    } catch (SQLException e) {
      if (!String.valueOf(e.getSQLState()).startsWith("08")
          && !String.valueOf(e.getSQLState()).equals("57P01")) {
        throw new IllegalStateException("VACUUM was refused", e);
      }
    }
  }
}
