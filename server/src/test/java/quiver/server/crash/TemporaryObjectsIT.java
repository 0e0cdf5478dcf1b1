package quiver.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// Temporary objects go when their session ends, and when the server is killed.
class TemporaryObjectsIT {
  private static final long WAIT_NANOS_MAX = 60_000_000_000L;

  @TempDir Path folder;

  @Test
  void nothingIsLeftOfThem() throws SQLException {
    Path data = folder.resolve("data");
    Path log = folder.resolve("server.log");
    try (ServerProcess server = ServerProcess.start(data, log)) {
      try (Connection staying = server.connect()) {
        make(staying);
        try (Connection leaving = server.connect()) {
          make(leaving);
          assertThat(count(staying, "pg_namespace WHERE nspname LIKE 'pg_temp%'")).isEqualTo(2);
        }
        long deadline = System.nanoTime() + WAIT_NANOS_MAX;
        while (count(staying, "pg_namespace WHERE nspname LIKE 'pg_temp%'") > 1) {
          assertThat(System.nanoTime()).as("the objects are dropped").isLessThan(deadline);
        }
        assertThat(count(staying, "item")).isEqualTo(2);
        server.kill();
      }
    }
    try (ServerProcess server = ServerProcess.start(data, log);
        Connection connection = server.connect()) {
      assertThat(count(connection, "pg_namespace WHERE nspname LIKE 'pg_temp%'")).isZero();
      assertThat(count(connection, "pg_class WHERE relpersistence = 't'")).isZero();
      assertThat(count(connection, "lasting")).isEqualTo(2);
      make(connection);
      assertThat(count(connection, "item")).isEqualTo(2);
    }
  }

  private static void make(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
      statement.execute("CREATE TABLE IF NOT EXISTS lasting (id int)");
      statement.execute("CREATE TEMP TABLE item (id serial PRIMARY KEY, embedding vector(3))");
      statement.execute("CREATE INDEX ON item USING hnsw (embedding vector_l2_ops)");
      statement.execute("CREATE TEMP VIEW near AS SELECT id FROM item");
      statement.execute("BEGIN");
      statement.execute("INSERT INTO item (embedding) VALUES ('[1,2,3]'), ('[4,5,6]')");
      statement.execute("INSERT INTO lasting SELECT id FROM item WHERE id NOT IN (TABLE lasting)");
      statement.execute("COMMIT");
    }
  }

  private static long count(Connection connection, String from) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + from)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }
}
