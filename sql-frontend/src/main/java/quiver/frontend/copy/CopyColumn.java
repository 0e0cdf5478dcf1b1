package quiver.frontend.copy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import quiver.common.format.BinaryFormat;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.format.TypeModifiers;
import quiver.common.format.Utf8;
import quiver.common.format.VectorText;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

/// One column of rows being read. Rows are filled in order; a row that fails half way is filled
/// again. Used by one thread.
abstract class CopyColumn {
  final SqlType type;
  final FormatSettings settings;
  private final boolean modified;
  private long[] nulls = {};
  private boolean anyNull;

  CopyColumn(SqlType type, FormatSettings settings) {
    this.type = type;
    this.settings = settings;
    this.modified = TypeModifiers.isEnforced(type);
  }

  /// A column of `capacity` rows.
  static CopyColumn create(SqlType type, FormatSettings settings, int capacity) {
    CopyColumn column =
        switch (type.layout()) {
          case LONG -> new Longs(type, settings);
          case DOUBLE -> new Doubles(type, settings);
          case VECTOR -> new Vectors(type, settings);
          case OBJECT -> new Objects(type, settings);
        };
    column.clear(capacity);
    return column;
  }

  /// Begins a new batch.
  void clear(int capacity) {
    nulls = new long[(capacity + 63) >>> 6];
    anyNull = false;
    allocate(capacity);
  }

  final void putNull(int row) {
    nulls[row >>> 6] |= 1L << row;
    anyNull = true;
    forget(row);
  }

  /// The first `rowCount` rows; the column must be cleared before it is used again.
  final Column build(int rowCount) {
    Nulls mask = anyNull ? Nulls.ofWords(nulls) : Nulls.NONE;
    return build(rowCount, mask);
  }

  /// The value of text, slowly: for whatever the fast paths do not know.
  final Object slowText(byte[] bytes, int from, int to) {
    return modified(TextFormat.parse(type, Utf8.decode(bytes, from, to - from), settings));
  }

  final Object slowBinary(byte[] bytes, int from, int length) {
    return modified(BinaryFormat.read(type, ByteBuffer.wrap(bytes, from, length), length));
  }

  final Object modified(Object value) {
    return modified ? TypeModifiers.apply(type, value, CastContext.ASSIGNMENT) : value;
  }

  abstract void allocate(int capacity);

  void forget(int row) {}

  abstract Column build(int rowCount, Nulls mask);

  abstract void putText(int row, byte[] bytes, int from, int to);

  abstract void putBinary(int row, byte[] bytes, int from, int length);

