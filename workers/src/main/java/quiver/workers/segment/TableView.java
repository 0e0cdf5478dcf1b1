package quiver.workers.segment;

import java.util.List;

/// The segments of a table in one immutable list, pinned as a whole: a reader takes a pin, reads at
/// any snapshot, and gives the pin back.
public final class TableView {
  private final TableLayout layout;
  private final List<SegmentView> segments;
  private final Pinned<List<SegmentView>> pinned;

  /// Pins every segment. The view starts with one pin, which belongs to its maker.
  public TableView(TableLayout layout, List<SegmentView> segments) {
    this.layout = layout;
    this.segments = List.copyOf(segments);
    this.segments.forEach(segment -> segment.loaded().pin());
    this.pinned =
        new Pinned<>(
            this.segments, () -> this.segments.forEach(segment -> segment.loaded().unpin()));
  }

  public TableLayout layout() {
    return layout;
  }

  public List<SegmentView> segments() {
    return segments;
  }

  /// Takes a pin unless the view is gone: then ask for the newest view again.
  public boolean tryPin() {
    return pinned.tryPin();
  }

  /// Gives a pin back; the last one frees what no other view holds.
  public void unpin() {
    pinned.unpin();
  }
}
