package quiver.workers.querynode;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.execution.rows.ColumnBuilder;
import quiver.rpc.QueryNodeService;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;

/// Reads whole rows by their addresses.
final class FoundRows {
  private FoundRows() {}

  /// The rows at those addresses, as rows of `table` that are not [QueryNodeService#ABSENT], in
  /// order.
  static RowBatch read(List<SegmentView> segments, TableLayout table, long[] addresses) {
    int count = 0;
    for (long address : addresses) {
      count += address == QueryNodeService.ABSENT ? 0 : 1;
    }
    List<ColumnBuilder> columns = new ArrayList<>();
    for (var type : table.types()) {
      columns.add(new ColumnBuilder(type, Math.max(1, count)));
    }
    int at = 0;
    for (long address : addresses) {
      if (address != QueryNodeService.ABSENT) {
        int[] row = {RowAddress.row(address)};
        int[] position = {at++};
        SegmentView segment =
            segment(segments, RowAddress.segmentId(address)).withColumns(table.columns());
        for (int ordinal = 0; ordinal < columns.size(); ordinal++) {
          Column value = segment.rows().gather(ordinal, row, 0, 1);
          columns.get(ordinal).scatter(value, position, 1);
        }
      }
    }
    int rowCount = count;
    return new RowBatch(
        rowCount, columns.stream().map(builder -> builder.build(rowCount)).toList());
  }

  private static SegmentView segment(List<SegmentView> segments, long segmentId) {
    for (SegmentView segment : segments) {
      if (segment.segmentId() == segmentId) {
        return segment;
      }
    }
    throw new IllegalStateException("the view has no segment " + segmentId);
  }
}
