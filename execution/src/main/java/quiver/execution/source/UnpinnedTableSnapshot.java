package quiver.execution.source;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.value.DatumOrder;

/// A snapshot over segments that live as long as somebody refers to them.
record UnpinnedTableSnapshot(List<SegmentSnapshot> segments, List<Integer> keyOrdinals)
    implements TableSnapshot {
  @Override
  public long[] rowsWithKey(List<Object> key) {
    List<Long> addresses = new ArrayList<>();
    for (SegmentSnapshot segment : segments) {
      int[] rows = segment.visible().toRows();
      List<Column> columns =
          keyOrdinals.stream().map(o -> segment.gather(o, rows, 0, rows.length)).toList();
      for (int i = 0; i < rows.length; i++) {
        if (matches(columns, i, key)) {
          addresses.add(RowAddress.of(segment.segmentId(), rows[i]));
        }
      }
    }
    return addresses.stream().mapToLong(Long::longValue).toArray();
  }

  private static boolean matches(List<Column> columns, int row, List<Object> key) {
    for (int i = 0; i < columns.size(); i++) {
      Object value = columns.get(i).valueAt(row);
      if (value == null || !DatumOrder.of(columns.get(i).type()).equal(value, key.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {}
}
