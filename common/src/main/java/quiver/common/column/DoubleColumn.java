package quiver.common.column;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;

/// A column of [quiver.common.type.Layout#DOUBLE].
///
/// @param values at least `rowCount` entries; the entry of a NULL row is unspecified
public record DoubleColumn(SqlType type, int rowCount, double[] values, Nulls nulls)
    implements Column {
  @Override
  public @Nullable Object valueAt(int row) {
    return nulls.isNull(row) ? null : (Object) values[row];
  }

  @Override
  public DoubleColumn gather(int[] rows, int from, int count) {
    double[] gathered = new double[count];
    for (int i = 0; i < count; i++) {
      gathered[i] = values[rows[from + i]];
    }
    return new DoubleColumn(type, count, gathered, nulls.gather(rows, from, count));
  }

  @Override
  public DoubleColumn slice(int from, int count) {
    if (from == 0) {
      return new DoubleColumn(
          type, count, values, count == rowCount ? nulls : nulls.slice(0, count));
    }
    return new DoubleColumn(
        type, count, Arrays.copyOfRange(values, from, from + count), nulls.slice(from, count));
  }
}
