package quiver.execution.spill;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;
import quiver.execution.rows.ColumnBuilder;

/// Batches as bytes for spill files: written and read by the same process, so the layout may change
/// with any version.
final class BatchCodec {
  private static final int ALL_NULL = 0;
  private static final int LONGS = 1;
  private static final int DOUBLES = 2;
  private static final int VECTORS = 3;
  private static final int OBJECTS = 4;

  private BatchCodec() {}

  /// Whether columns of the type have a byte form.
  static boolean canWrite(SqlType type) {
    return !type.isPseudo() && type.base() != BaseType.UNKNOWN;
  }

  static void write(ByteWriter out, RowBatch batch) {
    out.putInt(batch.rowCount());
    for (Column column : batch.columns()) {
      write(out, column);
    }
  }

  private static boolean isAllNull(Column column) {
    if (!column.nulls().any()) {
      return false;
    }
    for (int row = 0; row < column.rowCount(); row++) {
      if (!column.isNull(row)) {
        return false;
      }
    }
    return true;
  }

  private static void write(ByteWriter out, Column column) {
    int rowCount = column.rowCount();
    if (isAllNull(column)) {
      out.putByte(ALL_NULL);
      return;
    }
    switch (column) {
      case LongColumn longs -> {
        out.putByte(LONGS);
        writeNulls(out, longs.nulls(), rowCount);
        for (int row = 0; row < rowCount; row++) {
          out.putLong(longs.values()[row]);
        }
      }
      case DoubleColumn doubles -> {
        out.putByte(DOUBLES);
        writeNulls(out, doubles.nulls(), rowCount);
        for (int row = 0; row < rowCount; row++) {
          out.putDouble(doubles.values()[row]);
        }
      }
      case VectorColumn vectors -> {
        out.putByte(VECTORS);
        writeNulls(out, vectors.nulls(), rowCount);
        out.putInt(vectors.dimension());
        int sizeBytes = Math.toIntExact(vectors.rows().byteSize());
        ByteBuffer room = out.room(sizeBytes);
        MemorySegment.copy(
            vectors.rows(),
            ValueLayout.JAVA_BYTE,
            0,
            room.array(),
            room.arrayOffset() + room.position(),
            sizeBytes);
        room.position(room.position() + sizeBytes);
      }
      case ObjectColumn objects -> {
        out.putByte(OBJECTS);
        writeNulls(out, objects.nulls(), rowCount);
        for (int row = 0; row < rowCount; row++) {
          Object value = objects.values()[row];
          if (value != null) {
            DatumCodec.write(out, objects.type(), value);
          }
        }
      }
    }
  }

  private static void writeNulls(ByteWriter out, Nulls nulls, int rowCount) {
    out.putByte(nulls.any() ? 1 : 0);
    if (nulls.any()) {
      for (int word = 0; word < (rowCount + 63) >>> 6; word++) {
        out.putLong(word < nulls.words().length ? nulls.words()[word] : 0);
      }
    }
  }

  private static Nulls readNulls(ByteBuffer in, int rowCount) {
    if (in.get() == 0) {
      return Nulls.NONE;
    }
    long[] words = new long[(rowCount + 63) >>> 6];
    for (int word = 0; word < words.length; word++) {
      words[word] = in.getLong();
    }
    return Nulls.ofWords(words);
  }

  static RowBatch read(ByteBuffer in, List<SqlType> types) {
    in.order(ByteOrder.LITTLE_ENDIAN);
    int rowCount = in.getInt();
    List<Column> columns = new ArrayList<>(types.size());
    for (SqlType type : types) {
      columns.add(read(in, type, rowCount));
    }
    return new RowBatch(rowCount, columns);
  }

  private static Column read(ByteBuffer in, SqlType type, int rowCount) {
    int kind = in.get();
    if (kind == ALL_NULL) {
      return ColumnBuilder.repeat(type, null, rowCount);
    }
    Nulls nulls = readNulls(in, rowCount);
    return switch (kind) {
      case LONGS -> {
        long[] values = new long[rowCount];
        in.asLongBuffer().get(values);
        in.position(in.position() + 8 * rowCount);
        yield new LongColumn(type, rowCount, values, nulls);
      }
      case DOUBLES -> {
        double[] values = new double[rowCount];
        in.asDoubleBuffer().get(values);
        in.position(in.position() + 8 * rowCount);
        yield new DoubleColumn(type, rowCount, values, nulls);
      }
      case VECTORS -> {
        int dimension = in.getInt();
        float[] values = new float[rowCount * dimension];
        in.asFloatBuffer().get(values);
        in.position(in.position() + 4 * values.length);
        yield VectorColumn.ofArray(type, dimension, rowCount, values, nulls);
      }
      case OBJECTS -> {
        @Nullable Object[] values = new @Nullable Object[rowCount];
        for (int row = 0; row < rowCount; row++) {
          if (!nulls.isNull(row)) {
            values[row] = DatumCodec.read(in, type);
          }
        }
        yield new ObjectColumn(type, rowCount, values, nulls);
      }
      default -> throw new IllegalStateException("column kind " + kind);
    };
  }
}
