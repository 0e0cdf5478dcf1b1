package quiver.storage.meta;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// A meta store of one process: a [MetaState], a journal that makes each change durable before it
/// is seen, leases on a clock, and watches.
///
/// Commits run one after another; readers never wait for the journal. Listeners are called on the
/// given executor, never while a lock is held; with `Runnable::run` everything happens on the
/// committing thread, as a simulation wants it.
public class JournaledMetaStore implements MetaStore {
  /// Commits a listener may fall behind before its watch is lost.
  public static final int MAX_WATCH_BACKLOG = 100_000;

  private record Lease(Duration timeToLive, Instant deadline) {}

  private final MetaJournal journal;
  private final InstantSource clock;
  private final Executor delivery;
  private final ReentrantLock committing = new ReentrantLock();
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final MetaState state;

  @GuardedBy("lock")
  private final Map<Long, Lease> leases = new TreeMap<>();

  @GuardedBy("lock")
  private final List<RunningWatch> watches = new ArrayList<>();

  @GuardedBy("lock")
  private long lastLease;

  @GuardedBy("lock")
  private boolean closed;

  /// @param state what is already durable; owned by this store from now on
  /// @param clock decides when leases end
  /// @param delivery calls the listeners
  public JournaledMetaStore(
      MetaState state, MetaJournal journal, InstantSource clock, Executor delivery) {
    this.state = state;
    this.journal = journal;
    this.clock = clock;
    this.delivery = delivery;
  }

  @Override
  public final Optional<KeyValue> get(String key) {
    expireLeases();
    synchronized (lock) {
      checkOpen();
      return state.get(key);
    }
  }

  @Override
  public final Listing list(String prefix) {
    expireLeases();
    synchronized (lock) {
      checkOpen();
      return state.list(prefix);
    }
  }

  @Override
  public final CommitResult commit(List<Guard> guards, List<Put> puts, List<String> deletes) {
    MetaState.check(guards, puts, deletes);
    expireLeases();
    List<RunningWatch> toNotify;
    CommitResult result;
    committing.lock();
    try {
      MetaState.Change change;
      synchronized (lock) {
        checkOpen();
        Optional<String> conflict = state.conflict(guards);
        if (conflict.isPresent()) {
          return new CommitResult.Conflict(conflict.get());
        }
        checkLeases(puts);
        change = state.change(puts, deletes);
        if (change.puts().isEmpty() && change.deletes().isEmpty()) {
          return new CommitResult.Committed(state.revision());
        }
      }
      toNotify = appendAndApply(change);
      result = new CommitResult.Committed(change.revision());
    } finally {
      committing.unlock();
    }
    toNotify.forEach(watch -> watch.changes.schedule());
    return result;
  }

  @Override
  public final Watch watch(String prefix, long fromRevision, MetaListener listener) {
    RunningWatch watch = new RunningWatch(prefix, fromRevision, listener);
    synchronized (lock) {
      checkOpen();
      Optional<List<List<MetaEvent>>> past = state.since(fromRevision);
      if (past.isPresent()) {
        watches.add(watch);
        past.get().forEach(watch::offer);
      } else {
        watch.changes.lose();
      }
    }
    watch.changes.schedule();
    return watch;
  }

  @Override
  public final long grant(Duration timeToLive) {
    expireLeases();
    Instant deadline = clock.instant().plus(timeToLive);
    synchronized (lock) {
      checkOpen();
      lastLease++;
      leases.put(lastLease, new Lease(timeToLive, deadline));
      return lastLease;
    }
  }

  @Override
  public final boolean keepAlive(long lease) {
    expireLeases();
    Instant now = clock.instant();
    synchronized (lock) {
      checkOpen();
      return leases.computeIfPresent(
              lease, (_, old) -> new Lease(old.timeToLive(), now.plus(old.timeToLive())))
          != null;
    }
  }

  @Override
  public final void revoke(long lease) {
    end(List.of(lease));
  }

  /// Ends the leases whose time has passed. Every operation does this first; call it also on a
  /// timer, so that watchers hear of an expiry while nothing else happens.
  public final void expireLeases() {
    Instant now = clock.instant();
    List<Long> due = new ArrayList<>();
    synchronized (lock) {
      leases.forEach((id, lease) -> {
        if (!lease.deadline().isAfter(now)) {
          due.add(id);
        }
      });
    }
    if (!due.isEmpty()) {
      end(due);
    }
  }

  /// Ends leases and deletes their keys in one commit.
  protected final void end(Iterable<Long> ended) {
    List<RunningWatch> toNotify = List.of();
    committing.lock();
    try {
      List<String> keys = new ArrayList<>();
      MetaState.Change change;
      synchronized (lock) {
        checkOpen();
        for (Long lease : ended) {
          leases.remove(lease);
          keys.addAll(state.keysOf(lease));
        }
        change = state.change(List.of(), keys);
      }
      if (!keys.isEmpty()) {
        toNotify = appendAndApply(change);
      }
    } finally {
      committing.unlock();
    }
    toNotify.forEach(watch -> watch.changes.schedule());
  }

  @Override
  public void close() {
    // A commit under way finishes first.
    committing.lock();
    try {
      synchronized (lock) {
        closed = true;
        watches.forEach(watch -> watch.changes.stop());
        watches.clear();
      }
    } finally {
      committing.unlock();
    }
  }

  /// Called under `committing`.
  private List<RunningWatch> appendAndApply(MetaState.Change change) {
    journal.append(change);
    List<RunningWatch> toNotify = new ArrayList<>();
    MetaState applied;
    synchronized (lock) {
      List<MetaEvent> events = state.apply(change);
      watches.removeIf(watch -> watch.changes.isOver());
      for (RunningWatch watch : watches) {
        if (watch.offer(events)) {
          toNotify.add(watch);
        }
      }
      applied = state;
    }
    // Only a commit changes the state, and this one is still under way.
    journal.applied(applied);
    return toNotify;
  }

  @GuardedBy("lock")
  private void checkOpen() {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "metadata store is closed");
    }
  }

  @GuardedBy("lock")
  private void checkLeases(List<Put> puts) {
    for (Put put : puts) {
      if (put.lease() != NO_LEASE && !leases.containsKey(put.lease())) {
        throw new QuiverException(
            SqlState.UNDEFINED_OBJECT, "metadata lease %d does not exist", put.lease());
      }
    }
  }

  private final class RunningWatch implements Watch {
    private final String prefix;
    private final long fromRevision;
    private final WatchDelivery changes;

    RunningWatch(String prefix, long fromRevision, MetaListener listener) {
      this.prefix = prefix;
      this.fromRevision = fromRevision;
      this.changes = new WatchDelivery(listener, delivery);
    }

    /// Called under the store's lock.
    boolean offer(List<MetaEvent> events) {
      List<MetaEvent> mine =
          events.stream()
              .filter(event -> event.revision() >= fromRevision && event.key().startsWith(prefix))
              .toList();
      if (mine.isEmpty()) {
        return false;
      }
      changes.offer(mine);
      return true;
    }

    @Override
    public void close() {
      changes.stop();
      synchronized (lock) {
        watches.remove(this);
      }
    }
  }
}
