package quiver.server.nemesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import quiver.server.process.ServerProcess;

/// `quiver cluster up` in a process of its own. Used by one thread.
public final class ClusterProcess implements AutoCloseable {
  private static final String READY = "quiver ready: postgresql://";
  private static final long START_SECONDS_MAX = 90;
  private static final long STOP_SECONDS_MAX = 90;

  private final Process process;
  private final Path directory;
  private final List<String> urls;

  private ClusterProcess(Process process, Path directory, List<String> urls) {
    this.process = process;
    this.directory = directory;
    this.urls = List.copyOf(urls);
  }

  /// Starts a cluster and returns when all of it is ready.
  ///
  /// @param log takes what it prints
  public static ClusterProcess start(Path directory, Path log, int frontEnds, String... options)
      throws IOException {
    List<String> command = quiver();
    command.addAll(
        List.of(
            "cluster",
            "up",
            "--data-dir",
            directory.toString(),
            "--front-ends",
            Integer.toString(frontEnds)));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    List<String> urls = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      printed.add(line);
      if (line.startsWith(READY)) {
        urls.add("jdbc:postgresql://" + line.substring(READY.length()).strip() + "?user=quiver");
      }
      if (urls.size() == frontEnds) {
        Thread.ofPlatform().name("cluster-output").daemon().start(() -> drain(out));
        return new ClusterProcess(process, directory, urls);
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

  private static List<String> quiver() {
    List<String> command = ServerProcess.command();
    command.add(1, "-Dquiver.home=" + Path.of("..").toAbsolutePath().normalize());
    return command;
  }

  List<String> urls() {
    return urls;
  }

  /// `quiver cluster COMMAND …`.
  ///
  /// @return what it prints
  public String command(String... words) throws IOException, InterruptedException {
    List<String> command = quiver();
    command.add("cluster");
    command.addAll(List.of(words));
    command.addAll(List.of("--data-dir", directory.toString()));
    Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (run.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", words) + ": " + text);
    }
    return text;
  }

  /// Waits until the supervisor has a process that it has started again.
  void awaitReady(String name) throws IOException, InterruptedException {
    Pattern ready = Pattern.compile("^" + Pattern.quote(name) + "\\s+ready\\b", Pattern.MULTILINE);
    long started = System.nanoTime();
    String status = command("status");
    while (!ready.matcher(status).find()) {
      if (System.nanoTime() - started > TimeUnit.SECONDS.toNanos(START_SECONDS_MAX)) {
        throw new IllegalStateException(name + " did not come back:\n" + status);
      }
      status = command("status");
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("the cluster did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
