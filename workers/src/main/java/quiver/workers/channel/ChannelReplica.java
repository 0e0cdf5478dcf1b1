package quiver.workers.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.DataNodeService.IdempotencyKey;
import quiver.rpc.DataNodeService.KeyedCommit;
import quiver.rpc.DataNodeService.Resolution;
import quiver.storage.record.ChannelPosition;
import quiver.storage.record.ChannelPosition.Verdict;
import quiver.storage.record.LogRecord;
import quiver.workers.segment.DeleteMap;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.Keys;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.RowCodec;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;
import quiver.workers.segment.TableView;

/// The one applier of a channel's log: turns records into growing rows, deletes and segments, the
/// same way for the owner, the flusher, the query node, and after a restart.
///
/// One thread at a time applies and asks; [#view] and [#appliedTimestamp] are for every thread.
/// Errors while applying halt the channel: nothing is skipped.
public final class ChannelReplica implements AutoCloseable {
  /// Committed transactions that are remembered to answer repeated requests.
  public static final int OUTCOME_COUNT_MAX = 16_384;

  /// Rows of merged segments whose new places are remembered for late writes; writes to older ones
  /// are conflicts.
  public static final long MOVED_ROW_COUNT_MAX = 16L << 20;

  /// A transaction whose frames have come and whose commit has not.
  static final class StagedTransaction {
    final ChannelPosition replayFrom;
    final Map<Long, List<long[]>> deleted = new TreeMap<>();
    final List<Long> segmentIds = new ArrayList<>();
    int frameCount;
    @Nullable IdempotencyKey key;

    /// A key that came twice.
    @Nullable DuplicateKey duplicate;

    StagedTransaction(ChannelPosition replayFrom) {
      this.replayFrom = replayFrom;
    }
  }

  record DuplicateKey(long tableId, List<Object> key) {}

  /// A transaction that commits here if its home says so.
  ///
  /// @param timestamp of its PREPARE: that of its commit is larger
  record Prepared(ChannelEvent.Prepare event, long timestamp, StagedTransaction frames) {}

  /// A prepared transaction.
  ///
  /// @param home the channel that decides
  public record Undecided(UUID transaction, String home) {}

  /// Where the rows of a replaced segment went.
  private record Moved(long segmentId, SegmentFiles.RowMoves rows) {}

  private final SegmentFiles files;
  private final ReplacedSegments replaced;
  private final long checkpointTimestamp;
  private final Map<Long, TableLayout> tables = new TreeMap<>();

  /// By table, when its incarnation began.
  private final Map<Long, Long> begun = new HashMap<>();

  private final Map<Long, SegmentReplica> segments = new TreeMap<>();
  private final Map<UUID, StagedTransaction> staged = new LinkedHashMap<>();
  private final LinkedHashMap<Long, Moved> moved = new LinkedHashMap<>();
  private long movedRowCount;

  /// Timestamps of commits, and negative ones of aborts.
  private final LinkedHashMap<UUID, Long> outcomes = new LinkedHashMap<>();

  private final CommittedKeys keys;
  private long forgottenUntil;
  private final Map<UUID, Prepared> prepared = new LinkedHashMap<>();
  private final Map<UUID, ChannelCheckpoint.Unfinished> unfinished = new LinkedHashMap<>();

  /// By table that a prepared transaction changes, the timestamp of the first PREPARE: what is to
  /// be seen at it or later is not known yet. Replaced as a whole.
  private volatile Map<Long, Long> undecidedSince = Map.of();

  private final Map<Long, TableView> views = new ConcurrentHashMap<>();
  private ChannelPosition position;
  private volatile long appliedTimestamp;
  private long fencedCount;
  private long changeCount;

  /// A replica in the state of a checkpoint; the next record to apply is the first one at or after
  /// `checkpoint.replayFrom().offset()`.
  public ChannelReplica(ChannelCheckpoint checkpoint, SegmentFiles files) {
    this(checkpoint, files, 0);
  }

