package quiver.workers.querynode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.value.DatumOrder;
import quiver.execution.index.IndexQuery;
import quiver.execution.index.KeyRange;
import quiver.execution.index.ScalarIndex;
import quiver.execution.indexkey.IndexKeys;
import quiver.rpc.QueryNodeService;
import quiver.workers.scalar.IndexedTable;
import quiver.workers.scalar.SegmentIndexes;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.SegmentView;

/// Finds the visible rows with given keys of a unique index.
final class UniqueLookup {
  private final SegmentIndexes indexes;
  private final IndexedTable index;
  private final List<SegmentView> segments;
  private final long snapshot;
  private final long[] excluded;

  /// @param excluded sorted addresses that count as deleted
  UniqueLookup(
      SegmentIndexes indexes,
      IndexedTable index,
      List<SegmentView> segments,
      long snapshot,
      long[] excluded) {
    this.indexes = indexes;
    this.index = index;
    this.segments = segments;
    this.snapshot = snapshot;
    this.excluded = excluded;
  }

  /// Per key the address of its row, or [QueryNodeService#ABSENT]. Newest segments are looked at
  /// first: keys that are looked up again are mostly young.
  long[] find(RowBatch keys) {
    long[] found = new long[keys.rowCount()];
    Arrays.fill(found, QueryNodeService.ABSENT);
    for (int i = segments.size() - 1; i >= 0; i--) {
      SegmentView segment = segments.get(i);
      int rowCount = segment.rows().rowCount();
      if (rowCount == 0) {
        continue;
      }
      ScalarIndex structure = indexes.of(index, segment, rowCount);
      for (int at = 0; at < found.length; at++) {
        if (found[at] == QueryNodeService.ABSENT) {
          found[at] = find(segment, structure, keys, at);
        }
      }
    }
    return found;
  }

  private long find(SegmentView segment, ScalarIndex structure, RowBatch keys, int at) {
    List<@Nullable Object> key = new ArrayList<>();
    keys.columns().forEach(column -> key.add(column.valueAt(at)));
    int[] candidates = structure.rows(new IndexQuery.Ranges(List.of(KeyRange.ofPrefix(key))));
    int count = 0;
    for (int row : candidates) {
      if (isVisible(segment, row)) {
        candidates[count++] = row;
      }
    }
    if (count == 0) {
      return QueryNodeService.ABSENT;
    }
    IndexKeys.Entries entries = index.entries(segment.rows(), Arrays.copyOf(candidates, count));
    for (int i = 0; i < entries.rows().length; i++) {
      if (isEqual(entries.keys(), i, key)) {
        return RowAddress.of(segment.segmentId(), entries.rows()[i]);
      }
    }
    return QueryNodeService.ABSENT;
  }

  private boolean isVisible(SegmentView segment, int row) {
    SegmentRows rows = segment.rows();
    return rows.commitTimestamp(row) <= snapshot
        && segment.deletes().deathOf(row) > snapshot
        && Arrays.binarySearch(excluded, RowAddress.of(segment.segmentId(), row)) < 0;
  }

  private static boolean isEqual(List<Column> columns, int row, List<@Nullable Object> key) {
    for (int i = 0; i < key.size(); i++) {
      Object value = columns.get(i).valueAt(row);
      Object wanted = key.get(i);
      boolean bothNull = value == null && wanted == null;
      if (!bothNull
          && (value == null
              || wanted == null
              || !DatumOrder.of(columns.get(i).type()).equal(value, wanted))) {
        return false;
      }
    }
    return true;
  }
}
