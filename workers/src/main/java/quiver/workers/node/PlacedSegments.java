package quiver.workers.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.meta.CompactionTask;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.rpc.meta.PlacementRecord;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.workers.channel.TableReading;
import quiver.workers.file.OnDemandFiles;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.UnopenedRows;

/// Opens the segments that the placement gives to this query node, and says under a lease which
/// ones it has: front ends ask a node once that key is there.
final class PlacedSegments implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PlacedSegments.class);

  /// How long a node that has died is taken to have its segments.
  private static final Duration LEASE = Duration.ofSeconds(5);

  /// How often to look whether what is to be here has come.
  private static final Duration COMING = Duration.ofMillis(500);

  /// How often to look when all of it is here; several times as often as the lease ends.
  private static final Duration IDLE = Duration.ofMillis(1_500);

  private static final long[] NO_ADDRESSES = new long[0];

  private final MetaStore meta;
  private final String node;
  private final FollowedChannels channels;
  private final ChangeSignal signal;
  private final Thread thread;
  private final TreeSet<Long> loaded = new TreeSet<>();

  /// Objects of merges that have been fetched.
  private final Set<String> fetched = new HashSet<>();

  private long lease = MetaStore.NO_LEASE;
  private Optional<List<Long>> reported = Optional.empty();
  private volatile boolean closed;

  PlacedSegments(MetaStore meta, String node, FollowedChannels channels, ThreadFactory threads) {
    this.meta = meta;
    this.node = node;
    this.channels = channels;
    // An earlier run of this node had other segments.
    CommitResult _ = meta.commit(List.of(), List.of(), List.of(MetaKeys.loaded(node)));
    this.signal = new ChangeSignal(meta, List.of(MetaKeys.PLACEMENTS, MetaKeys.COMPACTIONS));
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-placed-segments");
    thread.start();
  }

  private void run() {
    Duration pause = COMING;
    while (signal.await(pause) && !closed) {
      pause = COMING;
      try {
        if (channels.isCaughtUp()) {
          boolean isComplete = place();
          report();
          pause = isComplete ? IDLE : COMING;
        }
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("placed segments not reported yet", e);
        }
      } catch (RuntimeException e) {
        log.error("placed segments not reported yet", e);
      }
    }
  }

  /// @return whether all that is placed here is here
  private boolean place() {
    Map<Long, TreeSet<Long>> wanted = new TreeMap<>();
    TreeSet<Long> here = new TreeSet<>();
    Set<Long> anywhere = new HashSet<>();
    for (KeyValue entry : meta.list(MetaKeys.PLACEMENTS).entries()) {
      long tableId = Long.parseLong(entry.key().substring(MetaKeys.PLACEMENTS.length()));
      for (PlacementRecord.Placed placed :
          PlacementRecord.decode(entry.key(), entry.value()).segments()) {
        anywhere.add(placed.segmentId());
        if (placed.isFor(node)) {
          wanted.computeIfAbsent(tableId, ignored -> new TreeSet<>()).add(placed.segmentId());
          here.add(placed.segmentId());
        }
      }
    }
    channels.place(here, anywhere);
    prepareMerges();
    loaded.retainAll(here);
    for (Map.Entry<Long, TreeSet<Long>> table : wanted.entrySet()) {
      table.getValue().removeAll(loaded);
      if (!table.getValue().isEmpty()) {
        channels
            .of(table.getKey())
            .read(table.getKey(), NO_ADDRESSES)
            .ifPresent(reading -> open(reading, table.getValue()));
      }
    }
    return loaded.containsAll(here);
  }

  private void open(TableReading reading, Set<Long> wanted) {
    try {
      for (SegmentView segment : reading.view().segments()) {
        if (wanted.contains(segment.segmentId()) && !closed) {
          if (segment.rows() instanceof UnopenedRows unopened) {
            unopened.open().unpin();
          }
          loaded.add(segment.segmentId());
        }
      }
    } finally {
      reading.view().unpin();
    }
  }

  /// Fetches what the record of a merge will name: applying it waits for nothing then.
  private void prepareMerges() {
    Set<Long> merged = new HashSet<>();
    for (KeyValue entry : meta.list(MetaKeys.COMPACTIONS).entries()) {
      CompactionTask task = CompactionTask.decode(entry.key(), entry.value());
      if (task.state() == CompactionTask.State.MERGE) {
        continue;
      }
      CompactionTask.Merged into = task.merged();
      OnDemandFiles files = channels.files(task.tableId());
      merged.add(into.segmentId());
      files.prepareRowMap(into.segmentId(), into.objectName(), into.sizeBytes());
      if (files.isKept(into.segmentId())) {
        List<String> names = new ArrayList<>(List.of(into.objectName()));
        into.indexes().forEach(index -> names.add(index.objectName()));
        names.stream().filter(fetched::add).forEach(files.store()::fetch);
      }
    }
    channels.keepRowMaps(merged);
    if (merged.isEmpty()) {
      fetched.clear();
    }
  }

  private void report() {
    if (lease == MetaStore.NO_LEASE || !meta.keepAlive(lease)) {
      lease = meta.grant(LEASE);
      reported = Optional.empty();
    }
    List<Long> now = List.copyOf(loaded);
    if (!reported.equals(Optional.of(now))) {
      CommitResult _ =
          meta.commit(
              List.of(),
              List.of(new Put(MetaKeys.loaded(node), MetaValue.ofLongs(now), lease)),
              List.of());
      reported = Optional.of(now);
    }
  }

  /// Says that the node has nothing any more.
  @Override
  public void close() {
    closed = true;
    signal.close();
    Threads.join(thread);
    try {
      meta.revoke(lease);
    } catch (QuiverException e) {
      log.debug("lease not given back", e);
    }
  }
}