  static int int32(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  private static final class Longs extends CopyColumn {
    private static final int FAST_DIGIT_COUNT_MAX = 18;

    private final boolean integer;
    private final long min;
    private final long max;
    private long[] values = {};

    Longs(SqlType type, FormatSettings settings) {
      super(type, settings);
      integer =
          type.base() == BaseType.INT8
              || type.base() == BaseType.INT4
              || type.base() == BaseType.INT2;
      min =
          type.base() == BaseType.INT2
              ? Short.MIN_VALUE
              : type.base() == BaseType.INT4 ? Integer.MIN_VALUE : Long.MIN_VALUE;
      max =
          type.base() == BaseType.INT2
              ? Short.MAX_VALUE
              : type.base() == BaseType.INT4 ? Integer.MAX_VALUE : Long.MAX_VALUE;
    }

    @Override
    void allocate(int capacity) {
      values = new long[capacity];
    }

    @Override
    Column build(int rowCount, Nulls mask) {
      return new LongColumn(type, rowCount, values, mask);
    }

    @Override
    void putText(int row, byte[] bytes, int from, int to) {
      if (!integer) {
        put(row, slowText(bytes, from, to));
        return;
      }
      int i = from;
      boolean negative = i < to && bytes[i] == '-';
      if (negative) {
        i++;
      }
      if (i == to || to - i > FAST_DIGIT_COUNT_MAX) {
        put(row, slowText(bytes, from, to));
        return;
      }
      long value = 0;
      for (; i < to; i++) {
        int digit = bytes[i] - '0';
        if (digit < 0 || digit > 9) {
          put(row, slowText(bytes, from, to));
          return;
        }
        value = value * 10 + digit;
      }
      value = negative ? -value : value;
      if (value < min || value > max) {
        put(row, slowText(bytes, from, to));
      } else {
        values[row] = value;
      }
    }

    private void put(int row, Object value) {
      values[row] = value instanceof Boolean bool ? bool ? 1 : 0 : (Long) value;
    }

    @Override
    void putBinary(int row, byte[] bytes, int from, int length) {
      if (type.base() == BaseType.INT8 && length == 8) {
        values[row] =
            (long) int32(bytes, from) << 32 | Integer.toUnsignedLong(int32(bytes, from + 4));
      } else if (type.base() == BaseType.INT4 && length == 4) {
        values[row] = int32(bytes, from);
      } else {
        put(row, slowBinary(bytes, from, length));
      }
    }
  }

  private static final class Doubles extends CopyColumn {
    private final boolean single;
    private final NumberScanner scanner = new NumberScanner();
    private double[] values = {};

    Doubles(SqlType type, FormatSettings settings) {
      super(type, settings);
      single = type.base() == BaseType.FLOAT4;
    }

    @Override
    void allocate(int capacity) {
      values = new double[capacity];
    }

    @Override
    Column build(int rowCount, Nulls mask) {
      return new DoubleColumn(type, rowCount, values, mask);
    }

    @Override
    void putText(int row, byte[] bytes, int from, int to) {
      if (scanner.scan(bytes, from, to)
          && scanner.position() == to
          && (!single || scanner.isFloat())) {
        values[row] = single ? (float) scanner.value() : scanner.value();
      } else {
        values[row] = (Double) slowText(bytes, from, to);
      }
    }

    @Override
    void putBinary(int row, byte[] bytes, int from, int length) {
      values[row] = (Double) slowBinary(bytes, from, length);
    }
  }

  private static final class Vectors extends CopyColumn {
    private final int dimension;
    private final NumberScanner scanner = new NumberScanner();
    private float[] values = {};

    Vectors(SqlType type, FormatSettings settings) {
      super(type, settings);
      dimension = type.modifier();
    }

    @Override
    void allocate(int capacity) {
      values = new float[Math.multiplyExact(capacity, dimension)];
    }

    @Override
    Column build(int rowCount, Nulls mask) {
      return VectorColumn.ofArray(type, dimension, rowCount, values, mask);
    }

    @Override
    void putText(int row, byte[] bytes, int from, int to) {
      if (scanVector(scanner, bytes, from, to, values, row * dimension, dimension) != dimension) {
        put(row, (float[]) slowText(bytes, from, to));
      }
    }

    private void put(int row, float[] vector) {
      TypeModifiers.checkDimension(dimension, vector.length);
      System.arraycopy(vector, 0, values, row * dimension, dimension);
    }

    @Override
    void putBinary(int row, byte[] bytes, int from, int length) {
      boolean plain =
          length == 4 + 4 * dimension
              && int32(bytes, from) == dimension << 16
              && readFloats(bytes, from + 4, values, row * dimension, dimension);
      if (!plain) {
        put(row, (float[]) slowBinary(bytes, from, length));
      }
    }
  }

  /// Reads `[a, b, …]` of at most `countMax` numbers.
  ///
  /// @return how many, or -1 if the slow path has to look
  static int scanVector(
      NumberScanner scanner,
      byte[] bytes,
      int from,
      int to,
      float[] target,
      int targetFrom,
      int countMax) {
    int at = from;
    if (at >= to || bytes[at] != '[') {
      return -1;
    }
    at++;
    int count = 0;
    while (true) {
      while (at < to && bytes[at] == ' ') {
        at++;
      }
      if (count == countMax || !scanner.scan(bytes, at, to) || !scanner.isFloat()) {
        return -1;
      }
      target[targetFrom + count++] = (float) scanner.value();
      at = scanner.position();
      if (at == to) {
        return -1;
      }
      if (bytes[at] == ']') {
        return at + 1 == to ? count : -1;
      }
      if (bytes[at] != ',') {
        return -1;
      }
      at++;
    }
  }

  /// Reads big-endian floats.
  ///
  /// @return false if one is not finite
  static boolean readFloats(byte[] bytes, int from, float[] target, int targetFrom, int count) {
    ByteBuffer.wrap(bytes, from, 4 * count).asFloatBuffer().get(target, targetFrom, count);
    float sum = 0;
    for (int i = targetFrom; i < targetFrom + count; i++) {
      // 0 for every finite number, NaN for NaN and the infinities.
      sum += target[i] * 0f;
    }
    return sum == 0;
  }

  private static final class Objects extends CopyColumn {
    private final boolean text;
    private final boolean vector;
    private final NumberScanner scanner = new NumberScanner();
    private final float[] scratch = new float[VectorText.DIMENSION_MAX];
    private @Nullable Object[] values = {};

    Objects(SqlType type, FormatSettings settings) {
      super(type, settings);
      text =
          !type.array()
              && (type.base() == BaseType.TEXT
                  || (type.base() == BaseType.VARCHAR && type.modifier() < 0));
      vector = !type.array() && type.base() == BaseType.VECTOR;
    }

    @Override
    void allocate(int capacity) {
      values = new @Nullable Object[capacity];
    }

    @Override
    void forget(int row) {
      values[row] = null;
    }

    @Override
    Column build(int rowCount, Nulls mask) {
      return new ObjectColumn(type, rowCount, values, mask);
    }

    @Override
    void putText(int row, byte[] bytes, int from, int to) {
      if (text) {
        values[row] = Utf8.decode(bytes, from, to - from);
        return;
      }
      if (vector) {
        int count = scanVector(scanner, bytes, from, to, scratch, 0, scratch.length);
        if (count > 0) {
          values[row] = Arrays.copyOf(scratch, count);
          return;
        }
      }
      values[row] = slowText(bytes, from, to);
    }

    @Override
    void putBinary(int row, byte[] bytes, int from, int length) {
      values[row] = text ? Utf8.decode(bytes, from, length) : slowBinary(bytes, from, length);
    }
  }

  /// `22P04`.
  static QuiverException badFile(String message) {
    return QuiverException.ofMessage(SqlState.BAD_COPY_FILE_FORMAT, message);
  }

  /// Text for messages, whatever the bytes are.
  static String shown(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
