package quiver.coordinators.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import quiver.rpc.meta.SegmentReport;

/// Which segments of a table are worth merging.
///
/// @param rowsMax rows a merged segment may have
/// @param smallRowsMax a segment below this is small
/// @param smallCountMin so many small segments are merged by themselves
/// @param droppablePercentMin a segment with so many rows that a merge would drop is written anew
/// @param droppableMin and at least so many
public record MergePolicy(
    long rowsMax,
    long smallRowsMax,
    int smallCountMin,
    int droppablePercentMin,
    long droppableMin) {
  public static final MergePolicy DEFAULT = new MergePolicy(1 << 20, 1 << 18, 4, 20, 1000);

  /// Groups of segments to merge.
  ///
  /// @param segments flushed segments of one table that no task names
  /// @param eager merge two small segments already, and drop any droppable row
  public List<List<Long>> choose(List<SegmentReport> segments, boolean eager) {
    List<SegmentReport> small = new ArrayList<>();
    List<List<Long>> groups = new ArrayList<>();
    for (SegmentReport segment : segments) {
      if (segment.rowCount() - segment.droppableCount() < smallRowsMax) {
        small.add(segment);
      } else if (hasManyDroppable(segment, eager)) {
        groups.add(List.of(segment.segmentId()));
      }
    }
    small.sort(Comparator.comparingLong(SegmentReport::segmentId));
    List<Long> group = new ArrayList<>();
    long rows = 0;
    int countMin = eager ? 2 : smallCountMin;
    for (SegmentReport segment : small) {
      long live = segment.rowCount() - segment.droppableCount();
      if (rows + live > rowsMax) {
        addGroup(groups, group, countMin);
        group = new ArrayList<>();
        rows = 0;
      }
      group.add(segment.segmentId());
      rows += live;
    }
    if (group.size() < countMin) {
      for (SegmentReport segment : small) {
        if (group.contains(segment.segmentId()) && hasManyDroppable(segment, eager)) {
          groups.add(List.of(segment.segmentId()));
        }
      }
    }
    addGroup(groups, group, countMin);
    return groups;
  }

  private boolean hasManyDroppable(SegmentReport segment, boolean eager) {
    long droppable = segment.droppableCount();
    return eager
        ? droppable > 0
        : droppable >= droppableMin && droppable * 100 >= segment.rowCount() * droppablePercentMin;
  }

  private static void addGroup(List<List<Long>> groups, List<Long> group, int countMin) {
    if (group.size() >= countMin) {
      groups.add(List.copyOf(group));
    }
  }
}
