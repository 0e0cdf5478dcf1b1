package quiver.execution.source;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import quiver.common.column.Column;
import quiver.common.column.RowMask;
import quiver.common.column.VectorColumn;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;

/// Columns in memory as a segment: the uncommitted rows of a transaction, and tests. Vectors are
/// copied off-heap when they are first searched. Safe for every thread.
public final class MemorySegmentSnapshot implements SegmentSnapshot {
  private final long segmentId;
  private final int rowCount;
  private final List<Column> columns;
  private final RowMask visible;
  private final int visibleCount;
  private final Map<Integer, VectorRows> vectors = new ConcurrentHashMap<>();

  /// @param columns every column of the table, in order
  /// @param visible not changed from now on
  public MemorySegmentSnapshot(long segmentId, List<Column> columns, RowMask visible) {
    this.segmentId = segmentId;
    this.rowCount = visible.rowCount();
    this.columns = List.copyOf(columns);
    this.visible = visible;
    this.visibleCount = visible.cardinality();
  }

  @Override
  public long segmentId() {
    return segmentId;
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public RowMask visible() {
    return visible;
  }

  @Override
  public int visibleCount() {
    return visibleCount;
  }

  @Override
  public Column column(int ordinal, int fromRow, int count) {
    return columns.get(ordinal).slice(fromRow, count);
  }

  @Override
  public Column gather(int ordinal, int[] rows, int from, int count) {
    return columns.get(ordinal).gather(rows, from, count);
  }

  @Override
  public Optional<ZoneMap> zones(int ordinal) {
    return Optional.empty();
  }

  @Override
  public VectorRows vectors(int ordinal) {
    return vectors.computeIfAbsent(ordinal, this::copyVectors);
  }

  private VectorRows copyVectors(int ordinal) {
    if (!(columns.get(ordinal) instanceof VectorColumn column)) {
      throw new IllegalArgumentException("column " + ordinal + " holds no vectors");
    }
    RowMask present = RowMask.all(rowCount);
    for (int row = 0; row < rowCount; row++) {
      if (column.isNull(row)) {
        present.remove(row);
      }
    }
    MemorySegment rows = column.rows();
    if (!rows.isNative()) {
      MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, rows.byteSize()), 64);
      copy.copyFrom(rows);
      rows = copy;
    }
    return VectorRows.of(column.dimension(), rowCount, rows, present);
  }

  @Override
  public Optional<SearcherPool> vectorIndex(long indexId) {
    return Optional.empty();
  }
}
