package quiver.workers.segment;

import java.util.ArrayList;
import java.util.List;

/// Segments of a pinned table with their rows at hand, as long as this is open. Used by one thread
/// at a time.
public final class OpenedSegments implements AutoCloseable {
  private final List<SegmentView> segments;
  private final List<LoadedSegment> pins;

  private OpenedSegments(List<SegmentView> segments, List<LoadedSegment> pins) {
    this.segments = segments;
    this.pins = pins;
  }

  /// Opens those of them whose files are not open.
  ///
  /// @param segments that a view pins as long as this is open
  /// @param columns of the rows
  public static OpenedSegments of(List<SegmentView> segments, List<StoredColumn> columns) {
    List<SegmentView> opened = new ArrayList<>(segments.size());
    List<LoadedSegment> pins = new ArrayList<>();
    try {
      for (SegmentView segment : segments) {
        SegmentView readable = segment;
        if (segment.rows() instanceof UnopenedRows unopened) {
          LoadedSegment content = unopened.open();
          pins.add(content);
          readable = segment.opened(content);
        }
        opened.add(readable.withColumns(columns));
      }
    } catch (RuntimeException e) {
      pins.forEach(LoadedSegment::unpin);
      throw e;
    }
    return new OpenedSegments(List.copyOf(opened), pins);
  }

  public List<SegmentView> segments() {
    return segments;
  }

  @Override
  public void close() {
    pins.forEach(LoadedSegment::unpin);
    pins.clear();
  }
}
