package quiver.coordinators.data;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService.IndexProgress;
import quiver.rpc.ClusterService.SegmentStatus;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.CompactionTask;
import quiver.rpc.meta.DefinitionCodec;
import quiver.rpc.meta.IndexRules;
import quiver.rpc.meta.IndexTask;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.rpc.meta.SegmentReport;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.IdSource;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Decides which segments are indexed and merged: compares what data nodes report with what the
/// catalog asks for, and leaves tasks in the meta store. It keeps no state of its own but the times
/// of retries, so a restart or a second coordinator does no harm.
public final class DataCoordinator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DataCoordinator.class);

  private static final Duration IDLE = Duration.ofSeconds(1);

  private static final Duration POLL = Duration.ofMillis(50);

  private final MetaStore meta;
  private final IdSource ids;
  private final MergePolicy policy;
  private final ChannelMap channels;
  private final BuildRetries retries = new BuildRetries();
  private final ChangeSignal signal;
  private final Thread thread;
  private volatile boolean closed;

  /// Everything that is decided from, as read in one pass.
  private record World(
      Map<Long, TableDefinition> tables,
      List<SegmentReport> segments,
      List<CompactionTask> merges,
      Map<String, KeyValue> mergeEntries,
      Set<String> tasks,
      Map<String, IndexTask.Result> results) {}

  public DataCoordinator(MetaStore meta, MergePolicy policy, ThreadFactory threads) {
    this.meta = meta;
    this.policy = policy;
    this.ids = new IdSource(meta, MetaKeys.ids("compaction"), 1, 16);
    this.channels = ChannelMap.of(meta.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value));
    List<String> prefixes =
        new ArrayList<>(List.of(MetaKeys.TABLES, MetaKeys.INDEX_RESULTS, MetaKeys.COMPACTIONS));
    channels.names().forEach(channel -> prefixes.add(MetaKeys.report(channel)));
    this.signal = new ChangeSignal(meta, prefixes);
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-data-coordinator");
    thread.start();
  }

  private void run() {
    while (signal.await(IDLE) && !closed) {
      try {
        decide(read(), policy, Set.of());
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("data coordinator step failed, will be tried again", e);
        }
      } catch (RuntimeException e) {
        log.error("data coordinator step failed, will be tried again", e);
      }
    }
  }

  private World read() {
    Map<Long, TableDefinition> tables = new HashMap<>();
    for (KeyValue entry : meta.list(MetaKeys.TABLES).entries()) {
      TableDefinition table = DefinitionCodec.table(entry.key(), entry.value());
      tables.put(table.id(), table);
    }
    List<CompactionTask> merges = new ArrayList<>();
    Map<String, KeyValue> mergeEntries = new HashMap<>();
    for (KeyValue entry : meta.list(MetaKeys.COMPACTIONS).entries()) {
      merges.add(CompactionTask.decode(entry.key(), entry.value()));
      mergeEntries.put(entry.key(), entry);
    }
    Set<String> tasks = new HashSet<>();
    meta.list(MetaKeys.INDEX_TASKS).entries().forEach(entry -> tasks.add(entry.key()));
    Map<String, IndexTask.Result> results = new HashMap<>();
    for (KeyValue entry : meta.list(MetaKeys.INDEX_RESULTS).entries()) {
      results.put(entry.key(), IndexTask.Result.decode(entry.key(), entry.value()));
    }
    return new World(tables, segments(), merges, mergeEntries, tasks, results);
  }

  /// What data nodes report.
  public List<SegmentReport> segments() {
    List<SegmentReport> all = new ArrayList<>();
    for (String channel : channels.names()) {
      String key = MetaKeys.report(channel);
      meta.get(key).ifPresent(entry -> all.addAll(SegmentReport.decode(key, entry.value())));
    }
    return all;
  }

  /// @param forced tables to merge more eagerly
  private synchronized void decide(World world, MergePolicy mergePolicy, Set<Long> forced) {
    for (SegmentReport segment : world.segments) {
      TableDefinition table = world.tables.get(segment.tableId());
      if (table != null && segment.isFlushed()) {
        wantIndexes(
            world,
            table,
            segment.segmentId(),
            segment.objectName(),
            segment.rowCount(),
            segment.indexIds());
      }
    }
    for (CompactionTask merge : world.merges) {
      TableDefinition table = world.tables.get(merge.tableId());
      if (merge.state() == CompactionTask.State.MERGED) {
        finishMerge(world, table, merge);
      }
    }
    dropUselessTasks(world);
    retryFailedBuilds(world);
    Set<Long> busy = new HashSet<>();
    world.merges.forEach(merge -> busy.addAll(merge.segmentIds()));
    for (TableDefinition table : world.tables.values()) {
      List<SegmentReport> idle =
          world.segments.stream()
              .filter(segment -> segment.tableId() == table.id())
              .filter(segment -> segment.incarnation() == table.incarnation())
              .filter(segment -> segment.isFlushed() && !busy.contains(segment.segmentId()))
              .toList();
      for (List<Long> segmentIds : mergePolicy.choose(idle, forced.contains(table.id()))) {
        long id = ids.getAsLong();
        CompactionTask task =
            new CompactionTask(
                id,
                table.id(),
                table.incarnation(),
                CompactionTask.State.MERGE,
                segmentIds,
                CompactionTask.Merged.NONE);
        put(MetaKeys.compaction(id), task.encode());
      }
    }
  }

  private void put(String key, byte[] value) {
    var ignored = meta.commit(List.of(Guard.absent(key)), List.of(new Put(key, value)), List.of());
  }

  /// Asks for the indexes of a table that a segment does not have yet.
  ///
  /// @return whether nothing is missing
  private boolean wantIndexes(
      World world,
      TableDefinition table,
      long segmentId,
      String objectName,
      long rowCount,
      List<Long> present) {
    boolean complete = true;
    for (IndexDefinition index : table.indexes()) {
      if (!index.hasFiles() || present.contains(index.fileId()) || rowCount < IndexRules.ROWS_MIN) {
        continue;
      }
      String key = MetaKeys.indexTask(segmentId, index.fileId());
      String resultKey = MetaKeys.indexResult(segmentId, index.fileId());
      if (world.results.containsKey(resultKey)) {
        continue;
      }
      complete = false;
      if (!world.tasks.contains(key)) {
        put(
            key,
            new IndexTask(
                    segmentId,
                    table.id(),
                    index.fileId(),
                    objectName,
                    rowCount,
                    columnId(table, index),
                    index.method().sqlName(),
                    index.metric().orElseThrow(),
                    index.options())
                .encode());
      }
    }
    return complete;
  }

  /// The column whose vectors the index is about; 0 when it keeps keys of its own.
  private static int columnId(TableDefinition table, IndexDefinition index) {
    IndexKey key = index.keys().getFirst();
    return key.columnId().isPresent() && key.type(table).base() == BaseType.VECTOR
        ? key.columnId().get()
        : 0;
  }

  /// Has the indexes of a merged segment built; when they are, lets the data node switch.
  private void finishMerge(
      World world, @org.jspecify.annotations.Nullable TableDefinition table, CompactionTask merge) {
    CompactionTask.Merged merged = merge.merged();
    if (table != null
        && !wantIndexes(
            world, table, merged.segmentId(), merged.objectName(), merged.rowCount(), List.of())) {
      return;
    }
    List<CompactionTask.IndexObject> indexes = new ArrayList<>();
    List<String> done = new ArrayList<>();
    world.results.forEach((key, result) -> {
      if (result.segmentId() == merged.segmentId()) {
        if (!result.failed()) {
          indexes.add(
              new CompactionTask.IndexObject(
                  result.indexId(), result.objectName(), result.sizeBytes()));
        }
        done.add(key);
        done.add(MetaKeys.indexTask(result.segmentId(), result.indexId()));
      }
    });
    KeyValue entry = world.mergeEntries.get(MetaKeys.compaction(merge.id()));
    if (entry == null) {
      return;
    }
    CompactionTask next =
        merge.with(
            CompactionTask.State.SWITCH,
            new CompactionTask.Merged(
                merged.segmentId(),
                merged.objectName(),
                merged.sizeBytes(),
                merged.rowCount(),
                merged.maxCommitTimestamp(),
                indexes));
    var ignored =
        meta.commit(
            List.of(Guard.unchanged(entry)), List.of(new Put(entry.key(), next.encode())), done);
  }

  /// Forgets failures whose time has come, of indexes that are in use: the builds are asked for
  /// again. The failure of a new index is its CREATE INDEX's to report.
  private void retryFailedBuilds(World world) {
    Set<Long> inUse = new HashSet<>();
    for (TableDefinition table : world.tables.values()) {
      for (IndexDefinition index : table.indexes()) {
        if (index.state() == IndexDefinition.State.VALID) {
          inUse.add(index.fileId());
        }
      }
    }
    long now = System.nanoTime();
    world.results.forEach((key, result) -> {
      if (result.failed() && inUse.contains(result.indexId()) && retries.isDue(key, now)) {
        log.info(
            "index build is tried again: segment={} index={}",
            result.segmentId(),
            result.indexId());
        CommitResult ignored =
            meta.commit(
                List.of(),
                List.of(),
                List.of(key, MetaKeys.indexTask(result.segmentId(), result.indexId())));
      }
    });
    retries.retain(key -> inUse.contains(Long.parseLong(key.substring(key.lastIndexOf('-') + 1))));
  }

  /// Tasks and failures of indexes or segments that are gone.
  private void dropUselessTasks(World world) {
    Set<Long> indexIds = new HashSet<>();
    world
        .tables
        .values()
        .forEach(table -> table.indexes().forEach(index -> indexIds.add(index.fileId())));
    Set<Long> segmentIds = new HashSet<>();
    world.segments.forEach(segment -> segmentIds.add(segment.segmentId()));
    world.merges.forEach(merge -> segmentIds.add(merge.merged().segmentId()));
    List<String> useless = new ArrayList<>();
    for (String key : world.tasks) {
      String[] parts = key.substring(MetaKeys.INDEX_TASKS.length()).split("-", -1);
      if (!segmentIds.contains(Long.parseLong(parts[0]))
          || !indexIds.contains(Long.parseLong(parts[1]))) {
        useless.add(key);
      }
    }
    world.results.forEach((key, result) -> {
      if (result.failed()
          && (!segmentIds.contains(result.segmentId()) || !indexIds.contains(result.indexId()))) {
        useless.add(key);
      }
    });
    for (int from = 0; from < useless.size(); from += MetaStore.MAX_COMMIT_OPERATIONS) {
      CommitResult ignored =
          meta.commit(
              List.of(),
              List.of(),
              useless.subList(
                  from, Math.min(useless.size(), from + MetaStore.MAX_COMMIT_OPERATIONS)));
    }
  }

  /// Has growing rows written to files and small segments merged; returns when that is done.
  ///
  /// @param tableIds empty: all tables
  public void flush(List<Long> tableIds, Cancellation cancellation) {
    long id = ids.getAsLong();
    Map<String, List<Long>> requests = new TreeMap<>();
    if (tableIds.isEmpty()) {
      channels.names().forEach(channel -> requests.put(MetaKeys.flush(channel, id), List.of()));
    }
    for (long tableId : tableIds) {
      requests
          .computeIfAbsent(
              MetaKeys.flush(channels.channelOf(tableId), id), ignored -> new ArrayList<>())
          .add(tableId);
    }
    requests.forEach((key, tables) -> put(key, MetaValue.ofLongs(tables)));
    List<String> watched = new ArrayList<>(requests.keySet());
    watched.add(MetaKeys.COMPACTIONS);
    channels.names().forEach(channel -> watched.add(MetaKeys.report(channel)));
    try (ChangeSignal changes = new ChangeSignal(meta, watched)) {
      await(
          changes,
          cancellation,
          () -> requests.keySet().stream().noneMatch(key -> meta.get(key).isPresent()));
      World world = read();
      Set<Long> forced = tableIds.isEmpty() ? world.tables.keySet() : new HashSet<>(tableIds);
      decide(world, policy, forced);
      Set<String> mine = new HashSet<>();
      for (KeyValue entry : meta.list(MetaKeys.COMPACTIONS).entries()) {
        if (forced.contains(CompactionTask.decode(entry.key(), entry.value()).tableId())) {
          mine.add(entry.key());
        }
      }
      await(
          changes, cancellation, () -> mine.stream().noneMatch(task -> meta.get(task).isPresent()));
    } finally {
      CommitResult ignored = meta.commit(List.of(), List.of(), List.copyOf(requests.keySet()));
    }
  }

  private interface Condition {
    boolean holds();
  }

  private void await(ChangeSignal changes, Cancellation cancellation, Condition condition) {
    while (!condition.holds()) {
      cancellation.check();
      if (closed) {
        throw Unavailable.because("the data coordinator is stopping");
      }
      if (!changes.await(POLL)) {
        throw new QuiverException(
            SqlState.QUERY_CANCELED, "canceling statement due to user request");
      }
    }
  }

  /// Index builds under way, as index nodes report them.
  public List<IndexTask.Progress> indexProgress() {
    List<IndexTask.Progress> all = new ArrayList<>();
    for (KeyValue entry : meta.list(MetaKeys.INDEX_PROGRESS).entries()) {
      all.add(IndexTask.Progress.decode(entry.key(), entry.value()));
    }
    return all;
  }

  /// Segments as front ends show them.
  public List<SegmentStatus> segmentStatus() {
    return segments().stream()
        .map(segment ->
            new SegmentStatus(
                segment.tableId(),
                segment.segmentId(),
                segment.state(),
                segment.rowCount(),
                segment.deletedCount(),
                segment.sizeBytes(),
                segment.indexIds()))
        .toList();
  }

  /// Running index builds as front ends show them.
  public List<IndexProgress> indexStatus() {
    return indexProgress().stream()
        .map(progress ->
            new IndexProgress(
                progress.indexId(),
                progress.tableId(),
                progress.phase(),
                progress.rowsDone(),
                progress.rowsTotal()))
        .toList();
  }

  /// The table definition of an id, if it exists.
  Optional<TableDefinition> table(long id) {
    String key = MetaKeys.table(id);
    return meta.get(key).map(entry -> DefinitionCodec.table(key, entry.value()));
  }

  /// Stops the thread. Tasks stay where they are.
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
