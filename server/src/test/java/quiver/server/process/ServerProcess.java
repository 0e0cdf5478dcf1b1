package quiver.server.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import quiver.server.node.TestCluster;

/// A real server in a process of its own, on a free port. With the system property
/// `quiver.test.cluster` a server without options is a whole cluster. Used by one thread.
public final class ServerProcess implements AutoCloseable {
  private static final String READY = "quiver ready: postgresql://127.0.0.1:";
  private static final long STOP_SECONDS_MAX = 30;

  private final Optional<Process> process;
  private final int port;
  private final Runnable stop;

  private ServerProcess(Process process, int port) {
    this.process = Optional.of(process);
    this.port = port;
    this.stop =
        () -> {
          if (process.isAlive()) {
            kill();
          }
        };
  }

  private ServerProcess(TestCluster cluster) {
    this.process = Optional.empty();
    this.port = cluster.port("front-1");
    this.stop = cluster::close;
  }

  /// Starts `quiver start` and returns when it accepts connections.
  public static ServerProcess start(Path dataDirectory, Path log, String... options) {
    if (options.length == 0 && Boolean.getBoolean("quiver.test.cluster")) {
      return new ServerProcess(TestCluster.startSmall(dataDirectory, 2));
    }
    List<String> command = command();
    command.addAll(List.of("start", "--data-dir", dataDirectory.toString(), "--port", "0"));
    command.addAll(List.of(options));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(READY)) {
          String rest = line.substring(READY.length());
          return new ServerProcess(process, Integer.parseInt(rest.substring(0, rest.indexOf('/'))));
        }
      }
      throw new IllegalStateException("the server did not become ready, see " + log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The launcher's command line on this test's class path, up to the subcommand.
  public static List<String> command() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path", "").replace("::", File.pathSeparator),
            "quiver.server.Main"));
  }

  public int port() {
    return port;
  }

  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/quiver?user=quiver";
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  /// SIGKILL, and waits until the process is gone.
  public void kill() {
    process.orElseThrow().destroyForcibly();
    await();
  }

  /// SIGTERM, and returns the exit code.
  public int terminate() {
    process.orElseThrow().destroy();
    await();
    return process.orElseThrow().exitValue();
  }

  private void await() {
    try {
      if (!process.orElseThrow().waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "the server did not stop within " + STOP_SECONDS_MAX + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a server was stopping", e);
    }
  }

  @Override
  public void close() {
    stop.run();
  }
}
