package quiver.workers.channel;

import java.util.List;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.TableLayout;

/// Gives a replica the files that records and checkpoints name.
public interface SegmentFiles {
  /// Opens a segment file and its index files; the caller gets the pins.
  LoadedSegment open(SealedSegment segment, TableLayout table);

  /// What became of each row of the replaced segments.
  RowMap rowMap(String name);

  /// Rows of compacted segments in their new segment.
  ///
  /// @param segmentIds the replaced segments
  /// @param newRows per replaced segment and old row the new row, or -1 for a row that was dropped;
  ///   not modified
  record RowMap(List<Long> segmentIds, List<int[]> newRows) {
    public RowMap {
      segmentIds = List.copyOf(segmentIds);
      newRows = List.copyOf(newRows);
    }
  }
}
