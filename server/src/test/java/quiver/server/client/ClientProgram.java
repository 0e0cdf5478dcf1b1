package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs programs of others as they are. Used by one thread.
final class ClientProgram {
  private static final long SECONDS_MAX = 300;

  private final Path folder;

  /// @param folder where the programs run
  ClientProgram(Path folder) {
    this.folder = folder;
  }

  /// What the program said, both streams as one.
  ///
  /// @throws AssertionError with all it said, if it failed or did not end
  String succeed(String... command) {
    return succeed(List.of(command));
  }

  /// As [#succeed(String...)].
  String succeed(List<String> command) {
    try {
      Path out = Files.createTempFile("client", ".log");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      String said = Files.readString(out, StandardCharsets.UTF_8);
      Files.delete(out);
      String what = String.join(" ", command) + "\n" + said;
      assertThat(ended).as("ended: " + what).isTrue();
      assertThat(process.exitValue()).as(what).isZero();
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command.getFirst() + ": install it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + command.getFirst() + " ran", e);
    }
  }
}
