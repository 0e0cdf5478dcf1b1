package quiver.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.function.FunctionSignature;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.function.ColumnKernel;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.ScalarFunction;
import quiver.execution.function.SetFunction;
import quiver.execution.operator.FragmentExecutor;
import quiver.execution.runtime.CpuPool;
import quiver.frontend.pgwire.RawClient;
import quiver.frontend.pgwire.RawClient.Reply;

class ProtocolTest {
  private static final FunctionLibrary NO_FUNCTIONS = new NoFunctions();

  private final MemoryBackend backend = new MemoryBackend(new FragmentExecutor(NO_FUNCTIONS));
  private final FrontEnd frontEnd = start(3);

  private FrontEnd start(int connectionCountMax) {
    return FrontEnd.start(
        new FrontEndConfig(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            connectionCountMax,
            1 << 28,
            Optional.empty(),
            "quiver",
            "test"),
        new FrontEndBackend(
            backend,
            backend,
            NO_FUNCTIONS,
            CpuPool.callerOnly(),
            InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z")),
            new SplittableRandom(1),
            new UUID(1, 1)),
        new SmallPlanner());
  }

  @AfterEach
  void stop() {
    frontEnd.close();
  }

  @Test
  void startupTellsParametersAndKey() throws IOException {
    try (RawClient client = new RawClient(frontEnd.port())) {
      client.startup(3 << 16, "user", "ann", "database", "quiver", "application_name", "test");
      List<Reply> replies = client.untilReady();
      assertThat(replies.getFirst().type()).isEqualTo('R');
      List<String> parameters =
          replies.stream()
              .filter(r -> r.type() == 'S')
              .map(r -> new String(r.body(), StandardCharsets.UTF_8).replace('\0', ' ').strip())
              .toList();
      assertThat(parameters)
          .contains(
              "server_version 15.0 (Quiver test)",
              "client_encoding UTF8",
              "DateStyle ISO, MDY",
              "standard_conforming_strings on",
              "integer_datetimes on",
              "application_name test",
              "session_authorization ann",
              "TimeZone UTC")
          .hasSize(13);
      assertThat(replies.get(replies.size() - 2).type()).isEqualTo('K');
      assertThat(replies.getLast()).hasToString("Z I");
    }
  }

