package quiver.execution.search;

import org.jspecify.annotations.Nullable;
import quiver.common.column.RowMask;
import quiver.execution.source.SegmentSnapshot;
import quiver.vector.index.RowFilter;

/// One segment with the rows that may be returned.
///
/// @param allowed null: every row of the segment
public record SearchTarget(SegmentSnapshot segment, @Nullable RowMask allowed, int allowedCount) {
  RowFilter filter() {
    return allowed == null ? RowFilter.all() : new RowFilter.MaskedRows(allowed, allowedCount);
  }
}
