package quiver.workers.channel;

import java.util.Map;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.TableLayout;

/// Gives a replica the files that records and checkpoints name.
public interface SegmentFiles {
  /// Opens a segment file and its index files; the caller gets the pins.
  LoadedSegment open(SealedSegment segment, TableLayout table);

  /// What became of each row of the segments that a compacted segment replaced.
  RowMoves rowMap(SealedSegment segment);

  /// Rows of compacted segments in their new segment.
  ///
  /// @param newRows per replaced segment and old row the new row, or -1 for a row that was dropped;
  ///   not modified
  record RowMoves(Map<Long, int[]> newRows) {
    public RowMoves {
      newRows = Map.copyOf(newRows);
    }

    /// Old rows in the map.
    long rowCount() {
      long count = 0;
      for (int[] rows : newRows.values()) {
        count += rows.length;
      }
      return count;
    }

    /// The new row of an old one, or -1.
    int newRow(long segmentId, int row) {
      int[] rows = newRows.get(segmentId);
      return rows == null || row >= rows.length ? -1 : rows[row];
    }
  }
}
