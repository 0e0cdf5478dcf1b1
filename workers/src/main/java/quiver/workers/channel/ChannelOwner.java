package quiver.workers.channel;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.IdempotencyKey;
import quiver.rpc.DataNodeService.KeyClaim;
import quiver.rpc.DataNodeService.KeyedCommit;
import quiver.rpc.DataNodeService.Part;
import quiver.rpc.DataNodeService.Resolution;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.storage.record.Epoch;
import quiver.storage.record.LogRecord;
import quiver.storage.record.RecordChain;
import quiver.storage.record.RecordHeader;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.RowCodec;
import quiver.workers.segment.TableLayout;

/// The only writer of a channel in one epoch: validates write sets against its replica and what it
/// has appended since, stamps them, gives rows their addresses, and makes the records. It does no
/// I/O: whoever drives it appends the records of each decision before it asks for the next one,
/// applies what it reads back to the replica, and then calls [#applied].
///
/// A request is acknowledged only when [#applied] returned its [Pending]: its record was read back
/// in this owner's own epoch. Once an append has failed, an owner is of no use any more; a new one
/// with the next epoch begins with a BARRIER. Used by one thread at a time.
public final class ChannelOwner {
  /// Commits of transactions over several channels that wait for participants to finish; further
  /// ones are refused.
  public static final int UNFINISHED_COUNT_MAX = 16_384;

  private final ChannelReplica replica;
  private final RecordChain chain;
  private final LongSupplier timestamps;
  private final LongSupplier segmentIds;
  private final SegmentLimits limits;
  private long lastAssigned;
  private boolean ready;
  private boolean broken;

  /// Records of one decision that were made and not applied yet, and what they will do.
  ///
  /// @param ended transactions over several channels that they decide or finish
  /// @param usedKeys idempotency keys
  private record InFlight(
      Pending pending,
      long firstTimestamp,
      List<Long> deleted,
      List<KeysInFlight.Inserted> keys,
      Set<Long> tableIds,
      List<UUID> ended,
      List<UUID> usedKeys) {}

  private final Map<Long, Target> targets = new HashMap<>();
  private final Map<UUID, Staging> staging = new HashMap<>();
  private final Map<UUID, Pending> pendingTransactions = new HashMap<>();
  private final ArrayDeque<InFlight> inFlight = new ArrayDeque<>();
  private final Set<Long> pendingDeletes = new HashSet<>();
  private final KeysInFlight keysInFlight = new KeysInFlight();
  private final RecentClaims recentClaims = new RecentClaims(RecentClaims.KEY_COUNT_MAX);
  private final TableLocks locks = new TableLocks();

  /// Idempotency keys of transactions whose records are on their way into the log.
  private final Set<UUID> pendingKeys = new HashSet<>();

  /// Transactions over several channels whose end is on its way into the log.
  private final Set<UUID> ending = new HashSet<>();

  private @Nullable Pending exclusive;

  /// An owner that has not written yet.
  ///
  /// @param timestamps the timestamp oracle: every call gives a larger value than any call before,
  ///   by anyone
  /// @param segmentIds fresh segment ids
  public ChannelOwner(
      ChannelReplica replica,
      Epoch epoch,
      LongSupplier timestamps,
      LongSupplier segmentIds,
      SegmentLimits limits) {
    this.replica = replica;
    this.chain = new RecordChain(epoch);
    this.timestamps = timestamps;
    this.segmentIds = segmentIds;
    this.limits = limits;
  }

  public Epoch epoch() {
    return chain.epoch();
  }

  /// The largest timestamp this owner has given to a record, or promised not to go below.
  public long lastAssigned() {
    return lastAssigned;
  }

  // ---- taking over ----

  /// The first record of the epoch. The owner decides nothing before the replica has applied it.
  public LogRecord barrier(String node, String reason) {
    lastAssigned = timestamps.getAsLong();
    return chain.next(
        quiver.storage.record.RecordType.BARRIER,
        0,
        lastAssigned,
        0,
        0,
        RecordHeader.NO_TRANSACTION,
        EventCodec.encode(new ChannelEvent.Barrier(node, reason)));
  }

