package quiver.frontend.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.format.DatumFormat;
import quiver.frontend.setting.SessionSettings;
import quiver.frontend.statement.Committer;
import quiver.frontend.statement.Committer.Outcome;
import quiver.frontend.transaction.PendingChecks;
import quiver.frontend.transaction.Transaction;
import quiver.rpc.Cancellation;
import quiver.rpc.RootCoordinatorService;

/// The transaction of one session: none, the implicit one of a message, or a block. Used by the
/// session's thread only.
final class SessionTransaction {
  /// Savepoints of one transaction.
  static final int SAVEPOINT_COUNT_MAX = 10_000;

  private final RootCoordinatorService root;
  private final Committer committer;
  private final SessionSettings settings;
  private final Portals portals;
  private final NoticeSink notices;
  private final Runnable onEnd;
  private final Consumer<List<PendingChecks.Check>> checks;
  private final List<Savepoint> savepoints = new ArrayList<>();
  private final List<Runnable> onCommit = new ArrayList<>();
  private @Nullable Transaction current;
  private SessionSettings.@Nullable Mark settingsAtStart;
  private boolean block;
  private boolean failed;

  /// Where notices go.
  interface NoticeSink {
    void send(Notice notice);
  }

  private record Savepoint(
      String name,
      Transaction.Mark mark,
      SessionSettings.Mark settings,
      Set<String> portals,
      int onCommitCount) {}

  SessionTransaction(
      RootCoordinatorService root,
      Committer committer,
      SessionSettings settings,
      Portals portals,
      NoticeSink notices,
      Runnable onEnd,
      Consumer<List<PendingChecks.Check>> checks) {
    this.root = root;
    this.committer = committer;
    this.settings = settings;
    this.portals = portals;
    this.notices = notices;
    this.onEnd = onEnd;
    this.checks = checks;
  }

  /// Whether a block is open, failed or not.
  boolean inBlock() {
    return block;
  }

  boolean isFailed() {
    return failed;
  }

  boolean isOpen() {
    return current != null;
  }

  /// The transaction of the running statement.
  Transaction current() {
    Transaction open = current;
    if (open == null) {
      throw new IllegalStateException("no transaction");
    }
    return open;
  }

  Optional<Transaction> open() {
    return Optional.ofNullable(current);
  }

  /// ReadyForQuery's letter.
  char status() {
    return block ? failed ? 'E' : 'T' : 'I';
  }

  /// Opens the implicit transaction of a message unless there is a transaction.
  void ensureOpen(long nowMicros) {
    if (current == null) {
      open(nowMicros);
    }
  }

  private void open(long nowMicros) {
    String isolation = settings.value("default_transaction_isolation");
    current =
        new Transaction(
            nowMicros,
            false,
            isolation.equals("repeatable read"),
            settings.isOn("default_transaction_read_only"));
    settingsAtStart = settings.mark();
    settings.set("transaction_isolation", List.of(isolation), true);
    settings.set(
        "transaction_read_only", List.of(settings.value("default_transaction_read_only")), true);
  }

  /// BEGIN. What ran before it in the same message belongs to the block.
  void begin(long nowMicros, Optional<String> isolation, Optional<Boolean> readOnly) {
    if (block) {
      notices.send(
          Notice.warning(
              SqlState.ACTIVE_SQL_TRANSACTION, "there is already a transaction in progress"));
      return;
    }
    ensureOpen(nowMicros);
    setModes(isolation, readOnly);
    block = true;
  }

