package quiver.execution.rows;

import java.util.Arrays;
import java.util.Locale;
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

/// Fills a column row by row, in any order or appending. Rows never set are NULL. Used by one
/// thread.
public final class ColumnBuilder {
  private final SqlType type;
  private final int dimension;
  private int capacity;
  private int rowCount;
  private long[] longs = {};
  private double[] doubles = {};
  private float[] floats = {};
  private @Nullable Object[] objects = {};
  private long[] present;

  /// @param capacity rows expected
  public ColumnBuilder(SqlType type, int capacity) {
    this.type = type;
    this.capacity = capacity;
    this.dimension =
        switch (type.layout()) {
          case VECTOR -> type.modifier();
          case LONG, DOUBLE, OBJECT -> 0;
        };
    switch (type.layout()) {
      case LONG -> longs = new long[capacity];
      case DOUBLE -> doubles = new double[capacity];
      case VECTOR -> floats = new float[floatCount(capacity)];
      case OBJECT -> objects = new @Nullable Object[capacity];
    }
    this.present = new long[(capacity + 63) >>> 6];
  }

  /// The column in which every row is `value`.
  public static Column repeat(SqlType type, @Nullable Object value, int rowCount) {
    ColumnBuilder builder = new ColumnBuilder(type, rowCount);
    if (value != null && rowCount > 0) {
      switch (type.layout()) {
        case LONG -> Arrays.fill(builder.longs, toLong(value));
        case DOUBLE -> Arrays.fill(builder.doubles, (Double) value);
        case OBJECT -> Arrays.fill(builder.objects, value);
        case VECTOR -> {
          for (int row = 0; row < rowCount; row++) {
            builder.set(row, value);
          }
        }
      }
      Arrays.fill(builder.present, -1L);
    }
    return builder.build(rowCount);
  }

  public int rowCount() {
    return rowCount;
  }

  private void ensure(int rows) {
    if (rows <= capacity) {
      return;
    }
    capacity = Math.max(rows, Math.max(16, capacity * 2));
    switch (type.layout()) {
      case LONG -> longs = Arrays.copyOf(longs, capacity);
      case DOUBLE -> doubles = Arrays.copyOf(doubles, capacity);
      case VECTOR -> floats = Arrays.copyOf(floats, floatCount(capacity));
      case OBJECT -> objects = Arrays.copyOf(objects, capacity);
    }
    present = Arrays.copyOf(present, (capacity + 63) >>> 6);
  }

  private int floatCount(int rows) {
    long count = (long) rows * dimension;
    if (count > Integer.MAX_VALUE - 16) {
      throw new QuiverException(SqlState.OUT_OF_MEMORY, "out of memory")
          .withDetail(
              String.format(
                  Locale.ROOT, "%d vectors of %d dimensions in one column.", rows, dimension));
    }
    return (int) count;
  }

  private static long toLong(Object value) {
    return value instanceof Boolean truth ? (truth ? 1 : 0) : (Long) value;
  }

  /// Sets one row; null for NULL.
  public void set(int row, @Nullable Object value) {
    ensure(row + 1);
    rowCount = Math.max(rowCount, row + 1);
    if (value == null) {
      return;
    }
    present[row >>> 6] |= 1L << row;
    switch (type.layout()) {
      case LONG -> longs[row] = toLong(value);
      case DOUBLE -> doubles[row] = (Double) value;
      case OBJECT -> objects[row] = value;
      case VECTOR -> {
        float[] vector = (float[]) value;
        System.arraycopy(vector, 0, floats, row * dimension, dimension);
      }
    }
  }

  public void append(@Nullable Object value) {
    set(rowCount, value);
  }

  public void appendLong(long value) {
    int row = rowCount;
    ensure(row + 1);
    rowCount = row + 1;
    present[row >>> 6] |= 1L << row;
    longs[row] = value;
  }

  /// Appends one row of a column.
  public void append(Column column, int row) {
    copy(column, row, rowCount);
  }

  /// Appends every row of a column.
  public void appendAll(Column column) {
    int count = column.rowCount();
    int at = rowCount;
    ensure(at + count);
    switch (column) {
      case LongColumn from when longs.length > 0 ->
          System.arraycopy(from.values(), 0, longs, at, count);
      case DoubleColumn from when doubles.length > 0 ->
          System.arraycopy(from.values(), 0, doubles, at, count);
      case ObjectColumn from when objects.length > 0 ->
          System.arraycopy(from.values(), 0, objects, at, count);
      default -> {
        for (int i = 0; i < count; i++) {
          copy(column, i, at + i);
        }
        return;
      }
    }
    rowCount = Math.max(rowCount, at + count);
    for (int i = 0; i < count; i++) {
      if (!column.isNull(i)) {
        present[(at + i) >>> 6] |= 1L << (at + i);
      }
    }
  }

  /// Sets row `to` to row `from` of a column.
  public void copy(Column column, int from, int to) {
    ensure(to + 1);
    rowCount = Math.max(rowCount, to + 1);
    if (column.isNull(from)) {
      return;
    }
    if (column instanceof LongColumn source && longs.length > 0) {
      longs[to] = source.values()[from];
      present[to >>> 6] |= 1L << to;
    } else if (column instanceof DoubleColumn source && doubles.length > 0) {
      doubles[to] = source.values()[from];
      present[to >>> 6] |= 1L << to;
    } else {
      set(to, column.valueAt(from));
    }
  }

  /// Sets rows `positions[i]` to rows `i` of `part`, for `i < count`.
  public void scatter(Column part, int[] positions, int count) {
    for (int i = 0; i < count; i++) {
      copy(part, i, positions[i]);
    }
  }

  /// The column of everything set so far.
  public Column build() {
    return build(rowCount);
  }

  /// A column of `count` rows; rows never set are NULL. The builder is not used afterwards.
  public Column build(int count) {
    ensure(count);
    long[] nulls = new long[(count + 63) >>> 6];
    for (int i = 0; i < nulls.length; i++) {
      nulls[i] = ~present[i];
    }
    if ((count & 63) != 0) {
      nulls[nulls.length - 1] &= (1L << (count & 63)) - 1;
    }
    Nulls mask = Nulls.ofWords(nulls);
    return switch (type.layout()) {
      case LONG -> new LongColumn(type, count, longs, mask);
      case DOUBLE -> new DoubleColumn(type, count, doubles, mask);
      case OBJECT -> new ObjectColumn(type, count, objects, mask);
      case VECTOR -> VectorColumn.ofArray(type, dimension, count, floats, mask);
    };
  }
}
