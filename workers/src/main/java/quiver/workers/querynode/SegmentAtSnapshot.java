package quiver.workers.querynode;

import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.column.RowMask;
import quiver.execution.index.ScalarIndex;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.ZoneMap;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;
import quiver.workers.segment.Pinned;
import quiver.workers.segment.SegmentView;

/// A pinned segment at one snapshot.
final class SegmentAtSnapshot implements SegmentSnapshot {
  private final SegmentView view;
  private final int rowCount;
  private final RowMask visible;
  private final int visibleCount;
  private final Indexes indexes;

  /// Finds indexes over the first rows of a table's segments that no file holds.
  interface Indexes {
    Optional<ScalarIndex> scalar(long indexId, SegmentView segment, int rowCount);

    /// Of a growing segment.
    Optional<SearcherPool> vector(long indexId, SegmentView segment, int rowCount);
  }

  /// @param excluded sorted addresses that count as deleted
  SegmentAtSnapshot(SegmentView view, long snapshot, long[] excluded, Indexes indexes) {
    this.view = view;
    this.indexes = indexes;
    SegmentView.Visible seen = view.visible(snapshot);
    this.rowCount = seen.rowCount();
    int from = lowerBound(excluded, RowAddress.of(view.segmentId(), 0));
    int to = lowerBound(excluded, RowAddress.of(view.segmentId() + 1, 0));
    if (from == to) {
      this.visible = seen.mask();
      this.visibleCount = seen.count();
    } else {
      RowMask mask = seen.mask().copy();
      for (int i = from; i < to; i++) {
        if (RowAddress.row(excluded[i]) < rowCount) {
          mask.remove(RowAddress.row(excluded[i]));
        }
      }
      this.visible = mask;
      this.visibleCount = mask.cardinality();
    }
  }

  private static int lowerBound(long[] sorted, long value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public long segmentId() {
    return view.segmentId();
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
    return view.rows().column(ordinal, fromRow, count);
  }

  @Override
  public Column gather(int ordinal, int[] rows, int from, int count) {
    return view.rows().gather(ordinal, rows, from, count);
  }

  @Override
  public long commitTimestamp(int row) {
    return view.rows().commitTimestamp(row);
  }

  @Override
  public Optional<ZoneMap> zones(int ordinal) {
    return ordinal < 0 ? Optional.empty() : view.rows().zones(ordinal);
  }

  @Override
  public VectorRows vectors(int ordinal) {
    return view.rows().vectors(ordinal, rowCount);
  }

  @Override
  public Optional<SearcherPool> vectorIndex(long indexId) {
    Pinned<SearcherPool> file = view.loaded().indexes().get(indexId);
    return file == null ? indexes.vector(indexId, view, rowCount) : Optional.of(file.value());
  }

  @Override
  public Optional<ScalarIndex> scalarIndex(long indexId) {
    return indexes.scalar(indexId, view, rowCount);
  }
}
