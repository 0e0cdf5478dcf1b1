package quiver.workers.segment;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowMask;

/// One segment as it is read: its rows in their present form, the deletes that stay with it in
/// every form, and the visible rows computed last.
public final class SegmentView {
  private final long segmentId;
  private final LoadedSegment loaded;
  private final SegmentRows rows;
  private final DeleteMap deletes;
  private final Origin origin;
  private final AtomicReference<@Nullable Visible> newest;

  /// How a segment came into being.
  ///
  /// @param since the timestamp from which its rows are here; before it they were in `replaced`. 0:
  ///   they have always been here
  public record Origin(long since, List<Long> replaced) {
    /// Its rows have always been here.
    public static final Origin ROWS = new Origin(0, List.of());

    public Origin {
      replaced = List.copyOf(replaced);
    }
  }

  /// Rows visible at a snapshot.
  ///
  /// @param mask not to be changed
  public record Visible(int rowCount, int deleteCount, boolean all, RowMask mask, int count) {}

  public SegmentView(long segmentId, LoadedSegment loaded, DeleteMap deletes, Origin origin) {
    this(segmentId, loaded, loaded.rows().value(), deletes, origin, new AtomicReference<>());
  }

  private SegmentView(
      long segmentId,
      LoadedSegment loaded,
      SegmentRows rows,
      DeleteMap deletes,
      Origin origin,
      AtomicReference<@Nullable Visible> newest) {
    this.segmentId = segmentId;
    this.loaded = loaded;
    this.rows = rows;
    this.deletes = deletes;
    this.origin = origin;
    this.newest = newest;
  }

  /// The same segment as rows of other columns.
  public SegmentView withColumns(List<StoredColumn> columns) {
    SegmentRows reshaped = ReshapedRows.of(rows, columns);
    return reshaped.equals(rows)
        ? this
        : new SegmentView(segmentId, loaded, reshaped, deletes, origin, newest);
  }

  /// The same segment, of [UnopenedRows], with its rows at hand.
  SegmentView opened(LoadedSegment content) {
    return new SegmentView(segmentId, content, content.rows().value(), deletes, origin, newest);
  }

  public long segmentId() {
    return segmentId;
  }

  public LoadedSegment loaded() {
    return loaded;
  }

  public SegmentRows rows() {
    return rows;
  }

  public DeleteMap deletes() {
    return deletes;
  }

  public Origin origin() {
    return origin;
  }

  /// The rows committed at or before `snapshot` and not deleted by then.
  public Visible visible(long snapshot) {
    // Deaths are counted first: a row that died was published before.
    int deleteCount = deletes.countAt(snapshot);
    long newestCommit = rows.maxCommitTimestamp();
    int rowCount = rows.rowCount();
    boolean all = newestCommit <= snapshot && rows.maxCommitTimestamp() == newestCommit;
    Visible known = newest.get();
    if (all && known != null && known.all() && known.rowCount() == rowCount) {
      if (known.deleteCount() == deleteCount) {
        return known;
      }
      if (known.deleteCount() < deleteCount) {
        RowMask mask = known.mask().copy();
        deletes.removeFrom(mask, known.deleteCount(), deleteCount);
        return remember(rowCount, deleteCount, true, mask);
      }
    }
    RowMask mask = rows.committed(snapshot, rowCount);
    deletes.removeFrom(mask, 0, deleteCount);
    return remember(rowCount, deleteCount, all, mask);
  }

  private Visible remember(int rowCount, int deleteCount, boolean all, RowMask mask) {
    Visible visible = new Visible(rowCount, deleteCount, all, mask, mask.cardinality());
    Visible known = newest.get();
    if (all
        && (known == null
            || rowCount > known.rowCount()
            || (rowCount == known.rowCount() && deleteCount > known.deleteCount()))) {
      newest.set(visible);
    }
    return visible;
  }
}
