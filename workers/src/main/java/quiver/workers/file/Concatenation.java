package quiver.workers.file;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;

/// Columns of one type, one after the other.
final class Concatenation {
  private Concatenation() {}

  static Column of(List<Column> parts) {
    int rowCount = 0;
    for (Column part : parts) {
      rowCount += part.rowCount();
    }
    Column first = parts.getFirst();
    Nulls nulls = nulls(parts, rowCount);
    return switch (first) {
      case LongColumn ignored -> {
        long[] values = new long[rowCount];
        int at = 0;
        for (Column part : parts) {
          System.arraycopy(((LongColumn) part).values(), 0, values, at, part.rowCount());
          at += part.rowCount();
        }
        yield new LongColumn(first.type(), rowCount, values, nulls);
      }
      case DoubleColumn ignored -> {
        double[] values = new double[rowCount];
        int at = 0;
        for (Column part : parts) {
          System.arraycopy(((DoubleColumn) part).values(), 0, values, at, part.rowCount());
          at += part.rowCount();
        }
        yield new DoubleColumn(first.type(), rowCount, values, nulls);
      }
      case ObjectColumn ignored -> {
        @Nullable Object[] values = new @Nullable Object[rowCount];
        int at = 0;
        for (Column part : parts) {
          System.arraycopy(((ObjectColumn) part).values(), 0, values, at, part.rowCount());
          at += part.rowCount();
        }
        yield new ObjectColumn(first.type(), rowCount, values, nulls);
      }
      case VectorColumn vectors -> {
        long rowBytes = 4L * vectors.dimension();
        MemorySegment rows = MemorySegment.ofArray(new float[rowCount * vectors.dimension()]);
        long at = 0;
        for (Column part : parts) {
          long bytes = rowBytes * part.rowCount();
          MemorySegment.copy(((VectorColumn) part).rows(), 0, rows, at, bytes);
          at += bytes;
        }
        yield new VectorColumn(first.type(), vectors.dimension(), rowCount, rows, nulls);
      }
    };
  }

  private static Nulls nulls(List<Column> parts, int rowCount) {
    long[] words = new long[(rowCount + 63) >>> 6];
    int at = 0;
    for (Column part : parts) {
      if (part.nulls().any()) {
        for (int row = 0; row < part.rowCount(); row++) {
          if (part.isNull(row)) {
            words[(at + row) >>> 6] |= 1L << (at + row);
          }
        }
      }
      at += part.rowCount();
    }
    return Nulls.ofWords(words);
  }
}
