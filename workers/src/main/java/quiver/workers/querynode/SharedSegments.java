package quiver.workers.querynode;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import quiver.rpc.Share;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableView;

/// The segments that a share of a table consists of.
public final class SharedSegments {
  private SharedSegments() {}

  /// Those of a view.
  ///
  /// @return segments that the view pins
  /// @throws quiver.common.error.QuiverException [Share#refused]
  public static List<SegmentView> of(TableView view, Share share, long snapshot) {
    if (share.isAll()) {
      return view.segments();
    }
    List<SegmentView> then = view.segmentsAt(snapshot).orElseThrow(Share::refused);
    return switch (share) {
      case Share.Segments(var ids) -> {
        Set<Long> mine = new HashSet<>(ids);
        yield then.stream().filter(segment -> mine.contains(segment.segmentId())).toList();
      }
      case Share.Except(var ids) -> {
        Set<Long> others = new HashSet<>(ids);
        yield then.stream().filter(segment -> !others.contains(segment.segmentId())).toList();
      }
    };
  }
}
