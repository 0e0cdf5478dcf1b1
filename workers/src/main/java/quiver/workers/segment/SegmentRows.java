package quiver.workers.segment;

import java.util.List;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.RowMask;
import quiver.common.type.SqlType;
import quiver.execution.source.ZoneMap;
import quiver.vector.index.VectorRows;

/// The rows of one segment, deleted or not: growing in memory or sealed in a file. Rows and their
/// commit timestamps never change once they are published; one thread at a time adds rows, any
/// thread reads.
public interface SegmentRows {
  /// Published rows: `0 … rowCount-1`.
  int rowCount();

  /// Largest commit timestamp of a published row, 0 when there is none.
  long maxCommitTimestamp();

  /// When a row was committed.
  long commitTimestamp(int row);

  /// Which of the first `rowCount` rows were committed at or before `snapshot`.
  RowMask committed(long snapshot, int rowCount);

  /// Ids of the columns, by ordinal.
  List<Integer> columnIds();

  SqlType columnType(int ordinal);

  /// Rows `fromRow … fromRow+count-1` of a column.
  Column column(int ordinal, int fromRow, int count);

  /// The rows `rows[from] … rows[from+count-1]` of a column.
  Column gather(int ordinal, int[] rows, int from, int count);

  Optional<ZoneMap> zones(int ordinal);

  /// The vectors of the first `rowCount` rows of a `vector(n)` column.
  VectorRows vectors(int ordinal, int rowCount);

  /// The first row, newest first, whose key is key `index` of `keys` and which was committed at or
  /// before `snapshot` and not deleted by then; [#NO_ROW] when there is none.
  int findKey(Keys keys, int index, long snapshot, DeleteMap deletes);

  /// No row has the key.
  int NO_ROW = -1;

  /// Rows that were dead at this timestamp may be missing: older snapshots cannot be read. 0: none
  /// is missing.
  default long droppedBefore() {
    return 0;
  }

  /// Memory outside files that the rows occupy.
  long memoryBytes();
}
