package quiver.workers.segment;

import java.lang.foreign.MemorySegment;
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
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;

/// Rows as the bytes of a log record: row count, then column by column a flag (1: null words
/// follow), the null words, and the values. The types are not stored: the table's layout has them.
/// The layout of the bytes is in `docs/formats/channel-records.md`.
public final class RowCodec {
  private static final int WITHOUT_NULLS = 0;
  private static final int WITH_NULLS = 1;

  private RowCodec() {}

  /// Appends rows `from … from+count-1` of a batch.
  public static void write(ByteWriter out, RowBatch batch, int from, int count) {
    out.putInt(count);
    for (Column column : batch.columns()) {
      Nulls nulls = count == column.rowCount() ? column.nulls() : column.nulls().slice(from, count);
      out.putByte(nulls.any() ? WITH_NULLS : WITHOUT_NULLS);
      if (nulls.any()) {
        for (int word = 0; word < words(count); word++) {
          out.putLong(word < nulls.words().length ? nulls.words()[word] : 0);
        }
      }
      writeValues(out, column, from, count);
    }
  }

  private static void writeValues(ByteWriter out, Column column, int from, int count) {
    switch (column) {
      case LongColumn longs -> {
        ByteBuffer room = out.room(8 * count);
        room.asLongBuffer().put(longs.values(), from, count);
        room.position(room.position() + 8 * count);
      }
      case DoubleColumn doubles -> {
        ByteBuffer room = out.room(8 * count);
        room.asDoubleBuffer().put(doubles.values(), from, count);
        room.position(room.position() + 8 * count);
      }
      case VectorColumn vectors -> {
        int rowBytes = 4 * vectors.dimension();
        ByteBuffer room = out.room(rowBytes * count);
        MemorySegment.copy(
            vectors.rows(),
            (long) from * rowBytes,
            MemorySegment.ofBuffer(room),
            0,
            (long) rowBytes * count);
        room.position(room.position() + rowBytes * count);
      }
      case ObjectColumn objects -> {
        for (int row = from; row < from + count; row++) {
          Object value = objects.values()[row];
          if (value != null) {
            DatumCodec.write(out, objects.type(), value);
          }
        }
      }
    }
  }

  private static int words(int rowCount) {
    return (rowCount + 63) >>> 6;
  }

  /// Reads what [#write] wrote. Vectors share the memory of `in`.
  ///
  /// @throws QuiverException `XX001` if the bytes are damaged
  public static RowBatch read(ByteBuffer in, List<SqlType> types) {
    try {
      int count = in.getInt();
      if (count < 0) {
        throw new IllegalArgumentException("row count " + count);
      }
      List<Column> columns = new ArrayList<>(types.size());
      for (SqlType type : types) {
        columns.add(readColumn(in, type, count));
      }
      return new RowBatch(count, columns);
    } catch (RuntimeException e) {
      throw new QuiverException(SqlState.DATA_CORRUPTED, "rows in a log record are damaged")
          .withCause(e);
    }
  }

  private static Column readColumn(ByteBuffer in, SqlType type, int count) {
    Nulls nulls = Nulls.NONE;
    if (in.get() == WITH_NULLS) {
      require(in, 8L * words(count));
      long[] words = new long[words(count)];
      for (int word = 0; word < words.length; word++) {
        words[word] = in.getLong();
      }
      nulls = Nulls.ofWords(words);
    }
    return switch (type.layout()) {
      case LONG -> {
        require(in, 8L * count);
        long[] values = new long[count];
        in.asLongBuffer().get(values);
        in.position(in.position() + 8 * count);
        yield new LongColumn(type, count, values, nulls);
      }
      case DOUBLE -> {
        require(in, 8L * count);
        double[] values = new double[count];
        in.asDoubleBuffer().get(values);
        in.position(in.position() + 8 * count);
        yield new DoubleColumn(type, count, values, nulls);
      }
      case VECTOR -> {
        int dimension = type.modifier();
        long bytes = 4L * dimension * count;
        require(in, bytes);
        MemorySegment rows = MemorySegment.ofBuffer(in).asSlice(0, bytes);
        in.position(in.position() + (int) bytes);
        yield new VectorColumn(type, dimension, count, rows, nulls);
      }
      case OBJECT -> {
        require(in, nulls.any() ? 0 : count);
        @Nullable Object[] values = new @Nullable Object[count];
        for (int row = 0; row < count; row++) {
          values[row] = nulls.isNull(row) ? null : DatumCodec.read(in, type);
        }
        yield new ObjectColumn(type, count, values, nulls);
      }
    };
  }

  private static void require(ByteBuffer in, long bytes) {
    if (bytes > in.remaining()) {
      throw new java.nio.BufferUnderflowException();
    }
  }

  /// Cuts rows into encoded pieces of at most `pieceBytesMax` bytes.
  ///
  /// @throws QuiverException `54000` if one row is larger than that
  public static List<Piece> pieces(RowBatch batch, int pieceBytesMax) {
    List<Piece> pieces = new ArrayList<>();
    if (batch.rowCount() == 0) {
      return pieces;
    }
    long rowBytes = estimatedBytes(batch, 0, batch.rowCount()) / batch.rowCount() + 1;
    int step = Math.clamp(pieceBytesMax / 8 * 7L / rowBytes, 1, batch.rowCount());
    for (int from = 0; from < batch.rowCount(); from += step) {
      addPieces(pieces, batch, from, Math.min(step, batch.rowCount() - from), pieceBytesMax);
    }
    return pieces;
  }

  private static void addPieces(
      List<Piece> pieces, RowBatch batch, int from, int count, int pieceBytesMax) {
    ByteWriter out =
        new ByteWriter(
            (int) Math.min(estimatedBytes(batch, from, count), pieceBytesMax + (1L << 16)));
    write(out, batch, from, count);
    if (out.sizeBytes() <= pieceBytesMax) {
      pieces.add(new Piece(from, count, out.toBuffer().order(ByteOrder.LITTLE_ENDIAN)));
    } else if (count == 1) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "row is too big: size %d, maximum size %d",
          out.sizeBytes(),
          pieceBytesMax);
    } else {
      addPieces(pieces, batch, from, count / 2, pieceBytesMax);
      addPieces(pieces, batch, from + count / 2, count - count / 2, pieceBytesMax);
    }
  }

  /// Bytes that encoded rows will take, exactly for ASCII text and whatever has a fixed width.
  private static long estimatedBytes(RowBatch batch, int from, int count) {
    long bytes = 4;
    for (Column column : batch.columns()) {
      bytes += 1 + 8L * words(count);
      bytes +=
          switch (column) {
            case LongColumn ignored -> 8L * count;
            case DoubleColumn ignored -> 8L * count;
            case VectorColumn vectors -> 4L * vectors.dimension() * count;
            case ObjectColumn objects -> estimatedBytes(objects, from, count);
          };
    }
    return bytes;
  }

  private static long estimatedBytes(ObjectColumn column, int from, int count) {
    long bytes = 0;
    for (int row = from; row < from + count; row++) {
      bytes += column.values()[row] instanceof String text ? 4L + text.length() : 32;
    }
    return bytes;
  }

  /// Encoded rows of a batch.
  ///
  /// @param from the first row in the batch
  /// @param bytes what [#write] wrote; not modified
  public record Piece(int from, int count, ByteBuffer bytes) {}
}
