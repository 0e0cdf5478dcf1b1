package quiver.workers.channel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.KeyClaim;
import quiver.rpc.DataNodeService.TableChanges;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.Keys;
import quiver.workers.segment.ReshapedRows;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.TableLayout;

/// Checks one write set against what an owner's replica has applied and what the owner has decided
/// since, and collects what it does.
final class WriteValidation {
  private final CommitRequest request;
  private final ChannelReplica replica;
  private final KeysInFlight keysInFlight;
  private final Set<Long> pendingDeletes;
  private final RecentClaims recentClaims;
  private final List<Long> deleted = new ArrayList<>();
  private final Set<Long> deletedSet = new HashSet<>();
  private final List<long[]> deletedByWrite = new ArrayList<>();
  private final List<KeysInFlight.Inserted> keys = new ArrayList<>();

  /// @param pendingDeletes addresses of rows that decided commits delete
  WriteValidation(
      CommitRequest request,
      ChannelReplica replica,
      KeysInFlight keysInFlight,
      Set<Long> pendingDeletes,
      RecentClaims recentClaims) {
    this.request = request;
    this.replica = replica;
    this.keysInFlight = keysInFlight;
    this.pendingDeletes = pendingDeletes;
    this.recentClaims = recentClaims;
  }

  /// Whether a write was made for rows, or columns, that are not the table's any more.
  static boolean isStale(TableLayout layout, TableWrite write) {
    return layout.incarnation() != write.incarnation() || write.tableVersion() < layout.version();
  }

  /// Addresses of all rows it deletes, each once.
  List<Long> deleted() {
    return deleted;
  }

  /// Keys it inserts.
  List<KeysInFlight.Inserted> keys() {
    return keys;
  }

  /// Addresses write `index` deletes, as they are now.
  long[] deletedOf(int index) {
    return deletedByWrite.get(index);
  }

  Optional<CommitResult> check(
      Optional<ChannelReplica.StagedTransaction> applied, @Nullable Staging staged) {
    for (TableWrite write : request.writes()) {
      Optional<TableLayout> layout = replica.layout(write.tableId());
      if (layout.isEmpty() || isStale(layout.get(), write)) {
        return Optional.of(new CommitResult.StaleTable(write.tableId()));
      }
    }
    if (staged != null) {
      for (Map.Entry<Long, List<Long>> each : staged.segmentIds.entrySet()) {
        int version = layout(each.getKey(), staged).map(TableLayout::version).orElse(0);
        if (!each.getValue().stream().allMatch(id -> isCurrent(id, version))) {
          return Optional.of(new CommitResult.StaleTable(each.getKey()));
        }
      }
      for (Map.Entry<Long, Integer> each : staged.tableVersions.entrySet()) {
        Optional<TableLayout> layout = replica.layout(each.getKey());
        if (layout.isEmpty() || each.getValue() < layout.get().version()) {
          return Optional.of(new CommitResult.StaleTable(each.getKey()));
        }
      }
    }
    Optional<CommitResult> claimed = checkClaims(staged);
    if (claimed.isPresent()) {
      return claimed;
    }
    for (Map.Entry<Long, Long> unchanged :
        request.definitions().map(TableChanges::unchangedSince).orElse(Map.of()).entrySet()) {
      if (hasChanged(unchanged.getKey(), unchanged.getValue())) {
        return Optional.of(new CommitResult.Conflict(unchanged.getKey()));
      }
    }
    Optional<CommitResult> conflict = checkDeletes(applied);
    if (conflict.isPresent()) {
      return conflict;
    }
    for (TableWrite write : request.writes()) {
      TableLayout layout = replica.layout(write.tableId()).orElseThrow();
      if (layout.hasKey() && write.inserted().isPresent()) {
        Optional<CommitResult> duplicate = checkKeys(layout, write.inserted().get());
        if (duplicate.isPresent()) {
          return duplicate;
        }
      }
    }
    return applied.isPresent() && staged != null
        ? checkStagedKeys(applied.get(), staged)
        : Optional.empty();
  }

