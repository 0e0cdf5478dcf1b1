package quiver.frontend.session;

import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.execution.runtime.CancelSwitch;
import quiver.frontend.activity.SessionActivity;
import quiver.frontend.setting.SessionSettings;
import quiver.frontend.transaction.Transaction;

/// The message of the protocol a session works on: whether it is to stop, and what other sessions
/// see of it. [#cancel], [#stopWith] and [#activity] are for any thread, the rest is for the
/// session's.
final class RunningMessage {
  /// Characters of a statement that other sessions see: PostgreSQL's track_activity_query_size.
  private static final int SHOWN_QUERY_LENGTH_MAX = 1024;

  private static final long YIELD_INTERVAL_NANOS = 5_000_000;

  private final SessionServices services;
  private final SessionIdentity identity;
  private final SessionSettings settings;
  private final SessionTransaction transaction;
  private volatile @Nullable CancelSwitch cancelSwitch;
  private volatile @Nullable QuiverException stopReason;
  private volatile Activity activity;
  private volatile long lastYieldNanos;
  private String text = "";
  private long startMicros;

  /// What other threads may see.
  private record Activity(
      String applicationName,
      @Nullable Long transactionStart,
      @Nullable Long queryStart,
      long stateChange,
      String state,
      String query) {}

  RunningMessage(
      SessionServices services,
      SessionIdentity identity,
      SessionSettings settings,
      SessionTransaction transaction) {
    this.services = services;
    this.identity = identity;
    this.settings = settings;
    this.transaction = transaction;
    this.activity = new Activity("", null, null, identity.startMicros(), "idle", "");
  }

  void begin(String newText) {
    text = newText;
    restart();
    long timeoutMillis = settings.number("statement_timeout");
    cancelSwitch =
        timeoutMillis == 0
            ? CancelSwitch.create()
            : CancelSwitch.withDeadline(
                services.nanoTime(), services.nanoTime().getAsLong() + timeoutMillis * 1_000_000L);
    stop();
    publish("active", text, startMicros);
  }

  /// Begins a message that is still about the last one's text.
  void beginAgain() {
    begin(activity.query);
  }

  /// The statement is run once more: it begins now.
  void restart() {
    startMicros = services.nowMicros();
  }

  void end() {
    cancelSwitch = null;
    text = "";
    publish(
        transaction.inBlock()
            ? transaction.isFailed() ? "idle in transaction (aborted)" : "idle in transaction"
            : "idle",
        activity.query,
        activity.queryStart);
  }

  private void publish(String state, String query, @Nullable Long queryStart) {
    activity =
        new Activity(
            settings.value("application_name"),
            transaction.open().map(Transaction::startMicros).orElse(null),
            queryStart,
            startMicros,
            state,
            query.length() <= SHOWN_QUERY_LENGTH_MAX
                ? query
                : query.substring(0, SHOWN_QUERY_LENGTH_MAX));
  }

  /// The query string; empty between messages.
  String text() {
    return text;
  }

  /// When it began, as microseconds since 2000-01-01 UTC.
  long startMicros() {
    return startMicros;
  }

  /// Throws when the running statement is to stop.
  void check() {
    CancelSwitch current = cancelSwitch;
    if (current != null) {
      current.check();
    }
    letOthersRun();
  }

  /// Virtual threads are not interrupted by the scheduler: a statement that computes for long gives
  /// its carrier to other sessions now and then.
  @SuppressWarnings("ThreadPriorityCheck")
  private void letOthersRun() {
    if (Thread.currentThread().isVirtual()) {
      long now = services.nanoTime().getAsLong();
      if (now - lastYieldNanos > YIELD_INTERVAL_NANOS) {
        lastYieldNanos = now;
        Thread.yield();
      }
    }
  }

  /// What stops the statement on other threads.
  CancelSwitch cancelSwitch() {
    CancelSwitch current = cancelSwitch;
    return current == null ? CancelSwitch.create() : current;
  }

  /// Stops the running statement, if there is one.
  void cancel() {
    CancelSwitch current = cancelSwitch;
    if (current != null) {
      current.cancel();
    }
  }

  /// Stops the running statement and every later one with a reason of the caller's.
  void stopWith(QuiverException because) {
    stopReason = because;
    stop();
  }

  /// Called after either of the two fields has been written, so that no order of the two threads
  /// misses the other's write.
  private void stop() {
    CancelSwitch current = cancelSwitch;
    QuiverException because = stopReason;
    if (current != null && because != null) {
      current.cancel(because);
    }
  }

  /// A row of `pg_stat_activity`.
  SessionActivity activity() {
    Activity now = activity;
    return new SessionActivity(
        identity.pid(),
        identity.user(),
        services.database(),
        now.applicationName,
        identity.clientAddress(),
        identity.clientPort(),
        identity.startMicros(),
        now.transactionStart,
        now.queryStart,
        now.stateChange,
        now.state,
        now.query);
  }
}
