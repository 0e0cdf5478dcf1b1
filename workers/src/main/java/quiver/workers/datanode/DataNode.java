package quiver.workers.datanode;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.time.Timestamp;
import quiver.common.type.SqlType;
import quiver.rpc.DataNodeService;
import quiver.rpc.Pending;
import quiver.rpc.meta.BarrierCommand;
import quiver.rpc.meta.BarrierResult;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.CompactionTask;
import quiver.rpc.meta.DefinitionCodec;
import quiver.rpc.meta.IndexTask;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.rpc.meta.SegmentReport;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.CommitResult.Committed;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.vector.index.SearcherPool;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelEvent;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.channel.SealedSegment;
import quiver.workers.channel.SegmentReplica;
import quiver.workers.channel.SegmentState;
import quiver.workers.file.IndexNames;
import quiver.workers.file.SegmentFileWriter;
import quiver.workers.file.SegmentStore;
import quiver.workers.host.HostedChannel;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.Pinned;
import quiver.workers.segment.SealedRows;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;
import quiver.workers.segment.TableView;

/// The data node of a process that hosts a channel: answers front ends, and keeps three threads
/// that do what the meta store asks for: schema barriers, flushes and checkpoints, and merges.
public final class DataNode implements DataNodeService, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DataNode.class);

  /// How long background threads sleep when nothing happens.
  private static final Duration IDLE = Duration.ofMillis(250);

  /// How long a background thread waits after a failure.
  private static final Duration RETRY = Duration.ofSeconds(1);

  /// Time between two reports that differ in row counts only.
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(2);

  private final HostedChannel channel;
  private final ChannelMap channels;
  private final Settlement settlement;
  private final DataNodeSettings settings;
  private final MetaStore meta;
  private final SegmentStore store;
  private final SegmentFileWriter writer;
  private final LongSupplier segmentIds;
  private final InstantSource clock;
  private final List<Thread> threads = new ArrayList<>();
  private final List<ChangeSignal> signals = new ArrayList<>();
  private final ConcurrentMap<UUID, Long> staleStaging = new ConcurrentHashMap<>();
  private final Map<Long, Instant> growingSince = new HashMap<>();
  private final Object checkpointing = new Object();
  private volatile boolean closed;

  @GuardedBy("checkpointing")
  private final Checkpointer checkpointer;

  @GuardedBy("checkpointing")
  private long checkpointedChanges;

  @GuardedBy("checkpointing")
  private byte[] lastReport = new byte[0];

  @GuardedBy("checkpointing")
  private List<String> reportedStructure = List.of();

  @GuardedBy("checkpointing")
  private Instant reportedAt = Instant.EPOCH;

  private long logBytes;

  /// @param channel hosted by this process; closed by the caller after this node
  /// @param owners finds the owners of other channels
  /// @param segmentIds fresh segment ids
  public DataNode(
      HostedChannel channel,
      Function<String, DataNodeService> owners,
      DataNodeSettings settings,
      MetaStore meta,
      SegmentStore store,
      Checkpointer checkpointer,
      LongSupplier segmentIds,
      InstantSource clock) {
    this.channel = channel;
    this.channels = ChannelMap.of(meta.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value));
    this.settlement = new Settlement(channel, owners);
    this.settings = settings;
    this.meta = meta;
    this.store = store;
    this.writer = new SegmentFileWriter(store);
    this.checkpointer = checkpointer;
    this.segmentIds = segmentIds;
    this.clock = clock;
  }

  /// Deletes what earlier runs left and starts the background threads.
  public void start(ThreadFactory factory) {
    synchronized (checkpointing) {
      // The checkpoint comes first: a replay from the one before may still open files that were
      // merged away or truncated since.
      boolean _ = checkpointIfChanged();
      checkpointer.sweep(this::isOwn, this::neededObjects);
      report();
    }
    String name = channel.settings().channel();
    run(factory, "barrier", List.of(MetaKeys.barriers(name)), this::carryOutBarriers);
    run(
        factory,
        "flush",
        List.of(MetaKeys.flushes(name), MetaKeys.INDEX_RESULTS, MetaKeys.TABLES),
        this::flushAndCheckpoint);
    run(factory, "merge", List.of(MetaKeys.COMPACTIONS), this::merge);
    if (channels.count() > 1) {
      run(factory, "settle", List.of(MetaKeys.owner(name)), settlement);
    }
  }

  private boolean isOwn(long tableId) {
    return channels.channelOf(tableId).equals(channel.settings().channel());
  }

  /// Whether a segment or index file is of a table of this channel.
  private boolean isOwn(String objectName) {
    return isOwn(IndexNames.tableId(objectName));
  }

  private void run(ThreadFactory factory, String what, List<String> prefixes, Runnable step) {
    ChangeSignal signal = new ChangeSignal(meta, prefixes);
    signals.add(signal);
    Thread thread = factory.newThread(() -> loop(signal, what, step));
    thread.setName("quiver-datanode-" + what + "-" + channel.settings().channel());
    threads.add(thread);
    thread.start();
  }

  private void loop(ChangeSignal signal, String what, Runnable step) {
    Duration pause = IDLE;
    while (signal.await(pause) && !closed) {
      try {
        step.run();
        pause = IDLE;
      } catch (QuiverException e) {
        if (closed || channel.halted().isPresent()) {
          return;
        }
        pause = RETRY;
        log.warn("data node step failed, will be tried again: step={}", what, e);
      } catch (RuntimeException e) {
        pause = RETRY;
        log.error("data node step failed, will be tried again: step={}", what, e);
      }
    }
  }

  /// Objects that the log or tasks name and the manifest does not.
  private Set<String> neededObjects() {
    Set<String> needed = new HashSet<>(openObjects());
    for (KeyValue entry : meta.list(MetaKeys.COMPACTIONS).entries()) {
      CompactionTask task = CompactionTask.decode(entry.key(), entry.value());
      needed.add(task.merged().objectName());
      task.merged().indexes().forEach(index -> needed.add(index.objectName()));
    }
    for (KeyValue entry : meta.list(MetaKeys.INDEX_RESULTS).entries()) {
      needed.add(IndexTask.Result.decode(entry.key(), entry.value()).objectName());
    }
    return needed;
  }

  /// Objects of the replica's segments.
  private Set<String> openObjects() {
    return channel.withReplica(replica -> {
      Set<String> names = new HashSet<>();
      for (SegmentReplica segment : replica.segments()) {
        segment.file().ifPresent(file -> names.addAll(Checkpointer.objectsOf(file)));
      }
      return names;
    });
  }

  // ---- front ends ----

  @Override
  public void stage(UUID transaction, int sequence, TableWrite write) {
    if (staleStaging.containsKey(transaction)) {
      return;
    }
    if (channel.stage(transaction, sequence, write) instanceof CommitResult.StaleTable stale) {
      staleStaging.put(transaction, stale.tableId());
    }
  }

  @Override
  public CommitResult commit(CommitRequest request) {
    Long stale = staleStaging.remove(request.transaction());
    if (stale != null) {
      channel.abandon(request.transaction());
      if (request.part() instanceof Part.Home) {
        Resolution resolution = channel.resolve(request.transaction());
        if (resolution.isCommitted()) {
          return new CommitResult.Committed(resolution.commitTimestamp());
        }
      }
      return new CommitResult.StaleTable(stale);
    }
    CommitResult result = decide(request);
    if (request.stagedCount() > 0 && !(result instanceof CommitResult.Committed)) {
      channel.abandon(request.transaction());
    }
    return result;
  }

  /// A home that refuses to commit has decided for all participants, and writes that down: the same
  /// request, come late, must not be granted.
  private CommitResult decide(CommitRequest request) {
    if (!(request.part() instanceof Part.Home)) {
      return channel.commit(request);
    }
    CommitResult result;
    try {
      result = channel.commit(request);
    } catch (QuiverException e) {
      if (e.state() != SqlState.SERIALIZATION_FAILURE) {
        throw e;
      }
      result = new CommitResult.Conflict(0);
    }
    if (result instanceof CommitResult.Committed) {
      return result;
    }
    Resolution resolution = channel.resolve(request.transaction());
    return resolution.isCommitted()
        ? new CommitResult.Committed(resolution.commitTimestamp())
        : result;
  }

  @Override
  public Resolution resolve(UUID transaction) {
    return channel.resolve(transaction);
  }

  @Override
  public Optional<Resolution> status(UUID transaction, long snapshot) {
    return channel.status(transaction, snapshot);
  }

  @Override
  public Optional<KeyedCommit> committed(UUID key) {
    return channel.committed(key);
  }

  @Override
  public void finish(Map<UUID, Resolution> decided) {
    channel.finish(decided);
  }

  @Override
  public void abandon(UUID transaction) {
    staleStaging.remove(transaction);
    channel.abandon(transaction);
  }

  @Override
  public void nudge(long tableId, long timestamp) {
    channel.nudge(timestamp);
  }

  @Override
  public Pending<ReadIndex> readIndex() {
    ReadIndex index = new ReadIndex(channel.settings().term(), channel.readIndex());
    return () -> index;
  }

  // ---- schema barriers ----

  private void carryOutBarriers() {
    String prefix = MetaKeys.barriers(channel.settings().channel());
    for (KeyValue entry : meta.list(prefix).entries()) {
      BarrierCommand command = BarrierCommand.decode(entry.key(), entry.value());
      // Repeated after a crash, the commit answers what it did: the log knows its transaction.
      CommitResult result = carryOut(command);
      List<SqlType> keyTypes =
          result instanceof CommitResult.DuplicateKey duplicate
              ? keyTypes(command, duplicate.tableId())
              : List.of();
      String resultKey =
          MetaKeys.barrierResult(
              channel.settings().channel(),
              Long.parseUnsignedLong(entry.key().substring(prefix.length()), 16));
      byte[] encoded = new BarrierResult(result, keyTypes).encode();
      var _ =
          meta.commit(
              List.of(Guard.unchanged(entry)),
              List.of(new Put(resultKey, encoded)),
              List.of(entry.key()));
    }
  }

  private CommitResult carryOut(BarrierCommand command) {
    if (command.resolution().isPresent()) {
      channel.finish(Map.of(command.transaction(), command.resolution().get()));
      return new CommitResult.Committed(0);
    }
    try {
      return commit(command.request());
    } catch (QuiverException e) {
      if (e.state() != SqlState.SERIALIZATION_FAILURE) {
        throw e;
      }
      // The rows it staged are gone: it was interrupted, and can never commit.
      return new CommitResult.Conflict(0);
    }
  }

  private List<SqlType> keyTypes(BarrierCommand command, long tableId) {
    TableLayout layout =
        command.changes().tables().stream()
            .filter(table -> table.id() == tableId)
            .findFirst()
            .map(TableLayout::of)
            .or(() -> channel.withReplica(replica -> replica.layout(tableId)))
            .orElseThrow();
    return layout.keyOrdinals().stream().map(layout.types()::get).toList();
  }

  // ---- flush and checkpoint ----

  private void flushAndCheckpoint() {
    List<KeyValue> requests = meta.list(MetaKeys.flushes(channel.settings().channel())).entries();
    for (KeyValue request : requests) {
      seal(MetaValue.toLongs(request.key(), request.value()));
    }
    logBytes += channel.takeAppliedBytes();
    boolean much = logBytes > settings.checkpointLogBytes();
    if (much) {
      seal(List.of());
    }
    sealOld();
    flushSealed();
    List<String> doneKeys = adoptIndexes();
    boolean dropped = dropUnusedIndexes();
    synchronized (checkpointing) {
      boolean worth =
          checkpointer.keepsMoreThan(openObjects())
              || flushed
              || !doneKeys.isEmpty()
              || dropped
              || !requests.isEmpty()
              || much;
      if (worth && checkpointIfChanged()) {
        flushed = false;
        logBytes = 0;
      }
      checkpointer.collectGarbage(this::neededObjects);
      report();
    }
    List<String> finished = new ArrayList<>(doneKeys);
    requests.forEach(request -> finished.add(request.key()));
    for (int from = 0; from < finished.size(); from += MetaStore.MAX_COMMIT_OPERATIONS) {
      int to = Math.min(finished.size(), from + MetaStore.MAX_COMMIT_OPERATIONS);
      var _ = meta.commit(List.of(), List.of(), finished.subList(from, to));
    }
  }

  /// Whether segments went to files since the last checkpoint. Only for the flushing thread.
  private boolean flushed;

  /// Seals the growing segments of these tables; of all when empty.
  private void seal(List<Long> tableIds) {
    List<Long> tables =
        tableIds.isEmpty()
            ? channel.withReplica(
                replica -> replica.tables().stream().map(TableLayout::tableId).toList())
            : tableIds;
    var _ = channel.decideAndWait(owner -> owner.seal(tables));
  }

  private void sealOld() {
    Instant now = clock.instant();
    List<SegmentReplica> growing =
        channel.withReplica(replica ->
            replica.segments().stream()
                .filter(segment -> segment.state() == SegmentState.GROWING)
                .toList());
    growingSince.keySet().retainAll(growing.stream().map(SegmentReplica::segmentId).toList());
    List<Long> old = new ArrayList<>();
    for (SegmentReplica segment : growing) {
      Instant since = growingSince.computeIfAbsent(segment.segmentId(), ignored -> now);
      if (Duration.between(since, now).compareTo(settings.segmentAge()) > 0) {
        old.add(segment.tableId());
      }
    }
    if (!old.isEmpty()) {
      seal(old);
    }
  }

  private record Sealed(long segmentId, GrowingRows rows, TableView view) {}

  private void flushSealed() {
    for (Sealed sealed : channel.withReplica(DataNode::sealed)) {
      try {
        long started = System.nanoTime();
        SealedSegment file = writer.write(sealed.segmentId(), sealed.rows());
        LoadedSegment loaded = store.open(file, sealed.rows().layout());
        if (channel.withReplica(replica -> replica.installFile(file, loaded))) {
          flushed = true;
          log.info(
              "segment flushed: segment={} table={} rows={} bytes={} millis={}",
              file.segmentId(),
              file.tableId(),
              file.rowCount(),
              file.sizeBytes(),
              (System.nanoTime() - started) / 1_000_000);
        } else {
          retire(List.of(file.objectName()));
        }
      } finally {
        sealed.view().unpin();
      }
    }
  }

  /// Sealed segments in memory, with their tables pinned.
  private static List<Sealed> sealed(ChannelReplica replica) {
    List<Sealed> sealed = new ArrayList<>();
    for (SegmentReplica segment : replica.segments()) {
      if (segment.state() == SegmentState.SEALED && segment.rows() instanceof GrowingRows rows) {
        replica
            .view(segment.tableId())
            .ifPresent(view -> sealed.add(new Sealed(segment.segmentId(), rows, view)));
      }
    }
    return sealed;
  }

  private void retire(List<String> names) {
    synchronized (checkpointing) {
      names.forEach(checkpointer::retire);
    }
  }

  /// Writes a checkpoint if anything changed since the last one.
  @GuardedBy("checkpointing")
  private boolean checkpointIfChanged() {
    record State(long changes, ChannelCheckpoint checkpoint) {}
    State state =
        channel.withReplica(replica -> new State(replica.changeCount(), replica.checkpoint()));
    if (state.changes() == checkpointedChanges) {
      return false;
    }
    checkpointer.write(state.checkpoint());
    checkpointedChanges = state.changes();
    return true;
  }

  /// Opens index files that were built and puts them into place.
  ///
  /// @return keys that are done with once a checkpoint has the indexes
  private List<String> adoptIndexes() {
    List<String> done = new ArrayList<>();
    for (KeyValue entry : meta.list(MetaKeys.INDEX_RESULTS).entries()) {
      IndexTask.Result result = IndexTask.Result.decode(entry.key(), entry.value());
      if (result.failed() || !isOwn(result.objectName()) || isBeingMerged(result.segmentId())) {
        continue;
      }
      SealedSegment.IndexFile index =
          new SealedSegment.IndexFile(result.indexId(), result.objectName(), result.sizeBytes());
      if (!install(result.segmentId(), index)) {
        retire(List.of(result.objectName()));
      }
      done.add(entry.key());
      done.add(MetaKeys.indexTask(result.segmentId(), result.indexId()));
      done.add(MetaKeys.indexProgress(result.segmentId(), result.indexId()));
    }
    return done;
  }

  private boolean isBeingMerged(long segmentId) {
    return meta.list(MetaKeys.COMPACTIONS).entries().stream()
        .map(entry -> CompactionTask.decode(entry.key(), entry.value()))
        .anyMatch(task -> task.merged().segmentId() == segmentId);
  }

  /// A flushed segment whose view is pinned.
  private record Flushed(
      SealedSegment file, TableLayout table, LoadedSegment loaded, TableView view) {}

  private Optional<Flushed> flushedSegment(long segmentId) {
    return channel.withReplica(replica -> {
      Optional<SegmentReplica> segment = replica.segment(segmentId);
      Optional<SealedSegment> file = segment.flatMap(SegmentReplica::file);
      if (segment.isEmpty() || file.isEmpty()) {
        return Optional.empty();
      }
      Optional<TableView> view = replica.view(segment.get().tableId());
      return view.map(
          pinned -> new Flushed(file.get(), pinned.layout(), segment.get().loaded(), pinned));
    });
  }

  private boolean install(long segmentId, SealedSegment.IndexFile index) {
    Optional<Flushed> flushedSegment = flushedSegment(segmentId);
    if (flushedSegment.isEmpty()) {
      return false;
    }
    Flushed segment = flushedSegment.get();
    try {
      var rows = segment.loaded().rows();
      Map<Long, Pinned<SearcherPool>> indexes = new HashMap<>(segment.loaded().indexes());
      indexes.put(index.indexId(), store.openIndex(index, rows.value(), segment.table()));
      rows.pin();
      indexes.forEach((id, pinned) -> {
        if (id != index.indexId()) {
          pinned.pin();
        }
      });
      SealedSegment withIndex = segment.file().with(index);
      return channel.withReplica(
          replica -> replica.installFile(withIndex, new LoadedSegment(rows, indexes)));
    } finally {
      segment.view().unpin();
    }
  }

  /// Lets go of index files whose definition is gone.
  private boolean dropUnusedIndexes() {
    Set<Long> defined = new HashSet<>();
    for (KeyValue entry : meta.list(MetaKeys.TABLES).entries()) {
      TableDefinition table = DefinitionCodec.table(entry.key(), entry.value());
      table.indexes().stream().map(IndexDefinition::fileId).forEach(defined::add);
    }
    List<Long> affected =
        channel.withReplica(replica ->
            replica.segments().stream()
                .filter(segment ->
                    segment.file().stream()
                        .flatMap(file -> file.indexes().stream())
                        .anyMatch(index -> !defined.contains(index.indexId())))
                .map(SegmentReplica::segmentId)
                .toList());
    for (long segmentId : affected) {
      flushedSegment(segmentId).ifPresent(segment -> keepIndexes(segment, defined));
    }
    return !affected.isEmpty();
  }

  private void keepIndexes(Flushed segment, Set<Long> defined) {
    try {
      Map<Long, Pinned<SearcherPool>> kept = new HashMap<>(segment.loaded().indexes());
      kept.keySet().retainAll(defined);
      kept.values().forEach(Pinned::pin);
      LoadedSegment loaded = new LoadedSegment(segment.loaded().rows().pin(), kept);
      SealedSegment file =
          segment
              .file()
              .withIndexes(
                  segment.file().indexes().stream()
                      .filter(index -> defined.contains(index.indexId()))
                      .toList());
      boolean ignored = channel.withReplica(replica -> replica.installFile(file, loaded));
    } finally {
      segment.view().unpin();
    }
  }

  // ---- reports ----

  private long watermark() {
    // Not the oracle's newest, which would cost a meta commit now and then while nothing happens.
    long now = channel.readableTimestamp();
    return Timestamp.of(
        Math.max(0, Timestamp.epochMillis(now) - settings.snapshotAge().toMillis()), 0);
  }

  @GuardedBy("checkpointing")
  private void report() {
    long watermark = watermark();
    List<SegmentReport> segments =
        channel.withReplica(replica ->
            replica.segments().stream()
                .filter(segment -> segment.state() != SegmentState.STAGED)
                .map(segment -> report(segment, watermark))
                .toList());
    List<String> structure =
        segments.stream()
            .map(segment -> segment.segmentId() + segment.state() + segment.indexIds())
            .toList();
    Instant now = clock.instant();
    boolean urgent = !structure.equals(reportedStructure);
    if (!urgent && Duration.between(reportedAt, now).compareTo(REPORT_INTERVAL) < 0) {
      return;
    }
    byte[] encoded = SegmentReport.encode(segments);
    if (!Arrays.equals(encoded, lastReport)) {
      var _ =
          meta.commit(
              List.of(),
              List.of(new Put(MetaKeys.report(channel.settings().channel()), encoded)),
              List.of());
      lastReport = encoded;
      reportedStructure = structure;
      reportedAt = now;
    }
  }

  private static SegmentReport report(SegmentReplica segment, long watermark) {
    Optional<SealedSegment> file = segment.file();
    return new SegmentReport(
        segment.segmentId(),
        segment.tableId(),
        segment.incarnation(),
        switch (segment.state()) {
          case STAGED, GROWING -> SegmentReport.GROWING;
          case SEALED -> SegmentReport.SEALED;
          case FLUSHED -> SegmentReport.FLUSHED;
        },
        segment.rows().rowCount(),
        segment.deletes().count(),
        segment.deletes().countAt(watermark),
        file.map(SealedSegment::sizeBytes).orElseGet(() -> segment.rows().memoryBytes()),
        file.map(SealedSegment::objectName).orElse(""),
        file.map(each -> readableIndexes(each, segment.loaded())).orElse(List.of()));
  }

  /// The indexes of a file that could be opened. The others are built anew, as those that a segment
  /// never had.
  private static List<Long> readableIndexes(SealedSegment file, LoadedSegment loaded) {
    return file.indexes().stream()
        .map(SealedSegment.IndexFile::indexId)
        .filter(loaded.indexes()::containsKey)
        .toList();
  }

  // ---- merges ----

  private void merge() {
    for (KeyValue entry : meta.list(MetaKeys.COMPACTIONS).entries()) {
      CompactionTask task = CompactionTask.decode(entry.key(), entry.value());
      if (!isOwn(task.tableId())) {
        continue;
      }
      switch (task.state()) {
        case MERGE -> mergeFiles(entry, task);
        case MERGED -> {}
        case SWITCH -> switchTo(entry, task);
      }
    }
  }

  private void mergeFiles(KeyValue entry, CompactionTask task) {
    Optional<TableView> pinned = channel.view(task.tableId());
    if (pinned.isEmpty()) {
      give(entry, List.of());
      return;
    }
    TableView view = pinned.get();
    try {
      List<SegmentFileWriter.Source> sources = new ArrayList<>();
      long watermark = watermark();
      for (SegmentView segment : view.segments()) {
        if (task.segmentIds().contains(segment.segmentId())
            && segment.loaded().rows().value() instanceof SealedRows rows) {
          sources.add(
              new SegmentFileWriter.Source(
                  segment.segmentId(),
                  rows,
                  SegmentFileWriter.kept(rows, segment.deletes(), watermark)));
        }
      }
      if (sources.size() != task.segmentIds().size()
          || view.layout().incarnation() != task.incarnation()) {
        give(entry, List.of());
        return;
      }
      long started = System.nanoTime();
      SealedSegment file = writer.merge(segmentIds.getAsLong(), view.layout(), sources, watermark);
      CompactionTask.Merged merged =
          new CompactionTask.Merged(
              file.segmentId(),
              file.objectName(),
              file.sizeBytes(),
              file.rowCount(),
              file.maxCommitTimestamp(),
              List.of());
      byte[] next = task.with(CompactionTask.State.MERGED, merged).encode();
      log.info(
          "segments merged: segment={} from={} rows={} millis={}",
          file.segmentId(),
          task.segmentIds(),
          file.rowCount(),
          (System.nanoTime() - started) / 1_000_000);
      if (!(meta.commit(
              List.of(Guard.unchanged(entry)), List.of(new Put(entry.key(), next)), List.of())
          instanceof Committed)) {
        retire(List.of(file.objectName()));
      }
    } finally {
      view.unpin();
    }
  }

  private void switchTo(KeyValue entry, CompactionTask task) {
    CompactionTask.Merged merged = task.merged();
    SealedSegment file =
        new SealedSegment(
            merged.segmentId(),
            task.tableId(),
            task.incarnation(),
            merged.objectName(),
            merged.sizeBytes(),
            merged.rowCount(),
            merged.maxCommitTimestamp(),
            merged.indexes().stream()
                .map(index ->
                    new SealedSegment.IndexFile(
                        index.indexId(), index.objectName(), index.sizeBytes()))
                .toList());
    boolean already = channel.withReplica(replica -> replica.segment(file.segmentId()).isPresent());
    boolean replaced = already || replace(file, task.segmentIds());
    if (replaced) {
      synchronized (checkpointing) {
        boolean ignored = checkpointIfChanged();
        report();
      }
    }
    give(entry, replaced ? List.of() : Checkpointer.objectsOf(file));
  }

  private boolean replace(SealedSegment file, List<Long> segmentIds) {
    Optional<TableLayout> table = channel.withReplica(replica -> replica.layout(file.tableId()));
    if (table.isEmpty()) {
      return false;
    }
    try {
      store.prepare(file, table.get());
      return channel.decideAndWait(owner ->
          Optional.of(owner.replace(new ChannelEvent.SegmentReplace(file, segmentIds))))
          instanceof CommitResult.Committed;
    } finally {
      store.forget(file.segmentId());
    }
  }

  /// Ends a task and lets go of its objects.
  private void give(KeyValue entry, List<String> objects) {
    retire(objects);
    var _ = meta.commit(List.of(Guard.unchanged(entry)), List.of(), List.of(entry.key()));
  }

  /// Stops the background threads. Everything acknowledged is in the log already.
  @Override
  public void close() {
    closed = true;
    signals.forEach(ChangeSignal::close);
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
