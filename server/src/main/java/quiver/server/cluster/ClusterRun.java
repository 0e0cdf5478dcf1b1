package quiver.server.cluster;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// `quiver cluster up`: runs a local cluster in the foreground until Ctrl-C, SIGTERM, or `cluster
/// down`.
final class ClusterRun implements AutoCloseable {
  private static final long REDRAW_MILLIS = 500;

  /// How long `cluster add` and `cluster restart` wait for the process.
  private static final Duration NODE_PATIENCE = Duration.ofMinutes(2);

  private static final String CLEAR_TO_END = "\u001b[J";

  private final PrintStream out;
  private final ClusterPlan plan;
  private final ThreadFactory threads =
      Thread.ofPlatform().daemon().name("quiver-cluster-", 0).factory();
  private final long startedNanos = System.nanoTime();
  private final boolean redraws;
  private final CountDownLatch downRequested = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean isUp;
  private @Nullable LocalCluster cluster;
  private @Nullable ControlServer control;

  ClusterRun(ClusterPlan plan, PrintStream out) {
    this.plan = plan;
    this.out = out;
    this.redraws = isTerminal();
  }

  // Without a terminal some JDKs give none.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /// Starts the cluster, says when it is ready, and returns when it is to stop.
  void run(Path libraries) throws InterruptedException {
    try {
      Files.createDirectories(plan.logs());
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "cannot use data directory %s", plan.directory())
          .withCause(e);
    }
    if (ControlClient.isRunning(plan.control())) {
      throw new QuiverException(
          SqlState.OBJECT_IN_USE, "a cluster is running in %s already", plan.directory());
    }
    Orphans.end(plan.directory());
    LocalCluster started = new LocalCluster(plan, libraries, this::report, threads);
    cluster = started;
    control = ControlServer.start(plan.control(), this::carryOut, threads);
    out.println("Starting a cluster in " + plan.directory());
    Thread starting = threads.newThread(() -> startMembers(started));
    starting.start();
    awaitReady(started);
    if (downRequested.getCount() > 0) {
      isUp = true;
      started.urls().forEach(url -> out.println("quiver ready: " + url));
      out.println(
          "Ctrl-C stops it; from another shell: bin/quiver cluster status --data-dir "
              + plan.directory());
    }
    downRequested.await();
  }

  private void startMembers(LocalCluster started) {
    try {
      started.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (QuiverException e) {
      out.println("quiver: " + e.message());
      downRequested.countDown();
    }
  }

  private void awaitReady(LocalCluster started) throws InterruptedException {
    int drawn = 0;
    boolean ready = false;
    while (!ready) {
      ready = started.isReady();
      if (redraws) {
        drawn = redraw(started, drawn);
      }
      if (!ready && downRequested.await(REDRAW_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  private int redraw(LocalCluster started, int drawn) {
    String table = StatusTable.of(started.members());
    if (drawn > 0) {
      out.print("\u001b[" + drawn + "A" + CLEAR_TO_END);
    }
    out.print(table);
    out.flush();
    return Math.toIntExact(table.lines().count());
  }

  /// Prints what has happened to a member, where no table shows it.
  private void report(Supervised member, String what) {
    if (what.isEmpty() || (redraws && !isUp)) {
      return;
    }
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    out.printf(Locale.ROOT, "%7.1fs  %-18s %s%n", seconds, member.name(), what);
  }

  private String carryOut(List<String> words) {
    LocalCluster running = Objects.requireNonNull(cluster);
    String command = words.getFirst();
    String argument = words.size() > 1 ? words.get(1) : "";
    return switch (command) {
      case "status" -> StatusTable.of(running.members());
      case "kill" -> {
        Supervised member = running.find(argument);
        member.kill();
        yield member.name() + " was killed; it is started again\n";
      }
      case "pause" -> {
        Supervised member = running.find(argument);
        member.pause();
        yield member.name() + " is paused\n";
      }
      case "resume" -> {
        Supervised member = running.find(argument);
        member.resume();
        yield member.name() + " goes on\n";
      }
      case "add" -> {
        Supervised member = running.add(argument);
        yield member.name() + (await(member) ? " is ready\n" : " is not ready yet\n");
      }
      case "drain" -> {
        Supervised member = drainable(running.find(argument));
        member.drain();
        yield member.name() + " has handed its work over and stopped\n";
      }
      case "restart" -> {
        Supervised member = running.find(argument);
        member.restart();
        yield member.name() + (await(member) ? " was restarted\n" : " is not ready yet\n");
      }
      case "down" -> {
        downRequested.countDown();
        awaitStopped();
        yield "stopped\n";
      }
      default ->
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "unknown command \"%s\"", command);
    };
  }

  private static Supervised drainable(Supervised member) {
    if (member.role().filter(LocalRole::isNumbered).isEmpty()) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "\"%s\" cannot be drained", member.name())
          .withHint("Only these roles can: " + String.join(", ", LocalRole.numberedTexts()) + ".");
    }
    return member;
  }

  private static boolean await(Supervised member) {
    try {
      return member.awaitReady(NODE_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void awaitStopped() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Stops all processes; returns when they are gone, whoever stops them.
  @Override
  public synchronized void close() {
    downRequested.countDown();
    if (stopped.getCount() == 0) {
      return;
    }
    LocalCluster running = cluster;
    if (running != null) {
      running.close();
    }
    stopped.countDown();
    ControlServer listening = control;
    if (listening != null) {
      listening.close();
    }
  }
}
