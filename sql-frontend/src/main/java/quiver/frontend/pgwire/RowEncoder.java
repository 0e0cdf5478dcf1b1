package quiver.frontend.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.format.BinaryFormat;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.frontend.format.DatumFormat;

/// DataRow messages from columns. Used by the session's thread only.
final class RowEncoder {
  private static final int NULL_LENGTH = -1;
  private static final int LONG_LENGTH_MAX = 20;

  private final MessageWriter out;
  private final byte[] digits = new byte[LONG_LENGTH_MAX];

  RowEncoder(MessageWriter out) {
    this.out = out;
  }

  /// Appends a row: the whole of it, or nothing if a value has no text.
  void row(RowBatch rows, int row, int[] formats, DatumFormat format) {
    int start = out.size();
    try {
      encode(rows, row, formats, format);
    } catch (RuntimeException e) {
      out.truncate(start);
      throw e;
    }
  }

  private void encode(RowBatch rows, int row, int[] formats, DatumFormat format) {
    out.begin('D');
    int columnCount = rows.columns().size();
    out.putShort(columnCount);
    for (int i = 0; i < columnCount; i++) {
      Column column = rows.columns().get(i);
      if (column.isNull(row)) {
        out.putInt(NULL_LENGTH);
      } else if (formats[i] == 0) {
        text(column, row, format);
      } else {
        binary(column, row);
      }
    }
    out.end();
  }

  private void text(Column column, int row, DatumFormat format) {
    SqlType type = column.type();
    if (column instanceof LongColumn longs) {
      switch (type.base()) {
        case INT8, INT4, INT2, OID, XID, CID -> {
          decimal(longs.values()[row]);
          return;
        }
        case BOOL -> {
          out.putInt(1);
          out.putByte(longs.values()[row] != 0 ? 't' : 'f');
          return;
        }
        default -> {
          // Dates, times and names of objects.
        }
      }
    }
    if (column instanceof ObjectColumn objects && objects.values()[row] instanceof String text) {
      if (!type.array() && type.base() != BaseType.CHAR) {
        string(text);
        return;
      }
    }
    Object value = column.valueAt(row);
    if (value == null) {
      throw new IllegalStateException("a row that is not null has no value");
    }
    string(format.text(type, value));
  }

  private void string(String text) {
    ByteBuf buffer = out.buffer();
    int start = buffer.writerIndex();
    buffer.writeInt(0);
    int length = ByteBufUtil.writeUtf8(buffer, text);
    buffer.setInt(start, length);
  }

  private void decimal(long value) {
    if (value == Long.MIN_VALUE) {
      string(Long.toString(value));
      return;
    }
    long rest = Math.abs(value);
    int at = LONG_LENGTH_MAX;
    do {
      digits[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      digits[--at] = '-';
    }
    out.putInt(LONG_LENGTH_MAX - at);
    out.putBytes(digits, at, LONG_LENGTH_MAX - at);
  }

  private void binary(Column column, int row) {
    BaseType base = column.type().base();
    switch (column) {
      case LongColumn longs when base == BaseType.INT8 -> {
        out.putInt(8);
        out.putLong(longs.values()[row]);
      }
      case LongColumn longs when base == BaseType.INT4 -> {
        out.putInt(4);
        out.putInt((int) longs.values()[row]);
      }
      case DoubleColumn doubles when base == BaseType.FLOAT8 -> {
        out.putInt(8);
        out.putDouble(doubles.values()[row]);
      }
      case DoubleColumn doubles -> {
        out.putInt(4);
        out.putFloat((float) doubles.values()[row]);
      }
      case VectorColumn vectors -> {
        int dimension = vectors.dimension();
        out.putInt(4 + 4 * dimension);
        out.putShort(dimension);
        out.putShort(0);
        ByteBuf buffer = out.buffer();
        buffer.ensureWritable(4 * dimension);
        long from = 4L * row * dimension;
        for (int i = 0; i < dimension; i++) {
          buffer.writeFloat(vectors.rows().get(VectorColumn.FLOAT, from + 4L * i));
        }
      }
      default -> {
        Object value = column.valueAt(row);
        if (value == null) {
          throw new IllegalStateException("a row that is not null has no value");
        }
        int start = out.position();
        out.putInt(0);
        BinaryFormat.write(column.type(), value, out);
        out.putIntAt(start, out.position() - start - 4);
      }
    }
  }
}