  /// Whether the barrier was applied: the owner may decide.
  public boolean isReady() {
    return ready;
  }

  /// Whether the replica has seen a later epoch: this owner's reign is over.
  public boolean isDeposed() {
    return replica.position().epoch().compareTo(epoch()) > 0;
  }

  private void takeOver() {
    ready = true;
    lastAssigned = Math.max(lastAssigned, replica.appliedTimestamp());
    // What earlier owners granted is not known.
    recentClaims.forgetUntil(lastAssigned);
    replica
        .prepared()
        .forEach((transaction, each) ->
            locks.hold(
                transaction,
                new TableLocks.Held(
                    new HashSet<>(each.event().changed()),
                    new HashSet<>(each.event().kept()),
                    null)));
    for (SegmentReplica segment : replica.segments()) {
      if (segment.state() == SegmentState.GROWING) {
        targets.put(
            segment.tableId(),
            new Target(
                segment.segmentId(),
                segment.growing().appendedCount(),
                segment.growing().memoryBytes()));
      }
    }
  }

  /// Whether a decision failed half-way (the timestamp oracle did not answer): records were made
  /// that nobody can append, so this owner is of no use any more.
  public boolean isBroken() {
    return broken;
  }

  // ---- reading back ----

  /// Says that the replica has applied one more record.
  ///
  /// @return requests that are done now
  public List<Pending> applied() {
    if (!replica.position().epoch().equals(epoch())) {
      return List.of();
    }
    if (!ready) {
      takeOver();
    }
    List<Pending> done = new ArrayList<>();
    long sequence = replica.position().sequence();
    while (!inFlight.isEmpty() && inFlight.peek().pending.sequence() <= sequence) {
      InFlight landed = inFlight.remove();
      landed.deleted.forEach(pendingDeletes::remove);
      landed.keys.forEach(keysInFlight::forget);
      pendingTransactions.remove(landed.pending.transaction());
      landed.usedKeys.forEach(pendingKeys::remove);
      landed.ended.forEach(ending::remove);
      landed.ended.forEach(locks::release);
      if (landed.pending.equals(exclusive)) {
        exclusive = null;
      }
      done.add(landed.pending);
    }
    return done;
  }

  /// Every record at or before this timestamp that this owner will ever write has been applied.
  /// Larger than what the log itself tells readers: only for a channel that nobody else can own
  /// while this process lives.
  public long settledTimestamp() {
    if (!ready) {
      return replica.appliedTimestamp();
    }
    InFlight oldest = inFlight.peek();
    return oldest == null
        ? lastAssigned
        : Math.max(replica.appliedTimestamp(), oldest.firstTimestamp - 1);
  }

  /// Promises that every later record has a timestamp above `timestamp`, without writing that down:
  /// only for a channel that nobody else can own while this process lives.
  public void promise(long timestamp) {
    lastAssigned = Math.max(lastAssigned, timestamp);
  }

  /// How far the log must be read to have all that was acknowledged, and all that anybody has seen,
  /// while this owner's term was the newest: its own records count from when they were made,
  /// because readers may see them before this process does. Empty while a transaction over several
  /// channels is not decided here: it may have committed, and its FINISH is yet to come.
  public Optional<Long> readIndex() {
    return ready && replica.isAllDecided() ? Optional.of(lastAssigned) : Optional.empty();
  }

  // ---- requests ----

