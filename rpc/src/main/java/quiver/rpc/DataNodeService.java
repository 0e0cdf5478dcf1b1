package quiver.rpc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;

/// The owner of a channel as front ends see it. Thread-safe; calls block.
public interface DataNodeService {
  /// Hands over rows of a write set that is too large for one request; they have no effect before
  /// [#commit] names their transaction. Chunks of one transaction are staged one after the other,
  /// in `sequence` order from 0. Blocks while the owner's staging memory is full.
  @Idempotent
  void stage(UUID transaction, int sequence, TableWrite write);

  /// Validates, stamps and appends a write set, and returns after it is durable and applied.
  @Idempotent
  CommitResult commit(CommitRequest request);

  /// What became of a transaction whose home this channel is. One that is not decided is aborted,
  /// durably, before this answers: nobody may conclude that from silence.
  @Idempotent
  Resolution resolve(UUID transaction);

  /// What became of a transaction in this channel, for somebody who asks later. One that is not
  /// decided is aborted, durably, before this answers: it can commit no more.
  ///
  /// @param snapshot what it has read: it committed later, if it did
  /// @return empty if it may have committed so long ago that it is forgotten
  @Idempotent
  Optional<Resolution> status(UUID transaction, long snapshot);

  /// What this channel knows of a transaction with an idempotency key. Waits for one that is on its
  /// way. A former owner may answer, too, and know too little: [#commit] is what decides.
  @Idempotent
  Optional<KeyedCommit> committed(UUID key);

  /// Tells a participant what was decided about transactions; returns when it has applied that.
  /// Those it has not prepared, or has finished, are passed over.
  @Idempotent
  void finish(Map<UUID, Resolution> decided);

  /// Drops the staged rows of a transaction that will not commit.
  @FireAndForget
  void abandon(UUID transaction);

  /// Makes sure that readers of the channel of `tableId` can reach `timestamp` soon.
  @FireAndForget
  void nudge(long tableId, long timestamp);

  /// How far somebody must have read the channel to see all that this owner or one before it has
  /// acknowledged, and all that any reader has seen, until this was asked. The log holds a record
  /// of that timestamp, or soon will. A former owner may answer too: it counts only if the meta
  /// store, asked later than this answer was wanted, still names the same term.
  @Idempotent
  Pending<ReadIndex> readIndex();

  /// @param term under which the owner answers
  /// @param timestamp empty if a transaction over several channels is not decided here: it may have
  ///   committed at a later timestamp already, which only the oracle is sure to exceed
  record ReadIndex(int term, Optional<Long> timestamp) {}

  /// A write set.
  ///
  /// @param transaction made by the front end; a repeated request with the same id is applied once
  /// @param snapshot the timestamp the statement or transaction read at
  /// @param stagedCount how many chunks were staged
  /// @param definitions what the transaction does to tables themselves: then all its rows are
  ///   staged
  /// @param part what this channel is to the transaction
  /// @param key in one channel of the transaction, the one that remembers it
  record CommitRequest(
      UUID transaction,
      long snapshot,
      int stagedCount,
      List<TableWrite> writes,
      Optional<TableChanges> definitions,
      Part part,
      Optional<IdempotencyKey> key) {
    public CommitRequest {
      writes = List.copyOf(writes);
    }

    /// A transaction of one channel.
    public CommitRequest(
        UUID transaction,
        long snapshot,
        int stagedCount,
        List<TableWrite> writes,
        Optional<TableChanges> definitions) {
      this(transaction, snapshot, stagedCount, writes, definitions, Part.ALONE, Optional.empty());
    }

    /// A transaction of one channel that defines nothing.
    public CommitRequest(
        UUID transaction, long snapshot, int stagedCount, List<TableWrite> writes) {
      this(transaction, snapshot, stagedCount, writes, Optional.empty());
    }

    /// The same request to a channel that is only a part of the transaction's.
    public CommitRequest as(Part newPart) {
      return new CommitRequest(
          transaction, snapshot, stagedCount, writes, definitions, newPart, key);
    }

    /// The same request to the channel that remembers the transaction's key.
    public CommitRequest with(IdempotencyKey newKey) {
      return new CommitRequest(
          transaction, snapshot, stagedCount, writes, definitions, part, Optional.of(newKey));
    }
  }

  /// What a client calls a transaction so that it commits once, however often it is repeated.
  ///
  /// @param id made of the role and the client's name for it
  /// @param content hash of what the client asked for first: another one is another transaction
  record IdempotencyKey(UUID id, long content) {}

  /// A transaction that has committed with a key.
  record KeyedCommit(long timestamp, long content) {}

  /// What a channel is to a transaction.
  ///
  /// A transaction over several channels first prepares in all but the last of them, in the order
  /// of their names, each after the one before; the last one is its home: the commit there is the
  /// commit of the whole.
  sealed interface Part {
    Part ALONE = new Alone();

    /// The transaction has one channel.
    record Alone() implements Part {}

