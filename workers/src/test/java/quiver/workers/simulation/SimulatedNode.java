package quiver.workers.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.storage.object.ObjectStore;
import quiver.storage.record.ChannelPosition;
import quiver.storage.record.Epoch;
import quiver.storage.record.LogRecord;
import quiver.storage.record.RecordHeader;
import quiver.storage.record.RecordType;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelEvent;
import quiver.workers.channel.ChannelOwner;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.channel.Decision;
import quiver.workers.channel.EventCodec;
import quiver.workers.channel.Pending;
import quiver.workers.channel.SealedSegment;
import quiver.workers.channel.SegmentFiles;
import quiver.workers.channel.SegmentLimits;
import quiver.workers.channel.SegmentReplica;
import quiver.workers.channel.SegmentState;
import quiver.workers.datanode.Checkpointer;
import quiver.workers.file.Manifests;
import quiver.workers.file.SegmentFileWriter;
import quiver.workers.file.SegmentStore;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.SealedRows;
import quiver.workers.segment.TableLayout;

/// One process that owns the channel, or believes so: the real replica, owner, flush, merge and
/// checkpoint, driven step by step.
final class SimulatedNode {
  static final String CHANNEL = "main";

  private final String channel;
  private final Predicate<String> isOwn;

  /// Small, so that segments fill up, frames are cut and staged segments are adopted.
  static final SegmentLimits LIMITS = new SegmentLimits(40, 1 << 20, 600, 12);

  /// What the node tells the simulation.
  interface Listener {
    void acknowledged(Pending pending);

    void applied(long timestamp, ChannelEvent event);

    void refused(Pending pending);
  }

  private final Mutation mutation;
  private final SimulatedLog log;
  private final LongSupplier timestamps;
  private final LongSupplier segmentIds;
  private final Listener listener;
  private final SegmentStore store;
  private final SegmentFileWriter writer;
  private final Checkpointer checkpointer;
  private final LogReader reader;
  private final ChannelReplica replica;
  private final Map<Pending, LogAppend> waiting = new HashMap<>();
  private ChannelOwner owner;
  private @Nullable ChannelOwner successor;
  private LogWriter appender;
  private boolean sessionFailed;
  private boolean serving;

  SimulatedNode(
      Mutation mutation,
      SimulatedLog log,
      MetaStore meta,
      ObjectStore objects,
      LongSupplier timestamps,
      LongSupplier segmentIds,
      Listener listener) {
    this(mutation, CHANNEL, name -> true, log, meta, objects, timestamps, segmentIds, listener);
  }

  /// A node over one of several channels.
  ///
  /// @param isOwn whether a file belongs to the channel
  SimulatedNode(
      Mutation mutation,
      String channel,
      Predicate<String> isOwn,
      SimulatedLog log,
      MetaStore meta,
      ObjectStore objects,
      LongSupplier timestamps,
      LongSupplier segmentIds,
      Listener listener) {
    this.channel = channel;
    this.isOwn = isOwn;
    this.mutation = mutation;
    this.log = log;
    this.timestamps = timestamps;
    this.segmentIds = segmentIds;
    this.listener = listener;
    String ownerKey = MetaKeys.owner(channel);
    Optional<KeyValue> before = meta.get(ownerKey);
    int term =
        before.map(entry -> ChannelOwnerRecord.decode(ownerKey, entry.value()).term()).orElse(0)
            + 1;
    CommitResult _ =
        meta.commit(
            List.of(),
            List.of(new Put(ownerKey, new ChannelOwnerRecord(term, "n").encode())),
            List.of());
    Guard ownership = Guard.unchanged(meta.get(ownerKey).orElseThrow());
    this.store = new SegmentStore(objects, VectorKernels.scalar(), 1, "n" + term);
    this.writer = new SegmentFileWriter(store);
    Manifests.Stored stored = Manifests.load(channel, meta, objects);
    this.checkpointer =
        new Checkpointer(
            channel,
            mutation == Mutation.UNGUARDED_MANIFEST ? FaultyStores.withoutGuards(meta) : meta,
            log,
            store,
            ownership,
            stored,
            Duration.ZERO,
            () -> Instant.EPOCH);
    this.replica = new ChannelReplica(stored.checkpoint(), files());
    this.appender = log.openWriter(channel);
    this.reader = log.openReader(channel, stored.checkpoint().replayFrom().offset());
    this.owner = newOwner(new Epoch(term, 1));
    LogAppend barrier = appender.append(owner.barrier("n" + term, "start").encode());
    barrier.whenDone(() -> noteFailure(barrier));
    if (mutation == Mutation.SERVE_WITHOUT_REPLAY) {
      // The barrier is applied at once, over everything that was not read.
      log.deliver(Integer.MAX_VALUE);
      @Nullable LogEntry last = null;
      for (Optional<LogEntry> e = reader.poll(); e.isPresent(); e = reader.poll()) {
        last = e.get();
      }
      if (last != null) {
        apply(last);
      }
    }
  }

