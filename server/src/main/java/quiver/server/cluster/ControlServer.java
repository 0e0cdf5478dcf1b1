package quiver.server.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Takes commands of the same user's shells: a loopback port, and a token in a file that only the
/// owner can read. A request is one line `TOKEN WORD…`; the answer is `ok` or `error`, then text,
/// until the connection ends.
final class ControlServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);
  private static final int TOKEN_BYTES = 16;
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;
  private static final int REQUEST_CHARACTERS_MAX = 1_000;

  private final Path file;
  private final ServerSocket socket;
  private final byte[] token;
  private final Function<List<String>, String> commands;
  private final ThreadFactory threads;

  private ControlServer(
      Path file,
      ServerSocket socket,
      String token,
      Function<List<String>, String> commands,
      ThreadFactory threads) {
    this.file = file;
    this.socket = socket;
    this.token = token.getBytes(StandardCharsets.UTF_8);
    this.commands = commands;
    this.threads = threads;
  }

  /// Listens, and writes where into the file.
  ///
  /// @param commands carries a command out and returns what to print
  static ControlServer start(
      Path file, Function<List<String>, String> commands, ThreadFactory threads) {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    try {
      ServerSocket socket = new ServerSocket();
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      PrivateFiles.write(
          file, socket.getLocalPort() + " " + token + " " + ProcessHandle.current().pid() + "\n");
      ControlServer server = new ControlServer(file, socket, token, commands, threads);
      Thread thread = threads.newThread(server::accept);
      thread.setName("quiver-control");
      thread.start();
      return server;
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "could not write %s", file).withCause(e);
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        threads.newThread(() -> answer(client)).start();
      } catch (IOException e) {
        if (!socket.isClosed()) {
          log.warn("a command could not be accepted", e);
        }
      }
    }
  }

  private void answer(Socket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        Writer out = new OutputStreamWriter(client.getOutputStream(), StandardCharsets.UTF_8)) {
      client.setSoTimeout(REQUEST_TIMEOUT_MILLIS);
      List<String> words = Arrays.asList(requestLine(in).split(" ", -1));
      if (!MessageDigest.isEqual(token, words.getFirst().getBytes(StandardCharsets.UTF_8))) {
        return;
      }
      String answer;
      try {
        answer = "ok\n" + commands.apply(words.subList(1, words.size()));
      } catch (QuiverException e) {
        answer =
            "error\n"
                + e.message()
                + e.field(QuiverException.Field.HINT).map(hint -> "\n" + hint).orElse("");
      }
      out.write(answer);
    } catch (IOException e) {
      log.info("a command was not finished", e);
    }
  }

  private static String requestLine(BufferedReader in) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    while (c >= 0 && c != '\n' && line.length() < REQUEST_CHARACTERS_MAX) {
      line.append((char) c);
      c = in.read();
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("could not delete {}", file, e);
    }
  }
}
