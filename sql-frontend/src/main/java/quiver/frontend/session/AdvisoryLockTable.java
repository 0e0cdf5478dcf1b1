package quiver.frontend.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// PostgreSQL's advisory locks of one server. Safe for every thread; holders are process ids.
public final class AdvisoryLockTable {
  /// Locks held at once.
  static final int LOCK_COUNT_MAX = 100_000;

  /// How often a waiting session looks whether it was cancelled.
  private static final long CANCEL_CHECK_MILLIS = 50;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();

  @GuardedBy("lock")
  private final Map<LockKey, Holders> byKey = new HashMap<>();

  /// How often each session holds a lock.
  private record Holders(Map<Integer, Integer> exclusive, Map<Integer, Integer> shared) {
    boolean admits(int pid, boolean asShared) {
      boolean otherExclusive = exclusive.keySet().stream().anyMatch(holder -> holder != pid);
      boolean otherShared = shared.keySet().stream().anyMatch(holder -> holder != pid);
      return !otherExclusive && (asShared || !otherShared);
    }

    boolean isFree() {
      return exclusive.isEmpty() && shared.isEmpty();
    }
  }

  /// Takes a lock once more.
  ///
  /// @param checkCancelled throws when the session has to stop waiting
  /// @return whether it is held now; always with `wait`
  boolean lock(int pid, LockKey key, boolean shared, boolean wait, Runnable checkCancelled) {
    lock.lock();
    try {
      while (true) {
        Holders holders = byKey.get(key);
        if (holders == null) {
          if (byKey.size() == LOCK_COUNT_MAX) {
            throw new QuiverException(SqlState.OUT_OF_MEMORY, "out of shared memory")
                .withHint("There are too many advisory locks.");
          }
          holders = new Holders(new HashMap<>(), new HashMap<>());
          byKey.put(key, holders);
        }
        if (holders.admits(pid, shared)) {
          (shared ? holders.shared() : holders.exclusive()).merge(pid, 1, Integer::sum);
          return true;
        }
        if (!wait) {
          return false;
        }
        checkCancelled.run();
        released.awaitNanos(TimeUnit.MILLISECONDS.toNanos(CANCEL_CHECK_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request")
          .withCause(e);
    } finally {
      lock.unlock();
    }
  }

  /// Releases a lock once.
  ///
  /// @return false when it was not held
  boolean unlock(int pid, LockKey key, boolean shared) {
    lock.lock();
    try {
      Holders holders = byKey.get(key);
      if (holders == null) {
        return false;
      }
      Map<Integer, Integer> counts = shared ? holders.shared() : holders.exclusive();
      if (!counts.containsKey(pid)) {
        return false;
      }
      counts.computeIfPresent(pid, (holder, count) -> count == 1 ? null : count - 1);
      if (holders.isFree()) {
        byKey.remove(key);
      }
      released.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }
}
