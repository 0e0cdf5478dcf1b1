package quiver.workers.segment;

import java.util.List;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.RowMask;
import quiver.common.type.SqlType;
import quiver.execution.source.ZoneMap;
import quiver.vector.index.VectorRows;

/// Stands for the rows of a segment whose files are opened when somebody reads them. How many there
/// are is known, and nothing else: whoever reads rows takes [SegmentView#opened].
public abstract class UnopenedRows implements SegmentRows {
  /// The rows and indexes, with a pin that the caller gives back. The first caller waits for the
  /// files to come from far away.
  public abstract LoadedSegment open();

  private static IllegalStateException notOpen() {
    return new IllegalStateException("the segment has not been opened");
  }

  @Override
  public final long commitTimestamp(int row) {
    throw notOpen();
  }

  @Override
  public final RowMask committed(long snapshot, int rowCount) {
    throw notOpen();
  }

  @Override
  public final List<Integer> columnIds() {
    throw notOpen();
  }

  @Override
  public final SqlType columnType(int ordinal) {
    throw notOpen();
  }

  @Override
  public final Column column(int ordinal, int fromRow, int count) {
    throw notOpen();
  }

  @Override
  public final Column gather(int ordinal, int[] rows, int from, int count) {
    throw notOpen();
  }

  @Override
  public final Optional<ZoneMap> zones(int ordinal) {
    throw notOpen();
  }

  @Override
  public final VectorRows vectors(int ordinal, int rowCount) {
    throw notOpen();
  }

  @Override
  public final int findKey(Keys keys, int index, long snapshot, DeleteMap deletes) {
    throw notOpen();
  }

  @Override
  public final long droppedBefore() {
    throw notOpen();
  }

  @Override
  public final long memoryBytes() {
    return 0;
  }
}