  /// A replica that also knows for some time which segments merges have replaced.
  ///
  /// @param replacedMillis for how long, by the timestamps of the log
  public ChannelReplica(ChannelCheckpoint checkpoint, SegmentFiles files, long replacedMillis) {
    this.files = files;
    this.replaced = new ReplacedSegments(replacedMillis);
    this.position = checkpoint.replayFrom();
    this.checkpointTimestamp = checkpoint.appliedTimestamp();
    this.appliedTimestamp = position.lastTimestamp();
    for (TableLayout table : checkpoint.tables()) {
      tables.put(table.tableId(), table);
      begun.put(table.tableId(), checkpoint.begun(table.tableId()));
    }
    for (ChannelCheckpoint.FlushedSegment segment : checkpoint.segments()) {
      DeleteMap deletes = new DeleteMap();
      for (int i = 0; i < segment.deletedRows().length; i++) {
        deletes.add(segment.deletedRows()[i], segment.deletedAt()[i]);
      }
      SealedSegment file = segment.file();
      segments.put(
          file.segmentId(),
          SegmentReplica.flushed(
              file, files.open(file, table(file.tableId())), deletes, position, true));
    }
    checkpoint.outcomes().forEach(done -> outcomes.put(done.transaction(), done.timestamp()));
    checkpoint.unfinished().forEach(each -> unfinished.put(each.transaction(), each));
    forgottenUntil = checkpoint.forgottenUntil();
    keys = new CommittedKeys(checkpoint.keys());
    tables.keySet().forEach(this::publish);
  }

  // ---- what has been applied ----

  public ChannelPosition position() {
    return position;
  }

  /// Everything at or before this timestamp has been applied. For every thread.
  public long appliedTimestamp() {
    return appliedTimestamp;
  }

  /// Records dropped because their owner had been replaced.
  public long fencedCount() {
    return fencedCount;
  }

  /// Grows with every record that changed something a checkpoint would store.
  public long changeCount() {
    return changeCount;
  }

  public Collection<TableLayout> tables() {
    return tables.values();
  }

  public Optional<TableLayout> layout(long tableId) {
    return Optional.ofNullable(tables.get(tableId));
  }

  /// Every segment, staged ones too, by id.
  public Collection<SegmentReplica> segments() {
    return segments.values();
  }

  public Optional<SegmentReplica> segment(long segmentId) {
    return Optional.ofNullable(segments.get(segmentId));
  }

  /// The commit timestamp of a transaction that committed lately.
  public Optional<Long> outcome(UUID transaction) {
    return Optional.ofNullable(outcomes.get(transaction)).filter(at -> at > 0);
  }

  /// What was decided lately about a transaction over several channels.
  public Optional<Resolution> resolution(UUID transaction) {
    return Optional.ofNullable(outcomes.get(transaction))
        .map(at -> new Resolution(Math.max(0, at)));
  }

  /// The transaction that has committed with an idempotency key.
  public Optional<KeyedCommit> committed(UUID key) {
    return keys.find(key);
  }

  /// Whether no further idempotency key can be remembered at this time.
  boolean isFullOfKeys(long timestamp) {
    return keys.isFull(timestamp);
  }

  /// Whether a transaction with this idempotency key waits for the decision of another channel.
  boolean isPrepared(UUID key) {
    return prepared.values().stream()
        .anyMatch(each -> each.frames.key != null && each.frames.key.id().equals(key));
  }

  /// Outcomes at or before this timestamp may be forgotten.
  public long forgottenUntil() {
    return forgottenUntil;
  }

  /// Whether a table can be read at a snapshot that has been applied: no prepared transaction may
  /// turn out to have committed at or before it. For every thread; asked after [#appliedTimestamp].
  public boolean isDecided(long tableId, long snapshot) {
    Long since = undecidedSince.get(tableId);
    return since == null || snapshot < since;
  }

  /// Whether no transaction waits for the decision of another channel.
  public boolean isAllDecided() {
    return prepared.isEmpty();
  }

  /// Transactions that wait for the decision of another channel.
  public List<Undecided> undecided() {
    List<Undecided> all = new ArrayList<>();
    prepared.forEach((id, each) -> all.add(new Undecided(id, each.event.home())));
    return all;
  }

  /// Commits of transactions whose home this channel is that some participant may not know of.
  public List<ChannelCheckpoint.Unfinished> unfinished() {
    return List.copyOf(unfinished.values());
  }

