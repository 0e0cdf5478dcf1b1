package quiver.coordinators.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.CompactionTask;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.PlacementRecord;
import quiver.rpc.meta.PlacementRecord.Placed;
import quiver.rpc.meta.Role;
import quiver.rpc.meta.SegmentReport;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Keeps the placement of flushed segments on query nodes as [PlacementPolicy] decides, in the meta
/// store. It keeps no state that matters, so another process can go on at any moment.
public final class QueryCoordinator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueryCoordinator.class);

  private static final Duration IDLE = Duration.ofSeconds(1);

  /// How long a merged segment keeps its place without being reported: the task ends before.
  private static final Duration MERGED_KEPT = Duration.ofSeconds(10);

  /// @param seenAt when the task was last there, as [System#nanoTime]
  private record Ahead(CompactionTask task, long seenAt) {}

  private final MetaStore meta;
  private final PlacementPolicy policy;
  private final ChannelMap channels;
  private final ChangeSignal signal;
  private final Thread thread;

  /// Merges under way and just done, by their segment. Only for the thread.
  private final Map<Long, Ahead> merged = new HashMap<>();

  private volatile boolean closed;

  /// @param meta of a leader: every commit is guarded
  public QueryCoordinator(MetaStore meta, PlacementPolicy policy, ThreadFactory threads) {
    this.meta = meta;
    this.policy = policy;
    this.channels = ChannelMap.of(meta.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value));
    List<String> prefixes =
        new ArrayList<>(List.of(MetaKeys.NODES, MetaKeys.LOADED, MetaKeys.COMPACTIONS));
    channels.names().forEach(channel -> prefixes.add(MetaKeys.report(channel)));
    this.signal = new ChangeSignal(meta, prefixes);
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-query-coordinator");
    thread.start();
  }

  private void run() {
    while (signal.await(IDLE) && !closed) {
      try {
        place();
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("query coordinator step failed, will be tried again", e);
        }
      } catch (RuntimeException e) {
        log.error("query coordinator step failed, will be tried again", e);
      }
    }
  }

  private void place() {
    Map<Long, List<PlacementPolicy.Segment>> byTable = segments();
    Map<String, KeyValue> stored = new HashMap<>();
    Map<Long, Placed> present = new HashMap<>();
    for (KeyValue entry : meta.list(MetaKeys.PLACEMENTS).entries()) {
      stored.put(entry.key(), entry);
      for (Placed placed : PlacementRecord.decode(entry.key(), entry.value()).segments()) {
        present.put(placed.segmentId(), placed);
      }
    }
    List<PlacementPolicy.Segment> all = byTable.values().stream().flatMap(List::stream).toList();
    Map<Long, Placed> next = policy.place(all, nodes(), present);
    byTable.forEach((tableId, segments) -> {
      String key = MetaKeys.placement(tableId);
      KeyValue before = stored.remove(key);
      byte[] record =
          new PlacementRecord(segments.stream().map(each -> next.get(each.segmentId())).toList())
              .encode();
      if (before == null || !Arrays.equals(before.value(), record)) {
        CommitResult _ = meta.commit(List.of(), List.of(new Put(key, record)), List.of());
      }
    });
    for (String gone : stored.keySet()) {
      CommitResult _ = meta.commit(List.of(), List.of(), List.of(gone));
    }
  }

  /// Flushed segments by table, and those that merges will put in the place of others: the nodes
  /// that will serve them fetch them before.
  private Map<Long, List<PlacementPolicy.Segment>> segments() {
    Map<Long, Map<Long, PlacementPolicy.Segment>> byTable = new TreeMap<>();
    for (String channel : channels.names()) {
      String key = MetaKeys.report(channel);
      meta.get(key)
          .ifPresent(entry -> {
            for (SegmentReport segment : SegmentReport.decode(key, entry.value())) {
              if (segment.isFlushed()) {
                add(byTable, segment.tableId(), segment.segmentId(), segment.sizeBytes());
              }
            }
          });
    }
    for (KeyValue entry : meta.list(MetaKeys.COMPACTIONS).entries()) {
      CompactionTask task = CompactionTask.decode(entry.key(), entry.value());
      if (task.state() != CompactionTask.State.MERGE) {
        merged.put(task.merged().segmentId(), new Ahead(task, System.nanoTime()));
      }
    }
    merged.values().removeIf(ahead -> System.nanoTime() - ahead.seenAt > MERGED_KEPT.toNanos());
    merged
        .values()
        .forEach(ahead ->
            add(
                byTable,
                ahead.task.tableId(),
                ahead.task.merged().segmentId(),
                ahead.task.merged().sizeBytes()));
    Map<Long, List<PlacementPolicy.Segment>> sorted = new TreeMap<>();
    byTable.forEach((tableId, segments) -> sorted.put(tableId, List.copyOf(segments.values())));
    return sorted;
  }

  private static void add(
      Map<Long, Map<Long, PlacementPolicy.Segment>> byTable,
      long tableId,
      long segmentId,
      long sizeBytes) {
    byTable
        .computeIfAbsent(tableId, ignored -> new TreeMap<>())
        .put(segmentId, new PlacementPolicy.Segment(segmentId, sizeBytes));
  }

  private List<PlacementPolicy.Node> nodes() {
    List<PlacementPolicy.Node> nodes = new ArrayList<>();
    for (KeyValue entry : meta.list(MetaKeys.NODES).entries()) {
      NodeRecord node = NodeRecord.decode(entry.key(), entry.value());
      if (node.roles().contains(Role.QUERY_NODE)) {
        String key = MetaKeys.loaded(node.name());
        List<Long> loaded =
            meta.get(key).map(value -> MetaValue.toLongs(key, value.value())).orElse(List.of());
        nodes.add(
            new PlacementPolicy.Node(
                node.name(),
                node.memoryBytes(),
                node.serves(Role.QUERY_NODE),
                new HashSet<>(loaded)));
      }
    }
    return nodes;
  }

  /// Stops the thread. The placement stays as it is.
  @Override
  public void close() {
    closed = true;
    signal.close();
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