    /// The commit is a promise: [CommitResult.Committed] has the timestamp at which it was given.
    record Participant(String home) implements Part {}

    /// The decision.
    ///
    /// @param participants all of which have promised
    /// @param firstPromise the smallest timestamp of a promise
    record Home(List<String> participants, long firstPromise) implements Part {
      public Home {
        participants = List.copyOf(participants);
      }
    }
  }

  /// What was decided about a transaction over several channels.
  ///
  /// @param commitTimestamp 0: it is aborted
  record Resolution(long commitTimestamp) {
    public static final Resolution ABORTED = new Resolution(0);

    public boolean isCommitted() {
      return commitTimestamp > 0;
    }
  }

  /// What a transaction does to tables themselves.
  ///
  /// @param tables begin, change, or lose their rows (a new incarnation)
  /// @param dropped ids
  /// @param unchangedSince tables whose rows must be those of this timestamp still
  record TableChanges(
      List<TableDefinition> tables, List<Long> dropped, Map<Long, Long> unchangedSince) {
    public TableChanges {
      tables = List.copyOf(tables);
      dropped = List.copyOf(dropped);
      unchangedSince = Map.copyOf(unchangedSince);
    }
  }

  /// What happens to one table.
  ///
  /// @param tableVersion and `incarnation`: the definition the write was planned for; a mismatch is
  ///   refused
  /// @param deleted addresses of the row versions that die
  /// @param inserted rows that are born: every column of the table, in order; empty when none
  /// @param keys keys of unique indexes and foreign keys that the write relies on
  /// @param kept addresses of row versions that must still live: read FOR UPDATE or FOR SHARE
  /// @param becomes the definition that the same transaction brings into force, if it does
  record TableWrite(
      long tableId,
      int tableVersion,
      int incarnation,
      long[] deleted,
      Optional<RowBatch> inserted,
      List<KeyClaim> keys,
      long[] kept,
      Optional<TableDefinition> becomes) {
    public TableWrite {
      keys = List.copyOf(keys);
    }

    public TableWrite(
        long tableId,
        int tableVersion,
        int incarnation,
        long[] deleted,
        Optional<RowBatch> inserted,
        List<KeyClaim> keys,
        long[] kept) {
      this(tableId, tableVersion, incarnation, deleted, inserted, keys, kept, Optional.empty());
    }

    /// A write that keeps no rows.
    public TableWrite(
        long tableId,
        int tableVersion,
        int incarnation,
        long[] deleted,
        Optional<RowBatch> inserted,
        List<KeyClaim> keys) {
      this(tableId, tableVersion, incarnation, deleted, inserted, keys, new long[0]);
    }

    /// The same write to the table as the transaction leaves it.
    public TableWrite becoming(Optional<TableDefinition> definition) {
      return new TableWrite(
          tableId, tableVersion, incarnation, deleted, inserted, keys, kept, definition);
    }

    /// A write that relies on no keys.
    public TableWrite(
        long tableId,
        int tableVersion,
        int incarnation,
        long[] deleted,
        Optional<RowBatch> inserted) {
      this(tableId, tableVersion, incarnation, deleted, inserted, List.of());
    }
  }

  /// Keys whose state at the snapshot a write relies on. An exclusive claim (a key is born in a
  /// unique index, or a key that others refer to goes away) is refused if anyone has claimed one of
  /// its keys since the snapshot, a shared one (a row refers to a key) if anyone has claimed one
  /// exclusively.
  ///
  /// @param space the unique index, or the foreign key: keys of different spaces do not meet
  /// @param hashes hashes of the keys; not modified. Two keys with one hash are taken for one: at
  ///   worst the statement is run again
  record KeyClaim(long space, boolean exclusive, long[] hashes) {}

  /// Outcome of [#commit].
  sealed interface CommitResult {
    /// Durable and applied.
    record Committed(long timestamp) implements CommitResult {}

    /// A row version was changed or deleted after `snapshot`: SQLSTATE 40001.
    record Conflict(long tableId) implements CommitResult {}

    /// A key exists that the front end could not see at `snapshot`, or twice in the write set:
    /// SQLSTATE 23505.
    ///
    /// @param key the key's values, in key order
    /// @param sinceSnapshot whether the other row was committed after `snapshot` (a fresh snapshot
    ///   will show it)
    record DuplicateKey(long tableId, List<Object> key, boolean sinceSnapshot)
        implements CommitResult {
      public DuplicateKey {
        key = List.copyOf(key);
      }
    }

    /// Another transaction has claimed a key since `snapshot`: a fresh snapshot will show what it
    /// did. SQLSTATE 40001 unless that turns out to be a violated constraint.
    record KeyClaimed(long tableId, long space, long hash) implements CommitResult {}

    /// A transaction with the same key has committed before; nothing is done.
    record AlreadyCommitted(KeyedCommit before) implements CommitResult {}

    /// The table was changed or dropped since the statement was planned: plan again.
    record StaleTable(long tableId) implements CommitResult {}
  }
}