  Map<UUID, Prepared> prepared() {
    return prepared;
  }

  Optional<StagedTransaction> staged(UUID transaction) {
    return Optional.ofNullable(staged.get(transaction));
  }

  /// The segments of a table, with a pin that the caller gives back. For every thread.
  public Optional<TableView> view(long tableId) {
    while (true) {
      TableView view = views.get(tableId);
      if (view == null) {
        return Optional.empty();
      }
      if (view.tryPin()) {
        return Optional.of(view);
      }
    }
  }

  /// The present address of a row version, which compaction may have moved; empty when it is gone.
  public Optional<Long> currentAddress(long address) {
    long current = address;
    while (true) {
      Moved to = moved.get(RowAddress.segmentId(current));
      if (to == null) {
        return Optional.of(current);
      }
      int row = to.rows.newRow(RowAddress.segmentId(current), RowAddress.row(current));
      if (row < 0) {
        return Optional.empty();
      }
      current = RowAddress.of(to.segmentId, row);
    }
  }

  /// The segments of a table with a pin that the caller gives back, and all addresses that row
  /// versions of it have in them.
  ///
  /// @param addresses not modified
  /// @throws QuiverException `40001` if one of them is in a segment that was merged away too long
  ///   ago
  public Optional<TableReading> read(long tableId, long[] addresses) {
    Optional<TableView> view = view(tableId);
    if (view.isEmpty() || addresses.length == 0) {
      return view.map(pinned -> new TableReading(pinned, addresses));
    }
    TreeSet<Long> all = new TreeSet<>();
    for (long address : addresses) {
      all.add(address);
      Optional<Long> current = currentAddress(address);
      if (current.isPresent()) {
        if (!segments.containsKey(RowAddress.segmentId(current.get()))) {
          view.get().unpin();
          throw new QuiverException(
              SqlState.SERIALIZATION_FAILURE,
              "could not serialize access due to concurrent update");
        }
        all.add(current.get());
      }
    }
    replaced.addFormer(all);
    return Optional.of(
        new TableReading(view.get(), all.stream().mapToLong(Long::longValue).toArray()));
  }

  // ---- applying ----

  /// Applies the record at `offset`.
  ///
  /// @return whether it was valid; false: it was fenced
  /// @throws QuiverException `XX001` if the channel must halt
  public boolean apply(long offset, LogRecord record) {
    return switch (position.judge(offset, record)) {
      case Verdict.Fenced(var next) -> {
        position = next;
        fencedCount++;
        yield false;
      }
      case Verdict.Halt(var reason) ->
          throw new QuiverException(
              SqlState.DATA_CORRUPTED, "log channel halts at offset %d: %s", offset, reason);
      case Verdict.Apply(var next) -> {
        apply(record, EventCodec.decode(record));
        position = next;
        replaced.expire(next.lastTimestamp()).forEach(this::publish);
        keys.expire(next.lastTimestamp());
        appliedTimestamp = next.lastTimestamp();
        yield true;
      }
    };
  }

  private void apply(LogRecord record, ChannelEvent event) {
    long timestamp = record.header().timestamp();
    UUID transaction = record.header().transaction();
    if (!(event instanceof ChannelEvent.Tick)) {
      changeCount++;
    }
    switch (event) {
      case ChannelEvent.Tick ignored -> {}
      case ChannelEvent.Barrier ignored -> List.copyOf(staged.keySet()).forEach(this::discard);
      case ChannelEvent.SegmentOpen open -> open(transaction, open);
      case ChannelEvent.SegmentSeal seal ->
          seal.segmentIds().forEach(id -> segment(id).ifPresent(ChannelReplica::seal));
      case ChannelEvent.SegmentReplace replace -> replace(timestamp, replace);
      case ChannelEvent.Frame frame -> frame(timestamp, transaction, frame);
      case ChannelEvent.Key(UUID id, long content) -> {
        StagedTransaction into = staged(transaction, position);
        into.frameCount++;
        into.key = new IdempotencyKey(id, content);
      }
      case ChannelEvent.Commit commit -> {
        commit(timestamp, timestamp, transaction, staged.remove(transaction), commit);
        remember(timestamp, transaction, timestamp);
      }
      case ChannelEvent.Prepare prepare -> prepare(timestamp, transaction, prepare);
      case ChannelEvent.Decide decide -> decide(timestamp, transaction, decide);
      case ChannelEvent.Finish finish -> finish(timestamp, transaction, finish);
      case ChannelEvent.Forget forget -> forget.transactions().forEach(unfinished::remove);
      case ChannelEvent.Abort ignored -> discard(transaction);
      case ChannelEvent.Schema schema -> schema(timestamp, schema.table());
      case ChannelEvent.Truncate truncate ->
          truncate.tables().forEach(table -> truncate(timestamp, table));
      case ChannelEvent.TableDrop drop -> drop.tableIds().forEach(this::drop);
    }
  }

