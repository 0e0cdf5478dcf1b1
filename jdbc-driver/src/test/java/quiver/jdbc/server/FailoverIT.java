package quiver.jdbc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.jdbc.QuiverConnection;
import quiver.jdbc.QuiverDataSource;
import quiver.jdbc.TransactionWork;
import quiver.jdbc.server.Proxy.Fate;

/// Two front ends, one of which goes away at every bad moment there is.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailoverIT {
  @TempDir static Path folder;

  private TestServer server;
  private Proxy first;
  private Proxy second;

  @BeforeAll
  void startServer() throws SQLException {
    server = TestServer.start(folder);
    try (Connection connection = DriverManager.getConnection(server.url(""));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE notes (id int PRIMARY KEY, note text)");
    }
  }

  @AfterAll
  void stopServer() {
    server.close();
  }

  @BeforeEach
  void startProxies() throws SQLException {
    first = Proxy.start(server.port());
    second = Proxy.start(server.port());
    try (Connection connection = DriverManager.getConnection(server.url(""));
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM notes");
    }
  }

  @AfterEach
  void stopProxies() {
    first.close();
    second.close();
  }

  private String url(String properties) {
    return "jdbc:quiver://"
        + first.address()
        + ","
        + second.address()
        + "/quiver?user=quiver&loadBalance=first"
        + properties;
  }

  private QuiverConnection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url(""));
    QuiverConnection routed = connection.unwrap(QuiverConnection.class);
    assertThat(routed.frontEnd()).isEqualTo(first.address());
    return routed;
  }

  private static long count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM notes")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void failsWith(String state, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  @Test
  void readsGoOnElsewhere() throws SQLException {
    try (QuiverConnection connection = connect();
        PreparedStatement query = connection.prepareStatement("SELECT ?::int + 1, ?::vector")) {
      query.setFetchSize(100);
      query.setInt(1, 41);
      query.setObject(2, new float[] {1, 2});
      for (Fate fate : List.of(Fate.PASS, Fate.CUT_AFTER)) {
        first.next(fate);
        try (ResultSet row = query.executeQuery()) {
          row.next();
          assertThat(row.getInt(1)).isEqualTo(42);
          assertThat(row.getObject(2, float[].class)).containsExactly(1, 2);
        }
      }
      assertThat(connection.frontEnd()).isEqualTo(second.address());
      assertThat(query.getFetchSize()).isEqualTo(100);
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void settingsGoAlong() throws SQLException {
    try (QuiverConnection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET hnsw.ef_search = 77");
      statement.execute("SET application_name TO 'along'");
      connection.setReadOnly(true);
      first.close();
      for (String setting : List.of("hnsw.ef_search", "application_name")) {
        try (ResultSet row = statement.executeQuery("SHOW " + setting)) {
          row.next();
          assertThat(row.getString(1)).isIn("77", "along");
        }
      }
      assertThat(connection.isReadOnly()).isTrue();
      assertThat(connection.frontEnd()).isEqualTo(second.address());
    }
  }

  @Test
  void sessionsThatCannotBeCarriedSaySo() throws SQLException {
    try (QuiverConnection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(1)");
      first.close();
      failsWith("08006", () -> statement.executeQuery("SELECT 1"));
      assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
          .hasMessageContaining("cannot go on elsewhere because of pg_advisory_lock");
    }
  }

  @Test
  void writesWithAnUnknownOutcomeAreNeverRepeated() throws SQLException {
    for (Fate fate : List.of(Fate.CUT_BEFORE, Fate.CUT_AFTER)) {
      startProxies();
      try (QuiverConnection connection = connect();
          Statement statement = connection.createStatement()) {
        assertThat(count(connection)).isZero();
        first.next(fate);
        failsWith("08007", () -> statement.execute("INSERT INTO notes VALUES (1, 'once')"));
        assertThat(count(connection)).isEqualTo(fate == Fate.CUT_AFTER ? 1 : 0);
        assertThat(connection.frontEnd()).isEqualTo(second.address());
      }
    }
  }

  @Test
  void whatAFrontEndLostWhileNobodyUsedItDoesNotFailAWrite() throws SQLException {
    try (QuiverConnection connection = connect();
        Statement statement = connection.createStatement()) {
      assertThat(count(connection)).isZero();
      first.close();
      assertThat(connection.isValid(5)).isFalse();
      assertThat(statement.executeUpdate("INSERT INTO notes VALUES (1, 'once')")).isEqualTo(1);
      assertThat(count(connection)).isEqualTo(1);
    }
  }

  @Test
  void theFirstStatementOfATransactionMayBeRepeated() throws SQLException {
    try (QuiverConnection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      first.next(Fate.CUT_AFTER);
      statement.execute("INSERT INTO notes VALUES (1, 'first')");
      statement.execute("INSERT INTO notes VALUES (2, 'second')");
      connection.commit();
      assertThat(count(connection)).isEqualTo(2);
      connection.rollback();
    }
  }

  @Test
  void aTransactionThatIsLostMustBeRolledBackBeforeAnythingElse() throws SQLException {
    try (QuiverConnection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO notes VALUES (1, 'lost')");
      first.next(Fate.CUT_BEFORE);
      failsWith("08006", () -> statement.executeQuery("SELECT 1"));
      failsWith("08006", () -> statement.execute("INSERT INTO notes VALUES (2, 'half')"));
      failsWith("08006", connection::commit);
      failsWith("08006", () -> connection.setAutoCommit(true));
      connection.rollback();
      assertThat(count(connection)).isZero();
      statement.execute("INSERT INTO notes VALUES (3, 'whole')");
      connection.commit();
      assertThat(count(connection)).isEqualTo(1);
      connection.rollback();
    }
  }

  @Test
  void aLostCommitIsUnknown() throws SQLException {
    try (QuiverConnection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO notes VALUES (1, 'kept')");
      first.next(Fate.CUT_AFTER);
      failsWith("08007", connection::commit);
      assertThat(count(connection)).isEqualTo(1);
      connection.rollback();
    }
  }

  @Test
  void aTransactionWithAKeyIsRepeatedAfterALostCommit() throws SQLException {
    try (QuiverConnection connection = connect()) {
      AtomicInteger runs = new AtomicInteger();
      int kept =
          connection.inTransaction(
              "it's kept",
              c -> {
                try (Statement statement = c.createStatement()) {
                  statement.execute("INSERT INTO notes VALUES (1, 'kept')");
                }
                int run = runs.incrementAndGet();
                first.next(Fate.CUT_AFTER);
                return run;
              });
      assertThat(kept).isEqualTo(1);
      assertThat(runs).hasValue(1);
      assertThat(count(connection)).isEqualTo(1);
    }
  }

  @Test
  void aTransactionWithAKeyIsRunAgainIfItsCommitWasLostBeforeItArrived() throws SQLException {
    try (QuiverConnection connection = connect()) {
      AtomicInteger runs = new AtomicInteger();
      TransactionWork<Integer> work =
          c -> {
            try (Statement statement = c.createStatement()) {
              statement.execute("INSERT INTO notes VALUES (1, 'kept')");
            }
            first.next(Fate.CUT_BEFORE);
            return runs.incrementAndGet();
          };
      assertThat(connection.<Integer>inTransaction("another", work)).isEqualTo(2);
      assertThat(count(connection)).isEqualTo(1);
      failsWith("25Q01", () -> connection.inTransaction("another", work));
      assertThat(count(connection)).isEqualTo(1);
    }
  }

  @Test
  void workIsRepeatedAfterConflictsAndLosses() throws SQLException {
    try (QuiverConnection connection = connect();
        Connection rival = DriverManager.getConnection(server.url(""))) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO notes VALUES (1, 'a')");
      }
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      AtomicInteger runs = new AtomicInteger();
      String seen =
          connection.inTransaction(c -> {
            try (Statement statement = c.createStatement()) {
              String note;
              try (ResultSet row = statement.executeQuery("SELECT note FROM notes")) {
                row.next();
                note = row.getString(1);
              }
              int run = runs.incrementAndGet();
              if (run == 1) {
                try (Statement faster = rival.createStatement()) {
                  faster.execute("UPDATE notes SET note = 'b'");
                }
              }
              if (run == 2) {
                first.next(Fate.CUT_BEFORE);
              }
              statement.execute("UPDATE notes SET note = note || '!'");
              return note;
            }
          });
      assertThat(seen).isEqualTo("b");
      assertThat(runs).hasValue(3);
      assertThat(connection.getAutoCommit()).isTrue();
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT note FROM notes")) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("b!");
      }
      assertThatThrownBy(() ->
              connection.inTransaction(c -> {
                runs.incrementAndGet();
                throw new SQLException("no", "23505");
              }))
          .hasMessage("no");
      assertThat(runs).hasValue(4);
    }
  }

  @Test
  void newConnectionsAvoidWhatFailedLately() throws SQLException {
    QuiverDataSource source = new QuiverDataSource();
    source.setUrl(url("").replace("loadBalance=first", "loadBalance=round-robin"));
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      try (Connection connection = source.getConnection()) {
        seen.add(connection.unwrap(QuiverConnection.class).frontEnd());
      }
    }
    assertThat(seen)
        .containsExactly(first.address(), second.address(), first.address(), second.address());
    first.close();
    for (int i = 0; i < 4; i++) {
      try (Connection connection = source.getConnection()) {
        assertThat(connection.unwrap(QuiverConnection.class).frontEnd())
            .isEqualTo(second.address());
      }
    }
    second.close();
    assertThatThrownBy(source::getConnection)
        .hasMessageStartingWith("no front end can be reached: ")
        .hasMessageContaining(first.address() + ": ")
        .hasMessageContaining(second.address() + ": ");
  }

  @Test
  void hostsThatAreUnknownOrDownArePassedOver() throws SQLException {
    String several = url("").replace("//", "//no-such-host.invalid,127.0.0.1:1,");
    try (Connection connection = DriverManager.getConnection(several)) {
      assertThat(connection.unwrap(QuiverConnection.class).frontEnd()).isEqualTo(first.address());
      assertThat(count(connection)).isZero();
    }
  }

  @Test
  void aRunOfReadsDoesNotNoticeThatOneFrontEndIsKilled() throws Exception {
    List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
    AtomicInteger answered = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    QuiverDataSource source = new QuiverDataSource();
    source.setUrl(url("").replace("loadBalance=first", "loadBalance=random"));
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                try (Connection connection = source.getConnection();
                    PreparedStatement query =
                        connection.prepareStatement("SELECT id FROM notes WHERE id = ?")) {
                  for (int i = 0; i < 200; i++) {
                    query.setInt(1, i);
                    query.executeQuery().close();
                    if (answered.incrementAndGet() == 300) {
                      first.close();
                    }
                  }
                } catch (SQLException e) {
                  failures.add(e);
                }
              },
              "reader-" + t);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(answered).hasValue(800);
  }

  @Test
  void whatEveryFrontEndWouldSayIsSaidAtOnce() {
    assertThatThrownBy(
            () -> DriverManager.getConnection(server.url("").replace("quiver?", "nope?")))
        .hasMessageContaining("database \"nope\" does not exist");
  }
}
