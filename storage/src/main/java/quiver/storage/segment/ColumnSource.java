package quiver.storage.segment;

import quiver.common.column.Column;

/// Where a segment writer gets its rows from.
@FunctionalInterface
public interface ColumnSource {
  /// Rows `fromRow … fromRow+count-1` of a column, in the layout of its type.
  ///
  /// @param ordinal index of the column in the segment's description
  Column read(int ordinal, int fromRow, int count);
}