  /// The writes with claims, inline and staged.
  List<TableWrite> claims(@Nullable Staging staged) {
    List<TableWrite> all = new ArrayList<>();
    if (staged != null) {
      all.addAll(staged.claims);
    }
    request.writes().stream().filter(write -> !write.keys().isEmpty()).forEach(all::add);
    return all;
  }

  private Optional<CommitResult> checkClaims(@Nullable Staging staged) {
    for (TableWrite write : claims(staged)) {
      for (KeyClaim claim : write.keys()) {
        OptionalLong taken = recentClaims.firstTaken(claim, request.snapshot());
        if (taken.isPresent()) {
          return Optional.of(
              new CommitResult.KeyClaimed(write.tableId(), claim.space(), taken.getAsLong()));
        }
      }
    }
    return Optional.empty();
  }

  /// The layout of a table as the transaction has it.
  private Optional<TableLayout> layout(long tableId, Staging staged) {
    TableLayout defined = staged.defined.get(tableId);
    return defined == null ? replica.layout(tableId) : Optional.of(defined);
  }

  private boolean hasChanged(long tableId, long since) {
    for (SegmentReplica segment : replica.segments()) {
      if (segment.tableId() == tableId
          && segment.state() != SegmentState.STAGED
          && (segment.rows().maxCommitTimestamp() > since
              || segment.deletes().count() > segment.deletes().countAt(since))) {
        return true;
      }
    }
    return false;
  }

  /// Whether the rows of a staged segment are what the table holds now.
  private boolean isCurrent(long segmentId, int version) {
    return replica
        .segment(segmentId)
        .filter(segment -> segment.growing().layout().version() == version)
        .isPresent();
  }

  private Optional<CommitResult> checkDeletes(Optional<ChannelReplica.StagedTransaction> applied) {
    if (applied.isPresent()) {
      for (Map.Entry<Long, List<long[]>> each : applied.get().deleted.entrySet()) {
        for (long[] addresses : each.getValue()) {
          // The frames have these addresses as they were then: compaction since is a conflict.
          for (long address : addresses) {
            if (!die(each.getKey(), address)) {
              return Optional.of(new CommitResult.Conflict(each.getKey()));
            }
          }
        }
      }
    }
    for (TableWrite write : request.writes()) {
      long[] current = new long[write.deleted().length];
      int count = 0;
      for (long address : write.deleted()) {
        Optional<Long> now = replica.currentAddress(address);
        if (now.isEmpty() || !die(write.tableId(), now.get())) {
          return Optional.of(new CommitResult.Conflict(write.tableId()));
        }
        current[count++] = now.get();
      }
      deletedByWrite.add(current);
    }
    for (TableWrite write : request.writes()) {
      for (long address : write.kept()) {
        Optional<Long> now = replica.currentAddress(address);
        if (now.isEmpty() || !isAlive(write.tableId(), now.get())) {
          return Optional.of(new CommitResult.Conflict(write.tableId()));
        }
      }
    }
    return Optional.empty();
  }

  private boolean isAlive(long tableId, long address) {
    Optional<SegmentReplica> segment = replica.segment(RowAddress.segmentId(address));
    int row = RowAddress.row(address);
    return segment.isPresent()
        && segment.get().tableId() == tableId
        && segment.get().state() != SegmentState.STAGED
        && row < segment.get().rows().rowCount()
        && !segment.get().deletes().isDead(row)
        && !pendingDeletes.contains(address);
  }

  /// Whether the row version at `address` lives and can be deleted.
  private boolean die(long tableId, long address) {
    if (!isAlive(tableId, address)) {
      return false;
    }
    if (deletedSet.add(address)) {
      deleted.add(address);
    }
    return true;
  }

