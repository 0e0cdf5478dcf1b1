package quiver.jdbc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PGobject;
import quiver.jdbc.BulkProgress;
import quiver.jdbc.BulkWriter;
import quiver.jdbc.QuiverConnection;
import quiver.jdbc.vector.BitVector;
import quiver.jdbc.vector.HalfVector;
import quiver.jdbc.vector.SparseVector;

/// Batches that go over COPY must not be told from those that do not: every test compares both.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchIT {
  private static final int ROW_COUNT = 30;

  @TempDir static Path folder;

  private TestServer server;
  private Proxy front;
  private Connection copying;
  private Connection plain;

  @BeforeAll
  void start() throws SQLException {
    server = TestServer.start(folder);
    front = Proxy.start(server.port());
    copying =
        DriverManager.getConnection("jdbc:quiver://" + front.address() + "/quiver?user=quiver");
    plain = DriverManager.getConnection(server.url("&copyBatch=false"));
  }

  @AfterAll
  void stop() throws SQLException {
    copying.close();
    plain.close();
    front.close();
    server.close();
  }

  @BeforeEach
  void create() throws SQLException {
    run(plain, "DROP TABLE IF EXISTS rows");
    run(
        plain,
        "CREATE TABLE rows (id int PRIMARY KEY, small smallint, big bigint, r real, d double"
            + " precision, n numeric, n2 numeric(8,2), t text NOT NULL DEFAULT 'none', c"
            + " varchar(5), b boolean, bytes bytea, u uuid, j json, jb jsonb, day date, tm time, ts"
            + " timestamp, tz timestamptz, v vector(2), h halfvec(2), s sparsevec(4), bits bit(3),"
            + " CHECK (id <> 999))");
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// All rows as text.
  private List<String> rows() throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = plain.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM rows ORDER BY id")) {
      while (rows.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.append(rows.getString(i)).append('|');
        }
        found.add(row.toString());
      }
    }
    return found;
  }

  private interface Filler {
    void fill(PreparedStatement insert, int row) throws SQLException;
  }

  /// Runs the same batch on both, and expects the same rows.
  private List<String> both(String sql, Filler filler) throws SQLException {
    List<String> expected = one(plain, sql, filler);
    run(plain, "DELETE FROM rows");
    List<String> found = one(copying, sql, filler);
    assertThat(found).isEqualTo(expected);
    run(plain, "DELETE FROM rows");
    return found;
  }

  private List<String> one(Connection connection, String sql, Filler filler) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 0; i < ROW_COUNT; i++) {
        filler.fill(insert, i);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(ROW_COUNT).containsOnly(1);
    }
    return rows();
  }

  @Test
  void everyTypeIsStoredAlike() throws SQLException {
    long copies = front.copies();
    List<String> found =
        both(
            "INSERT INTO rows (id, small, big, r, d, n, n2, c, b, bytes, u, j, jb, day, tm, ts,"
                + " tz, v, h, s, bits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::json, ?, ?, ?,"
                + " ?, ?, ?, ?, ?, ?)",
            (insert, i) -> {
              insert.setInt(1, i);
              insert.setInt(2, -i);
              insert.setInt(3, i);
              insert.setDouble(4, i / 3.0);
              insert.setFloat(5, i / 3f);
              insert.setBigDecimal(6, new BigDecimal("-12345.67890").movePointLeft(i).pow(2));
              insert.setBigDecimal(7, new BigDecimal("1.005").multiply(BigDecimal.valueOf(i)));
              insert.setString(8, i == 3 ? null : "äb" + i % 10);
              insert.setBoolean(9, i % 2 == 0);
              insert.setBytes(10, ("bytes" + i).getBytes(StandardCharsets.UTF_8));
              insert.setObject(11, new UUID(i, -i));
              insert.setString(12, "{\"a\":  " + i + "}");
              insert.setObject(13, jsonb("{\"a\":  [" + i + "]}"));
              insert.setDate(14, Date.valueOf(LocalDate.of(1999, 12, 20).plusDays(i)));
              insert.setObject(15, LocalTime.of(1, 2, 3, i * 1_000));
              insert.setTimestamp(
                  16, Timestamp.valueOf(LocalDateTime.of(2024, 3, 31, 2, 30, i, 123_456_789)));
              insert.setObject(
                  17, OffsetDateTime.of(1998, 1, 1, 0, 0, i, 7_000, ZoneOffset.ofHours(i % 10)));
              insert.setObject(18, new float[] {i, -0.5f});
              insert.setObject(19, HalfVector.of(i, 0.1f));
              insert.setObject(20, SparseVector.of(0, i, 0, 1));
              insert.setObject(21, BitVector.of(true, false, i % 2 == 0));
            });
    assertThat(found.get(3)).contains("|none|null|");
    assertThat(front.copies()).isEqualTo(copies + 1);
  }

  private static PGobject jsonb(String text) throws SQLException {
    PGobject object = new PGobject();
    object.setType("jsonb");
    object.setValue(text);
    return object;
  }

  @Test
  void valuesOfOtherTypesAreConvertedAlike() throws SQLException {
    both(
        "INSERT INTO rows (id, big, d, n, t, v, h, day, tz) VALUES (?, ?, ?, ?, ?, ?::vector, ?,"
            + " ?, ?)",
        (insert, i) -> {
          insert.setLong(1, i);
          insert.setShort(2, (short) i);
          insert.setInt(3, i);
          insert.setLong(4, i * 10_000_000_000L);
          insert.setObject(5, "text " + i);
          insert.setString(6, "[1e1, " + i + "]");
          insert.setObject(7, new float[] {i, 1});
          insert.setObject(8, LocalDate.of(2024, 2, 29).plusYears(i));
          insert.setTimestamp(9, Timestamp.valueOf(LocalDateTime.of(2024, 1, 1, 0, 0)));
        });
  }

  @Test
  void whatCopyCannotSendGoesAsInsert() throws SQLException {
    both(
        "INSERT INTO rows (id, t, n) VALUES (?, ?, ?)",
        (insert, i) -> {
          insert.setInt(1, i);
          insert.setInt(2, i);
          insert.setDouble(3, i / 7.0);
        });
    both(
        "INSERT INTO rows (id, t) VALUES (?, ?)",
        (insert, i) -> {
          insert.setInt(1, i);
          if (i == 20) {
            insert.setCharacterStream(2, new java.io.StringReader("stream"));
          } else {
            insert.setString(2, "text " + i);
          }
        });
    both(
        "INSERT INTO rows (id, t, big) VALUES (?, ?, ?)",
        (insert, i) -> {
          insert.setInt(1, i);
          insert.setObject(2, i == 25 ? (Object) 'c' : "text " + i);
          if (i % 5 == 0) {
            insert.setNull(3, Types.BIGINT);
          } else {
            insert.setObject(3, i, Types.BIGINT);
          }
        });
    both(
        "INSERT INTO rows (id, t) VALUES (?, upper(?))",
        (insert, i) -> {
          insert.setInt(1, i);
          insert.setString(2, "text " + i);
        });
  }

  /// What a batch that fails leaves and tells.
  private record Failure(String state, String message, List<Integer> counts, List<String> rows) {}

  private Failure fail(Connection connection, boolean autoCommit, Filler filler)
      throws SQLException {
    connection.setAutoCommit(autoCommit);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO rows (id, c, t, v) VALUES (?, ?, ?, ?)")) {
      if (!autoCommit) {
        run(connection, "INSERT INTO rows (id) VALUES (-1)");
      }
      for (int i = 0; i < ROW_COUNT; i++) {
        insert.setInt(1, i);
        insert.setString(2, "c" + i);
        insert.setString(3, "t" + i);
        insert.setObject(4, new float[] {i, i});
        filler.fill(insert, i);
        insert.addBatch();
      }
      BatchUpdateException e =
          org.assertj.core.api.Assertions.catchThrowableOfType(
              BatchUpdateException.class, insert::executeBatch);
      assertThat(e.getMessage()).isNotNull();
      if (!autoCommit) {
        assertThatThrownBy(() -> run(connection, "SELECT 1"))
            .hasMessageContaining("current transaction is aborted");
        connection.rollback();
      }
      List<Integer> counts = new ArrayList<>();
      for (int count : e.getUpdateCounts()) {
        counts.add(count);
      }
      Failure failure = new Failure(e.getSQLState(), e.getMessage(), counts, rows());
      run(plain, "DELETE FROM rows");
      return failure;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  @Test
  void errorsAndCountsAreThoseOfInsert() throws SQLException {
    List<Filler> mistakes =
        List.of(
            (insert, i) -> insert.setInt(1, i == 17 ? 3 : i),
            (insert, i) -> insert.setInt(1, i == 17 ? 999 : i),
            (insert, i) -> insert.setString(2, i == 17 ? "much too long" : "fits"),
            (insert, i) -> insert.setString(3, i == 17 ? null : "given"),
            (insert, i) -> insert.setObject(4, i == 17 ? new float[] {1} : new float[] {i, i}),
            (insert, i) -> insert.setInt(4, i));
    for (boolean autoCommit : new boolean[] {true, false}) {
      for (Filler mistake : mistakes) {
        Failure expected = fail(plain, autoCommit, mistake);
        assertThat(fail(copying, autoCommit, mistake)).isEqualTo(expected);
        assertThat(expected.message()).containsPattern("Batch entry (0|17) ");
      }
    }
  }

  @Test
  void batchesBelongToTheirTransaction() throws SQLException {
    copying.setAutoCommit(false);
    try (PreparedStatement insert =
        copying.prepareStatement("INSERT INTO rows (id, t) VALUES (?, ?)")) {
      for (int part = 0; part < 2; part++) {
        for (int i = 0; i < ROW_COUNT; i++) {
          insert.setInt(1, part * ROW_COUNT + i);
          insert.setString(2, "x");
          insert.addBatch();
        }
        assertThat(insert.executeLargeBatch()).hasSize(ROW_COUNT).containsOnly(1);
      }
      assertThat(rows()).isEmpty();
      copying.rollback();
      assertThat(rows()).isEmpty();
      insert.setInt(1, 5);
      insert.addBatch();
      insert.clearBatch();
      assertThat(insert.executeBatch()).isEmpty();
      insert.setInt(1, 6);
      assertThat(insert.executeUpdate()).isEqualTo(1);
      copying.commit();
      assertThat(rows()).hasSize(1);
    } finally {
      copying.setAutoCommit(true);
    }
  }

  @Test
  void generatedKeysAreGiven() throws SQLException {
    try (PreparedStatement insert =
        copying.prepareStatement(
            "INSERT INTO rows (id, t) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
      for (int i = 0; i < ROW_COUNT; i++) {
        insert.setInt(1, i);
        insert.setString(2, "x");
        insert.addBatch();
      }
      insert.executeBatch();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        int count = 0;
        while (keys.next()) {
          assertThat(keys.getInt("id")).isEqualTo(count++);
        }
        assertThat(count).isEqualTo(ROW_COUNT);
      }
    }
  }

  // --- bulk loads
  // ----------------------------------------------------------------------------------

  private QuiverConnection bulk() throws SQLException {
    return copying.unwrap(QuiverConnection.class);
  }

  @Test
  void aBulkLoadTakesAStreamAndReportsProgress() throws SQLException {
    List<BulkProgress> progress = new ArrayList<>();
    try (BulkWriter writer =
        bulk()
            .bulkLoad("rows", "id", "t", "v", "jb")
            .rowsPerCommit(1_000)
            .onProgress(500, progress::add)
            .open()) {
      writer.row(-1, "first", new float[] {0, 0}, null);
      writer.rows(
          Stream.iterate(10_000, i -> i + 1)
              .limit(2_499)
              .map(i -> new Object[] {i, "t" + i, new float[] {i, i}, "{\"a\": 1}"}));
      assertThat(writer.finish()).isEqualTo(2_500);
    }
    assertThat(progress)
        .extracting(BulkProgress::rows)
        .containsExactly(500L, 1_000L, 1_500L, 2_000L, 2_500L, 2_500L);
    assertThat(progress)
        .extracting(BulkProgress::committedRows)
        .containsExactly(0L, 0L, 1_000L, 1_000L, 2_000L, 2_500L);
    assertThat(progress).extracting(BulkProgress::bytes).isSorted();
    assertThat(rows()).hasSize(2_500);
  }

  @Test
  void aBulkLoadThatIsNotFinishedLeavesNothing() throws SQLException {
    try (BulkWriter writer = bulk().bulkLoad("rows", "id", "t").open()) {
      writer.row(1, "x");
    }
    assertThat(rows()).isEmpty();
    copying.setAutoCommit(false);
    try (BulkWriter writer = bulk().bulkLoad("rows", "id", "t").open()) {
      writer.row(1, "x");
      writer.finish();
    }
    assertThat(rows()).isEmpty();
    copying.commit();
    assertThat(rows()).hasSize(1);
    copying.setAutoCommit(true);
  }

  @Test
  void errorsOfABulkLoadNameTheirRow() throws SQLException {
    try (BulkWriter writer = bulk().bulkLoad("rows", "id", "v").open()) {
      writer.row(1, new float[] {1, 1});
      assertThatThrownBy(() -> writer.row(2, "not a vector"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42804"))
          .hasMessage("row 2: column \"v\" cannot be sent a java.lang.String");
      assertThatThrownBy(() -> writer.row(3, null)).hasMessage("the bulk load has ended");
    }
    try (BulkWriter writer = bulk().bulkLoad("rows", "id", "v").open()) {
      for (int i = 0; i < 10; i++) {
        writer.row(i, i == 6 ? new float[] {1, 2, 3} : new float[] {1, 1});
      }
      assertThatThrownBy(writer::finish)
          .hasMessageStartingWith("row 7: ")
          .hasMessageContaining("expected 2 dimensions, not 3");
    }
    assertThatThrownBy(() -> bulk().bulkLoad("rows", "nope").open())
        .hasMessage("column \"nope\" of relation \"rows\" does not exist");
    assertThatThrownBy(() -> bulk().bulkLoad("nope").open())
        .hasMessageContaining("relation \"nope\" does not exist");
    assertThat(rows()).isEmpty();
  }
}