  /// What waits is ended, with the promise that nothing was executed; a transaction goes on.
  @Test
  void aFrontEndThatStopsEndsSessionsBetweenTheirTransactions() throws Exception {
    try (RawClient idle = RawClient.started(frontEnd.port());
        RawClient busy = RawClient.started(frontEnd.port())) {
      assertThat(busy.query("BEGIN").untilReady().getLast()).hasToString("Z T");
      Thread draining = Thread.ofVirtual().start(frontEnd::drain);
      Reply told = idle.read();
      assertThat(told.fields())
          .containsEntry('C', "57P01")
          .containsEntry('S', "FATAL")
          .containsEntry(
              'D', "The session was between statements; nothing sent since then was executed.");
      // What is sent now does not reset the connection: whoever reads later is told as well.
      idle.query("SELECT 1");
      assertThat(idle.readByte()).isEqualTo(-1);
      assertThat(busy.query("COMMIT").read()).hasToString("C COMMIT");
      assertThat(busy.read()).hasToString("Z I");
      assertThat(busy.read().fields()).containsEntry('C', "57P01");
      draining.join();
      assertThatThrownBy(() -> RawClient.started(frontEnd.port())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void encryptionIsDeclinedAndTheStartupGoesOn() throws IOException {
    try (RawClient client = new RawClient(frontEnd.port())) {
      client.raw(new byte[] {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x30});
      assertThat(client.readByte()).isEqualTo('N');
      client.raw(new byte[] {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f});
      assertThat(client.readByte()).isEqualTo('N');
      client.startup(3 << 16, "user", "ann", "database", "quiver");
      assertThat(client.untilReady().getLast()).hasToString("Z I");
    }
  }

  @Test
  void newerVersionsAreNegotiatedDown() throws IOException {
    try (RawClient client = new RawClient(frontEnd.port())) {
      client.startup(3 << 16 | 9999, "user", "ann", "database", "quiver", "_pq_.test", "on");
      Reply first = client.read();
      assertThat(first.type()).isEqualTo('v');
      assertThat(first.body())
          .startsWith(0, 3, 0, 2, 0, 0, 0, 1)
          .endsWith("_pq_.test\0".getBytes(StandardCharsets.UTF_8));
      assertThat(client.untilReady().getLast()).hasToString("Z I");
    }
  }

  private Map<Character, String> startupError(int version, String... parameters)
      throws IOException {
    try (RawClient client = new RawClient(frontEnd.port())) {
      client.startup(version, parameters);
      Reply reply = client.read();
      while (reply.type() != 'E') {
        reply = client.read();
      }
      assertThat(client.isClosed()).isTrue();
      return reply.fields();
    }
  }

  @Test
  void badStartupsAreFatal() throws IOException {
    assertThat(startupError(2 << 16, "user", "ann")).containsEntry('C', "0A000");
    assertThat(startupError(3 << 16, "database", "quiver")).containsEntry('C', "28000");
    assertThat(startupError(3 << 16, "user", "ann", "database", "other"))
        .containsEntry('C', "3D000")
        .containsEntry('S', "FATAL")
        .containsEntry('M', "database \"other\" does not exist");
    assertThat(startupError(3 << 16, "user", "ann", "database", "quiver", "no_such", "1"))
        .containsEntry('C', "42704");
    assertThat(startupError(3 << 16, "user", "ann", "database", "quiver", "replication", "true"))
        .containsEntry('C', "0A000");
  }

  @Test
  void oneConnectionTooManyIsRefused() throws IOException {
    try (RawClient one = RawClient.started(frontEnd.port());
        RawClient two = RawClient.started(frontEnd.port());
        RawClient three = RawClient.started(frontEnd.port())) {
      assertThat(startupError(3 << 16, "user", "ann", "database", "quiver"))
          .containsEntry('C', "53300");
      assertThat(one.query("select 1").transcript()).endsWith("Z I");
      assertThat(two.query("select 1").transcript()).endsWith("Z I");
      assertThat(three.query("select 1").transcript()).endsWith("Z I");
    }
  }

  @Test
  void garbageIsHungUpOn() throws IOException {
    try (RawClient client = new RawClient(frontEnd.port())) {
      client.raw("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void simpleQueriesRunOneAfterTheOther() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      assertThat(client.query("select 2; select 0;").transcript())
          .isEqualTo("T | D | D | C SELECT 2 | T | C SELECT 0 | Z I");
      assertThat(client.query("").transcript()).isEqualTo("I | Z I");
      assertThat(client.query("select 1; select fail; select 1").transcript())
          .isEqualTo("T | D | C SELECT 1 | E 42703 | Z I");
      client.query("select fail");
      Map<Character, String> fields = client.untilReady().getFirst().fields();
      assertThat(fields).containsEntry('P', "8").containsEntry('V', "ERROR");
    }
  }

  @Test
  void blocksFailAndRecover() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      assertThat(client.query("begin").transcript()).isEqualTo("C BEGIN | Z T");
      assertThat(client.query("begin").transcript()).isEqualTo("N 25001 | C BEGIN | Z T");
      assertThat(client.query("savepoint a").transcript()).isEqualTo("C SAVEPOINT | Z T");
      assertThat(client.query("select fail").transcript()).isEqualTo("E 42703 | Z E");
      assertThat(client.query("select 1").transcript()).isEqualTo("E 25P02 | Z E");
      assertThat(client.query("rollback to a").transcript()).isEqualTo("C ROLLBACK | Z T");
      assertThat(client.query("select fail").transcript()).isEqualTo("E 42703 | Z E");
      assertThat(client.query("commit").transcript()).isEqualTo("C ROLLBACK | Z I");
      assertThat(client.query("commit").transcript()).isEqualTo("N 25P01 | C COMMIT | Z I");
      assertThat(client.query("savepoint a").transcript()).isEqualTo("E 25P01 | Z I");
    }
  }

  @Test
  void portalsGiveRowsInPortions() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.parse("s", "select 5").bind("p", "s").execute("p", 2).execute("p", 2).execute("p", 2);
      assertThat(client.sync().transcript())
          .isEqualTo("1 | 2 | D | D | s | D | D | s | D | C SELECT 1 | Z I");
      assertThat(client.execute("p", 0).sync().transcript()).isEqualTo("E 34000 | Z I");
      client.bind("", "s").execute("", 0);
      assertThat(client.sync().transcript()).isEqualTo("2 | D | D | D | D | D | C SELECT 5 | Z I");
    }
  }