  private Optional<CommitResult> checkKeys(TableLayout layout, RowBatch rows) {
    Keys inserted = Keys.ofRows(layout.keyOrdinals(), rows);
    ChannelReplica.DuplicateKey twice = ChannelReplica.duplicateWithin(layout.tableId(), inserted);
    if (twice != null) {
      return Optional.of(new CommitResult.DuplicateKey(twice.tableId(), twice.key(), false));
    }
    for (KeysInFlight.Inserted earlier : keys) {
      Keys others = earlier.keys();
      if (earlier.tableId() == layout.tableId() && others != null) {
        for (int i = 0; i < inserted.count(); i++) {
          for (int j = 0; j < others.count(); j++) {
            if (inserted.matches(i, others, j)) {
              return duplicate(layout, inserted, i, false);
            }
          }
        }
      }
    }
    keys.add(new KeysInFlight.Inserted(layout.tableId(), inserted, null));
    return checkExisting(layout, inserted);
  }

  private Optional<CommitResult> checkStagedKeys(
      ChannelReplica.StagedTransaction applied, Staging staged) {
    ChannelReplica.DuplicateKey twice = applied.duplicate;
    if (twice != null) {
      return Optional.of(new CommitResult.DuplicateKey(twice.tableId(), twice.key(), false));
    }
    List<KeysInFlight.Inserted> inline = List.copyOf(keys);
    for (Map.Entry<Long, List<Long>> each : staged.segmentIds.entrySet()) {
      TableLayout layout = layout(each.getKey(), staged).orElseThrow();
      for (long segmentId : layout.hasKey() ? each.getValue() : List.<Long>of()) {
        GrowingRows rows = replica.segment(segmentId).orElseThrow().growing();
        for (KeysInFlight.Inserted other : inline) {
          Keys inserted = other.keys();
          for (int i = 0; inserted != null && i < inserted.count(); i++) {
            if (other.tableId() == layout.tableId()
                && rows.newestWithKey(inserted, i) != SegmentRows.NO_ROW) {
              return duplicate(layout, inserted, i, false);
            }
          }
        }
        int count = rows.appendedCount();
        for (int from = 0; from < count; from += RowBatch.ROW_COUNT_TARGET) {
          Keys some = rows.keys(from, Math.min(RowBatch.ROW_COUNT_TARGET, count - from));
          Optional<CommitResult> duplicate = checkExisting(layout, some);
          if (duplicate.isPresent()) {
            return duplicate;
          }
        }
        keys.add(new KeysInFlight.Inserted(layout.tableId(), null, rows));
      }
    }
    return Optional.empty();
  }

  /// Looks for living rows with these keys that the front end could not see at its snapshot, and
  /// for those still in memory in any case.
  private Optional<CommitResult> checkExisting(TableLayout layout, Keys inserted) {
    for (int i = 0; i < inserted.count(); i++) {
      if (keysInFlight.contains(layout.tableId(), inserted, i)) {
        return duplicate(layout, inserted, i, true);
      }
    }
    for (SegmentReplica segment : replica.segments()) {
      if (segment.tableId() != layout.tableId()
          || segment.state() == SegmentState.STAGED
          || segment.incarnation() != layout.incarnation()) {
        continue;
      }
      SegmentRows rows = ReshapedRows.of(segment.rows(), layout.columns());
      if (segment.state() == SegmentState.FLUSHED
          && rows.maxCommitTimestamp() <= request.snapshot()) {
        continue;
      }
      for (int i = 0; i < inserted.count(); i++) {
        int row = rows.findKey(inserted, i, Long.MAX_VALUE - 1, segment.deletes());
        if (row != SegmentRows.NO_ROW) {
          long address = RowAddress.of(segment.segmentId(), row);
          if (!deletedSet.contains(address) && !pendingDeletes.contains(address)) {
            return duplicate(layout, inserted, i, rows.commitTimestamp(row) > request.snapshot());
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<CommitResult> duplicate(
      TableLayout layout, Keys keys, int index, boolean sinceSnapshot) {
    return Optional.of(
        new CommitResult.DuplicateKey(layout.tableId(), keys.values(index), sinceSnapshot));
  }
}
