package quiver.workers.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The segments of a table in one immutable list, pinned as a whole: a reader takes a pin, reads at
/// any snapshot, and gives the pin back.
public final class TableView {
  private final TableLayout layout;
  private final List<SegmentView> segments;
  private final Map<Long, SegmentView> replaced;
  private final long knownSince;
  private final long begun;
  private final Pinned<List<SegmentView>> pinned;

  /// Pins every segment. The view starts with one pin, which belongs to its maker.
  ///
  /// @param replaced segments that merges have put others in the place of, as they were then, by id
  /// @param knownSince merges before this timestamp are not known
  /// @param begun when the table, or this incarnation of it, began
  public TableView(
      TableLayout layout,
      List<SegmentView> segments,
      Map<Long, SegmentView> replaced,
      long knownSince,
      long begun) {
    this.layout = layout;
    this.segments = List.copyOf(segments);
    this.replaced = Map.copyOf(replaced);
    this.knownSince = knownSince;
    this.begun = begun;
    List<SegmentView> all = new ArrayList<>(this.segments);
    all.addAll(this.replaced.values());
    all.forEach(segment -> segment.loaded().pin());
    this.pinned = new Pinned<>(all, () -> all.forEach(segment -> segment.loaded().unpin()));
  }

  public TableLayout layout() {
    return layout;
  }

  /// What the table had before this timestamp is gone.
  public long begun() {
    return begun;
  }

  public List<SegmentView> segments() {
    return segments;
  }

  /// The segments the table consisted of at `snapshot`: the same on every node that has applied the
  /// log up to there, whatever it has applied since. Segments that began later have no rows then.
  ///
  /// @return empty if that is not known any more
  public Optional<List<SegmentView>> segmentsAt(long snapshot) {
    if (snapshot < knownSince) {
      return Optional.empty();
    }
    List<SegmentView> found = new ArrayList<>(segments.size());
    for (SegmentView segment : segments) {
      if (!addAt(snapshot, segment, found)) {
        return Optional.empty();
      }
    }
    return Optional.of(found);
  }

  private boolean addAt(long snapshot, SegmentView segment, List<SegmentView> found) {
    if (segment.origin().since() <= snapshot) {
      found.add(segment);
      return true;
    }
    for (long id : segment.origin().replaced()) {
      SegmentView before = replaced.get(id);
      if (before == null || !addAt(snapshot, before, found)) {
        return false;
      }
    }
    return true;
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