  /// A record that tells readers that nothing at or before its timestamp will come any more.
  public Decision.Append tick() {
    Batch batch = new Batch();
    long timestamp = batch.add(RecordHeader.NO_TRANSACTION, 0, new ChannelEvent.Tick());
    return batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of());
  }

  /// Rows and deletes of a large write set. They have no effect before the transaction commits.
  ///
  /// @param chunk how many chunks of the transaction came before
  public Decision stage(
      UUID transaction, int chunk, TableWrite write, List<RowCodec.Piece> pieces) {
    if (exclusive != null || !ready) {
      return new Decision.Later();
    }
    Optional<TableLayout> layout =
        write.becomes().isPresent()
            ? write.becomes().map(TableLayout::of)
            : replica.layout(write.tableId());
    if (layout.isEmpty()
        || (write.becomes().isEmpty() && WriteValidation.isStale(layout.get(), write))) {
      return new Decision.Answer(new CommitResult.StaleTable(write.tableId()));
    }
    Staging into = staging.computeIfAbsent(transaction, ignored -> new Staging());
    if (chunk < into.chunkCount) {
      // Sent again: its answer was lost.
      return new Decision.Answer(new CommitResult.Committed(0));
    }
    if (chunk != into.chunkCount) {
      throw new QuiverException(
          SqlState.SERIALIZATION_FAILURE,
          "chunk %d of transaction %s follows %d chunks",
          chunk,
          transaction,
          into.chunkCount);
    }
    into.chunkCount++;
    into.tableIds.add(write.tableId());
    if (write.becomes().isPresent()) {
      into.defined.put(write.tableId(), layout.get());
    } else {
      into.tableVersions.merge(write.tableId(), write.tableVersion(), Math::min);
    }
    if (!write.keys().isEmpty()) {
      into.claims.add(write);
    }
    Batch batch = new Batch();
    long timestamp = lastAssigned;
    for (int from = 0; from < write.deleted().length; from += limits.frameBytesMax() / 8) {
      long[] deleted =
          Arrays.copyOfRange(
              write.deleted(),
              from,
              Math.min(write.deleted().length, from + limits.frameBytesMax() / 8));
      timestamp = batch.frame(transaction, into, layout.get(), deleted, Optional.empty());
    }
    for (RowCodec.Piece piece : pieces) {
      ChannelEvent.PlacedRows rows = placeStaged(batch, transaction, into, layout.get(), piece);
      timestamp = batch.frame(transaction, into, layout.get(), new long[0], Optional.of(rows));
    }
    if (batch.records.isEmpty()) {
      return tick();
    }
    return batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of());
  }

  private ChannelEvent.PlacedRows placeStaged(
      Batch batch, UUID transaction, Staging into, TableLayout layout, RowCodec.Piece piece) {
    Target target = into.targets.get(layout.tableId());
    if (target == null || isFull(target, piece.count(), piece.bytes().remaining())) {
      target = new Target(segmentIds.getAsLong(), 0, 0);
      into.targets.put(layout.tableId(), target);
      into.segmentIds
          .computeIfAbsent(layout.tableId(), ignored -> new ArrayList<>())
          .add(target.segmentId);
      batch.add(
          transaction,
          layout.tableId(),
          new ChannelEvent.SegmentOpen(target.segmentId, true, layout));
    }
    into.rowCounts.merge(layout.tableId(), piece.count(), Integer::sum);
    return place(target, piece);
  }

  private boolean isFull(Target target, int rows, int bytes) {
    return target.nextRow > 0
        && (target.nextRow + rows > limits.segmentRowsMax()
            || target.bytes + bytes > limits.segmentBytesMax());
  }

  private static ChannelEvent.PlacedRows place(Target target, RowCodec.Piece piece) {
    ChannelEvent.PlacedRows rows =
        new ChannelEvent.PlacedRows(target.segmentId, target.nextRow, piece.count(), piece.bytes());
    target.nextRow += piece.count();
    target.bytes += piece.bytes().remaining();
    return rows;
  }

  /// Forgets the frames of a transaction that will not commit.
  ///
  /// @return empty if it has none
  public Optional<Decision.Append> abandon(UUID transaction) {
    if (staging.remove(transaction) == null) {
      return Optional.empty();
    }
    Batch batch = new Batch();
    long timestamp = batch.add(transaction, 0, new ChannelEvent.Abort());
    return Optional.of(batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of()));
  }

  /// What became of a transaction that was asked for before.
  public Optional<CommitResult> outcome(UUID transaction) {
    ChannelReplica.Prepared prepared = replica.prepared().get(transaction);
    return prepared == null
        ? replica.resolution(transaction).map(ChannelOwner::result)
        : Optional.of(new CommitResult.Committed(prepared.timestamp()));
  }

  private static CommitResult result(Resolution resolution) {
    return resolution.isCommitted()
        ? new CommitResult.Committed(resolution.commitTimestamp())
        : new CommitResult.Conflict(0);
  }

  /// Decides on a write set.
  ///
  /// @param pieces encoded rows of each of the request's writes, in order
  public Decision commit(CommitRequest request, List<List<RowCodec.Piece>> pieces) {
    Optional<CommitResult> outcome = outcome(request.transaction());
    if (outcome.isPresent()) {
      return new Decision.Answer(outcome.get());
    }
    Pending pending = pendingTransactions.get(request.transaction());
    if (pending != null) {
      return new Decision.Known(pending);
    }
    if (exclusive != null || !ready || ending.contains(request.transaction())) {
      return new Decision.Later();
    }
    if (request.key().isPresent()) {
      IdempotencyKey key = request.key().get();
      if (isOnItsWay(key.id())) {
        return new Decision.Later();
      }
      Optional<KeyedCommit> before = replica.committed(key.id());
      if (before.isPresent()) {
        return new Decision.Answer(new CommitResult.AlreadyCommitted(before.get()));
      }
      requireRoomForKey();
    }
    if (request.part() instanceof Part.Home home && isTooLate(home)) {
      return new Decision.Answer(new CommitResult.Conflict(0));
    }
    Staging staged = staging.get(request.transaction());
    Optional<ChannelReplica.StagedTransaction> applied = replica.staged(request.transaction());
    int chunkCount = staged == null ? 0 : staged.chunkCount;
    if (chunkCount != request.stagedCount()) {
      throw new QuiverException(
          SqlState.SERIALIZATION_FAILURE,
          "transaction %s staged %d chunks, the channel owner has %d",
          request.transaction(),
          request.stagedCount(),
          chunkCount);
    }
    if (staged != null && applied.map(frames -> frames.frameCount).orElse(0) < staged.frameCount) {
      return new Decision.Later();
    }
    TableLocks.Held wanted = tables(request, staged);
    if (locks.isTaken(wanted.changed(), wanted.kept())) {
      return new Decision.Later();
    }
    Set<Long> unchanged =
        request.definitions().map(changes -> changes.unchangedSince().keySet()).orElse(Set.of());
    if (inFlight.stream().anyMatch(each -> !Collections.disjoint(each.tableIds, unchanged))) {
      return new Decision.Later();
    }
    WriteValidation validation =
        new WriteValidation(request, replica, keysInFlight, pendingDeletes, recentClaims);
    Optional<CommitResult> refusal = validation.check(applied, staged);
    if (refusal.isPresent()) {
      return new Decision.Answer(refusal.get());
    }
    return request.part() instanceof Part.Participant participant
        ? promise(request, participant, pieces, staged, validation, wanted)
        : append(request, pieces, staged, validation);
  }

  /// What is known of a transaction with an idempotency key: [CommitResult.AlreadyCommitted], or
  /// anything else.
  public Decision committed(UUID key) {
    return !ready || isOnItsWay(key)
        ? new Decision.Later()
        : new Decision.Answer(
            replica
                .committed(key)
                .<CommitResult>map(CommitResult.AlreadyCommitted::new)
                .orElseGet(() -> new CommitResult.Committed(0)));
  }

  private boolean isOnItsWay(UUID key) {
    return pendingKeys.contains(key) || replica.isPrepared(key);
  }

  private void requireRoomForKey() {
    if (replica.isFullOfKeys(lastAssigned)) {
      throw new QuiverException(
              SqlState.CONFIGURATION_LIMIT_EXCEEDED, "too many idempotency keys are remembered")
          .withDetail(CommittedKeys.COUNT_MAX + " of them are younger than 15 minutes.")
          .withHint("Repeat the transaction later, or without a key.");
    }
  }

  /// Whether an abort of the transaction may be forgotten: it cannot commit any more. Or too many
  /// commits wait for participants.
  private boolean isTooLate(Part.Home home) {
    return home.firstPromise() <= replica.forgottenUntil()
        || replica.unfinished().size() >= UNFINISHED_COUNT_MAX;
  }

  /// The tables a request is about.
  private static TableLocks.Held tables(CommitRequest request, @Nullable Staging staged) {
    Set<Long> changed = new HashSet<>();
    Set<Long> kept = new HashSet<>();
    List<KeyClaim> claims = new ArrayList<>();
    for (TableWrite write : request.writes()) {
      (changesNothing(write) ? kept : changed).add(write.tableId());
      claims.addAll(write.keys());
    }
    if (staged != null) {
      changed.addAll(staged.tableIds);
      staged.claims.forEach(write -> claims.addAll(write.keys()));
    }
    request
        .definitions()
        .ifPresent(changes -> {
          changes.tables().forEach(table -> changed.add(table.id()));
          changed.addAll(changes.dropped());
          kept.addAll(changes.unchangedSince().keySet());
        });
    kept.removeAll(changed);
    return new TableLocks.Held(changed, kept, claims);
  }

  /// Whether others may rely on the same table at the same time.
  private static boolean changesNothing(TableWrite write) {
    return write.deleted().length == 0
        && write.inserted().isEmpty()
        && write.keys().stream().noneMatch(KeyClaim::exclusive);
  }

  /// Writes the promise to commit if the home says so. Whatever has to be known then is in the log.
  private Decision.Append promise(
      CommitRequest request,
      Part.Participant participant,
      List<List<RowCodec.Piece>> pieces,
      @Nullable Staging before,
      WriteValidation validation,
      TableLocks.Held tables) {
    UUID transaction = request.transaction();
    Batch batch = new Batch();
    batch.tableIds.addAll(tables.changed());
    Staging into = before == null ? new Staging() : before;
    request.key().ifPresent(key -> batch.key(transaction, into, key));
    for (int i = 0; i < request.writes().size(); i++) {
      TableLayout layout = replica.layout(request.writes().get(i).tableId()).orElseThrow();
      long[] deleted = validation.deletedOf(i);
      if (deleted.length > 0) {
        batch.frame(transaction, into, layout, deleted, Optional.empty());
      }
      for (RowCodec.Piece piece : pieces.get(i)) {
        ChannelEvent.PlacedRows rows = placeStaged(batch, transaction, into, layout, piece);
        batch.frame(transaction, into, layout, new long[0], Optional.of(rows));
      }
    }
    long timestamp =
        batch.add(
            transaction,
            0,
            new ChannelEvent.Prepare(
                participant.home(),
                into.frameCount,
                List.copyOf(tables.changed()),
                List.copyOf(tables.kept()),
                definitions(request)));
    staging.remove(transaction);
    locks.hold(transaction, tables);
    return batch.done(transaction, timestamp, validation.deleted(), validation.keys());
  }

  /// Decides that a transaction whose home this is will never commit, unless that is decided
  /// already.
  public Decision resolve(UUID transaction) {
    if (replica.resolution(transaction).isPresent()) {
      return new Decision.Answer(new CommitResult.Committed(0));
    }
    if (exclusive != null
        || !ready
        || ending.contains(transaction)
        || pendingTransactions.containsKey(transaction)) {
      return new Decision.Later();
    }
    staging.remove(transaction);
    Batch batch = new Batch();
    batch.ended.add(transaction);
    long timestamp =
        batch.add(transaction, 0, new ChannelEvent.Decide(List.of(), Optional.empty()));
    return batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of());
  }

  /// Carries out what the home of a prepared transaction has decided.
  public Decision finish(UUID transaction, Resolution resolution) {
    if (exclusive != null
        || !ready
        || ending.contains(transaction)
        || pendingTransactions.containsKey(transaction)) {
      return new Decision.Later();
    }
    ChannelReplica.Prepared prepared = replica.prepared().get(transaction);
    if (prepared == null) {
      // What is not known here is unknown only if nobody else owns the channel.
      return replica.resolution(transaction).isPresent()
          ? new Decision.Answer(new CommitResult.Committed(0))
          : tick();
    }
    Batch batch = new Batch();
    batch.ended.add(transaction);
    batch.tableIds.addAll(prepared.event().changed());
    if (resolution.isCommitted()) {
      return keepPromise(batch, transaction, prepared, resolution.commitTimestamp());
    }
    long timestamp = batch.add(transaction, 0, new ChannelEvent.Finish(0, List.of(), List.of()));
    return batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of());
  }

  private Decision.Append keepPromise(
      Batch batch, UUID transaction, ChannelReplica.Prepared prepared, long commitTimestamp) {
    Map<Long, List<Long>> segmentsByTable = new java.util.TreeMap<>();
    Map<Long, Integer> rowCounts = new HashMap<>();
    for (long segmentId : prepared.frames().segmentIds) {
      SegmentReplica segment = replica.segment(segmentId).orElseThrow();
      segmentsByTable
          .computeIfAbsent(segment.tableId(), ignored -> new ArrayList<>())
          .add(segmentId);
      rowCounts.merge(segment.tableId(), segment.appendedCount(), Integer::sum);
    }
    ChannelEvent.Definitions definitions = prepared.event().definitions();
    Set<Long> defined = new HashSet<>();
    definitions.tables().forEach(table -> defined.add(table.tableId()));
    List<Long> adopted = new ArrayList<>();
    List<ChannelEvent.Move> moved = new ArrayList<>();
    segmentsByTable.forEach((tableId, ids) -> {
      if (defined.contains(tableId)
          || rowCounts.getOrDefault(tableId, 0) >= limits.adoptRowsMin()) {
        adopted.addAll(ids);
      } else {
        ids.forEach(id -> moved.add(move(batch, tableId, id)));
      }
    });
    long timestamp =
        batch.add(transaction, 0, new ChannelEvent.Finish(commitTimestamp, adopted, moved));
    if (timestamp <= commitTimestamp || commitTimestamp <= prepared.timestamp()) {
      throw new QuiverException(
          SqlState.INTERNAL_ERROR,
          "transaction %s, prepared at %d, commits at %d and ends at %d",
          transaction,
          prepared.timestamp(),
          commitTimestamp,
          timestamp);
    }
    Decision.Append append =
        batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of());
    TableLocks.Held held = locks.get(transaction);
    List<KeyClaim> claims = held == null ? null : held.claims();
    if (claims == null) {
      recentClaims.forgetUntil(timestamp);
    } else {
      claims.forEach(claim -> recentClaims.add(claim, timestamp));
    }
    if (!definitions.isEmpty()) {
      defined.forEach(targets::remove);
      definitions.dropped().forEach(targets::remove);
      exclusive = append.pending();
    }
    return append;
  }

  /// Says that all participants of these transactions have finished; empty: none is known.
  public Optional<Decision> forget(List<UUID> transactions) {
    if (exclusive != null || !ready) {
      return Optional.of(new Decision.Later());
    }
    List<UUID> known =
        replica.unfinished().stream()
            .map(ChannelCheckpoint.Unfinished::transaction)
            .filter(transactions::contains)
            .toList();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    Batch batch = new Batch();
    long timestamp = batch.add(RecordHeader.NO_TRANSACTION, 0, new ChannelEvent.Forget(known));
    return Optional.of(batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of()));
  }

  private Decision.Append append(
      CommitRequest request,
      List<List<RowCodec.Piece>> pieces,
      @Nullable Staging staged,
      WriteValidation validation) {
    UUID transaction = request.transaction();
    Batch batch = new Batch();
    request.writes().forEach(write -> batch.tableIds.add(write.tableId()));
    if (staged != null) {
      batch.tableIds.addAll(staged.tableIds);
    }
    List<ChannelEvent.TableChange> changes = new ArrayList<>();
    for (int i = 0; i < request.writes().size(); i++) {
      TableWrite write = request.writes().get(i);
      if (write.deleted().length == 0 && write.inserted().isEmpty()) {
        continue;
      }
      TableLayout layout = replica.layout(write.tableId()).orElseThrow();
      List<ChannelEvent.PlacedRows> rows = new ArrayList<>();
      for (RowCodec.Piece piece : pieces.get(i)) {
        Target target = target(batch, layout, piece.count(), piece.bytes().remaining());
        rows.add(place(target, piece));
      }
      changes.add(new ChannelEvent.TableChange(write.tableId(), validation.deletedOf(i), rows));
    }
    List<Long> adopted = new ArrayList<>();
    List<ChannelEvent.Move> moved = new ArrayList<>();
    if (staged != null) {
      staged.segmentIds.forEach((tableId, ids) -> {
        if (staged.defined.containsKey(tableId)
            || staged.rowCounts.getOrDefault(tableId, 0) >= limits.adoptRowsMin()) {
          adopted.addAll(ids);
        } else {
          ids.forEach(id -> moved.add(move(batch, tableId, id)));
        }
      });
    }
    Staging frames = staged == null ? new Staging() : staged;
    request.key().ifPresent(key -> batch.key(transaction, frames, key));
    ChannelEvent.Commit commit =
        new ChannelEvent.Commit(frames.frameCount, adopted, moved, changes, definitions(request));
    long timestamp =
        batch.add(
            transaction,
            0,
            request.part() instanceof Part.Home home
                ? new ChannelEvent.Decide(home.participants(), Optional.of(commit))
                : commit);
    staging.remove(transaction);
    // Noted before the record is durable: when it never is, this owner is of no use any more.
    validation
        .claims(staged)
        .forEach(write -> write.keys().forEach(claim -> recentClaims.add(claim, timestamp)));
    Decision.Append append =
        batch.done(transaction, timestamp, validation.deleted(), validation.keys());
    request
        .definitions()
        .ifPresent(changed -> {
          changed.tables().forEach(table -> targets.remove(table.id()));
          changed.dropped().forEach(targets::remove);
          exclusive = append.pending();
        });
    return append;
  }

  private static ChannelEvent.Definitions definitions(CommitRequest request) {
    return request
        .definitions()
        .map(changed ->
            new ChannelEvent.Definitions(
                changed.tables().stream().map(TableLayout::of).toList(), changed.dropped()))
        .orElse(ChannelEvent.Definitions.NONE);
  }

  private ChannelEvent.Move move(Batch batch, long tableId, long stagedSegmentId) {
    GrowingRows rows = replica.segment(stagedSegmentId).orElseThrow().growing();
    Target target =
        target(
            batch,
            replica.layout(tableId).orElseThrow(),
            rows.appendedCount(),
            (int) Math.min(Integer.MAX_VALUE, rows.memoryBytes()));
    ChannelEvent.Move move =
        new ChannelEvent.Move(stagedSegmentId, target.segmentId, target.nextRow);
    target.nextRow += rows.appendedCount();
    target.bytes += rows.memoryBytes();
    return move;
  }

  private Target target(Batch batch, TableLayout layout, int rows, int bytes) {
    Target target = targets.get(layout.tableId());
    if (target != null && isFull(target, rows, bytes)) {
      batch.add(
          RecordHeader.NO_TRANSACTION,
          layout.tableId(),
          new ChannelEvent.SegmentSeal(List.of(target.segmentId)));
      target = null;
    }
    if (target == null) {
      target = new Target(segmentIds.getAsLong(), 0, 0);
      targets.put(layout.tableId(), target);
      batch.add(
          RecordHeader.NO_TRANSACTION,
          layout.tableId(),
          new ChannelEvent.SegmentOpen(target.segmentId, false, layout));
    }
    return target;
  }

  /// Closes the growing segments of these tables; empty: there are none.
  public Optional<Decision.Append> seal(List<Long> tableIds) {
    if (!ready) {
      return Optional.empty();
    }
    List<Long> sealed = new ArrayList<>();
    for (long tableId : tableIds) {
      Target target = targets.remove(tableId);
      if (target != null) {
        sealed.add(target.segmentId);
      }
    }
    if (sealed.isEmpty()) {
      return Optional.empty();
    }
    Batch batch = new Batch();
    long timestamp =
        batch.add(RecordHeader.NO_TRANSACTION, 0, new ChannelEvent.SegmentSeal(sealed));
    return Optional.of(batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of()));
  }

  /// Puts a compacted segment in the place of others, unless one of them is gone. Nothing else is
  /// decided until it is applied, because it moves addresses.
  public Decision replace(ChannelEvent.SegmentReplace replace) {
    long tableId = replace.segment().tableId();
    if (exclusive != null || !ready || locks.isTaken(List.of(tableId), List.of())) {
      return new Decision.Later();
    }
    boolean possible =
        replica
                .layout(tableId)
                .filter(table -> table.incarnation() == replace.segment().incarnation())
                .isPresent()
            && replace.replaced().stream()
                .allMatch(id ->
                    replica
                        .segment(id)
                        .filter(segment -> segment.state() == SegmentState.FLUSHED)
                        .isPresent());
    if (!possible) {
      return new Decision.Answer(new CommitResult.StaleTable(tableId));
    }
    return exclusive(replace);
  }

  /// Writes a schema barrier ([ChannelEvent.Schema], [ChannelEvent.Truncate] or
  /// [ChannelEvent.TableDrop]). Nothing else is decided until it is applied.
  public Decision barrier(ChannelEvent event) {
    return exclusive != null || !ready || !locks.isEmpty()
        ? new Decision.Later()
        : exclusive(event);
  }

  private Decision exclusive(ChannelEvent event) {
    Batch batch = new Batch();
    long timestamp = batch.add(RecordHeader.NO_TRANSACTION, 0, event);
    switch (event) {
      case ChannelEvent.Schema schema -> targets.remove(schema.table().tableId());
      case ChannelEvent.Truncate truncate ->
          truncate.tables().forEach(table -> targets.remove(table.tableId()));
      case ChannelEvent.TableDrop drop -> drop.tableIds().forEach(targets::remove);
      default -> {}
    }
    Decision.Append append =
        batch.done(RecordHeader.NO_TRANSACTION, timestamp, List.of(), List.of());
    exclusive = append.pending();
    return append;
  }

  /// Makes the records of one decision.
  private final class Batch {
    final List<LogRecord> records = new ArrayList<>();
    final Set<Long> tableIds = new HashSet<>();
    final List<UUID> ended = new ArrayList<>();
    final List<UUID> keys = new ArrayList<>();

    long add(UUID transaction, long vchannel, ChannelEvent event) {
      broken = true;
      long timestamp = timestamps.getAsLong();
      if (timestamp <= lastAssigned) {
        throw new QuiverException(
            SqlState.INTERNAL_ERROR,
            "the timestamp oracle went back from %d to %d",
            lastAssigned,
            timestamp);
      }
      ByteBuffer body = EventCodec.encode(event);
      records.add(chain.next(EventCodec.type(event), 0, timestamp, vchannel, 0, transaction, body));
      lastAssigned = timestamp;
      return timestamp;
    }

    long frame(
        UUID transaction,
        Staging into,
        TableLayout layout,
        long[] deleted,
        Optional<ChannelEvent.PlacedRows> rows) {
      return add(
          transaction,
          layout.tableId(),
          new ChannelEvent.Frame(
              layout.tableId(), layout.incarnation(), into.frameCount++, deleted, rows));
    }

    void key(UUID transaction, Staging into, IdempotencyKey key) {
      keys.add(key.id());
      into.frameCount++;
      long _ = add(transaction, 0, new ChannelEvent.Key(key.id(), key.content()));
    }

    Decision.Append done(
        UUID transaction,
        long timestamp,
        List<Long> deleted,
        List<KeysInFlight.Inserted> inserted) {
      Pending pending = new Pending(transaction, epoch(), chain.lastSequence(), timestamp);
      broken = false;
      inFlight.add(
          new InFlight(
              pending,
              records.getFirst().header().timestamp(),
              deleted,
              inserted,
              tableIds,
              List.copyOf(ended),
              List.copyOf(keys)));
      pendingKeys.addAll(keys);
      ending.addAll(ended);
      pendingDeletes.addAll(deleted);
      inserted.forEach(keysInFlight::remember);
      if (!transaction.equals(RecordHeader.NO_TRANSACTION)) {
        pendingTransactions.put(transaction, pending);
      }
      return new Decision.Append(records, pending);
    }
  }
}
