package quiver.storage.meta;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Wakes one thread that keeps the world as the meta store says: it lists, acts, and waits here for
/// the next change. Lost watches count as a change. Signals that come while the thread works are
/// not lost. Safe for use by many threads.
public final class ChangeSignal implements AutoCloseable {
  private final MetaStore store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final List<Watch> watches = new ArrayList<>();

  @GuardedBy("lock")
  private boolean signalled = true;

  @GuardedBy("lock")
  private boolean closed;

  /// Signals changes of keys under any of these prefixes.
  public ChangeSignal(MetaStore store, List<String> prefixes) {
    this.store = store;
    prefixes.forEach(this::watch);
  }

  private void watch(String prefix) {
    long from = store.list(prefix).revision() + 1;
    Watch watch =
        store.watch(
            prefix,
            from,
            new MetaListener() {
              @Override
              public void changed(List<MetaEvent> events) {
                signal();
              }

              @Override
              public void lost() {
                if (!isClosed()) {
                  watch(prefix);
                }
                signal();
              }
            });
    lock.lock();
    try {
      if (!closed) {
        watches.add(watch);
        return;
      }
    } finally {
      lock.unlock();
    }
    watch.close();
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Wakes the thread, or spares it the next wait.
  public void signal() {
    lock.lock();
    try {
      signalled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a signal since the last call, at most for `timeout`. The first call returns at once.
  ///
  /// @return false once this is closed or the thread is interrupted
  public boolean await(Duration timeout) {
    lock.lock();
    try {
      long nanos = timeout.toNanos();
      while (!signalled && !closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      signalled = false;
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    List<Watch> toClose;
    lock.lock();
    try {
      closed = true;
      toClose = List.copyOf(watches);
      watches.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    toClose.forEach(Watch::close);
  }
}
