package quiver.workers.segment;

import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;
import quiver.common.type.SqlType;

/// Makes columns out of datums.
public final class Columns {
  private Columns() {}

  /// A column of one value.
  public static Column ofDatum(SqlType type, @Nullable Object datum) {
    return ofDatums(type, java.util.Collections.singletonList(datum));
  }

  /// A column of values, null for NULL.
  public static Column ofDatums(SqlType type, List<? extends @Nullable Object> datums) {
    int count = datums.size();
    long[] nullWords = new long[(count + 63) >>> 6];
    for (int row = 0; row < count; row++) {
      if (datums.get(row) == null) {
        nullWords[row >>> 6] |= 1L << row;
      }
    }
    Nulls nulls = Nulls.ofWords(nullWords);
    return switch (type.layout()) {
      case LONG -> {
        long[] values = new long[count];
        for (int row = 0; row < count; row++) {
          values[row] =
              switch (datums.get(row)) {
                case null -> 0;
                case Boolean bool -> bool ? 1 : 0;
                case Number number -> number.longValue();
                case Object other -> throw new IllegalArgumentException("datum " + other);
              };
        }
        yield new LongColumn(type, count, values, nulls);
      }
      case DOUBLE -> {
        double[] values = new double[count];
        for (int row = 0; row < count; row++) {
          values[row] = datums.get(row) instanceof Number number ? number.doubleValue() : 0;
        }
        yield new DoubleColumn(type, count, values, nulls);
      }
      case VECTOR -> {
        int dimension = type.modifier();
        float[] values = new float[count * dimension];
        for (int row = 0; row < count; row++) {
          if (datums.get(row) instanceof float[] vector) {
            System.arraycopy(vector, 0, values, row * dimension, dimension);
          }
        }
        yield VectorColumn.ofArray(type, dimension, count, values, nulls);
      }
      case OBJECT -> ObjectColumn.of(type, count, datums.toArray());
    };
  }
}
