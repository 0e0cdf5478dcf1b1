package quiver.common.column;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;

/// A column of [quiver.common.type.Layout#OBJECT]: a NULL row holds null.
///
/// @param values at least `rowCount` entries of the class that [quiver.common.type.BaseType] names,
///   or null
public record ObjectColumn(SqlType type, int rowCount, @Nullable Object[] values, Nulls nulls)
    implements Column {
  /// A column whose NULL rows are the null entries of `values`.
  public static ObjectColumn of(SqlType type, int rowCount, @Nullable Object[] values) {
    long[] words = new long[(rowCount + 63) >>> 6];
    for (int i = 0; i < rowCount; i++) {
      if (values[i] == null) {
        words[i >>> 6] |= 1L << i;
      }
    }
    return new ObjectColumn(type, rowCount, values, Nulls.ofWords(words));
  }

  @Override
  public @Nullable Object valueAt(int row) {
    return values[row];
  }

  @Override
  public ObjectColumn gather(int[] rows, int from, int count) {
    @Nullable Object[] gathered = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      gathered[i] = values[rows[from + i]];
    }
    return new ObjectColumn(type, count, gathered, nulls.gather(rows, from, count));
  }

  @Override
  public ObjectColumn slice(int from, int count) {
    if (from == 0) {
      return new ObjectColumn(
          type, count, values, count == rowCount ? nulls : nulls.slice(0, count));
    }
    return new ObjectColumn(
        type, count, Arrays.copyOfRange(values, from, from + count), nulls.slice(from, count));
  }
}
