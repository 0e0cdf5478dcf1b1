package quiver.jdbc.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real cluster with two front ends, one process per role.
final class TestCluster implements AutoCloseable {
  private static final String READY = "quiver ready: postgresql://";
  private static final int FRONT_ENDS = 2;
  private static final long STOP_SECONDS_MAX = 90;

  private final Process process;
  private final Path directory;
  private final List<String> addresses;

  private TestCluster(Process process, Path directory, List<String> addresses) {
    this.process = process;
    this.directory = directory;
    this.addresses = addresses;
  }

  /// Returns when all of it is ready.
  static TestCluster start(Path folder) throws IOException {
    return start(folder, 1);
  }

  /// As above.
  ///
  /// @param count of data nodes, query nodes, and coordinators of each kind
  static TestCluster start(Path folder, int count) throws IOException {
    Path directory = folder.resolve("cluster");
    Process process =
        new ProcessBuilder(
                TestServer.command(
                    "cluster",
                    "up",
                    "--data-dir",
                    directory.toString(),
                    "--port",
                    Integer.toString(freePort()),
                    "--query-nodes",
                    Integer.toString(count),
                    "--data-nodes",
                    Integer.toString(count),
                    "--coordinators",
                    Integer.toString(count)))
            .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("cluster.log").toFile()))
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    List<String> addresses = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      printed.add(line);
      if (line.startsWith(READY)) {
        String rest = line.substring(READY.length());
        addresses.add(rest.substring(0, rest.indexOf('/')));
      }
      if (addresses.size() == FRONT_ENDS) {
        Thread reader = new Thread(() -> drain(out), "cluster-output");
        reader.setDaemon(true);
        reader.start();
        return new TestCluster(process, directory, addresses);
      }
    }
    throw new IllegalStateException(
        "the cluster did not become ready:\n" + String.join("\n", printed));
  }

  private static void drain(BufferedReader out) {
    try {
      out.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // The process has ended.
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// `host:port` of the front ends.
  List<String> addresses() {
    return addresses;
  }

  /// SIGKILL; it is started again.
  void kill(String name) throws IOException, InterruptedException {
    command("kill", name);
  }

  /// SIGTERM; returns when it has handed its work over, has ended, and serves again.
  void restart(String name) throws IOException, InterruptedException {
    command("restart", name);
  }

  private void command(String command, String name) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                TestServer.command("cluster", command, name, "--data-dir", directory.toString()))
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(text);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
