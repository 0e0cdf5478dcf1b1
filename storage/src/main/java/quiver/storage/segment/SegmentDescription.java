package quiver.storage.segment;

import java.util.List;

/// What a segment file holds.
///
/// @param schemaVersion the table's version the rows were written under
public record SegmentDescription(
    long tableId, long segmentId, int schemaVersion, int rowCount, List<SegmentColumn> columns) {
  public SegmentDescription {
    if (rowCount < 0) {
      throw new IllegalArgumentException("row count " + rowCount);
    }
    columns = List.copyOf(columns);
  }
}
