package quiver.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// Kills a server with several log channels while clients move money between tables, and define
/// some, each in a transaction of its own: after every restart the sum is what it was, every
/// acknowledged transfer is there, and each has left its two entries or none. Transfers that were
/// interrupted are repeated with their idempotency keys: once counts. Rounds:
/// `-Dquiver.crash.rounds=…`.
class ChannelsCrashIT {
  private static final int ROUNDS = Integer.getInteger("quiver.crash.rounds", 20) / 2;
  private static final int TABLES = 6;
  private static final int CLIENTS = 4;
  private static final int TRANSFERS_PER_ROUND = 60;

  @TempDir Path folder;
  private final AtomicLong lastTransfer = new AtomicLong();
  private final ConcurrentLinkedQueue<Long> acknowledged = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Transfer> interrupted = new ConcurrentLinkedQueue<>();

  /// The statements of one transfer.
  private record Transfer(long number, List<String> statements) {}

  @Test
  void transfersAreWholeAfterEveryKill() throws Exception {
    Path config = Files.writeString(folder.resolve("quiver.conf"), "channels = 3\n");
    Path data = folder.resolve("data");
    Path log = folder.resolve("server.log");
    for (int round = 0; round < ROUNDS; round++) {
      try (ServerProcess server = ServerProcess.start(data, log, "--config", config.toString())) {
        if (round == 0) {
          create(server);
        }
        repeatInterrupted(server);
        verify(server, round);
        load(server, round);
      }
    }
    try (ServerProcess server = ServerProcess.start(data, log, "--config", config.toString())) {
      repeatInterrupted(server);
      verify(server, ROUNDS);
      assertThat(server.terminate()).isIn(0, 143);
    }
  }

  private static void create(ServerProcess server) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      for (int i = 0; i < TABLES; i++) {
        statement.execute(
            "CREATE TABLE account" + i + " (id int PRIMARY KEY, amount int NOT NULL)");
        statement.execute(
            "INSERT INTO account" + i + " SELECT g, 100 FROM generate_series(1, 10) g");
        statement.execute("CREATE TABLE entry" + i + " (transfer bigint NOT NULL)");
      }
      statement.execute("COMMIT");
    }
  }

  private void load(ServerProcess server, int round) throws Exception {
    CountDownLatch budget = new CountDownLatch(TRANSFERS_PER_ROUND);
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      SplittableRandom random = new SplittableRandom(100L * round + i);
      Connection connection = server.connect();
      threads.add(
          Thread.ofPlatform()
              .name("transfers")
              .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
              .start(() -> transfer(connection, random, budget)));
    }
    assertThat(budget.await(120, TimeUnit.SECONDS)).as("the clients make progress").isTrue();
    server.kill();
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(failures).isEmpty();
  }

  private void transfer(Connection connection, SplittableRandom random, CountDownLatch budget) {
    try (Statement statement = connection.createStatement()) {
      while (true) {
        try {
          transfer(statement, random);
          budget.countDown();
        } catch (SQLException e) {
          if (!"40001".equals(e.getSQLState())) {
            throw e;
          }
          statement.execute("ROLLBACK");
        }
      }
    } catch (SQLException e) {
      if (!String.valueOf(e.getSQLState()).startsWith("08")
          && !String.valueOf(e.getSQLState()).equals("57P01")) {
        throw new IllegalStateException("a transfer was refused", e);
      }
    }
  }

  private void transfer(Statement statement, SplittableRandom random) throws SQLException {
    long number = lastTransfer.incrementAndGet();
    int from = random.nextInt(TABLES);
    int to = (from + 1 + random.nextInt(TABLES - 1)) % TABLES;
    List<String> statements = new ArrayList<>();
    boolean defines = random.nextInt(20) == 0;
    if (!defines) {
      statements.add("SET LOCAL quiver.idempotency_key = 'transfer " + number + "'");
    }
    change(statements, from, -1, number, random);
    change(statements, to, 1, number, random);
    if (defines) {
      // Definitions in two channels, with the rows, in one transaction.
      statements.add("CREATE TABLE made" + number + "a (id int)");
      statements.add("CREATE TABLE made" + number + "b AS SELECT 1 AS id");
    }
    try {
      carryOut(statement, statements);
    } catch (SQLException e) {
      if (!defines && !"40001".equals(e.getSQLState())) {
        interrupted.add(new Transfer(number, statements));
      }
      throw e;
    }
    acknowledged.add(number);
  }

  private static void carryOut(Statement statement, List<String> statements) throws SQLException {
    statement.execute("BEGIN");
    for (String each : statements) {
      statement.execute(each);
    }
    statement.execute("COMMIT");
  }

  /// Twice, so that each has committed before at least once.
  private void repeatInterrupted(ServerProcess server) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (Transfer transfer : interrupted) {
        boolean _ = repeat(statement, transfer);
        assertThat(repeat(statement, transfer)).as("carried out twice: %s", transfer).isFalse();
        acknowledged.add(transfer.number());
      }
    }
    interrupted.clear();
  }

  /// @return whether it had not committed before
  private static boolean repeat(Statement statement, Transfer transfer) throws SQLException {
    try {
      carryOut(statement, transfer.statements());
      return true;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("25Q01");
      statement.execute("ROLLBACK");
      return false;
    }
  }

  private static void change(
      List<String> statements, int table, int amount, long number, SplittableRandom random) {
    statements.add("INSERT INTO entry" + table + " VALUES (" + number + ")");
    statements.add(
        "UPDATE account"
            + table
            + " SET amount = amount + "
            + amount
            + " WHERE id = "
            + (1 + random.nextInt(10)));
  }

  private void verify(ServerProcess server, int round) throws SQLException {
    StringBuilder sum = new StringBuilder("SELECT 0");
    StringBuilder entries = new StringBuilder("SELECT NULL::bigint AS transfer WHERE false");
    for (int i = 0; i < TABLES; i++) {
      sum.append(" + (SELECT sum(amount) FROM account").append(i).append(')');
      entries.append(" UNION ALL SELECT transfer FROM entry").append(i);
    }
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      assertThat(longs(statement, sum.toString()))
          .as("the sum after kill %d", round)
          .containsExactly(TABLES * 1000L);
      assertThat(
              longs(
                  statement,
                  "SELECT transfer FROM ("
                      + entries
                      + ") e GROUP BY transfer HAVING count(*) <> 2"))
          .as("torn transfers after kill %d", round)
          .isEmpty();
      assertThat(longs(statement, entries.toString()))
          .as("acknowledged transfers after kill %d", round)
          .containsAll(acknowledged);
      assertThat(
              longs(
                  statement,
                  "SELECT count(*) FILTER (WHERE relname LIKE '%a') - count(*) FILTER (WHERE"
                      + " relname LIKE '%b') FROM pg_class WHERE relname ~ '^made[0-9]+[ab]$'"))
          .as("torn definitions after kill %d", round)
          .containsExactly(0L);
    }
  }

  private static List<Long> longs(Statement statement, String sql) throws SQLException {
    List<Long> values = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getLong(1));
      }
    }
    return values;
  }
}
