package quiver.execution.operator;

import java.util.Arrays;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;
import quiver.execution.rows.GroupTable;

/// Left rows with the right rows of equal keys. NULL keys join nothing, unless the join is
/// NULL-aware: then a pair also counts when only NULLs stand against its equality.
final class HashPairs implements PairSource {
  private static final int NONE = -1;

  private final RowBatch right;
  private final List<Integer> leftKeys;
  private final List<Column> rightKeys;
  private final boolean nullAware;
  private final GroupTable table;
  private final int[] heads;
  private final int[] following;
  private final int[] nullKeyed;
  private List<Column> keys = List.of();
  private int[] groups = new int[0];
  private int leftCount;
  private int leftRow;
  private int candidate;
  private int extra;
  private boolean entered;

  HashPairs(
      RowBatch right,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      List<SqlType> keyTypes,
      boolean nullAware) {
    this.right = right;
    this.leftKeys = leftKeys;
    this.rightKeys = rightKeys.stream().map(right::column).toList();
    this.nullAware = nullAware;
    this.table = new GroupTable(keyTypes);
    int rowCount = right.rowCount();
    int[] rightGroups = new int[rowCount];
    table.assign(this.rightKeys, rowCount, rightGroups);
    this.heads = new int[table.count()];
    this.following = new int[rowCount];
    Arrays.fill(heads, NONE);
    int[] withNull = new int[rowCount];
    int withNullCount = 0;
    // From the last row, so that each chain lists its rows in order.
    for (int row = rowCount - 1; row >= 0; row--) {
      if (anyNull(this.rightKeys, row)) {
        withNull[withNullCount++] = row;
        continue;
      }
      following[row] = heads[rightGroups[row]];
      heads[rightGroups[row]] = row;
    }
    this.nullKeyed = nullAware ? Arrays.copyOf(withNull, withNullCount) : new int[0];
  }

  private static boolean anyNull(List<Column> columns, int row) {
    for (Column column : columns) {
      if (column.isNull(row)) {
        return true;
      }
    }
    return false;
  }

  long sizeBytes() {
    return table.sizeBytes() + 4L * (heads.length + following.length + nullKeyed.length);
  }

  @Override
  public void start(RowBatch left) {
    leftCount = left.rowCount();
    keys = leftKeys.stream().map(left::column).toList();
    if (groups.length < leftCount) {
      groups = new int[leftCount];
    }
    table.find(keys, leftCount, groups);
    leftRow = 0;
    entered = false;
  }

  @Override
  public int next(int[] leftRows, int[] rightRows) {
    int count = 0;
    while (leftRow < leftCount) {
      if (!entered) {
        enter();
      }
      while (candidate != NONE) {
        if (count == PAIR_COUNT_MAX) {
          return count;
        }
        leftRows[count] = leftRow;
        rightRows[count++] = candidate;
        candidate = following[candidate];
      }
      int extras = extraCount();
      while (extra < extras) {
        if (count == PAIR_COUNT_MAX) {
          return count;
        }
        int row = extraRow(extra++);
        if (mayBeEqual(leftRow, row)) {
          leftRows[count] = leftRow;
          rightRows[count++] = row;
        }
      }
      leftRow++;
      entered = false;
    }
    return count;
  }

  private void enter() {
    entered = true;
    boolean unmatched = groups[leftRow] == GroupTable.ABSENT || anyNull(keys, leftRow);
    candidate = unmatched ? NONE : heads[groups[leftRow]];
    extra = 0;
  }

  /// Right rows to look at besides those of equal keys: all for a left key with NULL, else those
  /// with NULL.
  private int extraCount() {
    if (!nullAware) {
      return 0;
    }
    return anyNull(keys, leftRow) ? right.rowCount() : nullKeyed.length;
  }

  private int extraRow(int index) {
    return anyNull(keys, leftRow) ? index : nullKeyed[index];
  }

  private boolean mayBeEqual(int left, int rightRow) {
    for (int i = 0; i < keys.size(); i++) {
      Object a = keys.get(i).valueAt(left);
      Object b = rightKeys.get(i).valueAt(rightRow);
      if (a != null && b != null && !DatumOrder.of(rightKeys.get(i).type()).equal(a, b)) {
        return false;
      }
    }
    return true;
  }
}
