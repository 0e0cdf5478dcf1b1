package quiver.storage.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// A program that runs beside this one, with its output in a file. Safe for use by many threads.
public final class ChildProcess implements AutoCloseable {
  /// How long a program may take until it works.
  private static final long START_SECONDS_MAX = 120;

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 20;
  private static final int LOG_TAIL_CHARACTERS = 2_000;

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final String name;
  private final Process process;
  private final Path log;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /// Whose terminal signals a program hears.
  public enum Session {
    /// Ctrl-C in this program's terminal reaches it too.
    SHARED,
    /// Only this program tells it when to stop. Needs `setsid`; without, as [#SHARED].
    OWN;

    private List<String> prefix() {
      return this == OWN && Files.isExecutable(SETSID) ? List.of(SETSID.toString()) : List.of();
    }
  }

  /// Starts a program.
  ///
  /// @param name what it is called in messages
  /// @param log takes its output, appended
  public static ChildProcess start(String name, List<String> command, Path log, Session session) {
    List<String> whole = new ArrayList<>(session.prefix());
    whole.addAll(command);
    try {
      Path directory = log.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      Process process =
          new ProcessBuilder(whole)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new ChildProcess(name, process, log);
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "could not start %s", name)
          .withDetail(String.valueOf(e.getMessage()))
          .withCause(e);
    }
  }

  /// Returns once `works` holds.
  ///
  /// @throws QuiverException if the program ends before, or takes too long; the detail is the end
  ///   of its output
  public void awaitStart(BooleanSupplier works) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
    while (!works.getAsBoolean()) {
      if (hasEndedWithin(POLL_MILLIS)) {
        throw failure("ended with exit code " + process.exitValue() + " while it was starting");
      }
      if (System.nanoTime() > deadline) {
        kill();
        throw failure("did not start within " + START_SECONDS_MAX + " seconds");
      }
    }
  }

  /// Returns once the program has ended well.
  ///
  /// @throws QuiverException if it fails, or takes too long
  public void awaitEnd() {
    if (!hasEndedWithin(TimeUnit.SECONDS.toMillis(START_SECONDS_MAX))) {
      kill();
      throw failure("did not end within " + START_SECONDS_MAX + " seconds");
    }
    if (process.exitValue() != 0) {
      throw failure("ended with exit code " + process.exitValue());
    }
  }

  /// Waits until the program has ended, however it does.
  ///
  /// @return its exit code
  public int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  private QuiverException failure(String what) {
    return new QuiverException(SqlState.IO_ERROR, "%s %s", name, what)
        .withDetail("The end of " + log + ":\n" + logTail());
  }

  private String logTail() {
    try {
      String text = Files.readString(log, StandardCharsets.UTF_8);
      return text.substring(Math.max(0, text.length() - LOG_TAIL_CHARACTERS));
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private boolean hasEndedWithin(long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "interrupted while waiting for %s", name)
          .withCause(e);
    }
  }

  /// When it was started, by the system's clock.
  public Optional<Instant> startInstant() {
    return process.info().startInstant();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /// SIGKILL, and waits until the process is gone.
  public void kill() {
    process.destroyForcibly();
    if (!hasEndedWithin(STOP_PATIENCE.toMillis())) {
      throw new QuiverException(SqlState.IO_ERROR, "%s could not be killed", name);
    }
  }

  /// SIGSTOP: the process keeps its connections and does nothing.
  public void pause() {
    signal("STOP");
  }

  /// SIGCONT.
  public void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
              .redirectErrorStream(true)
              .start();
      if (kill.waitFor() != 0) {
        throw new QuiverException(
            SqlState.IO_ERROR, "could not send SIG%s to %s", signal.toUpperCase(Locale.ROOT), name);
      }
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "could not signal %s", name).withCause(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "interrupted while signalling %s", name)
          .withCause(e);
    }
  }

  /// SIGTERM; returns when it has ended by itself. SIGKILL if it takes too long.
  public void stop(Duration patience) {
    process.destroy();
    if (!hasEndedWithin(patience.toMillis())) {
      kill();
    }
  }

  /// SIGTERM, and SIGKILL if that does not end it in time.
  @Override
  public void close() {
    stop(STOP_PATIENCE);
  }
}
