package quiver.workers.host;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Cancellation;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.MetaStore;
import quiver.storage.record.LogRecord;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.channel.TableReading;
import quiver.workers.file.Manifests;
import quiver.workers.file.OnDemandFiles;
import quiver.workers.segment.TableView;

/// One channel as a process follows it that does not own it: a replica that begins with the newest
/// checkpoint and applies the log from there, as the owner does. A second thread puts the files of
/// later checkpoints in the place of rows in memory, and a third tells the owner what readers wait
/// for.
///
/// Whatever goes wrong (the log was truncated past this reader, a file is gone), the replica is
/// made anew from the checkpoint of that moment; readers have the old one until the new one has
/// come at least as far.
public final class FollowerChannel implements ReadableChannel, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FollowerChannel.class);

  /// How long threads sleep without a change.
  private static final Duration POLL = Duration.ofMillis(100);

  /// How often the metadata store is asked for a newer checkpoint though it has told of none.
  private static final Duration IDLE = Duration.ofSeconds(2);

  /// How long the owner has for a TICK before it is asked again.
  private static final Duration NUDGE_AGAIN = Duration.ofMillis(50);

  /// How long a failed replica waits for the next attempt.
  private static final Duration RETRY = Duration.ofMillis(500);

  /// How long segments that merges replaced are kept for readers with older snapshots; after that a
  /// node that is asked for a part of such a table refuses.
  private static final Duration REPLACED_KEPT = Duration.ofMinutes(1);

  /// How long the files of segments of other nodes stay open without a reader: half of it at least.
  private static final Duration IDLE_KEPT = Duration.ofSeconds(10);

  /// How long rows stay in memory until a node has been told to serve their file.
  private static final Duration PLACING = Duration.ofSeconds(5);

  /// Records applied under one hold of the lock.
  private static final int APPLY_COUNT_MAX = 256;

  private final String channel;
  private final String node;
  private final Duration patience;
  private final MetaStore meta;
  private final OnDemandFiles files;
  private final LogBroker broker;
  private final ChannelNudge nudge;
  private final List<Thread> threads = new ArrayList<>();
  private final ChangeSignal manifests;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition progressed = lock.newCondition();
  private final Condition wanted = lock.newCondition();

  /// What readers read; null before the first replica has caught up with its checkpoint. Written
  /// under the lock.
  private volatile @Nullable ChannelReplica replica;

  /// What the log is applied to: the same, or its successor.
  @GuardedBy("lock")
  private @Nullable ChannelReplica catchingUp;

  @GuardedBy("lock")
  private long wantedTimestamp;

  private volatile long readableTimestamp;
  private volatile @Nullable LogReader reader;
  private volatile boolean caughtUp;

  /// Whether something of the newest checkpoint has not been adopted.
  private volatile boolean isIncomplete;

  /// Objects that have been fetched. Only for the thread that adopts.
  private final Set<String> fetched = new HashSet<>();

  private volatile boolean closed;

  private FollowerChannel(
      String channel,
      String node,
      Duration patience,
      MetaStore meta,
      OnDemandFiles files,
      LogBroker broker,
      ChannelNudge nudge) {
    this.channel = channel;
    this.node = node;
    this.patience = patience;
    this.meta = meta;
    this.files = files;
    this.broker = broker;
    this.nudge = nudge;
    this.manifests = new ChangeSignal(meta, List.of(MetaKeys.manifest(channel)));
  }

  /// Begins to follow; readers wait until the replica has caught up.
  ///
  /// @param patience how long readers wait
  public static FollowerChannel start(
      String channel,
      String node,
      Duration patience,
      MetaStore meta,
      OnDemandFiles files,
      LogBroker broker,
      ChannelNudge nudge,
      ThreadFactory factory) {
    FollowerChannel follower =
        new FollowerChannel(channel, node, patience, meta, files, broker, nudge);
    follower.run(factory, "follow", follower::follow);
    follower.run(factory, "files", follower::adoptFiles);
    follower.run(factory, "nudge", follower::nudgeOwner);
    return follower;
  }

  private void run(ThreadFactory factory, String what, Runnable body) {
    Thread thread = factory.newThread(body);
    thread.setName("quiver-" + what + "-" + channel);
    threads.add(thread);
    thread.start();
  }

  // ---- applying ----

  private void follow() {
    while (!closed) {
      try {
        followFromCheckpoint();
      } catch (QuiverException e) {
        if (closed) {
          return;
        }
        if (e.state() != SqlState.SNAPSHOT_TOO_OLD) {
          log.warn("replica is made anew: channel={}", channel, e);
          pause();
        } else {
          log.info("replica was too far behind, it is made anew: channel={}", channel);
        }
      } catch (RuntimeException e) {
        log.error("replica is made anew: channel={}", channel, e);
        pause();
      }
    }
  }

  private void pause() {
    lock.lock();
    try {
      long nanos = RETRY.toNanos();
      while (!closed && nanos > 0) {
        nanos = progressed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void followFromCheckpoint() {
    Manifests.Stored stored = Manifests.load(channel, meta, files.store().objects());
    ChannelReplica next = new ChannelReplica(stored.checkpoint(), files, REPLACED_KEPT.toMillis());
    long complete = stored.checkpoint().appliedTimestamp();
    try (LogReader from = broker.openReader(channel, stored.checkpoint().replayFrom().offset())) {
      reader = from;
      begin(next);
      long end = broker.end(channel);
      advance(complete);
      while (!closed) {
        caughtUp |= from.position() >= end;
        Optional<LogEntry> entry = from.next(POLL);
        if (entry.isPresent()) {
          applyAvailable(next, entry.get(), from);
          advance(complete);
        }
        if (files.takeMissing()) {
          throw new QuiverException(
              SqlState.SNAPSHOT_TOO_OLD, "a file of channel %s is gone", channel);
        }
      }
    } finally {
      reader = null;
      giveUp(next);
    }
  }

  private void begin(ChannelReplica next) {
    lock.lock();
    try {
      catchingUp = next;
    } finally {
      lock.unlock();
    }
    // Files of checkpoints that came while the replica was being made.
    isIncomplete = true;
    manifests.signal();
  }

  private void applyAvailable(ChannelReplica to, LogEntry first, LogReader from) {
    lock.lock();
    try {
      Optional<LogEntry> entry = Optional.of(first);
      for (int count = 1; entry.isPresent(); count++) {
        boolean _ = to.apply(entry.get().offset(), LogRecord.decode(entry.get().record()));
        entry = count < APPLY_COUNT_MAX ? from.ready() : Optional.empty();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Lets readers see how far the replica has come.
  ///
  /// @param complete the timestamp of its checkpoint: before it, segments may be there twice
  private void advance(long complete) {
    lock.lock();
    try {
      ChannelReplica next = catchingUp;
      ChannelReplica before = replica;
      if (next == null
          || next.appliedTimestamp() < complete
          || next.appliedTimestamp() < readableTimestamp
          || (before != null && next.appliedTimestamp() < before.appliedTimestamp())) {
        // What a reader has been told of the one before holds for its successor.
        return;
      }
      if (before != next) {
        replica = next;
        if (before != null) {
          before.close();
        }
        log.info("following: channel={} position={}", channel, next.position().offset());
      }
      readableTimestamp = next.appliedTimestamp();
      progressed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing is applied to this replica any more; readers may still have it.
  private void giveUp(ChannelReplica failed) {
    lock.lock();
    try {
      catchingUp = null;
      if (replica != failed) {
        failed.close();
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- files ----

  private void adoptFiles() {
    long version = -1;
    ChannelCheckpoint newest = ChannelCheckpoint.EMPTY;
    long adoptAllAt = 0;
    long closeIdleAt = System.nanoTime() + IDLE_KEPT.toNanos();
    while (manifests.await(isIncomplete ? POLL : IDLE) && !closed) {
      try {
        if (System.nanoTime() > closeIdleAt) {
          files.closeIdle();
          closeIdleAt = System.nanoTime() + IDLE_KEPT.toNanos();
        }
        if (Manifests.version(channel, meta) != version) {
          Manifests.Stored stored = Manifests.load(channel, meta, files.store().objects());
          version = stored.version();
          newest = stored.checkpoint();
          adoptAllAt = System.nanoTime() + PLACING.toNanos();
          isIncomplete = true;
        }
        if (isIncomplete) {
          fetchOwn(newest);
          isIncomplete = false;
          if (!adopt(newest, System.nanoTime() > adoptAllAt)) {
            isIncomplete = true;
          }
        }
      } catch (QuiverException e) {
        isIncomplete = true;
        if (!closed) {
          log.warn("files of a checkpoint not adopted yet: channel={}", channel, e);
        }
      } catch (RuntimeException e) {
        isIncomplete = true;
        log.error("files of a checkpoint not adopted yet: channel={}", channel, e);
      }
    }
  }

  /// Fetches what is going to be opened. Not under the lock: readers do not wait for what comes
  /// from far away.
  private void fetchOwn(ChannelCheckpoint checkpoint) {
    Set<String> wanted = new HashSet<>();
    for (ChannelCheckpoint.FlushedSegment segment : checkpoint.segments()) {
      if (files.isKept(segment.file().segmentId())) {
        wanted.add(segment.file().objectName());
        segment.file().indexes().forEach(index -> wanted.add(index.objectName()));
      }
    }
    fetched.retainAll(wanted);
    for (String name : wanted) {
      if (fetched.add(name)) {
        files.store().fetch(name);
      }
    }
  }

  /// @param all whether rows in memory go even if no node has been told to serve them from a file
  /// @return whether nothing is left to adopt
  private boolean adopt(ChannelCheckpoint checkpoint, boolean all) {
    lock.lock();
    try {
      ChannelReplica to = catchingUp == null ? replica : catchingUp;
      return to != null
          && new AdoptedFiles(to, files, files.store(), id -> all || files.isPlaced(id))
              .adopt(checkpoint);
    } finally {
      lock.unlock();
    }
  }

  // ---- readers ----

  private void nudgeOwner() {
    while (!closed) {
      long timestamp = awaitWanted();
      if (closed) {
        return;
      }
      try {
        nudge.nudge(channel, timestamp);
      } catch (QuiverException e) {
        log.debug("owner not nudged: channel={}", channel, e);
      } catch (RuntimeException e) {
        log.error("owner not nudged: channel={}", channel, e);
      }
      awaitReadable(timestamp, NUDGE_AGAIN);
    }
  }

  private long awaitWanted() {
    lock.lock();
    try {
      while (!closed && wantedTimestamp <= readableTimestamp) {
        wanted.awaitUninterruptibly();
      }
      return wantedTimestamp;
    } finally {
      lock.unlock();
    }
  }

  private void awaitReadable(long timestamp, Duration timeout) {
    lock.lock();
    try {
      long nanos = timeout.toNanos();
      while (!closed
          && readableTimestamp < timestamp
          && wantedTimestamp == timestamp
          && nanos > 0) {
        nanos = progressed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String node() {
    return node;
  }

  /// Whether the log has been read up to where it ended when this node began to follow.
  public boolean isCaughtUp() {
    return caughtUp;
  }

  /// Everything at or before this timestamp can be read.
  public long readableTimestamp() {
    return readableTimestamp;
  }

  /// Durable records of the log that have not been applied yet.
  public long unreadCount() {
    long end = broker.end(channel);
    lock.lock();
    try {
      ChannelReplica applying = catchingUp == null ? replica : catchingUp;
      return applying == null ? end : Math.max(0, end - applying.position().offset());
    } finally {
      lock.unlock();
    }
  }

  private boolean isReadable(long tableId, long timestamp) {
    if (readableTimestamp < timestamp) {
      return false;
    }
    ChannelReplica now = replica;
    return now != null && now.isDecided(tableId, timestamp);
  }

  @Override
  public void awaitReadable(long tableId, long timestamp, Cancellation cancellation) {
    if (isReadable(tableId, timestamp)) {
      return;
    }
    long deadline = System.nanoTime() + patience.toNanos();
    lock.lock();
    try {
      if (timestamp > wantedTimestamp) {
        wantedTimestamp = timestamp;
        wanted.signalAll();
      }
      while (!isReadable(tableId, timestamp)) {
        if (closed) {
          throw Unavailable.because("query node \"%s\" is stopping", node);
        }
        cancellation.check();
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw Unavailable.because(
              "query node \"%s\" has not read log channel \"%s\" far enough", node, channel);
        }
        boolean _ = progressed.await(Math.min(left, POLL.toNanos()), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request")
          .withCause(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<TableReading> read(long tableId, long[] addresses) {
    if (addresses.length > 0) {
      lock.lock();
      try {
        ChannelReplica now = replica;
        return now == null ? Optional.empty() : now.read(tableId, addresses);
      } finally {
        lock.unlock();
      }
    }
    while (true) {
      ChannelReplica now = replica;
      if (now == null) {
        return Optional.empty();
      }
      Optional<TableView> view = now.view(tableId);
      if (view.isPresent() || now == replica) {
        return view.map(pinned -> new TableReading(pinned, addresses));
      }
    }
  }

  /// Stops following. Fragments that run end with what they have pinned.
  @Override
  public void close() {
    closed = true;
    manifests.close();
    LogReader open = reader;
    if (open != null) {
      open.close();
    }
    lock.lock();
    try {
      progressed.signalAll();
      wanted.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(FollowerChannel::join);
    lock.lock();
    try {
      if (replica != null) {
        replica.close();
        replica = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
