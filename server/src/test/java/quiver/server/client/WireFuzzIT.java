package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// Clients that send anything: messages mutated, cut, in any order, COPY data that is none. The
/// server answers with an error of the client's, or closes, and goes on.
class WireFuzzIT {
  private static final long SEED = 20_261_122;
  private static final int CLIENT_COUNT = 150;
  private static final int MESSAGES_MAX = 12;
  private static final int PATIENCE_MILLIS = 20_000;
  private static final String TYPES = "QPBDECHSFXdcfp";

  private static final String[] TEXTS = {
    "SELECT 1",
    "SELECT $1::int + 1",
    "COPY fuzz FROM STDIN",
    "COPY fuzz FROM STDIN (FORMAT csv)",
    "COPY fuzz FROM STDIN (FORMAT binary)",
    "BEGIN",
    "ROLLBACK",
    "INSERT INTO fuzz VALUES ($1, $2, $3)",
    "SELECT * FROM fuzz WHERE v <-> $1 < 3",
    "SELEC",
    "'unterminated",
    ""
  };

  @Test
  void anythingIsAnsweredAndTheServerLives(@TempDir Path folder) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    try (ServerProcess server = ServerProcess.start(folder.resolve("data"), folder.resolve("log"));
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE fuzz (a int, b text, v vector(2))");
      for (int client = 0; client < CLIENT_COUNT; client++) {
        String answer = answer(server.port(), session(random));
        assertThat(answer).as("client %s of seed %s", client, SEED).doesNotContain("CXX0");
      }
      try (ResultSet rows = statement.executeQuery("SELECT 1")) {
        assertThat(rows.next()).isTrue();
      }
    }
  }

  private static byte[] session(SplittableRandom random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(startup());
    int count = random.nextInt(MESSAGES_MAX);
    for (int i = 0; i < count; i++) {
      out.write(mutated(message(random), random));
    }
    byte[] all = out.toByteArray();
    return random.nextInt(4) == 0
        ? java.util.Arrays.copyOf(all, startup().length + random.nextInt(all.length))
        : all;
  }

  private static byte[] startup() {
    byte[] words = "user\0quiver\0database\0quiver\0\0".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(8 + words.length)
        .putInt(8 + words.length)
        .putInt(3 << 16)
        .put(words)
        .array();
  }

  private static byte[] message(SplittableRandom random) throws IOException {
    char type = TYPES.charAt(random.nextInt(TYPES.length()));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String text = TEXTS[random.nextInt(TEXTS.length)];
    switch (type) {
      case 'Q' -> body.write((text + "\0").getBytes(StandardCharsets.UTF_8));
      case 'P' -> body.write(("\0" + text + "\0\0\0").getBytes(StandardCharsets.UTF_8));
      case 'B' -> {
        body.write(new byte[] {0, 0, 0, 1, 0, (byte) random.nextInt(3), 0, 1, 0, 0, 0, 4});
        body.write(noise(random, 4));
        body.write(new byte[] {0, 0});
      }
      case 'D', 'C' -> body.write(new byte[] {(byte) (random.nextBoolean() ? 'S' : 'P'), 0});
      case 'E' -> body.write(new byte[] {0, 0, 0, 0, 0});
      case 'd' ->
          body.write(
              random.nextBoolean()
                  ? "1\tx\t[1,2]\n".getBytes(StandardCharsets.UTF_8)
                  : noise(random, random.nextInt(64)));
      case 'f' -> body.write(new byte[] {'x', 0});
      default -> body.write(noise(random, random.nextInt(3)));
    }
    return ByteBuffer.allocate(5 + body.size())
        .put((byte) type)
        .putInt(4 + body.size())
        .put(body.toByteArray())
        .array();
  }

  private static byte[] noise(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] mutated(byte[] message, SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        message[random.nextInt(message.length)] = (byte) random.nextInt(256);
      }
    }
    return message;
  }

  /// Everything the server says until it closes; the client has nothing more to say.
  private static String answer(int port, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      } catch (java.net.SocketTimeoutException e) {
        throw new AssertionError("the server does not close", e);
      } catch (java.net.SocketException closed) {
        return "";
      }
    }
  }
}
