package quiver.workers.channel;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import quiver.workers.segment.TableLayout;

/// What the body of a log record says, by record type.
public sealed interface ChannelEvent {
  /// A new owner or session.
  record Barrier(String node, String reason) implements ChannelEvent {}

  record Tick() implements ChannelEvent {}

  /// A growing segment begins.
  ///
  /// @param staged its rows belong to the record's transaction alone and are not visible before
  ///   that commits
  /// @param table what its rows look like, whatever becomes of the table later
  record SegmentOpen(long segmentId, boolean staged, TableLayout table) implements ChannelEvent {}

  /// Segments take no more rows.
  record SegmentSeal(List<Long> segmentIds) implements ChannelEvent {
    public SegmentSeal {
      segmentIds = List.copyOf(segmentIds);
    }
  }

  /// A compacted segment takes the place of others; its file tells where their rows went.
  record SegmentReplace(SealedSegment segment, List<Long> replaced) implements ChannelEvent {
    public SegmentReplace {
      replaced = List.copyOf(replaced);
    }
  }

  /// A piece of a large write set of the record's transaction.
  ///
  /// @param number counts the frames of the transaction from 0
  /// @param deleted addresses
  /// @param rows rows appended to a staged segment
  record Frame(long tableId, int incarnation, int number, long[] deleted, Optional<PlacedRows> rows)
      implements ChannelEvent {}

  /// The idempotency key of the record's transaction: one of its frames.
  ///
  /// @param content hash of what the client asked for
  record Key(UUID id, long content) implements ChannelEvent {}

  /// Rows and where they go.
  ///
  /// @param encoded what [quiver.workers.segment.RowCodec] wrote
  record PlacedRows(long segmentId, int firstRow, int count, ByteBuffer encoded) {}

  /// A transaction commits at the record's timestamp.
  ///
  /// @param frameCount how many frames it had
  /// @param adopted staged segments that become segments of their table as they are
  /// @param moved staged segments whose rows are copied to the end of a growing segment
  /// @param definitions what becomes of tables before their rows change
  record Commit(
      int frameCount,
      List<Long> adopted,
      List<Move> moved,
      List<TableChange> changes,
      Definitions definitions)
      implements ChannelEvent {
    public Commit {
      adopted = List.copyOf(adopted);
      moved = List.copyOf(moved);
      changes = List.copyOf(changes);
    }
  }

  /// What a transaction does to tables themselves.
  ///
  /// @param tables begin, have a new layout, or, in a new incarnation, lose their rows
  /// @param dropped are gone
  record Definitions(List<TableLayout> tables, List<Long> dropped) {
    public static final Definitions NONE = new Definitions(List.of(), List.of());

    public Definitions {
      tables = List.copyOf(tables);
      dropped = List.copyOf(dropped);
    }

    public boolean isEmpty() {
      return tables.isEmpty() && dropped.isEmpty();
    }
  }

  /// All rows of a staged segment go to rows `firstRow …` of another one.
  record Move(long stagedSegmentId, long segmentId, int firstRow) {}

  /// What a commit does to one table besides its frames.
  ///
  /// @param rows inserted rows, segment by segment
  record TableChange(long tableId, long[] deleted, List<PlacedRows> rows) {
    public TableChange {
      rows = List.copyOf(rows);
    }
  }

  /// The record's transaction, of several channels, will commit here if its home says so. Its rows
  /// and deletes came in frames.
  ///
  /// @param home the channel that decides
  /// @param changed tables whose rows or definitions it changes
  /// @param kept tables that it relies on
  record Prepare(
      String home, int frameCount, List<Long> changed, List<Long> kept, Definitions definitions)
      implements ChannelEvent {
    public Prepare {
      changed = List.copyOf(changed);
      kept = List.copyOf(kept);
    }
  }

  /// The home's decision about the record's transaction; the commit timestamp is the record's.
  ///
  /// @param participants the other channels
  /// @param commit what it does in the home; empty: it is aborted
  record Decide(List<String> participants, Optional<Commit> commit) implements ChannelEvent {
    public Decide {
      participants = List.copyOf(participants);
    }
  }

  /// What was decided about the record's transaction, which was prepared here.
  ///
  /// @param commitTimestamp 0: it is aborted
  /// @param adopted and `moved`: as in a commit
  record Finish(long commitTimestamp, List<Long> adopted, List<Move> moved)
      implements ChannelEvent {
    public Finish {
      adopted = List.copyOf(adopted);
      moved = List.copyOf(moved);
    }
  }

  /// Every participant of these transactions, whose home this is, has finished.
  record Forget(List<UUID> transactions) implements ChannelEvent {
    public Forget {
      transactions = List.copyOf(transactions);
    }
  }

  /// The transaction of the record can never commit.
  record Abort() implements ChannelEvent {}

  /// A table begins, or has a new layout.
  record Schema(TableLayout table) implements ChannelEvent {}

  /// Tables lose their rows.
  record Truncate(List<Truncated> tables) implements ChannelEvent {
    public Truncate {
      tables = List.copyOf(tables);
    }
  }

  /// A truncated table's new state.
  record Truncated(long tableId, int version, int incarnation) {}

  /// Tables are gone.
  record TableDrop(List<Long> tableIds) implements ChannelEvent {
    public TableDrop {
      tableIds = List.copyOf(tableIds);
    }
  }
}
