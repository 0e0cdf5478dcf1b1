package quiver.jdbc.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every process of a cluster is restarted, one after the other, under load: no statement of a
/// program that uses this driver fails.
class RollingRestartIT {
  private static final List<String> PROCESSES =
      List.of(
          "front-end-1",
          "front-end-2",
          "root-coordinator",
          "root-coordinator-2",
          "data-node-1",
          "data-node-2",
          "query-node-1",
          "query-node-2",
          "data-coordinator",
          "query-coordinator",
          "index-node-1");

  @TempDir static Path folder;

  /// Statements without a transaction, one after the other.
  private static final class Client implements Runnable {
    private final int number;
    private final String url;
    final AtomicLong statementCount = new AtomicLong();
    final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    volatile boolean stopping;
    long inserted;

    Client(int number, String url) {
      this.number = number;
      this.url = url;
    }

    @Override
    public void run() {
      try (Connection connection = DriverManager.getConnection(url);
          PreparedStatement insert =
              connection.prepareStatement("INSERT INTO rolled VALUES (?, ?, 0, ?::vector)");
          PreparedStatement nearest =
              connection.prepareStatement(
                  "SELECT id FROM rolled ORDER BY embedding <-> ?::vector, id LIMIT 1");
          Statement statement = connection.createStatement()) {
        while (!stopping) {
          long id = number * 1_000_000L + inserted;
          insert.setLong(1, id);
          insert.setInt(2, number);
          insert.setString(3, vector(id));
          requireOne(insert.executeUpdate());
          inserted++;
          requireOne(statement.executeUpdate("UPDATE rolled SET n = n + 1 WHERE id = " + id));
          nearest.setString(1, vector(id));
          require(number(nearest.executeQuery()) == id, "row " + id + " is not found");
          require(
              number(
                      statement.executeQuery(
                          "SELECT count(*) FROM rolled WHERE client = " + number + " AND n = 1"))
                  == inserted,
              "not " + inserted + " rows");
          statementCount.addAndGet(4);
        }
      } catch (SQLException | RuntimeException | AssertionError e) {
        failure.set(e);
      }
    }

    private String vector(long id) {
      return "[" + number + "," + id % 1_000_000 + "]";
    }

    private static void requireOne(int count) {
      require(count == 1, count + " rows changed");
    }

    private static void require(boolean condition, String otherwise) {
      if (!condition) {
        throw new AssertionError(otherwise);
      }
    }

    private static long number(ResultSet rows) throws SQLException {
      try (rows) {
        require(rows.next(), "no row");
        return rows.getLong(1);
      }
    }
  }

  private static void awaitProgress(List<Client> clients, String what) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    for (Client client : clients) {
      long wanted = client.statementCount.get() + 12;
      while (client.statementCount.get() < wanted) {
        assertThat(client.failure.get()).as("client %d, %s", client.number, what).isNull();
        assertThat(System.nanoTime()).as(what).isLessThan(deadline);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void noStatementFails() throws Exception {
    try (TestCluster cluster = TestCluster.start(folder, 2)) {
      String url =
          "jdbc:quiver://"
              + String.join(",", cluster.addresses())
              + "/quiver?user=quiver&loadBalance=round-robin";
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
        statement.execute(
            "CREATE TABLE rolled (id bigint PRIMARY KEY, client int NOT NULL, n int NOT NULL,"
                + " embedding vector(2) NOT NULL)");
      }
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        clients.add(new Client(i, url));
      }
      List<Thread> threads = new ArrayList<>();
      for (Client client : clients) {
        Thread thread = new Thread(client, "client-" + client.number);
        thread.start();
        threads.add(thread);
      }
      for (String process : PROCESSES) {
        awaitProgress(clients, "before " + process);
        cluster.restart(process);
        awaitProgress(clients, process + " restarted");
      }
      clients.forEach(client -> client.stopping = true);
      for (Thread thread : threads) {
        thread.join();
      }
      long inserted = 0;
      for (Client client : clients) {
        assertThat(client.failure.get()).as("client %d", client.number).isNull();
        inserted += client.inserted;
      }
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT count(*), count(DISTINCT id), sum(n) FROM rolled")) {
        assertThat(rows.next()).isTrue();
        for (int column = 1; column <= 3; column++) {
          assertThat(rows.getLong(column)).isEqualTo(inserted);
        }
      }
    }
  }
}
