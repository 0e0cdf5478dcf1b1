package quiver.workers.segment;

import java.util.Map;
import quiver.vector.index.SearcherPool;

/// Rows of one segment and the indexes over them, as one thing that is pinned while it is read.
///
/// @param indexes searchers by index id
public record LoadedSegment(
    Pinned<? extends SegmentRows> rows, Map<Long, Pinned<SearcherPool>> indexes) {
  public LoadedSegment {
    indexes = Map.copyOf(indexes);
  }

  /// Rows without an index.
  public static LoadedSegment of(Pinned<? extends SegmentRows> rows) {
    return new LoadedSegment(rows, Map.of());
  }

  /// Takes one more pin of rows and indexes.
  public void pin() {
    rows.pin();
    indexes.values().forEach(Pinned::pin);
  }

  /// Gives the pins of rows and indexes back.
  public void unpin() {
    indexes.values().forEach(Pinned::unpin);
    rows.unpin();
  }
}