  @Test
  void errorsSkipToSync() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.parse("", "select fail").bind("", "").execute("", 0).query("select 1");
      assertThat(client.transcript()).isEqualTo("E 42703 | T | D | C SELECT 1 | Z I");
      client.parse("a", "select 1").parse("a", "select 1").parse("b", "select 1");
      assertThat(client.sync().transcript()).isEqualTo("1 | E 42P05 | Z I");
      assertThat(client.bind("", "nothing").sync().transcript()).isEqualTo("E 26000 | Z I");
      assertThat(client.bind("", "a", "1").sync().transcript()).isEqualTo("E 08P01 | Z I");
    }
  }

  @Test
  void malformedMessagesAreAnsweredAsPostgresDoes() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.send('Q', body -> body.write('x'));
      assertThat(client.transcript()).isEqualTo("E 08P01 | Z I");
      client.send('Q', body -> body.write(new byte[] {'x', (byte) 0xff, 0}));
      assertThat(client.transcript()).isEqualTo("E 22021 | Z I");
      client.send('B', body -> body.writeInt(0));
      assertThat(client.sync().transcript()).isEqualTo("E 08P01 | Z I");
      client.send('F', body -> body.writeInt(0));
      assertThat(client.transcript()).isEqualTo("E 0A000 | Z I");
      client.raw(new byte[] {'!', 0, 0, 0, 4});
      assertThat(client.read().fields()).containsEntry('C', "08P01").containsEntry('S', "FATAL");
      assertThat(client.isClosed()).isTrue();
    }
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.raw(new byte[] {'Q', 0, 0, 0, 3});
      assertThat(client.read().fields()).containsEntry('M', "invalid message length");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void hugeStatementIsRefusedAndTheSessionLives() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      int length = 100 << 20;
      byte[] piece = new byte[1 << 20];
      Arrays.fill(piece, (byte) ' ');
      client.raw(
          new byte[] {
            'Q',
            (byte) ((length + 4) >>> 24),
            (byte) ((length + 4) >>> 16),
            (byte) ((length + 4) >>> 8),
            (byte) (length + 4)
          });
      for (int sent = 0; sent < length; sent += piece.length) {
        client.raw(piece);
      }
      assertThat(client.transcript()).isEqualTo("E 54000 | Z I");
      assertThat(client.query("select 1").transcript()).isEqualTo("T | D | C SELECT 1 | Z I");
    }
  }

  @Test
  void pipelinesDoNotDeadlock() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      client.parse("s", "select 1000");
      int count = 500;
      for (int i = 0; i < count; i++) {
        client.bind("", "s").execute("", 0);
      }
      List<Reply> replies = client.sync().untilReady();
      assertThat(replies.stream().filter(r -> r.type() == 'D')).hasSize(count * 1000);
    }
  }

  @Test
  void cursorsFetchAndMayOutliveTheirTransaction() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      assertThat(client.query("declare c cursor for select 5").transcript())
          .isEqualTo("E 25P01 | Z I");
      client.query("begin; declare c cursor for select 5; fetch 2 from c");
      assertThat(client.transcript())
          .isEqualTo("C BEGIN | C DECLARE CURSOR | T | D | D | C FETCH 2 | Z T");
      assertThat(client.query("declare h cursor with hold for select 3; commit").transcript())
          .isEqualTo("C DECLARE CURSOR | C COMMIT | Z I");
      assertThat(client.query("fetch 2 from c").transcript()).isEqualTo("E 34000 | Z I");
      assertThat(client.query("fetch all from h").transcript())
          .isEqualTo("T | D | D | D | C FETCH 3 | Z I");
    }
  }

  @Test
  void changedParametersAreReported() throws IOException {
    try (RawClient client = RawClient.started(frontEnd.port())) {
      assertThat(client.query("set timezone = 'europe/berlin'").transcript())
          .isEqualTo("S | C SET | Z I");
      List<Reply> replies = client.query("show timezone").untilReady();
      assertThat(new String(replies.getFirst().body(), StandardCharsets.UTF_8))
          .contains("TimeZone");
      assertThat(new String(replies.get(1).body(), StandardCharsets.UTF_8))
          .endsWith("Europe/Berlin");
      client.query("begin").untilReady();
      client.query("set timezone = 'europe/berlin'; rollback").untilReady();
    }
  }

  @Test
  void jdbcConnectsAndQueries() throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:" + frontEnd.port() + "/quiver?user=ann";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("select 3")) {
        int count = 0;
        while (rows.next()) {
          count++;
          assertThat(rows.getInt(1)).isEqualTo(count);
          assertThat(rows.getString(2)).isEqualTo("row " + count);
        }
        assertThat(count).isEqualTo(3);
      }
      try (PreparedStatement prepared = connection.prepareStatement("select ?")) {
        for (int i = 0; i < 12; i++) {
          prepared.setInt(1, i);
          try (ResultSet rows = prepared.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(i);
          }
        }
      }
    }
  }

  /// A library without functions.
  private static final class NoFunctions implements FunctionLibrary {
    @Override
    public ScalarFunction scalar(
        FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType) {
      throw new UnsupportedOperationException(function.key());
    }

    @Override
    public Optional<ColumnKernel> kernel(FunctionSignature function) {
      return Optional.empty();
    }

    @Override
    public Conversion conversion(SqlType from, SqlType to, CastContext context) {
      throw new UnsupportedOperationException(from + " to " + to);
    }

    @Override
    public SetFunction setReturning(
        FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType) {
      throw new UnsupportedOperationException(function.key());
    }

    @Override
    public JsonConversion json(FunctionContext context) {
      throw new UnsupportedOperationException("json");
    }
  }
}
