package quiver.benchmarks.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A server or a local cluster that the benchmark has started with `bin/quiver`. Used by one
/// thread.
final class Deployment implements AutoCloseable {
  private static final String READY = "quiver ready: postgresql://";
  private static final long STOP_SECONDS_MAX = 120;

  private final Process process;
  private final Path directory;
  private final List<String> addresses;

  private Deployment(Process process, Path directory, List<String> addresses) {
    this.process = process;
    this.directory = directory;
    this.addresses = List.copyOf(addresses);
  }

  /// One server on a free port.
  static Deployment standalone(Path directory) throws IOException {
    return start(directory, 1, List.of("start", "--port", "0"));
  }

  /// A local cluster of two front ends and two data nodes.
  static Deployment cluster(Path directory, int port, int queryNodes) throws IOException {
    return start(
        directory,
        2,
        List.of(
            "cluster",
            "up",
            "--port",
            Integer.toString(port),
            "--query-nodes",
            Integer.toString(queryNodes)));
  }

  private static Deployment start(Path directory, int frontEnds, List<String> words)
      throws IOException {
    List<String> command = program();
    command.addAll(words);
    command.addAll(List.of("--data-dir", directory.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> addresses = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      printed.add(line);
      if (line.startsWith(READY)) {
        String address = line.substring(READY.length()).strip();
        addresses.add(address.substring(0, address.indexOf('/')));
      }
      if (addresses.size() == frontEnds) {
        Thread.ofPlatform().name("deployment-output").daemon().start(() -> drain(out));
        return new Deployment(process, directory, addresses);
      }
    }
    throw new IOException("it did not become ready:\n" + String.join("\n", printed));
  }

  private static List<String> program() {
    return new ArrayList<>(
        List.of(Path.of(System.getProperty("quiver.home", "."), "bin", "quiver").toString()));
  }

  private static void drain(BufferedReader out) {
    try {
      out.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // The process has ended.
    }
  }

  /// `host:port` of each front end.
  List<String> addresses() {
    return addresses;
  }

  /// SIGKILL to a process of the cluster; it is started again.
  void kill(String name) {
    List<String> command = program();
    command.addAll(List.of("cluster", "kill", name, "--data-dir", directory.toString()));
    try {
      Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (run.waitFor() != 0) {
        throw new IllegalStateException("kill " + name + ": " + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
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
