package quiver.rpc.codec;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;

/// A column: its layout (byte), type, row count (int32), NULL bits (count of words int32, words),
/// then its values, as they are in memory.
final class ColumnForm implements Form {
  private static final byte LONGS = 0;
  private static final byte DOUBLES = 1;
  private static final byte VECTORS = 2;
  private static final byte OBJECTS = 3;

  private final Form type;
  private final DatumForm datum;

  ColumnForm(Form type, DatumForm datum) {
    this.type = type;
    this.datum = datum;
  }

  @Override
  public void write(WireOutput out, @Nullable Object value) {
    switch ((Column) value) {
      case LongColumn longs -> {
        head(out, LONGS, longs);
        int bytes = Math.multiplyExact(8, longs.rowCount());
        ByteBuffer room = out.bytes.room(bytes);
        room.asLongBuffer().put(longs.values(), 0, longs.rowCount());
        room.position(room.position() + bytes);
      }
      case DoubleColumn doubles -> {
        head(out, DOUBLES, doubles);
        int bytes = Math.multiplyExact(8, doubles.rowCount());
        ByteBuffer room = out.bytes.room(bytes);
        room.asDoubleBuffer().put(doubles.values(), 0, doubles.rowCount());
        room.position(room.position() + bytes);
      }
      case VectorColumn vectors -> {
        head(out, VECTORS, vectors);
        out.bytes.putInt(vectors.dimension());
        int bytes = Math.toIntExact(vectors.rows().byteSize());
        ByteBuffer room = out.bytes.room(bytes);
        MemorySegment.ofBuffer(room.slice(room.position(), bytes)).copyFrom(vectors.rows());
        room.position(room.position() + bytes);
      }
      case ObjectColumn objects -> {
        head(out, OBJECTS, objects);
        for (int row = 0; row < objects.rowCount(); row++) {
          datum.write(out, objects.values()[row]);
        }
      }
      case null -> throw new NullPointerException("column");
    }
  }

  private void head(WireOutput out, byte layout, Column column) {
    out.bytes.putByte(layout);
    type.write(out, column.type());
    out.bytes.putInt(column.rowCount());
    long[] words = column.nulls().words();
    out.bytes.putInt(words.length);
    for (long word : words) {
      out.bytes.putLong(word);
    }
  }

  @Override
  public Column read(WireInput in) {
    ByteBuffer bytes = in.bytes;
    byte layout = bytes.get();
    SqlType columnType = (SqlType) type.read(in);
    int rowCount = bytes.getInt();
    if (rowCount < 0 || columnType == null) {
      throw new IllegalArgumentException("a column of " + rowCount + " rows");
    }
    long[] words = new long[ByteWriter.length(bytes, 8)];
    for (int i = 0; i < words.length; i++) {
      words[i] = bytes.getLong();
    }
    Nulls nulls = Nulls.ofWords(words);
    return switch (layout) {
      case LONGS -> {
        long[] values = new long[require(in, rowCount, 8)];
        bytes.asLongBuffer().get(values);
        bytes.position(bytes.position() + 8 * rowCount);
        yield new LongColumn(columnType, rowCount, values, nulls);
      }
      case DOUBLES -> {
        double[] values = new double[require(in, rowCount, 8)];
        bytes.asDoubleBuffer().get(values);
        bytes.position(bytes.position() + 8 * rowCount);
        yield new DoubleColumn(columnType, rowCount, values, nulls);
      }
      case VECTORS -> {
        int dimension = bytes.getInt();
        if (dimension < 1) {
          throw new IllegalArgumentException("vectors of dimension " + dimension);
        }
        float[] values = new float[dimension * require(in, rowCount, 4L * dimension)];
        bytes.asFloatBuffer().get(values);
        bytes.position(bytes.position() + 4 * values.length);
        yield VectorColumn.ofArray(columnType, dimension, rowCount, values, nulls);
      }
      case OBJECTS -> {
        @Nullable Object[] values = new @Nullable Object[require(in, rowCount, 1)];
        for (int row = 0; row < rowCount; row++) {
          values[row] = datum.read(in);
        }
        yield new ObjectColumn(columnType, rowCount, values, nulls);
      }
      default -> throw new IllegalArgumentException("a column of layout " + layout);
    };
  }

  /// `rowCount`, if so many values can follow.
  private static int require(WireInput in, int rowCount, long valueBytes) {
    if (rowCount * valueBytes > in.bytes.remaining()) {
      throw new java.nio.BufferUnderflowException();
    }
    return rowCount;
  }
}