  /// Whether the checkpoint already contains what a record does to files.
  private boolean inCheckpoint(long timestamp) {
    return timestamp <= checkpointTimestamp;
  }

  private TableLayout table(long tableId) {
    TableLayout table = tables.get(tableId);
    if (table == null) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED, "log channel names unknown table %d", tableId);
    }
    return table;
  }

  private void open(UUID transaction, ChannelEvent.SegmentOpen open) {
    TableLayout table = tables.get(open.table().tableId());
    // A transaction may fill a table, or an incarnation of one, that it is about to begin.
    boolean isPossible =
        open.staged()
            ? table == null || table.incarnation() <= open.table().incarnation()
            : table != null && table.incarnation() == open.table().incarnation();
    if (!isPossible || segments.containsKey(open.segmentId())) {
      // Replay of a segment that was dropped or flushed since.
      return;
    }
    ChannelPosition from = position;
    if (open.staged()) {
      // A replay has all of a transaction's staged segments or none: what they become depends on
      // one another's rows.
      StagedTransaction into = staged(transaction, position);
      into.segmentIds.add(open.segmentId());
      from = into.replayFrom;
    }
    segments.put(
        open.segmentId(),
        SegmentReplica.growing(
            open.segmentId(), new GrowingRows(open.table()), open.staged(), from));
    if (!open.staged()) {
      publish(open.table().tableId());
    }
  }

  private StagedTransaction staged(UUID transaction, ChannelPosition before) {
    return staged.computeIfAbsent(transaction, ignored -> new StagedTransaction(before));
  }

  private static void seal(SegmentReplica segment) {
    if (segment.state() == SegmentState.GROWING) {
      segment.become(SegmentState.SEALED);
    }
  }

  private void frame(long timestamp, UUID transaction, ChannelEvent.Frame frame) {
    StagedTransaction into = staged(transaction, position);
    into.frameCount++;
    if (frame.deleted().length > 0) {
      into.deleted
          .computeIfAbsent(frame.tableId(), ignored -> new ArrayList<>())
          .add(frame.deleted());
    }
    frame.rows().ifPresent(rows -> stage(timestamp, into, rows));
  }

  private void stage(long timestamp, StagedTransaction into, ChannelEvent.PlacedRows placed) {
    SegmentReplica segment = segments.get(placed.segmentId());
    if (segment == null || segment.state() != SegmentState.STAGED) {
      requireInCheckpoint(timestamp, placed.segmentId());
      return;
    }
    GrowingRows rows = segment.growing();
    RowBatch batch = decode(rows, placed);
    if (rows.layout().hasKey() && into.duplicate == null) {
      Keys keys = Keys.ofRows(rows.layout().keyOrdinals(), batch);
      // Row by row, so that two equal keys in one batch are found too.
      for (int i = 0; i < batch.rowCount(); i++) {
        for (long segmentId : into.segmentIds) {
          SegmentReplica other = segments.get(segmentId);
          if (other != null
              && other.tableId() == segment.tableId()
              && other.growing().newestWithKey(keys, i) != SegmentRows.NO_ROW) {
            into.duplicate = new DuplicateKey(segment.tableId(), keys.values(i));
          }
        }
      }
      if (into.duplicate == null) {
        into.duplicate = duplicateWithin(segment.tableId(), keys);
      }
    }
    rows.append(batch, 0, batch.rowCount());
  }

  /// The first key that appears twice.
  static @Nullable DuplicateKey duplicateWithin(long tableId, Keys keys) {
    int capacity = Integer.highestOneBit(Math.max(4, keys.count()) * 4 - 1);
    int[] slots = new int[capacity];
    for (int i = 0; i < keys.count(); i++) {
      int at = (int) (keys.hash(i) >>> 20) & (capacity - 1);
      while (slots[at] != 0) {
        if (keys.matches(i, keys, slots[at] - 1)) {
          return new DuplicateKey(tableId, keys.values(i));
        }
        at = (at + 1) & (capacity - 1);
      }
      slots[at] = i + 1;
    }
    return null;
  }

  private static RowBatch decode(GrowingRows rows, ChannelEvent.PlacedRows placed) {
    RowBatch batch =
        RowCodec.read(
            placed.encoded().duplicate().order(placed.encoded().order()), rows.layout().types());
    if (batch.rowCount() != placed.count() || rows.appendedCount() != placed.firstRow()) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED,
          "log record puts %d rows at row %d of segment %d, which has %d rows",
          batch.rowCount(),
          placed.firstRow(),
          placed.segmentId(),
          rows.appendedCount());
    }
    return batch;
  }

  private void requireInCheckpoint(long timestamp, long segmentId) {
    if (!inCheckpoint(timestamp)) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED, "log record changes unknown segment %d", segmentId);
    }
  }

  private void requireFrames(
      long timestamp, UUID transaction, @Nullable StagedTransaction frames, int wanted) {
    int frameCount = frames == null ? 0 : frames.frameCount;
    if (frameCount != wanted && !inCheckpoint(timestamp)) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED,
          "transaction %s commits %d frames, the log has %d",
          transaction,
          wanted,
          frameCount);
    }
  }

  private void prepare(long timestamp, UUID transaction, ChannelEvent.Prepare prepare) {
    StagedTransaction frames = staged(transaction, position);
    staged.remove(transaction);
    requireFrames(timestamp, transaction, frames, prepare.frameCount());
    prepared.put(transaction, new Prepared(prepare, timestamp, frames));
    publishUndecided();
  }

  private void publishUndecided() {
    Map<Long, Long> since = new HashMap<>();
    for (Prepared each : prepared.values()) {
      each.event.changed().forEach(table -> since.merge(table, each.timestamp, Math::min));
    }
    undecidedSince = Map.copyOf(since);
  }

  private void decide(long timestamp, UUID transaction, ChannelEvent.Decide decide) {
    if (decide.commit().isPresent()) {
      commit(timestamp, timestamp, transaction, staged.remove(transaction), decide.commit().get());
      unfinished.put(
          transaction,
          new ChannelCheckpoint.Unfinished(transaction, timestamp, decide.participants()));
      remember(timestamp, transaction, timestamp);
    } else {
      discard(transaction);
      remember(timestamp, transaction, -timestamp);
    }
  }

  private void finish(long timestamp, UUID transaction, ChannelEvent.Finish finish) {
    Prepared known = prepared.remove(transaction);
    if (known == null) {
      if (!inCheckpoint(timestamp)) {
        throw new QuiverException(
            SqlState.DATA_CORRUPTED, "transaction %s ends without a beginning", transaction);
      }
      return;
    }
    if (finish.commitTimestamp() > 0) {
      commit(
          timestamp,
          finish.commitTimestamp(),
          transaction,
          known.frames,
          new ChannelEvent.Commit(
              known.event.frameCount(),
              finish.adopted(),
              finish.moved(),
              List.of(),
              known.event.definitions()));
      remember(timestamp, transaction, finish.commitTimestamp());
    } else {
      discard(known.frames);
      remember(timestamp, transaction, -timestamp);
    }
    publishUndecided();
  }

  /// @param timestamp of the record
  /// @param commitTimestamp from which on readers see it
  private void commit(
      long timestamp,
      long commitTimestamp,
      UUID transaction,
      @Nullable StagedTransaction frames,
      ChannelEvent.Commit commit) {
    requireFrames(timestamp, transaction, frames, commit.frameCount());
    if (frames != null) {
      frames
          .deleted
          .values()
          .forEach(
              addresses -> addresses.forEach(each -> delete(timestamp, commitTimestamp, each)));
      if (frames.key != null && !inCheckpoint(timestamp)) {
        keys.remember(frames.key, commitTimestamp);
      }
    }
    commit.definitions().tables().forEach(table -> define(commitTimestamp, table));
    commit.definitions().dropped().forEach(this::drop);
    for (ChannelEvent.TableChange change : commit.changes()) {
      delete(timestamp, commitTimestamp, change.deleted());
      change.rows().forEach(rows -> append(timestamp, rows));
    }
    for (ChannelEvent.Move move : commit.moved()) {
      move(timestamp, commitTimestamp, move);
    }
    for (long segmentId : commit.adopted()) {
      SegmentReplica segment = segments.get(segmentId);
      if (segment == null || segment.state() != SegmentState.STAGED) {
        requireInCheckpoint(timestamp, segmentId);
      } else if (!isOfPresentIncarnation(segment)) {
        remove(segment);
      } else {
        segment.growing().publish(commitTimestamp);
        // A staged segment never takes rows of another transaction.
        segment.become(SegmentState.SEALED);
        publish(segment.tableId());
      }
    }
  }

  /// @param timestamp of the record
  /// @param outcome of the commit; negative: of the abort
  private void remember(long timestamp, UUID transaction, long outcome) {
    if (inCheckpoint(timestamp)) {
      return;
    }
    outcomes.put(transaction, outcome);
    if (outcomes.size() > OUTCOME_COUNT_MAX) {
      Iterator<Long> oldest = outcomes.values().iterator();
      forgottenUntil = Math.max(forgottenUntil, Math.abs(oldest.next()));
      oldest.remove();
    }
  }

  private void append(long timestamp, ChannelEvent.PlacedRows placed) {
    SegmentReplica segment = segments.get(placed.segmentId());
    if (segment == null || segment.state() != SegmentState.GROWING) {
      requireInCheckpoint(timestamp, placed.segmentId());
      return;
    }
    GrowingRows rows = segment.growing();
    rows.append(decode(rows, placed), 0, placed.count());
    rows.publish(timestamp);
  }

  private void move(long timestamp, long commitTimestamp, ChannelEvent.Move move) {
    SegmentReplica from = segments.get(move.stagedSegmentId());
    SegmentReplica to = segments.get(move.segmentId());
    if (from != null && to != null && to.state() == SegmentState.GROWING) {
      GrowingRows source = from.growing();
      GrowingRows target = to.growing();
      if (target.appendedCount() != move.firstRow()) {
        throw new QuiverException(
            SqlState.DATA_CORRUPTED,
            "log record moves rows to row %d of segment %d, which has %d rows",
            move.firstRow(),
            move.segmentId(),
            target.appendedCount());
      }
      int count = source.appendedCount();
      for (int row = 0; row < count; row += RowBatch.ROW_COUNT_TARGET) {
        RowBatch batch = source.rows(row, Math.min(RowBatch.ROW_COUNT_TARGET, count - row));
        target.append(batch, 0, batch.rowCount());
      }
      target.publish(commitTimestamp);
      to.replayAlsoFrom(from.replayFrom());
    } else {
      requireInCheckpoint(timestamp, move.segmentId());
    }
    if (from != null && from.state() == SegmentState.STAGED) {
      remove(from);
    }
  }

  private void delete(long timestamp, long commitTimestamp, long[] addresses) {
    for (long address : addresses) {
      SegmentReplica segment = segments.get(RowAddress.segmentId(address));
      if (segment == null) {
        requireInCheckpoint(timestamp, RowAddress.segmentId(address));
      } else if (!segment.fromCheckpoint() || !inCheckpoint(timestamp)) {
        segment.deletes().add(RowAddress.row(address), commitTimestamp);
      }
    }
  }

  private void discard(UUID transaction) {
    StagedTransaction gone = staged.remove(transaction);
    if (gone != null) {
      discard(gone);
    }
  }

  private void discard(StagedTransaction gone) {
    gone.segmentIds.forEach(id -> segment(id).ifPresent(this::remove));
  }

  private void remove(SegmentReplica segment) {
    segments.remove(segment.segmentId());
    segment.close();
  }

  private boolean isOfPresentIncarnation(SegmentReplica segment) {
    TableLayout table = tables.get(segment.tableId());
    return table != null && table.incarnation() == segment.incarnation();
  }

  private void define(long timestamp, TableLayout table) {
    TableLayout known = tables.get(table.tableId());
    if (known != null
        && known.incarnation() < table.incarnation()
        && known.version() < table.version()) {
      removeSegments(table.tableId());
    }
    schema(timestamp, table);
  }

  private void schema(long timestamp, TableLayout table) {
    TableLayout known = tables.get(table.tableId());
    if (known == null || known.version() < table.version()) {
      if (known == null || known.incarnation() < table.incarnation()) {
        begun.put(table.tableId(), timestamp);
      }
      tables.put(table.tableId(), table);
      // Rows for the new columns go to a new segment.
      segments.values().stream()
          .filter(segment -> segment.tableId() == table.tableId())
          .forEach(ChannelReplica::seal);
      publish(table.tableId());
    }
  }

  private void truncate(long timestamp, ChannelEvent.Truncated truncated) {
    TableLayout table = tables.get(truncated.tableId());
    if (table != null && table.incarnation() < truncated.incarnation()) {
      tables.put(table.tableId(), table.truncated(truncated.version(), truncated.incarnation()));
      begun.put(table.tableId(), timestamp);
      removeSegments(table.tableId());
      publish(table.tableId());
    }
  }

  private void drop(long tableId) {
    if (tables.remove(tableId) != null) {
      begun.remove(tableId);
      removeSegments(tableId);
      TableView view = views.remove(tableId);
      if (view != null) {
        view.unpin();
      }
    }
  }

  private void removeSegments(long tableId) {
    List.copyOf(segments.values()).stream()
        .filter(segment -> segment.tableId() == tableId)
        .filter(segment -> segment.state() != SegmentState.STAGED)
        .forEach(this::remove);
  }

  private void replace(long timestamp, ChannelEvent.SegmentReplace replace) {
    SealedSegment file = replace.segment();
    TableLayout table = tables.get(file.tableId());
    List<SegmentReplica> old =
        replace.replaced().stream().flatMap(id -> segment(id).stream()).toList();
    if (table == null || table.incarnation() != file.incarnation()) {
      return;
    }
    if (inCheckpoint(timestamp)) {
      // The checkpoint has the new segment, or what became of it.
      old.forEach(this::remove);
      publish(file.tableId());
      return;
    }
    if (old.size() != replace.replaced().size()) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED,
          "segment %d replaces %d segments, of which %d exist",
          file.segmentId(),
          replace.replaced().size(),
          old.size());
    }
    SegmentFiles.RowMoves rowMap = files.rowMap(file);
    LoadedSegment loaded = files.open(file, table);
    segments.put(
        file.segmentId(),
        SegmentReplica.merged(
            file,
            loaded,
            carriedDeletes(old, rowMap),
            position,
            new SegmentView.Origin(timestamp, replace.replaced())));
    for (SegmentReplica gone : old) {
      replaced.add(file.tableId(), gone.view(table), timestamp, file.segmentId(), rowMap);
      moved.put(gone.segmentId(), new Moved(file.segmentId(), rowMap));
      remove(gone);
    }
    movedRowCount += rowMap.rowCount();
    forgetOldMoves();
    publish(file.tableId());
  }

  private void forgetOldMoves() {
    Iterator<Moved> oldest = moved.values().iterator();
    @Nullable Moved last = null;
    while (movedRowCount > MOVED_ROW_COUNT_MAX && oldest.hasNext()) {
      Moved gone = oldest.next();
      // Segments merged together share one map: it is counted once.
      if (last == null || !last.rows.equals(gone.rows)) {
        movedRowCount -= gone.rows.rowCount();
      }
      last = gone;
      oldest.remove();
    }
  }

  private record Death(long timestamp, int row) {}

  /// Deletes of replaced segments, as deletes of their new segment: those the compaction did not
  /// know of, and those too young to drop.
  private static DeleteMap carriedDeletes(List<SegmentReplica> old, SegmentFiles.RowMoves rowMap) {
    List<Death> deaths = new ArrayList<>();
    for (SegmentReplica segment : old) {
      DeleteMap deletes = segment.deletes();
      for (int i = 0; i < deletes.count(); i++) {
        int row = rowMap.newRow(segment.segmentId(), deletes.row(i));
        if (row >= 0) {
          deaths.add(new Death(deletes.timestamp(i), row));
        }
      }
    }
    deaths.sort(Comparator.comparingLong(Death::timestamp));
    DeleteMap carried = new DeleteMap();
    deaths.forEach(death -> carried.add(death.row, death.timestamp));
    return carried;
  }

  // ---- files ----

  /// Puts the file of a sealed segment in the place of its rows in memory, or adds indexes to a
  /// flushed segment. Takes over the caller's pins of `loaded`, whatever happens.
  ///
  /// @return false if the segment is gone; nothing is changed then
  public boolean installFile(SealedSegment file, LoadedSegment loaded) {
    SegmentReplica segment = segments.get(file.segmentId());
    if (segment == null
        || segment.state() == SegmentState.GROWING
        || segment.state() == SegmentState.STAGED) {
      loaded.unpin();
      return false;
    }
    segment.installFile(file, loaded);
    changeCount++;
    publish(segment.tableId());
    return true;
  }

  /// Makes the current segments of a table visible, in one step.
  private void publish(long tableId) {
    TableLayout table = tables.get(tableId);
    if (table == null) {
      return;
    }
    List<SegmentView> visible = new ArrayList<>();
    for (SegmentReplica segment : segments.values()) {
      if (segment.tableId() == tableId && segment.state() != SegmentState.STAGED) {
        visible.add(segment.view(table));
      }
    }
    TableView before =
        views.put(
            tableId,
            new TableView(
                table,
                visible,
                replaced.of(tableId),
                checkpointTimestamp,
                begun.getOrDefault(tableId, 0L)));
    if (before != null) {
      before.unpin();
    }
  }

  /// The state to store, as of now.
  public ChannelCheckpoint checkpoint() {
    ChannelPosition from = position;
    for (SegmentReplica segment : segments.values()) {
      if (segment.state() != SegmentState.FLUSHED
          && segment.replayFrom().offset() < from.offset()) {
        from = segment.replayFrom();
      }
    }
    for (StagedTransaction transaction : staged.values()) {
      if (transaction.replayFrom.offset() < from.offset()) {
        from = transaction.replayFrom;
      }
    }
    for (Prepared transaction : prepared.values()) {
      if (transaction.frames.replayFrom.offset() < from.offset()) {
        from = transaction.frames.replayFrom;
      }
    }
    List<ChannelCheckpoint.FlushedSegment> flushed = new ArrayList<>();
    for (SegmentReplica segment : segments.values()) {
      segment.file().ifPresent(file -> flushed.add(flushed(file, segment.deletes())));
    }
    List<ChannelCheckpoint.Outcome> done = new ArrayList<>();
    outcomes.forEach((id, at) -> done.add(new ChannelCheckpoint.Outcome(id, at)));
    return new ChannelCheckpoint(
        from,
        Math.max(appliedTimestamp, checkpointTimestamp),
        List.copyOf(tables.values()),
        flushed,
        done,
        unfinished(),
        forgottenUntil,
        begun,
        keys.stored());
  }

  private static ChannelCheckpoint.FlushedSegment flushed(SealedSegment file, DeleteMap deletes) {
    int[] rows = new int[deletes.count()];
    long[] times = new long[rows.length];
    Arrays.setAll(rows, deletes::row);
    Arrays.setAll(times, deletes::timestamp);
    return new ChannelCheckpoint.FlushedSegment(file, rows, times);
  }

  /// Gives up all segments; what readers have pinned lives until they are done.
  @Override
  public void close() {
    views.values().forEach(TableView::unpin);
    views.clear();
    segments.values().forEach(SegmentReplica::close);
    segments.clear();
    replaced.close();
    staged.clear();
    prepared.clear();
  }
}
