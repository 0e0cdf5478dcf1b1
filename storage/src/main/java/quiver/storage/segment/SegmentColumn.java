package quiver.storage.segment;

import quiver.common.type.SqlType;

/// One column of a segment file.
///
/// @param columnId the column's id in the catalog, which outlives renames and drops
public record SegmentColumn(int columnId, SqlType type) {}
