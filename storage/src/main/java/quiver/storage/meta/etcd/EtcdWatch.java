package quiver.storage.meta.etcd;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.storage.meta.MetaEvent;
import quiver.storage.meta.MetaListener;
import quiver.storage.meta.Watch;
import quiver.storage.meta.WatchDelivery;

/// One watch. When its stream breaks it opens another where the last complete commit ended: the
/// client's own resumption starts at the revision of the first answer, and so skips what had
/// happened before the watch was opened and was not delivered yet.
final class EtcdWatch implements Watch {
  private static final Logger log = LoggerFactory.getLogger(EtcdWatch.class);
  private static final long REOPEN_MILLIS = 100;

  private final EtcdMetaStore store;
  private final io.etcd.jetcd.Watch client;
  private final ScheduledExecutorService timer;
  private final String prefix;
  private final WatchDelivery delivery;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private long nextRevision;

  @GuardedBy("lock")
  private int opened;

  @GuardedBy("lock")
  private io.etcd.jetcd.Watch.@Nullable Watcher watcher;

  @GuardedBy("lock")
  private boolean closed;

  EtcdWatch(
      EtcdMetaStore store,
      io.etcd.jetcd.Watch client,
      ScheduledExecutorService timer,
      String prefix,
      long fromRevision,
      MetaListener listener,
      Executor executor) {
    this.store = store;
    this.client = client;
    this.timer = timer;
    this.prefix = prefix;
    // Revision 0 would mean "from now on".
    this.nextRevision = Math.max(1, fromRevision);
    this.delivery = new WatchDelivery(listener, executor);
  }

  void open() {
    long from;
    int generation;
    synchronized (lock) {
      if (closed) {
        return;
      }
      from = nextRevision;
      generation = ++opened;
    }
    WatchOption option =
        WatchOption.builder()
            .withRange(store.rangeEnd(prefix))
            .withRevision(from)
            .withRequireLeader(true)
            .build();
    io.etcd.jetcd.Watch.Watcher started =
        client.watch(store.bytes(prefix), option, new Stream(generation));
    boolean isLate;
    synchronized (lock) {
      isLate = closed || generation != opened;
      if (!isLate) {
        watcher = started;
      }
    }
    if (isLate) {
      started.close();
    }
  }

  /// Receives what one stream brings, until the next stream is opened.
  private final class Stream implements io.etcd.jetcd.Watch.Listener {
    private final int generation;

    Stream(int generation) {
      this.generation = generation;
    }

    @Override
    public void onNext(WatchResponse response) {
      synchronized (lock) {
        if (closed || generation != opened) {
          return;
        }
        // etcd never splits a revision over two responses, but it puts several into one.
        List<MetaEvent> commit = new ArrayList<>();
        for (WatchEvent event : response.getEvents()) {
          MetaEvent change = change(event);
          if (!commit.isEmpty() && commit.getFirst().revision() != change.revision()) {
            delivery.offer(commit);
            commit = new ArrayList<>();
          }
          commit.add(change);
        }
        if (!commit.isEmpty()) {
          nextRevision = commit.getFirst().revision() + 1;
          delivery.offer(commit);
        }
      }
      delivery.schedule();
    }

    private MetaEvent change(WatchEvent event) {
      return event.getEventType() == WatchEvent.EventType.DELETE
          ? new MetaEvent.Deleted(
              store.key(event.getKeyValue().getKey()), event.getKeyValue().getModRevision())
          : new MetaEvent.Written(store.entry(event.getKeyValue()));
    }

    @Override
    public void onError(Throwable error) {
      if (error instanceof CompactedException) {
        delivery.lose();
        delivery.schedule();
        store.forget(EtcdWatch.this);
        return;
      }
      reopen(generation, error);
    }

    @Override
    public void onCompleted() {
      reopen(generation, null);
    }
  }

  private void reopen(int generation, @Nullable Throwable error) {
    io.etcd.jetcd.Watch.Watcher broken;
    synchronized (lock) {
      if (closed || generation != opened) {
        return;
      }
      opened++;
      broken = watcher;
      watcher = null;
    }
    log.debug("metadata watch broken, it is opened again: prefix={}", prefix, error);
    if (broken != null) {
      broken.close();
    }
    try {
      var _ = timer.schedule(this::open, REOPEN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      close();
    }
  }

  @Override
  public void close() {
    delivery.stop();
    io.etcd.jetcd.Watch.Watcher running;
    synchronized (lock) {
      closed = true;
      running = watcher;
      watcher = null;
    }
    if (running != null) {
      running.close();
    }
    store.forget(this);
  }
}
