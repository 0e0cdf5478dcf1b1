package quiver.common.column;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;

/// A column of [quiver.common.type.Layout#VECTOR]: `rowCount` rows of `dimension` little-endian
/// float32, row-major, without gaps. The memory may be native, mapped or a heap array
/// (`MemorySegment.ofArray(float[])`); who made the column keeps the memory alive while it is used.
/// The floats of a NULL row are unspecified.
///
/// @param rows exactly `rowCount * dimension * 4` bytes
public record VectorColumn(
    SqlType type, int dimension, int rowCount, MemorySegment rows, Nulls nulls) implements Column {
  /// One float32 of a row, at any alignment.
  public static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// A column over a heap array of `rowCount * dimension` floats, owned by the column from now on.
  public static VectorColumn ofArray(
      SqlType type, int dimension, int rowCount, float[] values, Nulls nulls) {
    return new VectorColumn(
        type,
        dimension,
        rowCount,
        MemorySegment.ofArray(values).asSlice(0, 4L * rowCount * dimension),
        nulls);
  }

  /// A copy of one row, whether it is NULL or not.
  public float[] row(int row) {
    float[] copy = new float[dimension];
    MemorySegment.copy(rows, FLOAT, 4L * row * dimension, copy, 0, dimension);
    return copy;
  }

  @Override
  public @Nullable Object valueAt(int row) {
    return nulls.isNull(row) ? null : row(row);
  }

  @Override
  public VectorColumn gather(int[] selected, int from, int count) {
    float[] gathered = new float[count * dimension];
    for (int i = 0; i < count; i++) {
      MemorySegment.copy(
          rows, FLOAT, 4L * selected[from + i] * dimension, gathered, i * dimension, dimension);
    }
    return ofArray(type, dimension, count, gathered, nulls.gather(selected, from, count));
  }

  @Override
  public VectorColumn slice(int from, int count) {
    return new VectorColumn(
        type,
        dimension,
        count,
        rows.asSlice(4L * from * dimension, 4L * count * dimension),
        nulls.slice(from, count));
  }
}