  private SegmentFiles files() {
    if (mutation != Mutation.MERGE_LOSES_DELETES) {
      return store;
    }
    return new SegmentFiles() {
      @Override
      public LoadedSegment open(SealedSegment segment, TableLayout table) {
        return store.open(segment, table);
      }

      @Override
      public RowMoves rowMap(SealedSegment segment) {
        return new RowMoves(Map.of());
      }
    };
  }

  private ChannelOwner newOwner(Epoch epoch) {
    return new ChannelOwner(replica, epoch, timestamps, segmentIds, LIMITS);
  }

  ChannelReplica replica() {
    return replica;
  }

  ChannelOwner owner() {
    return owner;
  }

  boolean isServing() {
    return serving && successor == null && !sessionFailed && !isDeposed();
  }

  /// Whether somebody else owns the channel; barriers of earlier sessions of this node are no sign
  /// of that.
  boolean isDeposed() {
    ChannelOwner next = successor;
    return (next == null ? owner : next).isDeposed();
  }

  /// Appends what an owner has decided.
  void append(Decision.Append decision) {
    List<LogAppend> appends = new ArrayList<>();
    for (LogRecord record : decision.records()) {
      appends.add(appender.append(record.encode()));
    }
    waiting.put(decision.pending(), appends.getLast());
    appends.forEach(append -> append.whenDone(() -> noteFailure(append)));
    if (mutation == Mutation.ACKNOWLEDGE_ON_APPEND) {
      listener.acknowledged(decision.pending());
    } else if (mutation == Mutation.ACKNOWLEDGE_ON_DURABLE) {
      LogAppend last = appends.getLast();
      last.whenDone(() -> {
        if (succeeded(last)) {
          listener.acknowledged(decision.pending());
        }
      });
    }
  }

  private static boolean succeeded(LogAppend append) {
    try {
      long _ = append.await(Duration.ZERO);
      return true;
    } catch (QuiverException e) {
      return false;
    }
  }

  private void noteFailure(LogAppend append) {
    if (!succeeded(append) && mutation != Mutation.IGNORE_FAILED_APPEND) {
      sessionFailed = true;
    }
  }

  /// Reads back and applies at most `count` records.
  ///
  /// @return how many there were
  int readBack(int count) {
    if (sessionFailed && !isDeposed()) {
      sessionFailed = false;
      Epoch last = successor == null ? owner.epoch() : successor.epoch();
      appender = log.openWriter(channel);
      ChannelOwner next = newOwner(last.nextSession());
      successor = next;
      LogAppend append = appender.append(next.barrier("n", "append failed").encode());
      append.whenDone(() -> noteFailure(append));
    }
    int done = 0;
    for (; done < count && !isDeposed(); done++) {
      Optional<LogEntry> entry = reader.poll();
      if (entry.isEmpty()) {
        break;
      }
      apply(entry.get());
    }
    return done;
  }

  private void apply(LogEntry entry) {
    LogRecord record = LogRecord.decode(entry.record());
    if (mutation == Mutation.SKIP_EPOCH_CHECK) {
      record = asIfOfThePresentOwner(record);
    }
    if (mutation == Mutation.SERVE_WITHOUT_REPLAY && !serving) {
      boolean _ = replica.apply(entry.offset(), record);
    } else if (replica.apply(entry.offset(), record)) {
      listener.applied(record.header().timestamp(), EventCodec.decode(record));
    }
    ChannelOwner next = successor;
    if (next != null && replica.position().epoch().equals(next.epoch())) {
      owner = next;
      successor = null;
      List<Pending> lost = new ArrayList<>(waiting.keySet());
      waiting.clear();
      lost.forEach(listener::refused);
    }
    for (Pending pending : owner.applied()) {
      LogAppend known = waiting.remove(pending);
      if (known != null && mutation != Mutation.ACKNOWLEDGE_ON_DURABLE) {
        listener.acknowledged(pending);
      }
    }
    serving |= owner.isReady();
  }

