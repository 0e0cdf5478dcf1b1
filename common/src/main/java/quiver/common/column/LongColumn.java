package quiver.common.column;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// A column of [quiver.common.type.Layout#LONG].
///
/// @param values at least `rowCount` entries; the entry of a NULL row is unspecified
public record LongColumn(SqlType type, int rowCount, long[] values, Nulls nulls) implements Column {
  @Override
  public @Nullable Object valueAt(int row) {
    if (nulls.isNull(row)) {
      return null;
    }
    return type.base() == BaseType.BOOL ? (Object) (values[row] != 0) : (Object) values[row];
  }

  @Override
  public LongColumn gather(int[] rows, int from, int count) {
    long[] gathered = new long[count];
    for (int i = 0; i < count; i++) {
      gathered[i] = values[rows[from + i]];
    }
    return new LongColumn(type, count, gathered, nulls.gather(rows, from, count));
  }

  @Override
  public LongColumn slice(int from, int count) {
    if (from == 0) {
      return new LongColumn(type, count, values, count == rowCount ? nulls : nulls.slice(0, count));
    }
    return new LongColumn(
        type, count, Arrays.copyOfRange(values, from, from + count), nulls.slice(from, count));
  }
}
