package quiver.frontend.transaction;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;
import quiver.common.type.SqlType;
import quiver.common.value.DatumCodec;

/// The value that rows older than a column have in it.
final class Missing {
  private Missing() {}

  static Column column(ColumnDefinition column, int rowCount) {
    @Nullable Object value =
        column
            .missing()
            .map(bytes ->
                DatumCodec.read(
                    ByteBuffer.wrap(bytes.array()).order(ByteOrder.LITTLE_ENDIAN), column.type()))
            .orElse(null);
    SqlType type = column.type();
    long[] words = new long[(rowCount + 63) >>> 6];
    if (value == null) {
      java.util.Arrays.fill(words, -1L);
      if ((rowCount & 63) != 0) {
        words[words.length - 1] = (1L << rowCount) - 1;
      }
    }
    Nulls nulls = Nulls.ofWords(words);
    return switch (type.layout()) {
      case LONG -> {
        long[] values = new long[rowCount];
        long one =
            switch (value) {
              case Boolean bool -> bool ? 1 : 0;
              case Long number -> number;
              case null, default -> 0;
            };
        java.util.Arrays.fill(values, one);
        yield new LongColumn(type, rowCount, values, nulls);
      }
      case DOUBLE -> {
        double[] values = new double[rowCount];
        java.util.Arrays.fill(values, value instanceof Double number ? number : 0);
        yield new DoubleColumn(type, rowCount, values, nulls);
      }
      case VECTOR -> {
        float[] values = new float[rowCount * type.modifier()];
        float[] one = value instanceof float[] vector ? vector : new float[type.modifier()];
        for (int row = 0; row < rowCount; row++) {
          System.arraycopy(one, 0, values, row * type.modifier(), type.modifier());
        }
        yield VectorColumn.ofArray(type, type.modifier(), rowCount, values, nulls);
      }
      case OBJECT -> {
        @Nullable Object[] values = new @Nullable Object[rowCount];
        java.util.Arrays.fill(values, value);
        yield ObjectColumn.of(type, rowCount, values);
      }
    };
  }
}
