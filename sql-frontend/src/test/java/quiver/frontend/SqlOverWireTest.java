package quiver.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import quiver.execution.library.StandardFunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.frontend.pgwire.RawClient;

class SqlOverWireTest {
  private static final StandardFunctionLibrary LIBRARY = new StandardFunctionLibrary();

  private final MemoryBackend backend = new MemoryBackend(new FragmentExecutor(LIBRARY));
  private final FrontEnd frontEnd = StandIn.start(0, backend, LIBRARY);
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void connect() throws SQLException {
    connection = open();
    statement = connection.createStatement();
    statement.execute(
        "create table items (id bigint primary key, name text not null, price float8,"
            + " embedding vector(3))");
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + frontEnd.port() + "/quiver?user=ann");
  }

  @AfterEach
  void stop() throws SQLException {
    connection.close();
    frontEnd.close();
  }

  private List<String> rows(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement reader = connection.createStatement();
        ResultSet result = reader.executeQuery(query)) {
      int columnCount = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columnCount; i++) {
          row.append(i == 1 ? "" : "|").append(result.getString(i));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private ServerErrorMessage failure(String sql) {
    try {
      statement.execute(sql);
    } catch (PSQLException e) {
      return Objects.requireNonNull(e.getServerErrorMessage());
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("no error");
  }

  @Test
  void writesAreReadBack() throws SQLException {
    assertThat(
            statement.executeUpdate(
                "insert into items values (1,'a',1.5,'[1,2,3]'),(2,'b',null,null)"))
        .isEqualTo(2);
    assertThat(rows("select * from items order by id"))
        .containsExactly("1|a|1.5|[1,2,3]", "2|b|null|null");
    assertThat(rows("update items set price = id * 2 returning id, price"))
        .containsExactlyInAnyOrder("1|2", "2|4");
    assertThat(statement.executeUpdate("delete from items where id = 1")).isEqualTo(1);
    assertThat(rows("select id from items")).containsExactly("2");
  }

  @Test
  void constraintsAreReportedAsPostgresDoes() throws SQLException {
    statement.execute("insert into items values (1,'a')");
    ServerErrorMessage duplicate = failure("insert into items values (1,'b')");
    assertThat(duplicate.getSQLState()).isEqualTo("23505");
    assertThat(duplicate.getDetail()).isEqualTo("Key (id)=(1) already exists.");
    assertThat(duplicate.getConstraint()).isEqualTo("items_pkey");
    assertThat(duplicate.getTable()).isEqualTo("items");
    ServerErrorMessage missing = failure("insert into items values (2, null, 1)");
    assertThat(missing.getSQLState()).isEqualTo("23502");
    assertThat(missing.getDetail()).isEqualTo("Failing row contains (2, null, 1, null).");
    assertThat(missing.getColumn()).isEqualTo("name");
    assertThat(failure("insert into items values (3,'x'),(3,'y')").getSQLState())
        .isEqualTo("23505");
    assertThat(rows("select count(*) from items")).containsExactly("1");
  }

  @Test
  void upsertsKeepTheOrderOfRows() throws SQLException {
    statement.execute("insert into items values (2,'b',1)");
    assertThat(
            rows(
                "insert into items values (1,'x'),(2,'y'),(3,'z') on conflict (id) do update"
                    + " set name = items.name || excluded.name where items.price = 1"
                    + " returning id, name"))
        .containsExactly("1|x", "2|by", "3|z");
    assertThat(rows("insert into items values (2,'q'),(4,'w') on conflict do nothing returning id"))
        .containsExactly("4");
    assertThat(
            failure(
                    "insert into items values (9,'q'),(9,'w') on conflict (id) do update"
                        + " set name = 'x'")
                .getSQLState())
        .isEqualTo("21000");
  }

  @Test
  void transactionsSeeTheirOwnWritesAndUndoThem() throws SQLException {
    statement.execute("insert into items values (1,'a'),(2,'b')");
    connection.setAutoCommit(false);
    statement.execute("insert into items values (3,'c')");
    statement.execute("update items set name = 'A' where id = 1");
    statement.execute("delete from items where id = 2");
    assertThat(rows("select id, name from items order by id")).containsExactly("1|A", "3|c");
    statement.execute("insert into items values (2,'again')");
    try (Connection other = open();
        ResultSet result =
            other.createStatement().executeQuery("select count(*), min(name) from items")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getString(2)).isEqualTo("a");
    }
    connection.rollback();
    assertThat(rows("select id, name from items order by id")).containsExactly("1|a", "2|b");
    statement.execute("update items set id = id + 1");
    connection.commit();
    assertThat(rows("select id, name from items order by id")).containsExactly("2|a", "3|b");
  }

  @Test
  void searchSeesOwnRows() throws SQLException {
    statement.execute("insert into items values (1,'a',0,'[1,0,0]'),(2,'b',0,'[0,1,0]')");
    connection.setAutoCommit(false);
    statement.execute("insert into items values (3,'c',0,'[0.9,0,0]')");
    statement.execute("delete from items where id = 1");
    assertThat(rows("select id from items order by embedding <-> '[1,0,0]' limit 2"))
        .containsExactly("3", "2");
    connection.rollback();
  }

  @Test
  void autocommitStatementsAreRunAgainAfterConflicts() throws SQLException {
    statement.execute("insert into items values (1,'a',1)");
    backend.failCommits(3);
    assertThat(rows("update items set price = price + 1 returning price")).containsExactly("2");
    assertThat(rows("select price from items")).containsExactly("2");
    backend.failCommits(1);
    try (PreparedStatement insert =
        connection.prepareStatement("insert into items values (?, ?, ?)")) {
      for (int i = 10; i < 20; i++) {
        insert.setInt(1, i);
        insert.setString(2, "n" + i);
        insert.setDouble(3, i);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(10).containsOnly(1);
    }
    assertThat(rows("select count(*) from items")).containsExactly("11");
    backend.failCommits(1_000);
    assertThat(failure("update items set price = 0").getSQLState()).isEqualTo("40001");
    backend.failCommits(0);
    connection.setAutoCommit(false);
    statement.execute("update items set price = 0");
    backend.failCommits(1);
    assertThatThrownBy(connection::commit)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
    connection.rollback();
  }

  @Test
  void savepointsTakeBackPartOfATransaction() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("insert into items values (1,'a')");
    var savepoint = connection.setSavepoint("s");
    statement.execute("insert into items values (2,'b')");
    statement.execute("delete from items where id = 1");
    assertThat(failure("insert into items values (2,'b')").getSQLState()).isEqualTo("23505");
    connection.rollback(savepoint);
    assertThat(rows("select id from items")).containsExactly("1");
    connection.commit();
    assertThat(rows("select id from items")).containsExactly("1");
    connection.rollback();
  }

  @Test
  void repeatableReadKeepsItsSnapshot() throws SQLException {
    statement.execute("insert into items values (1,'a')");
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    assertThat(rows("select name from items")).containsExactly("a");
    try (Connection other = open()) {
      other.createStatement().execute("update items set name = 'changed'");
    }
    assertThat(rows("select name from items")).containsExactly("a");
    statement.execute("update items set name = 'mine'");
    assertThatThrownBy(connection::commit)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
    connection.rollback();
    assertThat(rows("select name from items")).containsExactly("changed");
    connection.rollback();
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    assertThatThrownBy(
            () -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
  }

  @Test
  void readOnlyTransactionsRefuseWrites() throws SQLException {
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    ServerErrorMessage error = failure("insert into items values (1,'a')");
    assertThat(error.getSQLState()).isEqualTo("25006");
    assertThat(error.getMessage()).isEqualTo("cannot execute INSERT in a read-only transaction");
    connection.rollback();
  }

  @Test
  void createdTablesGoWithTheirTransaction() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("create table gone (id int)");
    statement.execute("insert into gone values (1)");
    assertThat(rows("select * from gone")).containsExactly("1");
    connection.rollback();
    assertThat(failure("select * from gone").getSQLState()).isEqualTo("42P01");
    connection.rollback();
    statement.execute("create table stays (id int)");
    statement.execute("insert into stays values (1)");
    connection.commit();
    statement.execute("drop table stays");
    connection.rollback();
    assertThat(rows("select * from stays")).containsExactly("1");
  }

  @Test
  void preparedStatementsFollowTheCatalog() throws SQLException {
    statement.execute("create table t (a int)");
    try (PreparedStatement query = connection.prepareStatement("select * from t")) {
      for (int i = 0; i < 8; i++) {
        query.executeQuery().close();
      }
      statement.execute("create table unrelated (a int)");
      query.executeQuery().close();
      statement.execute("drop table t");
      statement.execute("create table t (a text, b int)");
      try (ResultSet result = query.executeQuery()) {
        assertThat(result.getMetaData().getColumnCount()).isEqualTo(2);
      }
    }
  }

  private CopyManager copyManager() throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  @Test
  void copyLoadsEveryFormat() throws SQLException, IOException {
    assertThat(
            copyManager()
                .copyIn(
                    "copy items from stdin",
                    new StringReader("1\ta\t1.5\t[1,2,3]\n2\tb\\tc\t\\N\t\\N\n")))
        .isEqualTo(2);
    assertThat(
            copyManager()
                .copyIn(
                    "copy items (name, id) from stdin with (format csv, header)",
                    new StringReader("name,id\n\"x, y\",3\n")))
        .isEqualTo(1);
    assertThat(rows("select * from items order by id"))
        .containsExactly("1|a|1.5|[1,2,3]", "2|b\tc|null|null", "3|x, y|null|null");
    for (String options : List.of("", "with (format csv)", "with (format binary)")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThat(copyManager().copyOut("copy items to stdout " + options, out)).isEqualTo(3);
      statement.execute("delete from items");
      assertThat(
              copyManager()
                  .copyIn(
                      "copy items from stdin " + options,
                      new ByteArrayInputStream(out.toByteArray())))
          .isEqualTo(3);
      assertThat(rows("select * from items order by id"))
          .containsExactly("1|a|1.5|[1,2,3]", "2|b\tc|null|null", "3|x, y|null|null");
    }
    StringWriter text = new StringWriter();
    copyManager().copyOut("copy (select id, name from items order by id) to stdout", text);
    assertThat(text.toString()).isEqualTo("1\ta\n2\tb\\tc\n3\tx, y\n");
  }

  @Test
  void copyIsAllOrNothing() throws SQLException {
    StringBuilder data = new StringBuilder();
    for (int i = 1; i <= 10_000; i++) {
      data.append(i).append("\tn\t1\t[1,2,").append(i == 9_000 ? "x" : "3").append("]\n");
    }
    assertThatThrownBy(
            () -> copyManager().copyIn("copy items from stdin", new StringReader(data.toString())))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e ->
                assertThat(Objects.requireNonNull(e.getServerErrorMessage()).getWhere())
                    .isEqualTo("COPY items, line 9000, column embedding: \"[1,2,x]\""));
    assertThatThrownBy(() ->
            copyManager().copyIn("copy items from stdin", new StringReader("1\ta\n2\tb\n1\tc\n")))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() ->
            copyManager()
                .copyIn("copy items (id, name) from stdin", new StringReader("1\ta\n2\tb\n1\tc\n")))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e ->
                assertThat(Objects.requireNonNull(e.getServerErrorMessage()).getWhere())
                    .isEqualTo("COPY items, line 3: \"1\tc\""));
    assertThat(rows("select count(*) from items")).containsExactly("0");
    assertThat(backend.stagedCount()).isZero();
  }

  @Test
  void copyInsideABlockIsPartOfIt() throws SQLException, IOException {
    connection.setAutoCommit(false);
    copyManager().copyIn("copy items (id, name) from stdin", new StringReader("1\ta\n2\tb\n"));
    assertThat(rows("select count(*) from items")).containsExactly("2");
    connection.rollback();
    assertThat(rows("select count(*) from items")).containsExactly("0");
    connection.rollback();
  }

  @Test
  void clientThatVanishesMidCopyLeavesNothing() throws Exception {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.query("copy items (id, name) from stdin");
      assertThat(client.read().type()).isEqualTo('G');
      for (int i = 0; i < 20; i++) {
        StringBuilder rows = new StringBuilder();
        for (int j = 0; j < 1000; j++) {
          rows.append(i * 1000 + j).append("\tname\n");
        }
        client.send('d', body -> body.write(rows.toString().getBytes(StandardCharsets.UTF_8)));
      }
    }
    while (sessionCount() > 1) {
      Thread.onSpinWait();
    }
    assertThat(backend.stagedCount()).isZero();
    assertThat(rows("select count(*) from items")).containsExactly("0");
  }

  private int sessionCount() throws SQLException {
    return Integer.parseInt(rows("select count(*) from pg_stat_activity").getFirst());
  }

  @Test
  void copyFailStopsTheCopy() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.query("copy items (id, name) from stdin");
      client.send('d', body -> body.write("1\ta\n".getBytes(StandardCharsets.UTF_8)));
      client.send('f', body -> RawClient.string(body, "enough"));
      assertThat(client.transcript()).isEqualTo("G | E 57014 | Z I");
      client.query("copy items (id, name) from stdin");
      client.query("select 1");
      assertThat(client.transcript()).isEqualTo("G | E 08P01 | Z I");
      client.query("copy items (id, name) from stdin");
      client.send('d', body -> body.write("x\ta\n".getBytes(StandardCharsets.UTF_8)));
      client.send('d', DataOutputStream::flush).send('c', DataOutputStream::flush);
      assertThat(client.transcript()).isEqualTo("G | E 22P02 | Z I");
      assertThat(client.query("select 1").transcript()).isEqualTo("T | D | C SELECT 1 | Z I");
    }
  }

  @Test
  void statementsAreCancelledAndTimeOut() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    try (Connection other = open();
        Statement sleeper = other.createStatement()) {
      Thread canceller =
          new Thread(() -> {
            try {
              started.await();
              while (!rows("select state from pg_stat_activity where query like '%sleep(60)%'"
                      + " and query not like '%pg_stat%'")
                  .contains("active")) {
                Thread.onSpinWait();
              }
              sleeper.cancel();
            } catch (InterruptedException | SQLException e) {
              throw new IllegalStateException(e);
            }
          });
      canceller.start();
      started.countDown();
      assertThatThrownBy(() -> sleeper.execute("select pg_sleep(60)"))
          .hasMessageContaining("canceling statement due to user request")
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      canceller.join();
    }
    statement.execute("set statement_timeout = 50");
    ServerErrorMessage late = failure("select pg_sleep(60)");
    assertThat(late.getMessage()).isEqualTo("canceling statement due to statement timeout");
    statement.execute("reset statement_timeout");
  }

  @Test
  void multiStatementQueryIsOneTransaction() throws IOException, SQLException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.query(
          "insert into items values (1,'a'); select 1/0; insert into items values (2,'b')");
      assertThat(client.transcript()).isEqualTo("C INSERT 0 1 | T | E 22012 | Z I");
      assertThat(rows("select count(*) from items")).containsExactly("0");
      client.query("insert into items values (1,'a'); select count(*) from items");
      assertThat(client.transcript()).isEqualTo("C INSERT 0 1 | T | D | C SELECT 1 | Z I");
      assertThat(rows("select count(*) from items")).containsExactly("1");
    }
  }

  @Test
  void fetchSizeReadsInPortions() throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement query =
        connection.prepareStatement("select i from generate_series(1, 2500) as s(i)")) {
      query.setFetchSize(100);
      int count = 0;
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          count++;
          assertThat(result.getInt(1)).isEqualTo(count);
        }
      }
      assertThat(count).isEqualTo(2500);
    }
    connection.rollback();
  }

  @Test
  void scrollCursorsGoBothWays() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("declare c scroll cursor for select i from generate_series(1, 5) as s(i)");
    assertThat(rows("fetch 2 from c")).containsExactly("1", "2");
    assertThat(rows("fetch backward 1 from c")).containsExactly("1");
    assertThat(rows("fetch last from c")).containsExactly("5");
    assertThat(rows("fetch backward 2 from c")).containsExactly("4", "3");
    assertThat(rows("fetch absolute -2 from c")).containsExactly("4");
    assertThat(rows("fetch relative -1 from c")).containsExactly("3");
    assertThat(rows("fetch relative 0 from c")).containsExactly("3");
    assertThat(rows("fetch all from c")).containsExactly("4", "5");
    assertThat(rows("fetch next from c")).isEmpty();
    assertThat(rows("fetch prior from c")).containsExactly("5");
    assertThat(rows("fetch backward all from c")).containsExactly("4", "3", "2", "1");
    assertThat(rows("fetch prior from c")).isEmpty();
    assertThat(rows("fetch next from c")).containsExactly("1");
    statement.execute("declare f no scroll cursor for select i from generate_series(1, 5) as s(i)");
    assertThat(rows("fetch absolute 3 from f")).containsExactly("3");
    assertThat(failure("fetch prior from f").getSQLState()).isEqualTo("55000");
    connection.rollback();
  }

  @Test
  void idleTransactionsAreEnded() throws Exception {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.query("set idle_in_transaction_session_timeout = 30; begin");
      assertThat(client.untilReady().getLast()).hasToString("Z T");
      assertThat(client.read().fields()).containsEntry('C', "25P03").containsEntry('S', "FATAL");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void sessionsAreTerminated() throws Exception {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      String pid =
          rows("select max(pid) from pg_stat_activity where pid <> pg_backend_pid()").getFirst();
      assertThat(rows("select pg_terminate_backend(" + pid + ")")).containsExactly("t");
      assertThat(client.read().fields()).containsEntry('C', "57P01").containsEntry('S', "FATAL");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void startupOptionsAreSettings() throws IOException {
    try (RawClient client = new RawClient(frontEnd.port())) {
      client.startup(
          3 << 16,
          "user",
          "ann",
          "database",
          "postgres",
          "options",
          "-c hnsw.ef_search=77 --statement-timeout=5s");
      client.untilReady();
      client.query(
          "select current_setting('hnsw.ef_search'), current_setting('statement_timeout')");
      String row = new String(client.untilReady().get(1).body(), StandardCharsets.UTF_8);
      assertThat(row).contains("77").contains("5s");
    }
  }

  @Test
  void sqlPreparedStatementsAndDiscard() throws SQLException {
    statement.execute("insert into items values (1,'a'),(2,'b')");
    statement.execute("prepare q (bigint) as select name from items where id = $1");
    assertThat(rows("execute q (2)")).containsExactly("b");
    assertThat(rows("select name, from_sql from pg_prepared_statements")).containsExactly("q|t");
    statement.execute("discard all");
    assertThat(failure("execute q (2)").getSQLState()).isEqualTo("26000");
  }
}
