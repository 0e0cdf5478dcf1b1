package quiver.server.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.process.ChildProcess;

/// Keeps a member of the cluster alive: starts it, and starts it again whenever it ends, until it
/// is told to stop. Thread-safe.
final class Supervised {
  /// What a member is doing.
  enum State {
    WAITING,
    STARTING,
    READY,
    PAUSED,
    RESTARTING,
    STOPPING,
    STOPPED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// How long to wait before a member that cannot start is tried again; doubled each time.
  private static final long RETRY_MILLIS_MIN = 200;

  /// How long a process has to hand its work over.
  private static final Duration HANDOVER_PATIENCE = Duration.ofSeconds(110);

  private static final long RETRY_MILLIS_MAX = 10_000;
  private static final long STOP_POLL_MILLIS = 50;

  private final Member member;
  private final Optional<LocalRole> role;
  private final Semaphore starts;
  private final BiConsumer<Supervised, String> listener;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private State state = State.WAITING;

  @GuardedBy("lock")
  private boolean isWanted = true;

  @GuardedBy("lock")
  private int restartCount;

  @GuardedBy("lock")
  private long readySinceNanos;

  @GuardedBy("lock")
  private String failure = "";

  /// @param starts limits how many start at once
  /// @param listener is told of every change, with what has happened
  Supervised(
      Member member,
      Optional<LocalRole> role,
      Semaphore starts,
      BiConsumer<Supervised, String> listener,
      ThreadFactory threads) {
    this.member = member;
    this.role = role;
    this.starts = starts;
    this.listener = listener;
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-supervisor-" + member.name());
  }

  void begin() {
    thread.start();
  }

  String name() {
    return member.name();
  }

  Optional<LocalRole> role() {
    return role;
  }

  private void run() {
    long retryMillis = RETRY_MILLIS_MIN;
    try {
      while (wanted()) {
        if (startOnce()) {
          retryMillis = RETRY_MILLIS_MIN;
          int code = member.process().orElseThrow().awaitExit();
          if (wanted()) {
            restarting("ended with exit code " + code);
          }
        } else if (wanted()) {
          pauseBeforeRetry(retryMillis);
          retryMillis = Math.min(2 * retryMillis, RETRY_MILLIS_MAX);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      become(State.STOPPED, "stopped");
    }
  }

  private boolean wanted() {
    lock.lock();
    try {
      return isWanted;
    } finally {
      lock.unlock();
    }
  }

  private boolean startOnce() throws InterruptedException {
    starts.acquire();
    try {
      become(State.STARTING, "");
      member.start();
      lock.lock();
      try {
        readySinceNanos = System.nanoTime();
        failure = "";
      } finally {
        lock.unlock();
      }
      become(State.READY, "ready");
      return true;
    } catch (QuiverException e) {
      lock.lock();
      try {
        failure = e.message();
        restartCount++;
      } finally {
        lock.unlock();
      }
      become(
          State.WAITING,
          e.message() + e.field(QuiverException.Field.DETAIL).map(text -> "\n" + text).orElse(""));
      return false;
    } finally {
      starts.release();
    }
  }

  private void restarting(String why) {
    lock.lock();
    try {
      restartCount++;
    } finally {
      lock.unlock();
    }
    become(State.WAITING, why + ", is started again");
  }

  private void pauseBeforeRetry(long millis) throws InterruptedException {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      while (isWanted && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void become(State next, String what) {
    lock.lock();
    try {
      if (state == State.STOPPING && next != State.STOPPED) {
        return;
      }
      state = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    listener.accept(this, what);
  }

  /// Waits until it is ready.
  ///
  /// @return whether it is
  boolean awaitReady(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long nanos = patience.toNanos();
      while (state != State.READY && isWanted && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return state == State.READY;
    } finally {
      lock.unlock();
    }
  }

  /// SIGKILL; it is started again at once.
  void kill() {
    running().kill();
  }

  /// SIGTERM; returns when the process has handed its work over and ended. It is started again.
  void restart() {
    ChildProcess process = running();
    become(State.RESTARTING, "hands its work over");
    process.stop(HANDOVER_PATIENCE);
  }

  /// SIGTERM; returns when the process has handed its work over and ended. It is not started again.
  void drain() {
    ChildProcess process = running();
    lock.lock();
    try {
      isWanted = false;
      state = State.STOPPING;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    process.stop(HANDOVER_PATIENCE);
    stop();
  }

  /// SIGSTOP.
  void pause() {
    running().pause();
    become(State.PAUSED, "paused");
  }

  /// SIGCONT.
  void resume() {
    running().resume();
    become(State.READY, "goes on");
  }

  private ChildProcess running() {
    return member
        .process()
        .filter(ChildProcess::isAlive)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "%s is not running", name()));
  }

  /// SIGTERM, waits for its end, and does not start it again. Idempotent.
  void stop() {
    lock.lock();
    try {
      isWanted = false;
      if (state != State.STOPPED) {
        state = thread.getState() == Thread.State.NEW ? State.STOPPED : State.STOPPING;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    // It may be started once more while this goes on.
    while (!awaitStopped()) {
      member
          .process()
          .filter(ChildProcess::isAlive)
          .ifPresent(process -> {
            // A paused process does not hear SIGTERM.
            process.resume();
            process.close();
          });
    }
  }

  /// Whether it has stopped, after a short while.
  private boolean awaitStopped() {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(STOP_POLL_MILLIS);
      while (state != State.STOPPED && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return state == State.STOPPED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } finally {
      lock.unlock();
    }
  }

  State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /// A line of the status table.
  Row row() {
    lock.lock();
    try {
      Optional<Long> pid = member.process().filter(ChildProcess::isAlive).map(ChildProcess::pid);
      long seconds =
          state == State.READY || state == State.PAUSED
              ? TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - readySinceNanos)
              : 0;
      return new Row(name(), state.text(), pid, seconds, restartCount, member.address(), failure);
    } finally {
      lock.unlock();
    }
  }

  /// @param upSeconds since it became ready
  /// @param failure why it could not start the last time; empty if it could
  record Row(
      String name,
      String state,
      Optional<Long> pid,
      long upSeconds,
      int restartCount,
      String address,
      String failure) {}
}
