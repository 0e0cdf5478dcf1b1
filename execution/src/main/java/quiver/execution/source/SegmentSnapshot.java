package quiver.execution.source;

import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.index.ScalarIndex;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;

/// One segment of a [TableSnapshot]: row numbers `0 … rowCount-1`, of which only those of
/// [#visible] exist for the reader. Columns are addressed by ordinal (position in the table's
/// columns) and have the table's types.
public interface SegmentSnapshot {
  long segmentId();

  int rowCount();

  /// Rows inserted at or before the snapshot and not deleted by then. Not to be changed.
  RowMask visible();

  /// Cardinality of [#visible].
  int visibleCount();

  /// Rows `fromRow … fromRow+count-1` of a column, visible or not. Cost: proportional to `count`;
  /// fixed-width columns of sealed segments are views where the format allows it.
  Column column(int ordinal, int fromRow, int count);

  /// The rows `rows[from] … rows[from+count-1]`, ascending or not, of a column.
  Column gather(int ordinal, int[] rows, int from, int count);

  /// When a row was committed.
  ///
  /// @throws QuiverException `0A000` for rows that are not
  default long commitTimestamp(int row) {
    throw new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED,
        "xmin of a row that its own transaction has not committed yet is not supported");
  }

  /// Minimum, maximum and NULL count per block of a column, if they are known.
  Optional<ZoneMap> zones(int ordinal);

  /// The vectors of a `vector(n)` column, for exact search; not masked by [#visible].
  VectorRows vectors(int ordinal);

  /// Searchers of the index with this id; empty when the segment has none yet.
  Optional<SearcherPool> vectorIndex(long indexId);

  /// The scalar index with this id over all rows of the segment, visible or not; empty when there
  /// is none.
  default Optional<ScalarIndex> scalarIndex(long indexId) {
    return Optional.empty();
  }
}
