package quiver.jdbc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGResultSetMetaData;
import org.postgresql.core.Field;
import org.postgresql.util.PGobject;
import quiver.jdbc.QuiverTypes;
import quiver.jdbc.vector.BitVector;
import quiver.jdbc.vector.HalfVector;
import quiver.jdbc.vector.SparseVector;

/// Vectors as parameters and results.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VectorIT {
  @TempDir static Path folder;

  private TestServer server;
  private Connection connection;

  @BeforeAll
  void start() throws SQLException {
    server = TestServer.start(folder);
    connection = DriverManager.getConnection(server.url(""));
    run(
        "CREATE TABLE vectors (id int PRIMARY KEY, v vector(3), h halfvec(3), s sparsevec(5), b"
            + " bit(5), r real[])");
  }

  @AfterAll
  void stop() throws SQLException {
    connection.close();
    server.close();
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void everyKindGoesThereAndBack() throws SQLException {
    SparseVector sparse = SparseVector.of(Map.of(0, 1f, 4, -2.5f), 5);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO vectors VALUES (1, ?, ?, ?, ?, ?)")) {
      insert.setObject(1, new float[] {1, 2.5f, -0.1f});
      insert.setObject(2, HalfVector.of(0.5f, 1, 65504));
      insert.setObject(3, sparse);
      insert.setObject(4, BitVector.parse("10110"));
      insert.setObject(5, new float[] {7, 8});
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
    try (PreparedStatement query =
        connection.prepareStatement("SELECT v, h, s, b, r, id FROM vectors WHERE id = ?")) {
      query.setInt(1, 1);
      try (ResultSet row = query.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getObject("v", float[].class)).containsExactly(1, 2.5f, -0.1f);
        assertThat((float[]) row.getObject(1)).containsExactly(1, 2.5f, -0.1f);
        assertThat(row.getString("v")).isEqualTo("[1,2.5,-0.1]");
        assertThat(row.getObject(2)).isEqualTo(HalfVector.of(0.5f, 1, 65504));
        assertThat(row.getObject(2, float[].class)).containsExactly(0.5f, 1, 65504);
        assertThat(row.getObject(3, SparseVector.class)).isEqualTo(sparse);
        assertThat(row.getObject(4, BitVector.class)).isEqualTo(BitVector.parse("10110"));
        assertThat(row.getObject(5, float[].class)).containsExactly(7, 8);
        assertThatThrownBy(() -> row.getObject("id", float[].class))
            .hasMessageContaining("conversion of int4 to float[] is not supported");
      }
    }
  }

  @Test
  void vectorsArriveInBinaryFromTheFirstExecution() throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement("SELECT '[1,2]'::vector AS embedding");
        ResultSet row = query.executeQuery()) {
      var columns = row.unwrap(org.postgresql.jdbc.PgResultSet.class).getMetaData();
      assertThat(columns.unwrap(PGResultSetMetaData.class).getFormat(1))
          .isEqualTo(Field.BINARY_FORMAT);
    }
  }

  @Test
  void typesSayWhatAnythingElseShouldBe() throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT ?, ?, ?, ?, ? <-> '[1,1]'")) {
      query.setObject(1, new double[] {1, 2}, QuiverTypes.VECTOR);
      query.setObject(2, List.of(1, 0.5), QuiverTypes.HALFVEC);
      query.setObject(3, new float[] {0, 3}, QuiverTypes.SPARSEVEC);
      query.setObject(4, "101", QuiverTypes.BIT);
      query.setObject(5, "[1,2]", QuiverTypes.VECTOR);
      try (ResultSet row = query.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat((float[]) row.getObject(1)).containsExactly(1, 2);
        assertThat(row.getObject(2)).isEqualTo(HalfVector.of(1, 0.5f));
        assertThat(row.getObject(3)).isEqualTo(SparseVector.of(0, 3));
        assertThat(row.getString(4)).isEqualTo("101");
        assertThat(row.getDouble(5)).isEqualTo(1);
      }
      assertThatThrownBy(() -> query.setObject(1, 17, QuiverTypes.VECTOR))
          .hasMessage("cannot make a vector of a java.lang.Integer");
      query.setNull(1, java.sql.Types.OTHER);
    }
  }

  @Test
  void arraysOfVectorsGoThereAndBack() throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("SELECT ?::vector[]")) {
      query.setObject(1, new float[][] {{1, 2}, {3, 4.5f}});
      try (ResultSet row = query.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getObject(1, float[][].class))
            .isDeepEqualTo(new float[][] {{1, 2}, {3, 4.5f}});
      }
    }
  }

  @Test
  void nearestNeighboursByParameter() throws SQLException {
    run("CREATE TABLE near (id int PRIMARY KEY, v vector(2))");
    run("INSERT INTO near SELECT i, ('[' || i || ',0]')::vector FROM generate_series(1, 50) g(i)");
    try (PreparedStatement query =
        connection.prepareStatement("SELECT id FROM near ORDER BY v <-> ? LIMIT 2")) {
      query.setObject(1, new float[] {9.9f, 0});
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        assertThat(rows.getInt(1)).isEqualTo(10);
        rows.next();
        assertThat(rows.getInt(1)).isEqualTo(9);
      }
    }
  }

  @Test
  void badVectorsAreTheServersErrorsAtTheirPlaceInTheBatch() throws SQLException {
    run("CREATE TABLE checked (id int PRIMARY KEY, v vector(2))");
    for (float[] bad : List.of(new float[] {1, 2, 3}, new float[] {1, Float.NaN})) {
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO checked (id, v) VALUES (?, ?)")) {
        for (int i = 0; i < 20; i++) {
          insert.setInt(1, i);
          insert.setObject(2, i == 13 ? bad : new float[] {i, i});
          insert.addBatch();
        }
        assertThatThrownBy(insert::executeBatch)
            .isInstanceOfSatisfying(
                BatchUpdateException.class,
                e -> {
                  assertThat(e.getSQLState()).startsWith("22");
                  assertThat(e.getMessage()).contains("Batch entry 13 ");
                  assertThat(e.getUpdateCounts()).hasSize(20).containsOnly(-3);
                });
      }
    }
    run("INSERT INTO checked VALUES (0, '[1,1]')");
  }

  @Test
  void objectsOfPgjdbcStillWork() throws SQLException {
    PGobject object = new PGobject();
    object.setType("vector");
    object.setValue("[4,5]");
    try (PreparedStatement query = connection.prepareStatement("SELECT ?::vector")) {
      query.setObject(1, object);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        assertThat(row.getObject(1, float[].class)).containsExactly(4, 5);
      }
    }
  }
}
