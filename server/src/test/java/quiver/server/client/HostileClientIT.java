package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// Clients that send what no driver sends, or go away, against a whole server: each gets an answer
/// or a closed connection, and everybody else notices nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileClientIT {
  private static final int PROTOCOL_VERSION = 3 << 16;
  private static final int SOCKET_PATIENCE_MILLIS = 60_000;

  @TempDir static Path folder;

  private ServerProcess server;
  private Connection observer;

  @BeforeAll
  void start() throws SQLException {
    server = ServerProcess.start(folder.resolve("data"), folder.resolve("log"));
    observer = server.connect();
    run("CREATE TABLE kept (id int PRIMARY KEY, name text)");
    run("INSERT INTO kept SELECT i, 'name ' || i FROM generate_series(1, 1000) i");
  }

  @AfterAll
  void stop() throws SQLException {
    assertThat(value("SELECT count(*), sum(id) FROM kept")).isEqualTo("1000 500500");
    observer.close();
    server.close();
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = observer.createStatement()) {
      statement.execute(sql);
    }
  }

  private String value(String query) throws SQLException {
    try (Statement statement = observer.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      StringBuilder row = new StringBuilder(rows.getString(1));
      for (int i = 2; i <= rows.getMetaData().getColumnCount(); i++) {
        row.append(' ').append(rows.getString(i));
      }
      return row.toString();
    }
  }

  /// Waits until only the observer is left.
  private void awaitOtherSessionsGone() throws SQLException {
    String count = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()";
    while (!value(count).equals("0")) {
      Thread.onSpinWait();
    }
  }

  /// A session held by hand.
  private final class Wire implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    private final DataInputStream in = new DataInputStream(socket.getInputStream());
    private final DataOutputStream out = new DataOutputStream(socket.getOutputStream());

    Wire() throws IOException {
      socket.setSoTimeout(SOCKET_PATIENCE_MILLIS);
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (String word : new String[] {"user", "quiver", "database", "quiver", ""}) {
        body.write(word.getBytes(StandardCharsets.UTF_8));
        body.write(0);
      }
      out.writeInt(body.size() + 8);
      out.writeInt(PROTOCOL_VERSION);
      out.write(body.toByteArray());
      out.flush();
      untilReady();
    }

    void query(byte[] text) throws IOException {
      out.writeByte('Q');
      out.writeInt(text.length + 5);
      out.write(text);
      out.writeByte(0);
      out.flush();
    }

    /// SQLSTATE of the error on the way to ReadyForQuery, or nothing.
    String untilReady() throws IOException {
      String state = "";
      while (true) {
        char type = (char) in.readByte();
        byte[] body = in.readNBytes(in.readInt() - 4);
        if (type == 'E') {
          String text = new String(body, StandardCharsets.UTF_8);
          state = text.substring(text.indexOf("\0C") + 2).substring(0, 5);
        } else if (type == 'Z') {
          return state;
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void badUtf8IsRefusedAndTheSessionGoesOn() throws IOException {
    try (Wire wire = new Wire()) {
      wire.query(bytes("SELECT 'caf\u00e9'"));
      assertThat(wire.untilReady()).isEqualTo("22021");
      wire.query(bytes("INSERT INTO kept VALUES (2000, '\u00c0\u0080')"));
      assertThat(wire.untilReady()).isEqualTo("22021");
      wire.query(bytes("SELECT 1"));
      assertThat(wire.untilReady()).isEmpty();
    }
  }

  @Test
  void hundredMegabytesOfSqlAreRefusedAndTheSessionGoesOn() throws IOException {
    byte[] text = new byte[100_000_000];
    Arrays.fill(text, (byte) ' ');
    System.arraycopy(bytes("SELECT 1"), 0, text, 0, 8);
    try (Wire wire = new Wire()) {
      wire.query(text);
      assertThat(wire.untilReady()).isEqualTo("54000");
      wire.query(bytes("SELECT 1"));
      assertThat(wire.untilReady()).isEmpty();
    }
  }

  @Test
  void clientThatVanishesMidQueryStopsItsQuery() throws IOException, SQLException {
    try (Wire wire = new Wire()) {
      wire.query(
          bytes(
              "SELECT count(*) FROM kept a, kept b, kept c, kept d WHERE a.id < b.id + c.id +"
                  + " d.id"));
    }
    awaitOtherSessionsGone();
  }

  @Test
  void clientThatVanishesMidAnswerStopsItsQuery() throws IOException, SQLException {
    try (Wire wire = new Wire()) {
      wire.query(bytes("SELECT a.*, b.* FROM kept a, kept b, kept c"));
      wire.in.readNBytes(100_000);
    }
    awaitOtherSessionsGone();
  }

  @Test
  void clientThatVanishesMidTransactionLeavesNothing() throws IOException, SQLException {
    try (Wire wire = new Wire()) {
      wire.query(bytes("BEGIN"));
      wire.untilReady();
      wire.query(bytes("DELETE FROM kept"));
      wire.untilReady();
    }
    awaitOtherSessionsGone();
    assertThat(value("SELECT count(*) FROM kept")).isEqualTo("1000");
  }

  @Test
  void clientThatVanishesMidMessageLeavesNothing() throws IOException, SQLException {
    byte[] insert = bytes("INSERT INTO kept VALUES (3000, 'cut')");
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(message);
    out.writeByte('Q');
    out.writeInt(insert.length + 5);
    out.write(insert);
    out.writeByte(0);
    for (int length = 0; length < message.size(); length++) {
      try (Wire wire = new Wire()) {
        wire.out.write(message.toByteArray(), 0, length);
        wire.out.flush();
      }
    }
    awaitOtherSessionsGone();
    assertThat(value("SELECT count(*) FROM kept")).isEqualTo("1000");
  }

  @Test
  void clientThatTakesLeaveWithoutWaitingHasItsStatementsDone() throws IOException, SQLException {
    run("CREATE TABLE farewells (id int)");
    try (Wire wire = new Wire()) {
      wire.query(bytes("SELECT pg_sleep(0.2)"));
      wire.query(bytes("INSERT INTO farewells VALUES (1)"));
      wire.out.writeByte('X');
      wire.out.writeInt(4);
      wire.out.flush();
    }
    awaitOtherSessionsGone();
    assertThat(value("SELECT count(*) FROM farewells")).isEqualTo("1");
  }
}