  private LogRecord asIfOfThePresentOwner(LogRecord record) {
    RecordHeader header = record.header();
    ChannelPosition now = replica.position();
    if (header.type() == RecordType.BARRIER || now.epoch().equals(Epoch.NONE)) {
      return record;
    }
    return LogRecord.following(
        now.chain(),
        new RecordHeader(
            header.type(),
            header.flags(),
            now.epoch(),
            now.sequence() + 1,
            Math.max(header.timestamp(), now.lastTimestamp() + 1),
            header.vchannel(),
            header.schemaVersion(),
            header.transaction()),
        record.body());
  }

  // ---- background work ----

  /// Writes one sealed segment to a file.
  void flush() {
    for (SegmentReplica segment : replica.segments()) {
      if (segment.state() == SegmentState.SEALED && segment.rows() instanceof GrowingRows rows) {
        SealedSegment file = writer.write(segment.segmentId(), rows);
        boolean _ = replica.installFile(file, store.open(file, rows.layout()));
        return;
      }
    }
  }

  void checkpoint() {
    ChannelCheckpoint now = replica.checkpoint();
    switch (mutation) {
      case CHECKPOINT_WITHOUT_DELETES ->
          checkpointer.write(
              new ChannelCheckpoint(
                  now.replayFrom(),
                  now.appliedTimestamp(),
                  now.tables(),
                  now.segments().stream()
                      .map(segment ->
                          new ChannelCheckpoint.FlushedSegment(
                              segment.file(), new int[0], new long[0]))
                      .toList(),
                  now.outcomes(),
                  now.unfinished(),
                  now.forgottenUntil(),
                  now.begun(),
                  now.keys()));
      case CHECKPOINT_WITHOUT_KEYS ->
          checkpointer.write(
              new ChannelCheckpoint(
                  now.replayFrom(),
                  now.appliedTimestamp(),
                  now.tables(),
                  now.segments(),
                  now.outcomes(),
                  now.unfinished(),
                  now.forgottenUntil(),
                  now.begun(),
                  List.of()));
      case CHECKPOINT_TOO_FAR ->
          checkpointer.write(
              new ChannelCheckpoint(
                  replica.position(),
                  now.appliedTimestamp(),
                  now.tables(),
                  now.segments(),
                  now.outcomes(),
                  now.unfinished(),
                  now.forgottenUntil(),
                  now.begun(),
                  now.keys()));
      case TRUNCATE_BEFORE_COMMIT -> {
        log.truncate(channel, now.replayFrom().offset());
        checkpointer.write(now);
      }
      default -> checkpointer.write(now);
    }
    checkpointer.collectGarbage(this::neededObjects);
  }

  private Set<String> neededObjects() {
    Set<String> needed = new HashSet<>();
    for (SegmentReplica segment : replica.segments()) {
      segment.file().ifPresent(file -> needed.add(file.objectName()));
    }
    return needed;
  }

  /// A merge whose file is written and that has not been switched to.
  record Merge(SealedSegment file, List<Long> replaced) {}

  /// Merges the flushed segments of a table into a new file.
  Optional<Merge> merge(long tableId, long watermark) {
    List<SegmentFileWriter.Source> sources = new ArrayList<>();
    for (SegmentReplica segment : replica.segments()) {
      if (segment.tableId() == tableId && segment.rows() instanceof SealedRows rows) {
        sources.add(
            new SegmentFileWriter.Source(
                segment.segmentId(),
                rows,
                SegmentFileWriter.kept(rows, segment.deletes(), watermark)));
      }
    }
    Optional<TableLayout> table = replica.layout(tableId);
    if (sources.isEmpty() || table.isEmpty()) {
      return Optional.empty();
    }
    SealedSegment file = writer.merge(segmentIds.getAsLong(), table.get(), sources, watermark);
    return Optional.of(
        new Merge(file, sources.stream().map(SegmentFileWriter.Source::segmentId).toList()));
  }

  Decision replace(Merge merge) {
    return owner.replace(new ChannelEvent.SegmentReplace(merge.file(), merge.replaced()));
  }

  /// What a start does: a checkpoint, then deletes what nothing refers to.
  void sweep() {
    checkpoint();
    checkpointer.sweep(isOwn, this::neededObjects);
  }

  /// The process is gone.
  void die() {
    log.abandon(appender);
    replica.close();
  }
}
