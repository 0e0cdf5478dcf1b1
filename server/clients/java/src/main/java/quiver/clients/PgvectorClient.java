package quiver.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.pgvector.PGbit;
import com.pgvector.PGhalfvec;
import com.pgvector.PGsparsevec;
import com.pgvector.PGvector;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/// pgvector's own Java types over connections of a HikariCP pool.
final class PgvectorClient {
  private PgvectorClient() {}

  public static void main(String[] args) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(args[0]);
    config.setMaximumPoolSize(3);
    config.setConnectionInitSql("SET hnsw.ef_search = 80");
    config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    try (HikariDataSource pool = new HikariDataSource(config)) {
      for (int round = 0; round < 2; round++) {
        try (Connection connection = pool.getConnection()) {
          work(connection);
        }
      }
      pool.getHikariPoolMXBean().softEvictConnections();
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setSchema("public");
        connection.createStatement().execute("SELECT 1");
        connection.rollback();
        assertThat(connection.isValid(5)).isTrue();
        assertThat(connection.getNetworkTimeout()).isZero();
      }
    }
  }

  private static void work(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
      statement.execute("DROP TABLE IF EXISTS java_items");
      statement.execute(
          "CREATE TABLE java_items (id bigserial PRIMARY KEY, embedding vector(3), half halfvec(3),"
              + " binary_embedding bit(3), sparse sparsevec(3), embeddings vector[])");
    }
    PGvector.registerTypes(connection);
    insert(connection);
    search(connection);
    copy(connection);
  }

  private static void insert(Connection connection) throws SQLException {
    String sql =
        "INSERT INTO java_items (embedding, half, binary_embedding, sparse, embeddings) VALUES (?,"
            + " ?, ?, ?, ?)";
    try (PreparedStatement insert =
        connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
      for (float x = 1; x <= 4; x++) {
        insert.setObject(1, new PGvector(new float[] {x, 1, 1}));
        insert.setObject(2, new PGhalfvec(new float[] {x, 1, 1}));
        insert.setObject(3, new PGbit(new boolean[] {x > 1, x > 2, true}));
        insert.setObject(4, new PGsparsevec(new float[] {x, 0, 1}));
        Array array =
            connection.createArrayOf(
                "vector", new Object[] {new PGvector(new float[] {1, 2, 3}), null});
        insert.setArray(5, array);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).containsExactly(1, 1, 1, 1);
      try (ResultSet keys = insert.getGeneratedKeys()) {
        for (long id = 1; id <= 4; id++) {
          assertThat(keys.next()).isTrue();
          assertThat(keys.getLong("id")).isEqualTo(id);
        }
      }
    }
  }

  private static void search(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE INDEX ON java_items USING hnsw (embedding vector_l2_ops)");
      statement.execute(
          "CREATE INDEX ON java_items USING ivfflat (half halfvec_cosine_ops) WITH (lists = 1)");
    }
    // More often than the prepare threshold: text first, binary later.
    for (int round = 0; round < 8; round++) {
      try (PreparedStatement search =
          connection.prepareStatement(
              "SELECT * FROM java_items ORDER BY embedding <-> ? LIMIT ?")) {
        search.setObject(1, new PGvector(new float[] {3, 1, 1}));
        search.setInt(2, 2);
        try (ResultSet rows = search.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getLong("id")).isEqualTo(3);
          assertThat(((PGvector) rows.getObject("embedding")).toArray()).containsExactly(3, 1, 1);
          assertThat(((PGhalfvec) rows.getObject("half")).toArray()).containsExactly(3, 1, 1);
          assertThat(((PGsparsevec) rows.getObject("sparse")).toArray()).containsExactly(3, 0, 1);
          assertThat(new PGbit(rows.getString("binary_embedding")).toArray())
              .containsExactly(true, true, true);
          Object[] vectors = (Object[]) rows.getArray("embeddings").getArray();
          assertThat(((PGvector) vectors[0]).toArray()).containsExactly(1, 2, 3);
          assertThat(vectors[1]).isNull();
          assertThat(rows.getMetaData().getColumnTypeName(2)).isEqualTo("vector");
        }
      }
      distance(connection, "half <=> ?", new PGhalfvec(new float[] {1, 1, 1}), 1);
      distance(connection, "sparse <#> ?", new PGsparsevec(new float[] {1, 0, 1}), 4);
      distance(
          connection, "binary_embedding <~> ?", new PGbit(new boolean[] {true, true, true}), 3);
    }
  }

  private static void distance(Connection connection, String order, Object value, long nearest)
      throws SQLException {
    try (PreparedStatement search =
        connection.prepareStatement(
            "SELECT id FROM java_items ORDER BY " + order + ", id LIMIT 1")) {
      search.setObject(1, value);
      try (ResultSet rows = search.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getLong(1)).as(order).isEqualTo(nearest);
      }
    }
  }

  private static void copy(Connection connection) throws Exception {
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    byte[] rows = "[9,9,9]\n[8,8,8]\n".getBytes(StandardCharsets.UTF_8);
    assertThat(
            copies.copyIn("COPY java_items (embedding) FROM STDIN", new ByteArrayInputStream(rows)))
        .isEqualTo(2);
    try (Statement statement = connection.createStatement();
        ResultSet average = statement.executeQuery("SELECT AVG(embedding) FROM java_items")) {
      average.next();
      assertThat(((PGvector) average.getObject(1)).toArray()).hasSize(3);
    }
  }
}
