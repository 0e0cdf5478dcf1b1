package quiver.workers.channel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import quiver.common.column.RowAddress;
import quiver.common.time.Timestamp;
import quiver.workers.segment.SegmentView;

/// Segments that merges have put others in the place of, kept for a while as they were then: a
/// reader whose snapshot is older than the merge sees the table as it was cut up at its snapshot.
/// Used under the replica's lock.
final class ReplacedSegments {
  private final long keptMillis;
  private final LinkedHashMap<Long, Replaced> byId = new LinkedHashMap<>();

  /// @param view whose deletes are all deaths before `at` and none after it
  private record Replaced(
      long tableId, SegmentView view, long at, long successor, SegmentFiles.RowMoves moves) {}

  /// @param keptMillis how long a segment stays, by the timestamps of the log; 0: not at all
  ReplacedSegments(long keptMillis) {
    this.keptMillis = keptMillis;
  }

  /// Keeps a segment that is about to be removed.
  void add(
      long tableId,
      SegmentView segment,
      long timestamp,
      long successor,
      SegmentFiles.RowMoves moves) {
    if (keptMillis > 0) {
      segment.loaded().pin();
      byId.put(segment.segmentId(), new Replaced(tableId, segment, timestamp, successor, moves));
    }
  }

  /// Those of a table.
  Map<Long, SegmentView> of(long tableId) {
    Map<Long, SegmentView> found = new HashMap<>();
    byId.forEach((id, each) -> {
      if (each.tableId == tableId) {
        found.put(id, each.view);
      }
    });
    return found;
  }

  /// Lets go of what was replaced too long before `now`.
  ///
  /// @return the tables concerned
  Set<Long> expire(long now) {
    Set<Long> tableIds = new HashSet<>();
    Iterator<Replaced> oldest = byId.values().iterator();
    while (oldest.hasNext()) {
      Replaced each = oldest.next();
      if (Timestamp.epochMillis(now) - Timestamp.epochMillis(each.at) <= keptMillis) {
        break;
      }
      oldest.remove();
      each.view.loaded().unpin();
      tableIds.add(each.tableId);
    }
    return tableIds;
  }

  /// Adds the addresses that row versions had in these segments.
  void addFormer(NavigableSet<Long> addresses) {
    List<Map.Entry<Long, Replaced>> newestFirst = new ArrayList<>(byId.entrySet()).reversed();
    for (Map.Entry<Long, Replaced> each : newestFirst) {
      Replaced segment = each.getValue();
      if (addresses
          .subSet(RowAddress.of(segment.successor, 0), RowAddress.of(segment.successor + 1, 0))
          .isEmpty()) {
        continue;
      }
      int[] newRows = segment.moves.newRows().getOrDefault(each.getKey(), new int[0]);
      for (int row = 0; row < newRows.length; row++) {
        if (newRows[row] >= 0
            && addresses.contains(RowAddress.of(segment.successor, newRows[row]))) {
          addresses.add(RowAddress.of(each.getKey(), row));
        }
      }
    }
  }

  void close() {
    byId.values().forEach(each -> each.view.loaded().unpin());
    byId.clear();
  }
}
