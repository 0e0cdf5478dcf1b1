package quiver.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the command line answers to right and wrong calls.
class LauncherIT {
  @TempDir Path folder;

  private record Outcome(int code, String out, String err) {}

  @Test
  void helpAndVersion() throws Exception {
    assertThat(run("--version").out()).startsWith("quiver 0.");
    Outcome help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("start", "demo", "--version");
  }

  @Test
  void wrongCallsGiveOneClearLine() throws Exception {
    assertOneLine(run("start", "--no-such-option"), "Unknown option: '--no-such-option'");
    assertOneLine(run("start", "--port", "99999"), "\"99999\" is not valid for \"port\"");
    Path config = Files.writeString(folder.resolve("wrong.conf"), "prot = 1\n");
    assertOneLine(run("start", "--config", config.toString()), "did you mean \"port\"?");
    Path file = Files.writeString(folder.resolve("file"), "");
    assertOneLine(run("start", "--data-dir", file.toString(), "--port", "0"), file.toString());
  }

  @Test
  void busyPortIsNamed() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(socket.getLocalPort());
      assertOneLine(
          run("start", "--data-dir", folder.resolve("busy").toString(), "--port", port), port);
    }
  }

  @Test
  void secondServerOnTheSameDirectoryIsRefused() throws Exception {
    Path data = folder.resolve("data");
    try (ServerProcess first = ServerProcess.start(data, folder.resolve("log"))) {
      assertOneLine(run("start", "--data-dir", data.toString(), "--port", "0"), data.toString());
      try (Connection connection = first.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
      assertThat(first.terminate()).isZero();
    }
  }

  private static void assertOneLine(Outcome outcome, String text) {
    assertThat(outcome.code()).isNotZero();
    assertThat(outcome.err().lines().filter(line -> !line.startsWith("WARNING")).toList())
        .as(outcome.err())
        .singleElement()
        .asString()
        .startsWith("quiver: ")
        .contains(text);
  }

  private Outcome run(String... arguments) throws IOException, InterruptedException {
    List<String> command = ServerProcess.command();
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("the command ends by itself").isTrue();
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
