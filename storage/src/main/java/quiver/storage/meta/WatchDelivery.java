package quiver.storage.meta;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Hands the changes of one watch to its listener, one call at a time and in order, on an executor.
/// Whoever finds the changes only queues them, so it may hold locks. Safe for every thread.
public final class WatchDelivery {
  private final MetaListener listener;
  private final Executor executor;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Deque<List<MetaEvent>> pending = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean scheduled;

  @GuardedBy("lock")
  private boolean lost;

  @GuardedBy("lock")
  private boolean stopped;

  public WatchDelivery(MetaListener listener, Executor executor) {
    this.listener = listener;
    this.executor = executor;
  }

  /// Queues the changes of one commit. The watch is lost when the listener is too far behind.
  public void offer(List<MetaEvent> events) {
    synchronized (lock) {
      if (stopped || lost) {
        return;
      }
      if (pending.size() == JournaledMetaStore.MAX_WATCH_BACKLOG) {
        pending.clear();
        lost = true;
      } else {
        pending.addLast(events);
      }
    }
  }

  /// The listener is told that the watch is lost, after the changes already queued.
  public void lose() {
    synchronized (lock) {
      lost = true;
    }
  }

  /// Starts calling the listener, if something is queued and nobody does it yet.
  public void schedule() {
    synchronized (lock) {
      if (scheduled || stopped || (pending.isEmpty() && !lost)) {
        return;
      }
      scheduled = true;
    }
    try {
      executor.execute(this::deliver);
    } catch (RejectedExecutionException e) {
      // The store is being closed and nobody listens any more.
      stop();
    }
  }

  private void deliver() {
    while (true) {
      List<MetaEvent> events;
      synchronized (lock) {
        if (stopped) {
          return;
        }
        events = pending.poll();
        if (events == null) {
          scheduled = false;
          if (!lost) {
            return;
          }
          stopped = true;
        }
      }
      if (events == null) {
        listener.lost();
        return;
      }
      listener.changed(events);
    }
  }

  /// No new call to the listener starts from now on.
  public void stop() {
    synchronized (lock) {
      stopped = true;
      pending.clear();
    }
  }

  /// Whether the listener has been told that the watch is lost, or the watch was stopped.
  public boolean isOver() {
    synchronized (lock) {
      return stopped || lost;
    }
  }
}
