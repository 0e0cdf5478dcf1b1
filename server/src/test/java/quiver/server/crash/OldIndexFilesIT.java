package quiver.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// A data directory whose index files an older version has written is opened, searched, and gets
/// new index files.
class OldIndexFilesIT {
  private static final long WAIT_NANOS_MAX = 120_000_000_000L;
  private static final String MAGIC = "QIVCGRPH";
  private static final int HEADER_BYTES = 512;
  private static final int VERSION_OFFSET = 8;
  private static final String NEAREST =
      "SELECT id FROM item ORDER BY embedding <-> (SELECT embedding FROM item WHERE id = 7) LIMIT"
          + " 3";

  @TempDir Path folder;

  @Test
  void indexFilesOfAnOlderVersionAreBuiltAnew() throws SQLException, IOException {
    Path data = folder.resolve("data");
    Path log = folder.resolve("server.log");
    List<Integer> before;
    try (ServerProcess server = ServerProcess.start(data, log);
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
      statement.execute("CREATE TABLE item (id int PRIMARY KEY, embedding vector(32))");
      statement.execute(
          "INSERT INTO item SELECT i, (SELECT array_agg(sin(i * j)) FROM generate_series(1, 32) j)"
              + "::vector FROM generate_series(1, 1500) i");
      statement.execute("CREATE INDEX ON item USING hnsw (embedding vector_l2_ops)");
      before = nearest(statement);
    }
    List<Path> old = graphs(data);
    assertThat(old).hasSize(1);
    setVersion(old.getFirst(), 1);
    try (ServerProcess server = ServerProcess.start(data, log);
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      assertThat(nearest(statement)).isEqualTo(before);
      long deadline = System.nanoTime() + WAIT_NANOS_MAX;
      while (!explain(statement).contains("graph")) {
        assertThat(System.nanoTime()).as("the index is built anew").isLessThan(deadline);
      }
      assertThat(nearest(statement)).isEqualTo(before);
    }
    assertThat(Files.readString(log)).contains("code graph index format version 1");
  }

  private static List<Integer> nearest(Statement statement) throws SQLException {
    List<Integer> ids = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(NEAREST)) {
      while (rows.next()) {
        ids.add(rows.getInt(1));
      }
    }
    return ids;
  }

  private static String explain(Statement statement) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (ResultSet rows = statement.executeQuery("EXPLAIN ANALYZE " + NEAREST)) {
      while (rows.next()) {
        text.append(rows.getString(1)).append('\n');
      }
    }
    return text.toString();
  }

  private static List<Path> graphs(Path data) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        byte[] start = new byte[MAGIC.length()];
        try (var in = Files.newInputStream(file)) {
          if (in.read(start) == start.length
              && MAGIC.equals(new String(start, StandardCharsets.US_ASCII))) {
            found.add(file);
          }
        }
      }
    }
    return found;
  }

  private static void setVersion(Path file, int version) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(VERSION_OFFSET, version);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, HEADER_BYTES - Integer.BYTES);
    image.putInt(HEADER_BYTES - Integer.BYTES, (int) crc.getValue());
    Files.write(file, bytes);
  }
}
