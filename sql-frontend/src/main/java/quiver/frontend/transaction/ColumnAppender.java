package quiver.frontend.transaction;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;

/// A column that grows at its end. Entries are written once, so that views of a prefix stay valid
/// while rows are appended. Used by one thread; views may be read by any.
final class ColumnAppender {
  private final SqlType type;
  private final int dimension;
  private int rowCount;
  private long[] longs = {};
  private double[] doubles = {};
  private float[] floats = {};
  private @Nullable Object[] objects = {};
  private long[] nullWords = {};
  private boolean anyNull;

  ColumnAppender(SqlType type) {
    this.type = type;
    this.dimension = Math.max(1, type.modifier());
  }

  void append(Column column) {
    int count = column.rowCount();
    int needed = rowCount + count;
    switch (column) {
      case LongColumn from -> {
        longs = Arrays.copyOf(longs, capacity(longs.length, needed));
        System.arraycopy(from.values(), 0, longs, rowCount, count);
      }
      case DoubleColumn from -> {
        doubles = Arrays.copyOf(doubles, capacity(doubles.length, needed));
        System.arraycopy(from.values(), 0, doubles, rowCount, count);
      }
      case ObjectColumn from -> {
        objects = Arrays.copyOf(objects, capacity(objects.length, needed));
        System.arraycopy(from.values(), 0, objects, rowCount, count);
      }
      case VectorColumn from -> {
        long floatCount = (long) needed * dimension;
        if (floatCount > Integer.MAX_VALUE - 8) {
          throw new QuiverException(
              SqlState.PROGRAM_LIMIT_EXCEEDED, "too many rows written in one transaction");
        }
        floats = Arrays.copyOf(floats, capacity(floats.length, (int) floatCount));
        java.lang.foreign.MemorySegment.copy(
            from.rows(), VectorColumn.FLOAT, 0, floats, rowCount * dimension, count * dimension);
      }
    }
    appendNulls(column.nulls(), count, needed);
    rowCount = needed;
  }

  private void appendNulls(Nulls nulls, int count, int needed) {
    if (!nulls.any()) {
      return;
    }
    anyNull = true;
    if (nullWords.length < (needed + 63) >>> 6) {
      nullWords = Arrays.copyOf(nullWords, Math.max(2 * nullWords.length, (needed + 63) >>> 6));
    }
    for (int i = 0; i < count; i++) {
      if (nulls.isNull(i)) {
        nullWords[(rowCount + i) >>> 6] |= 1L << (rowCount + i);
      }
    }
  }

  private static int capacity(int now, int needed) {
    if (needed <= now) {
      return now;
    }
    long doubled = Math.max(16, now + (long) (now >> 1));
    return (int) Math.max(needed, Math.min(doubled, Integer.MAX_VALUE - 8));
  }

  /// The rows so far.
  Column view() {
    Nulls nulls =
        anyNull ? Nulls.ofWords(Arrays.copyOf(nullWords, (rowCount + 63) >>> 6)) : Nulls.NONE;
    return switch (type.layout()) {
      case LONG -> new LongColumn(type, rowCount, longs, nulls);
      case DOUBLE -> new DoubleColumn(type, rowCount, doubles, nulls);
      case OBJECT -> new ObjectColumn(type, rowCount, objects, nulls);
      case VECTOR -> VectorColumn.ofArray(type, dimension, rowCount, floats, nulls);
    };
  }
}
