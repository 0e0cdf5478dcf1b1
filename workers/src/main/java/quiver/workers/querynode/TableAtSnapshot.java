package quiver.workers.querynode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import quiver.common.column.RowAddress;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.TableSnapshot;
import quiver.rpc.Share;
import quiver.workers.channel.TableReading;
import quiver.workers.segment.Keys;
import quiver.workers.segment.OpenedSegments;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;
import quiver.workers.segment.TableView;

/// A pinned table at one snapshot.
final class TableAtSnapshot implements TableSnapshot {
  private final TableView view;
  private final long snapshot;
  private final long[] excluded;
  private final OpenedSegments shared;
  private final List<SegmentSnapshot> segments;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// @param reading whose pin this snapshot gives back, also when it fails; its addresses count as
  ///   deleted
  /// @param layout what a transaction has made of the table, if it has
  TableAtSnapshot(
      TableReading reading,
      Optional<TableLayout> layout,
      long snapshot,
      Share share,
      SegmentAtSnapshot.Indexes indexes) {
    this.view = reading.view();
    this.snapshot = snapshot;
    this.excluded = reading.addresses();
    try {
      this.shared =
          OpenedSegments.of(
              SharedSegments.of(view, share, snapshot), layout.orElse(view.layout()).columns());
    } catch (RuntimeException e) {
      view.unpin();
      throw e;
    }
    try {
      this.segments = visible(indexes);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private List<SegmentSnapshot> visible(SegmentAtSnapshot.Indexes indexes) {
    List<SegmentSnapshot> all = new ArrayList<>(shared.segments().size());
    for (SegmentView segment : shared.segments()) {
      if (snapshot < segment.rows().droppedBefore()) {
        throw new QuiverException(SqlState.SNAPSHOT_TOO_OLD, "snapshot too old");
      }
      SegmentAtSnapshot seen = new SegmentAtSnapshot(segment, snapshot, excluded, indexes);
      if (seen.visibleCount() > 0) {
        all.add(seen);
      }
    }
    return List.copyOf(all);
  }

  @Override
  public List<SegmentSnapshot> segments() {
    return segments;
  }

  @Override
  public long[] rowsWithKey(List<Object> key) {
    Keys keys = Keys.ofDatums(view.layout().keyOrdinals(), view.layout().types(), key);
    long address = find(shared.segments(), keys, 0, snapshot);
    return address < 0 || isExcluded(address) ? new long[0] : new long[] {address};
  }

  private boolean isExcluded(long address) {
    return Arrays.binarySearch(excluded, address) >= 0;
  }

  /// The address of the visible row with key `index`, or -1. Newest segments first: keys that are
  /// looked up again are mostly young.
  static long find(List<SegmentView> segments, Keys keys, int index, long snapshot) {
    for (int i = segments.size() - 1; i >= 0; i--) {
      SegmentView segment = segments.get(i);
      int row = segment.rows().findKey(keys, index, snapshot, segment.deletes());
      if (row != SegmentRows.NO_ROW) {
        return RowAddress.of(segment.segmentId(), row);
      }
    }
    return -1;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      shared.close();
      view.unpin();
    }
  }
}
