package quiver.execution.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowAddress;
import quiver.common.plan.HiddenColumns;
import quiver.common.type.SqlType;
import quiver.execution.expression.InputRows;
import quiver.execution.source.SegmentSnapshot;

/// Rows of one segment: columns at `ordinals`, then (at index `ordinals.size()`) the row address.
/// Columns are read from the segment when they are first asked for.
final class SegmentRows implements InputRows {
  private final SegmentSnapshot segment;
  private final List<Integer> ordinals;
  private final List<SqlType> types;
  private final @Nullable SegmentRows block;
  private final int from;
  private final int[] rows;
  private final int count;
  private final @Nullable Column[] columns;

  private SegmentRows(
      SegmentSnapshot segment,
      List<Integer> ordinals,
      List<SqlType> types,
      @Nullable SegmentRows block,
      int from,
      int[] rows,
      int count) {
    this.segment = segment;
    this.ordinals = ordinals;
    this.types = types;
    this.block = block;
    this.from = from;
    this.rows = rows;
    this.count = count;
    this.columns = new @Nullable Column[ordinals.size() + 1];
  }

  /// Rows `from … from+count-1`.
  ///
  /// @param types of the columns, which are stored without what a user has made of their types
  static SegmentRows block(
      SegmentSnapshot segment, List<Integer> ordinals, List<SqlType> types, int from, int count) {
    return new SegmentRows(segment, ordinals, types, null, from, new int[0], count);
  }

  /// Rows picked by number.
  static SegmentRows picked(
      SegmentSnapshot segment, List<Integer> ordinals, List<SqlType> types, int[] rows, int count) {
    return new SegmentRows(segment, ordinals, types, null, 0, rows, count);
  }

  private boolean isBlock() {
    return block == null && rows.length == 0;
  }

  @Override
  public int rowCount() {
    return count;
  }

  @Override
  public Column column(int index) {
    Column column = columns[index];
    if (column == null) {
      column = index == ordinals.size() ? addresses() : read(index).as(types.get(index));
      columns[index] = column;
    }
    return column;
  }

  private Column read(int index) {
    int ordinal = ordinals.get(index);
    if (ordinal < 0) {
      return hidden(ordinal);
    }
    if (isBlock()) {
      return segment.column(ordinal, from, count);
    }
    SegmentRows parent = block;
    Column known = parent == null ? null : parent.columns[index];
    if (known == null) {
      return segment.gather(ordinal, rows, 0, count);
    }
    int[] relative = new int[count];
    for (int i = 0; i < count; i++) {
      relative[i] = rows[i] - from;
    }
    return known.gather(relative, 0, count);
  }

  private Column hidden(int ordinal) {
    int[] wanted = rows;
    if (isBlock()) {
      wanted = new int[count];
      for (int i = 0; i < count; i++) {
        wanted[i] = from + i;
      }
    }
    return hidden(segment, ordinal, wanted, count);
  }

  /// The rows `rows[0] … rows[count-1]` of a column of a segment, which may be a hidden one.
  static Column gather(SegmentSnapshot segment, int ordinal, int[] rows, int count) {
    return ordinal < 0
        ? hidden(segment, ordinal, rows, count)
        : segment.gather(ordinal, rows, 0, count);
  }

  private static Column hidden(SegmentSnapshot segment, int ordinal, int[] rows, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          ordinal == HiddenColumns.XMIN
              ? HiddenColumns.xmin(segment.commitTimestamp(rows[i]))
              : RowAddress.of(segment.segmentId(), rows[i]);
    }
    return new LongColumn(HiddenColumns.type(ordinal), count, values, Nulls.NONE);
  }

  private Column addresses() {
    long[] addresses = new long[count];
    for (int i = 0; i < count; i++) {
      addresses[i] = RowAddress.of(segment.segmentId(), isBlock() ? from + i : rows[i]);
    }
    return new LongColumn(SqlType.INT8, count, addresses, Nulls.NONE);
  }

  @Override
  public InputRows select(int[] selected, int selectedCount) {
    int[] absolute = new int[selectedCount];
    for (int i = 0; i < selectedCount; i++) {
      absolute[i] = isBlock() ? from + selected[i] : rows[selected[i]];
    }
    return new SegmentRows(
        segment, ordinals, types, isBlock() ? this : block, from, absolute, selectedCount);
  }
}
