package quiver.jdbc.server;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A real standalone server. The driver depends on no other module, so the server is started from
/// the folder it was built into, or from the class path in the system property
/// `quiver.test.server`.
final class TestServer implements AutoCloseable {
  private static final String READY = "quiver ready: postgresql://127.0.0.1:";
  private static final long STOP_SECONDS_MAX = 30;

  private final Process process;
  private final int port;

  private TestServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// The checkout, from wherever in it the tests run.
  private static Path home() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("bin").resolve("verify"))) {
      folder =
          Objects.requireNonNull(folder.getParent(), "no checkout above the working directory");
    }
    return folder;
  }

  /// The command line of the server's program.
  static List<String> command(String... arguments) {
    Path home = home();
    String built = home.resolve(Path.of("server", "target", "quiver", "lib")) + File.separator;
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dquiver.home=" + home,
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-cp",
                System.getProperty("quiver.test.server", built + "*"),
                "quiver.server.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  /// Returns when it accepts connections.
  static TestServer start(Path folder) {
    List<String> command =
        command("start", "--data-dir", folder.resolve("data").toString(), "--port", "0");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()))
              .start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(READY)) {
          String rest = line.substring(READY.length());
          return new TestServer(process, Integer.parseInt(rest.substring(0, rest.indexOf('/'))));
        }
      }
      throw new IllegalStateException(
          "the server did not become ready: "
              + Files.readString(folder.resolve("server.log"), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  /// @param properties begins with `&` or is empty
  String url(String properties) {
    return "jdbc:quiver://127.0.0.1:" + port + "/quiver?user=quiver" + properties;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
