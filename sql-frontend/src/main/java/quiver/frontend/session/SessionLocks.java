package quiver.frontend.session;

import java.util.ArrayList;
import java.util.List;
import quiver.execution.function.SessionContext.AdvisoryLocks;

/// The advisory locks one session holds. Safe for every thread of its statement.
final class SessionLocks implements AdvisoryLocks {
  private final AdvisoryLockTable table;
  private final int pid;
  private final Runnable checkCancelled;
  private final List<Held> held = new ArrayList<>();

  private record Held(LockKey key, boolean shared, boolean transaction) {}

  /// LOCK TABLE, until the transaction ends.
  boolean lockTable(long tableId, boolean shared, boolean wait) {
    return lock(new LockKey(true, tableId), shared, true, wait);
  }

  SessionLocks(AdvisoryLockTable table, int pid, Runnable checkCancelled) {
    this.table = table;
    this.pid = pid;
    this.checkCancelled = checkCancelled;
  }

  @Override
  public boolean lock(long key, boolean shared, boolean transaction, boolean wait) {
    return lock(new LockKey(false, key), shared, transaction, wait);
  }

  private boolean lock(LockKey key, boolean shared, boolean transaction, boolean wait) {
    if (!table.lock(pid, key, shared, wait, checkCancelled)) {
      return false;
    }
    synchronized (held) {
      held.add(new Held(key, shared, transaction));
    }
    return true;
  }

  @Override
  public boolean unlock(long key, boolean shared) {
    synchronized (held) {
      LockKey lockKey = new LockKey(false, key);
      return held.remove(new Held(lockKey, shared, false)) && table.unlock(pid, lockKey, shared);
    }
  }

  @Override
  public void unlockAll() {
    release(false);
  }

  /// Releases what the transaction holds.
  void endTransaction() {
    release(true);
  }

  private void release(boolean transaction) {
    synchronized (held) {
      for (Held one : List.copyOf(held)) {
        if (one.transaction() == transaction) {
          held.remove(one);
          table.unlock(pid, one.key(), one.shared());
        }
      }
    }
  }

  /// Releases everything: the session ends.
  void releaseAll() {
    release(true);
    release(false);
  }
}