  /// SET TRANSACTION.
  void setModes(Optional<String> isolation, Optional<Boolean> readOnly) {
    Transaction transaction = current();
    if (isolation.isPresent()) {
      String level = isolation.get().toLowerCase(Locale.ROOT);
      if (level.equals("serializable")) {
        throw new QuiverException(
            SqlState.FEATURE_NOT_SUPPORTED,
            "transaction isolation level SERIALIZABLE is not supported");
      }
      boolean repeatable = level.equals("repeatable read");
      if (repeatable != transaction.isRepeatableRead()) {
        if (transaction.hasRun()) {
          throw new QuiverException(
              SqlState.ACTIVE_SQL_TRANSACTION,
              "SET TRANSACTION ISOLATION LEVEL must be called before any query");
        }
        transaction.setRepeatableRead(repeatable);
      }
      settings.set("transaction_isolation", List.of(level), true);
    }
    if (readOnly.isPresent()) {
      if (!readOnly.get() && transaction.isReadOnly() && transaction.hasRun()) {
        throw new QuiverException(
            SqlState.ACTIVE_SQL_TRANSACTION,
            "transaction read-write mode must be set before any query");
      }
      transaction.setReadOnly(readOnly.get());
      settings.set("transaction_read_only", List.of(readOnly.get() ? "on" : "off"), true);
    }
  }

  /// Runs `action` once the transaction has committed.
  void onCommit(Runnable action) {
    onCommit.add(action);
  }

  /// Commits; whatever the outcome, the transaction is over, unless it is refused and retryable:
  /// then the caller decides.
  Outcome commit(DatumFormat format, Cancellation cancellation) {
    Transaction transaction = current();
    portals.beforeCommit();
    Outcome outcome;
    try {
      checks.accept(transaction.pending().takeAll());
      new TemporaryRows(root, transaction).beforeCommit();
      outcome = committer.commit(transaction, format, cancellation);
    } catch (RuntimeException e) {
      rollback();
      throw e;
    }
    if (outcome instanceof Outcome.Refused) {
      rollback();
      return outcome;
    }
    List<Runnable> actions = List.copyOf(onCommit);
    settings.endTransaction();
    portals.afterTransaction();
    reset();
    actions.forEach(Runnable::run);
    return outcome;
  }

  /// Takes everything back.
  void rollback() {
    Transaction transaction = current;
    if (transaction == null) {
      reset();
      return;
    }
    root.discard(transaction.definitions());
    if (settingsAtStart != null) {
      settings.rewind(settingsAtStart);
    }
    settings.endTransaction();
    portals.afterTransaction();
    reset();
  }

  private void reset() {
    current = null;
    settingsAtStart = null;
    savepoints.clear();
    onCommit.clear();
    block = false;
    failed = false;
    onEnd.run();
  }

  /// A statement has failed: an implicit transaction is taken back at once, a block waits for
  /// ROLLBACK.
  void fail() {
    if (block) {
      failed = true;
    } else {
      rollback();
    }
  }

  /// SAVEPOINT.
  void savepoint(String name) {
    if (savepoints.size() == SAVEPOINT_COUNT_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "a transaction cannot have more than %d savepoints",
          SAVEPOINT_COUNT_MAX);
    }
    savepoints.add(
        new Savepoint(
            name,
            current().mark(),
            settings.mark(),
            new HashSet<>(portals.names()),
            onCommit.size()));
  }

  /// RELEASE.
  void release(String name) {
    int index = find(name);
    savepoints.subList(index, savepoints.size()).clear();
  }

  /// ROLLBACK TO: also ends the failed state.
  void rollbackTo(String name) {
    int index = find(name);
    Savepoint savepoint = savepoints.get(index);
    current().rewind(savepoint.mark());
    settings.rewind(savepoint.settings());
    portals.closeAllBut(savepoint.portals());
    onCommit.subList(savepoint.onCommitCount(), onCommit.size()).clear();
    savepoints.subList(index + 1, savepoints.size()).clear();
    failed = false;
  }

  private int find(String name) {
    OptionalInt index = OptionalInt.empty();
    for (int i = 0; i < savepoints.size(); i++) {
      if (savepoints.get(i).name().equals(name)) {
        index = OptionalInt.of(i);
      }
    }
    return index.orElseThrow(() ->
        new QuiverException(
            SqlState.INVALID_SAVEPOINT_SPECIFICATION, "savepoint \"%s\" does not exist", name));
  }
}
