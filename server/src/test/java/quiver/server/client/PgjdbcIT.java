package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import quiver.server.process.ServerProcess;

/// pgjdbc, unmodified: metadata, types in text and binary, batches, generated keys, fetch size,
/// COPY, cancel.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PgjdbcIT {
  @TempDir static Path folder;

  private final List<ServerProcess> servers = new ArrayList<>();

  @BeforeAll
  void start() throws SQLException {
    servers.add(ServerProcess.start(folder.resolve("data"), folder.resolve("log")));
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE parts (id bigserial PRIMARY KEY, name varchar(20) NOT NULL, price"
              + " numeric(10,2), embedding vector(3))");
    }
  }

  @AfterAll
  void stop() {
    servers.forEach(ServerProcess::close);
  }

  private Connection connect() throws SQLException {
    return servers.getFirst().connect();
  }

  @Test
  void metadataDescribesTheTable() throws SQLException {
    try (Connection connection = connect()) {
      DatabaseMetaData metadata = connection.getMetaData();
      assertThat(metadata.getDatabaseMajorVersion()).isEqualTo(15);
      try (ResultSet tables = metadata.getTables(null, "public", "parts", new String[] {"TABLE"})) {
        assertThat(tables.next()).isTrue();
        assertThat(tables.getString("TABLE_NAME")).isEqualTo("parts");
      }
      List<String> columns = new ArrayList<>();
      try (ResultSet rows = metadata.getColumns(null, "public", "parts", "%")) {
        while (rows.next()) {
          columns.add(
              rows.getString("COLUMN_NAME")
                  + " "
                  + rows.getString("TYPE_NAME")
                  + " "
                  + rows.getInt("COLUMN_SIZE")
                  + " "
                  + rows.getString("IS_NULLABLE")
                  + " "
                  + rows.getString("IS_AUTOINCREMENT"));
        }
      }
      assertThat(columns)
          .containsExactly(
              "id bigserial 19 NO YES",
              "name varchar 20 NO NO",
              "price numeric 10 YES NO",
              "embedding vector 2147483647 YES NO");
      try (ResultSet keys = metadata.getPrimaryKeys(null, "public", "parts")) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getString("COLUMN_NAME")).isEqualTo("id");
        assertThat(keys.getString("PK_NAME")).isEqualTo("parts_pkey");
      }
      try (ResultSet indexes = metadata.getIndexInfo(null, "public", "parts", false, false)) {
        assertThat(indexes.next()).isTrue();
        assertThat(indexes.getString("INDEX_NAME")).isEqualTo("parts_pkey");
      }
      for (ResultSet rows :
          List.of(
              metadata.getSchemas(),
              metadata.getCatalogs(),
              metadata.getTypeInfo(),
              metadata.getImportedKeys(null, "public", "parts"),
              metadata.getFunctions(null, "pg_catalog", "abs"))) {
        rows.close();
      }
    }
  }

  @Test
  void generatedKeysAndBatches() throws SQLException {
    try (Connection connection = connect()) {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO parts (name, price, embedding) VALUES (?, ?, ?::vector)",
              new String[] {"id"})) {
        for (int i = 0; i < 50; i++) {
          insert.setString(1, "part " + i);
          insert.setBigDecimal(2, java.math.BigDecimal.valueOf(i, 2));
          insert.setString(3, "[" + i + ",0,1]");
          insert.addBatch();
        }
        assertThat(insert.executeBatch()).hasSize(50).containsOnly(1);
        try (ResultSet keys = insert.getGeneratedKeys()) {
          assertThat(keys.next()).isTrue();
          assertThat(keys.getLong(1)).isPositive();
        }
      }
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO parts (name) VALUES (?)")) {
        insert.setString(1, "fine");
        insert.addBatch();
        insert.setString(1, "much too long for the column");
        insert.addBatch();
        assertThatThrownBy(insert::executeBatch)
            .isInstanceOf(BatchUpdateException.class)
            .hasMessageContaining("value too long for type character varying(20)");
      }
    }
  }

  @Test
  void typesInTextAndBinary() throws SQLException {
    String sql =
        "SELECT true, 1::int2, 2::int4, 3::int8, 1.5::float4, 2.5::float8, 12.340::numeric,"
            + " 'x'::text, 'y'::varchar(3), '\\x0102'::bytea, date '2024-02-29', time"
            + " '12:34:56.789', timestamp '2024-02-29 12:34:56',"
            + " '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid, '{\"a\": 1}'::jsonb,"
            + " '{1,2,NULL}'::int[], NULL::int, '[1,2.5]'::vector, interval '1 day 02:00:00'";
    for (String option :
        List.of("&prepareThreshold=-1", "&binaryTransfer=false", "&preferQueryMode=simple")) {
      try (Connection connection =
              java.sql.DriverManager.getConnection(servers.getFirst().url() + option);
          PreparedStatement query = connection.prepareStatement(sql);
          ResultSet row = query.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getBoolean(1)).isTrue();
        assertThat(row.getShort(2)).isEqualTo((short) 1);
        assertThat(row.getInt(3)).isEqualTo(2);
        assertThat(row.getLong(4)).isEqualTo(3);
        assertThat(row.getFloat(5)).isEqualTo(1.5f);
        assertThat(row.getDouble(6)).isEqualTo(2.5);
        assertThat(row.getBigDecimal(7)).isEqualTo(new java.math.BigDecimal("12.340"));
        assertThat(row.getString(8)).isEqualTo("x");
        assertThat(row.getString(9)).isEqualTo("y");
        assertThat(row.getBytes(10)).containsExactly(1, 2);
        assertThat(row.getObject(11, java.time.LocalDate.class))
            .isEqualTo(java.time.LocalDate.of(2024, 2, 29));
        assertThat(row.getObject(12, java.time.LocalTime.class))
            .isEqualTo(java.time.LocalTime.of(12, 34, 56, 789_000_000));
        assertThat(row.getObject(13, java.time.LocalDateTime.class))
            .isEqualTo(java.time.LocalDateTime.of(2024, 2, 29, 12, 34, 56));
        assertThat(row.getObject(14))
            .isEqualTo(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"));
        assertThat(row.getString(15)).isEqualTo("{\"a\": 1}");
        Array array = row.getArray(16);
        assertThat((Object[]) array.getArray()).containsExactly(1, 2, null);
        assertThat(row.getObject(17)).isNull();
        assertThat(row.getString(18)).isEqualTo("[1,2.5]");
        assertThat(row.getString(19)).contains("1 day");
      }
    }
  }

  @Test
  void fetchSizeStreamsThroughACursor() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(7);
      long sum = 0;
      try (ResultSet rows =
          statement.executeQuery("SELECT i FROM generate_series(1, 100) AS g(i)")) {
        while (rows.next()) {
          sum += rows.getInt(1);
        }
      }
      assertThat(sum).isEqualTo(5_050);
      connection.rollback();
    }
  }

  @Test
  void copyManagerLoadsAndUnloads() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE loaded (id int PRIMARY KEY, note text)");
      long count =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(
                  "COPY loaded FROM STDIN WITH (FORMAT csv, HEADER)",
                  new StringReader("id,note\n1,\"a \"\"b\"\"\"\n2,\n"));
      assertThat(count).isEqualTo(2);
      try (ResultSet rows = statement.executeQuery("SELECT note FROM loaded ORDER BY id")) {
        rows.next();
        assertThat(rows.getString(1)).isEqualTo("a \"b\"");
        rows.next();
        assertThat(rows.getString(1)).isNull();
      }
      java.io.StringWriter out = new java.io.StringWriter();
      connection.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY loaded TO STDOUT", out);
      assertThat(out.toString()).isEqualTo("1\ta \"b\"\n2\t\\N\n");
    }
  }

  @Test
  void runningStatementCanBeCancelled() throws Exception {
    try (Connection connection = connect();
        Connection observer = connect();
        Statement statement = connection.createStatement()) {
      Thread canceller =
          Thread.ofPlatform()
              .name("canceller")
              .start(() -> {
                try {
                  awaitRunning(observer, "SELECT pg_sleep(60)");
                  statement.cancel();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(60)"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("canceling statement due to user request");
      canceller.join();
    }
  }

  /// Returns when some session runs `sql`: a cancel that arrives earlier has no effect.
  private static void awaitRunning(Connection observer, String sql) throws SQLException {
    try (PreparedStatement query =
        observer.prepareStatement(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = ?")) {
      query.setString(1, sql);
      long running = 0;
      while (running == 0) {
        try (ResultSet rows = query.executeQuery()) {
          rows.next();
          running = rows.getLong(1);
        }
      }
    }
  }

  @Test
  void transactionsAreReal() throws SQLException {
    try (Connection first = connect();
        Connection second = connect();
        Statement writer = first.createStatement();
        Statement reader = second.createStatement()) {
      writer.execute("CREATE TABLE accounts (id int PRIMARY KEY, amount int NOT NULL)");
      first.setAutoCommit(false);
      writer.execute("INSERT INTO accounts VALUES (1, 10), (2, 20)");
      assertThat(count(writer)).isEqualTo(2);
      assertThat(count(reader)).isZero();
      first.rollback();
      assertThat(count(writer)).isZero();
      writer.execute("INSERT INTO accounts VALUES (1, 10)");
      first.commit();
      assertThat(count(reader)).isEqualTo(1);
      assertThatThrownBy(() -> writer.execute("INSERT INTO accounts VALUES (3, NULL)"))
          .hasMessageContaining(
              "null value in column \"amount\" of relation \"accounts\" violates not-null"
                  + " constraint");
      assertThatThrownBy(() -> writer.execute("SELECT 1"))
          .hasMessageContaining("current transaction is aborted");
      first.rollback();
    }
  }

  private static long count(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM accounts")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
