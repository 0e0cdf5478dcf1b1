package quiver.jdbc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.util.PGobject;

/// What pgjdbc does and our driver must do as well: the same tests run with both.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PgjdbcContract {
  @TempDir static Path folder;

  private TestServer server;
  private Connection connection;

  /// @param url of our driver
  abstract Connection connect(String url) throws SQLException;

  @BeforeAll
  void start() throws SQLException {
    server = TestServer.start(folder);
    connection = connect(server.url(""));
    run(
        "CREATE TABLE parts (id bigserial PRIMARY KEY, name varchar(20) NOT NULL, price"
            + " numeric(10,2))");
  }

  @AfterAll
  void stop() throws SQLException {
    connection.close();
    server.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    run("DELETE FROM parts");
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long count() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM parts")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void metadataDescribesTheServer() throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    assertThat(metadata.getDatabaseProductName()).isEqualTo("PostgreSQL");
    assertThat(metadata.getDatabaseMajorVersion()).isEqualTo(15);
    assertThat(metadata.getDatabaseProductVersion()).contains("Quiver");
    assertThat(metadata.getConnection()).isSameAs(connection);
    List<String> columns = new ArrayList<>();
    try (ResultSet rows = metadata.getColumns(null, "public", "parts", "%")) {
      while (rows.next()) {
        columns.add(rows.getString("COLUMN_NAME") + " " + rows.getString("TYPE_NAME"));
      }
    }
    assertThat(columns).containsExactly("id bigserial", "name varchar", "price numeric");
    try (ResultSet keys = metadata.getPrimaryKeys(null, "public", "parts")) {
      assertThat(keys.next()).isTrue();
      assertThat(keys.getString("COLUMN_NAME")).isEqualTo("id");
    }
  }

  @Test
  void generatedKeysAreReturned() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO parts (name) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, "bolt");
      assertThat(insert.executeUpdate()).isEqualTo(1);
      try (ResultSet keys = insert.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong("id")).isPositive();
        assertThat(keys.getString("name")).isEqualTo("bolt");
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO parts (name) VALUES ('nut')", new String[] {"id"});
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getMetaData().getColumnCount()).isEqualTo(1);
      }
    }
  }

  @Test
  void fetchSizeStreamsThroughACursor() throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement query =
        connection.prepareStatement("SELECT i FROM generate_series(1, ?) AS g(i)")) {
      query.setInt(1, 100);
      query.setFetchSize(7);
      long sum = 0;
      try (ResultSet rows = query.executeQuery()) {
        assertThat(rows.getFetchSize()).isEqualTo(7);
        assertThat(rows.getStatement()).isSameAs(query);
        while (rows.next()) {
          sum += rows.getInt(1);
        }
      }
      assertThat(sum).isEqualTo(5_050);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  @Test
  void cancelEndsAStatement() throws Exception {
    try (Statement statement = connection.createStatement()) {
      Thread canceller =
          new Thread(
              () -> {
                try (Connection watcher = connect(server.url(""));
                    Statement look = watcher.createStatement()) {
                  boolean isRunning = false;
                  while (!isRunning) {
                    try (ResultSet rows =
                        look.executeQuery(
                            "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE"
                                + " 'SELECT pg_sleep%'")) {
                      isRunning = rows.next();
                    }
                  }
                  statement.cancel();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              },
              "canceller");
      canceller.start();
      assertThatThrownBy(() -> statement.executeQuery("SELECT pg_sleep(600)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      canceller.join();
      assertThat(connection.isClosed()).isFalse();
      assertThat(count()).isZero();
    }
  }

  @Test
  void aTimeoutEndsAStatement() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT pg_sleep(600)")) {
      statement.setQueryTimeout(1);
      assertThat(statement.getQueryTimeout()).isEqualTo(1);
      assertThatThrownBy(statement::executeQuery)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
    }
  }

  @Test
  void savepointsAreGoneBackTo() throws SQLException {
    connection.setAutoCommit(false);
    run("INSERT INTO parts (name) VALUES ('kept')");
    Savepoint savepoint = connection.setSavepoint("half");
    run("INSERT INTO parts (name) VALUES ('dropped')");
    assertThatThrownBy(() -> run("INSERT INTO parts (name) VALUES (NULL)"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23502"));
    connection.rollback(savepoint);
    connection.releaseSavepoint(savepoint);
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void valuesOfManyTypesGoThereAndBack() throws SQLException {
    UUID uuid = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    LocalDateTime time = LocalDateTime.of(2024, 2, 29, 12, 34, 56, 123_456_000);
    PGobject json = new PGobject();
    json.setType("jsonb");
    json.setValue("{\"a\": 1}");
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT ?::int, ?::int8, ?::numeric, ?::text, ?::uuid, ?::timestamp, ?::timestamptz,"
                + " ?::date, ?::bytea, ?::int[], ?::jsonb, ?::bool, ?::float8, ?::text[]")) {
      for (int pass = 0; pass < 7; pass++) {
        query.setInt(1, 1);
        query.setLong(2, Long.MAX_VALUE);
        query.setBigDecimal(3, new BigDecimal("12.340"));
        query.setString(4, "täxt");
        query.setObject(5, uuid);
        query.setObject(6, time);
        query.setObject(7, OffsetDateTime.of(time, ZoneOffset.UTC));
        query.setObject(8, LocalDate.of(2024, 2, 29));
        query.setBytes(9, new byte[] {0, 1, -1});
        query.setArray(10, connection.createArrayOf("int4", new Object[] {1, null, 3}));
        query.setObject(11, json);
        query.setBoolean(12, true);
        query.setNull(13, Types.DOUBLE);
        query.setObject(14, new String[] {"a", "b,\"c"});
        try (ResultSet row = query.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(row.getObject(1)).isEqualTo(1);
          assertThat(row.getLong(2)).isEqualTo(Long.MAX_VALUE);
          assertThat(row.getBigDecimal(3)).isEqualTo(new BigDecimal("12.340"));
          assertThat(row.getString(4)).isEqualTo("täxt");
          assertThat(row.getObject(5)).isEqualTo(uuid);
          assertThat(row.getTimestamp(6)).isEqualTo(Timestamp.valueOf(time));
          assertThat(row.getObject(6, LocalDateTime.class)).isEqualTo(time);
          assertThat(row.getObject(7, OffsetDateTime.class))
              .isEqualTo(OffsetDateTime.of(time, ZoneOffset.UTC));
          assertThat(row.getObject(8, LocalDate.class)).isEqualTo(LocalDate.of(2024, 2, 29));
          assertThat(row.getBytes(9)).containsExactly(0, 1, -1);
          Array array = row.getArray(10);
          assertThat((Object[]) array.getArray()).containsExactly(1, null, 3);
          assertThat(row.getObject(11)).isInstanceOf(PGobject.class).hasToString("{\"a\": 1}");
          assertThat(row.getBoolean(12)).isTrue();
          assertThat(row.getDouble(13)).isZero();
          assertThat(row.wasNull()).isTrue();
          assertThat((Object[]) row.getArray(14).getArray()).containsExactly("a", "b,\"c");
        }
      }
    }
  }

  @Test
  void batchesOfStatementsAreCounted() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.addBatch("INSERT INTO parts (name) VALUES ('a'), ('b')");
      statement.addBatch("UPDATE parts SET price = 1");
      assertThat(statement.executeBatch()).containsExactly(2, 2);
      assertThat(statement.executeBatch()).isEmpty();
      statement.addBatch("DELETE FROM parts");
      statement.addBatch("SELECT no_such_column");
      assertThatThrownBy(statement::executeBatch).isInstanceOf(BatchUpdateException.class);
    }
  }

  @Test
  void preparedBatchesAreCounted() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO parts (name, price) VALUES (?, ?)")) {
      for (int i = 0; i < 40; i++) {
        insert.setString(1, "part " + i);
        insert.setBigDecimal(2, BigDecimal.valueOf(i, 2));
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(40).containsOnly(1);
      assertThat(count()).isEqualTo(40);
      insert.setString(1, "one");
      insert.addBatch();
      insert.setString(1, "much too long for the column");
      insert.addBatch();
      assertThatThrownBy(insert::executeBatch)
          .isInstanceOfSatisfying(
              BatchUpdateException.class,
              e -> assertThat(e.getUpdateCounts()).containsExactly(-3, -3))
          .hasMessageContaining("Batch entry 1 INSERT INTO parts (name, price) VALUES ")
          .hasMessageContaining("value too long for type character varying(20)");
    }
  }

  @Test
  void functionsAreCalled() throws SQLException {
    try (CallableStatement call = connection.prepareCall("{? = call upper(?)}")) {
      call.registerOutParameter(1, Types.VARCHAR);
      call.setString(2, "loud");
      call.execute();
      assertThat(call.getString(1)).isEqualTo("LOUD");
    }
  }

  @Test
  void severalResultsAreWalkedThrough() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute("SELECT 1; DELETE FROM parts; SELECT 2")).isTrue();
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(1);
      }
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(-1);
    }
  }

  @Test
  void rowsCanBeChangedInPlace() throws SQLException {
    run("INSERT INTO parts (id, name) VALUES (7, 'old')");
    try (Statement statement =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet rows = statement.executeQuery("SELECT id, name FROM parts")) {
      assertThat(rows.first()).isTrue();
      rows.updateString("name", "new");
      rows.updateRow();
      assertThat(rows.getString(2)).isEqualTo("new");
    }
  }

  @Test
  void parametersAreDescribed() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO parts (id, name) VALUES (?, ?)")) {
      assertThat(insert.getParameterMetaData().getParameterType(1)).isEqualTo(Types.BIGINT);
      assertThat(insert.getMetaData()).isNull();
    }
    try (PreparedStatement query = connection.prepareStatement("SELECT id FROM parts")) {
      assertThat(query.getMetaData().getColumnName(1)).isEqualTo("id");
    }
  }

  @Test
  @SuppressWarnings("try") // what happens after close() is the question
  void misuseIsRefused() throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("SELECT ?::int")) {
      assertThatThrownBy(query::executeQuery).hasMessageContaining("No value specified");
      assertThatThrownBy(() -> query.setInt(2, 1)).hasMessageContaining("out of range");
      query.setInt(1, 1);
      query.clearParameters();
      assertThatThrownBy(query::executeQuery).hasMessageContaining("No value specified");
      query.close();
      assertThat(query.isClosed()).isTrue();
      assertThatThrownBy(() -> query.setInt(1, 1)).isInstanceOf(SQLException.class);
    }
    Connection closed = connect(server.url(""));
    Statement statement = closed.createStatement();
    closed.close();
    closed.close();
    assertThat(closed.isClosed()).isTrue();
    assertThat(closed.isValid(1)).isFalse();
    assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
    assertThatThrownBy(closed::createStatement)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    assertThatThrownBy(connection::rollback).hasMessageContaining("autoCommit is enabled");
  }

  @Test
  void theConnectionOfPgjdbcIsWithinReach() throws SQLException {
    assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
    assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
    connection.setSchema("public");
    assertThat(connection.getSchema()).isEqualTo("public");
    connection.setClientInfo("ApplicationName", "contract");
    assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("contract");
    assertThat((Throwable) connection.getWarnings()).isNull();
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    assertThatThrownBy(() -> run("INSERT INTO parts (name) VALUES ('x')"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    connection.rollback();
    connection.setAutoCommit(true);
    connection.setReadOnly(false);
  }
}
