package quiver.storage.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;
import quiver.common.value.DatumOrder;
import quiver.storage.record.XxHash64;

/// Encodes the blocks of one column (not of vectors) and gathers its statistics.
final class BlockEncoder {
  private static final int MAX_DICTIONARY = 1 << 16;

  private final SqlType type;
  private final DatumOrder order;
  private final DistinctSketch sketch = new DistinctSketch();
  private int nullCount;
  private @Nullable Object min;
  private @Nullable Object max;
  private final boolean isOrdered;
  private boolean isBounded = true;

  BlockEncoder(SqlType type) {
    this.type = type;
    this.order = DatumOrder.of(type);
    this.isOrdered = DatumOrder.isOrdered(type);
  }

  /// A block before it has a place in the file.
  record Encoded(Encoding encoding, long base, ByteBuffer bytes, ColumnStatistics statistics) {}

  /// Statistics of all blocks encoded so far.
  ColumnStatistics statistics() {
    return new ColumnStatistics(
        nullCount, sketch.estimate(), isBounded ? min : null, isBounded ? max : null);
  }

  DistinctSketch sketch() {
    return sketch;
  }

  Encoded encode(Column column) {
    int rows = column.rowCount();
    int nulls = 0;
    for (int row = 0; row < rows; row++) {
      nulls += column.isNull(row) ? 1 : 0;
    }
    nullCount += nulls;
    if (nulls == rows) {
      return new Encoded(
          Encoding.ALL_NULL, 0, ByteBuffer.allocate(0), new ColumnStatistics(nulls, 0, null, null));
    }
    return switch (column) {
      case LongColumn longs -> encodeLongs(longs, nulls);
      case DoubleColumn doubles -> encodeDoubles(doubles, nulls);
      case ObjectColumn objects -> encodeObjects(objects, nulls);
      default -> throw new IllegalArgumentException("column of type " + type.sqlName());
    };
  }

  private Encoded encodeLongs(LongColumn column, int nulls) {
    long[] values = column.values();
    int rows = column.rowCount();
    DistinctSketch blockSketch = new DistinctSketch();
    long smallest = Long.MAX_VALUE;
    long largest = Long.MIN_VALUE;
    for (int row = 0; row < rows; row++) {
      if (nulls == 0 || !column.isNull(row)) {
        smallest = Math.min(smallest, values[row]);
        largest = Math.max(largest, values[row]);
        blockSketch.add(values[row]);
      }
    }
    long range = largest - smallest;
    // A range that does not fit a signed number wraps to a negative one.
    Encoding encoding =
        range == 0
            ? Encoding.CONSTANT
            : range < 0 || range >= 1L << 32
                ? Encoding.LONG_8
                : range < 1 << 8
                    ? Encoding.LONG_1
                    : range < 1 << 16 ? Encoding.LONG_2 : Encoding.LONG_4;
    long base = encoding == Encoding.LONG_8 ? 0 : smallest;
    ByteBuffer bytes = allocate(column.nulls(), nulls, rows, (long) encoding.width() * rows);
    for (int row = 0; row < rows && encoding != Encoding.CONSTANT; row++) {
      long value = nulls != 0 && column.isNull(row) ? 0 : values[row] - base;
      switch (encoding) {
        case LONG_1 -> bytes.put((byte) value);
        case LONG_2 -> bytes.putShort((short) value);
        case LONG_4 -> bytes.putInt((int) value);
        default -> bytes.putLong(value);
      }
    }
    return finished(
        encoding, base, bytes, nulls, blockSketch, longDatum(smallest), longDatum(largest));
  }

  private Object longDatum(long value) {
    return type.base() == BaseType.BOOL ? (Object) (value != 0) : (Object) value;
  }

  private Encoded encodeDoubles(DoubleColumn column, int nulls) {
    double[] values = column.values();
    int rows = column.rowCount();
    DistinctSketch blockSketch = new DistinctSketch();
    double smallest = Double.NaN;
    double largest = Double.NaN;
    boolean isFirst = true;
    boolean isConstant = true;
    boolean isFloat = true;
    long base = 0;
    for (int row = 0; row < rows; row++) {
      if (nulls != 0 && column.isNull(row)) {
        continue;
      }
      double value = values[row];
      long bits = Double.doubleToRawLongBits(value);
      if (isFirst) {
        base = bits;
        smallest = value;
        largest = value;
        isFirst = false;
      }
      isConstant &= bits == base;
      isFloat &= Double.doubleToRawLongBits((float) value) == bits;
      if (DatumOrder.compareDoubles(value, smallest) < 0) {
        smallest = value;
      }
      if (DatumOrder.compareDoubles(value, largest) > 0) {
        largest = value;
      }
      // Adding zero makes the two zeros one.
      blockSketch.add(Double.doubleToLongBits(value + 0.0));
    }
    Encoding encoding =
        isConstant ? Encoding.CONSTANT : isFloat ? Encoding.DOUBLE_4 : Encoding.DOUBLE_8;
    ByteBuffer bytes = allocate(column.nulls(), nulls, rows, (long) encoding.width() * rows);
    for (int row = 0; row < rows && encoding != Encoding.CONSTANT; row++) {
      double value = nulls != 0 && column.isNull(row) ? 0 : values[row];
      if (encoding == Encoding.DOUBLE_4) {
        bytes.putFloat((float) value);
      } else {
        bytes.putDouble(value);
      }
    }
    return finished(encoding, isConstant ? base : 0, bytes, nulls, blockSketch, smallest, largest);
  }

  private Encoded encodeObjects(ObjectColumn column, int nulls) {
    int rows = column.rowCount();
    ByteWriter data = new ByteWriter(rows * 16);
    int[] offsets = new int[rows + 1];
    DistinctSketch blockSketch = new DistinctSketch();
    Object smallest = null;
    Object largest = null;
    for (int row = 0; row < rows; row++) {
      Object value = column.values()[row];
      if (value != null) {
        DatumCodec.write(data, type, value);
        if (isOrdered) {
          smallest = smallest == null || order.compare(value, smallest) < 0 ? value : smallest;
          largest = largest == null || order.compare(value, largest) > 0 ? value : largest;
        }
      }
      offsets[row + 1] = data.sizeBytes();
    }
    ByteBuffer all = data.toBuffer();
    Dictionary dictionary = new Dictionary(all, rows / 2);
    int[] codes = new int[rows];
    for (int row = 0; row < rows; row++) {
      int length = offsets[row + 1] - offsets[row];
      if (column.values()[row] != null) {
        long hash = XxHash64.hash(all.slice(offsets[row], length).order(ByteOrder.LITTLE_ENDIAN));
        blockSketch.add(hash);
        codes[row] = dictionary.code(hash, offsets[row], length);
      }
    }
    Object lowest = fits(smallest) ? smallest : null;
    Object highest = fits(largest) ? largest : null;
    if (dictionary.isUseful()) {
      Encoding encoding = dictionary.size() <= 256 ? Encoding.DICTIONARY_1 : Encoding.DICTIONARY_2;
      return finished(
          encoding,
          0,
          dictionary.encode(column.nulls(), nulls, encoding, codes),
          nulls,
          blockSketch,
          lowest,
          highest);
    }
    ByteBuffer bytes = allocate(column.nulls(), nulls, rows, 4L * offsets.length + all.remaining());
    for (int offset : offsets) {
      bytes.putInt(offset);
    }
    bytes.put(all);
    return finished(Encoding.BYTES, 0, bytes, nulls, blockSketch, lowest, highest);
  }

  private boolean fits(@Nullable Object bound) {
    if (bound == null
        || (bound instanceof String text && text.length() > ColumnStatistics.MAX_BOUND_BYTES)) {
      return false;
    }
    ByteWriter out = new ByteWriter(ColumnStatistics.MAX_BOUND_BYTES);
    DatumCodec.write(out, type, bound);
    return out.sizeBytes() <= ColumnStatistics.MAX_BOUND_BYTES;
  }

  private Encoded finished(
      Encoding encoding,
      long base,
      ByteBuffer bytes,
      int nulls,
      DistinctSketch blockSketch,
      @Nullable Object lowest,
      @Nullable Object highest) {
    sketch.addAll(blockSketch);
    if (lowest == null || highest == null || !isOrdered) {
      isBounded = false;
      return new Encoded(
          encoding,
          base,
          bytes.flip(),
          new ColumnStatistics(nulls, blockSketch.estimate(), null, null));
    }
    Object oldMin = min;
    Object oldMax = max;
    min = oldMin == null || order.compare(lowest, oldMin) < 0 ? lowest : oldMin;
    max = oldMax == null || order.compare(highest, oldMax) > 0 ? highest : oldMax;
    return new Encoded(
        encoding,
        base,
        bytes.flip(),
        new ColumnStatistics(nulls, blockSketch.estimate(), lowest, highest));
  }

  /// A buffer of exactly the block's size, positioned behind the null bitmap.
  private static ByteBuffer allocate(Nulls nulls, int nullCount, int rows, long dataBytes) {
    int bitmapBytes = nullCount == 0 ? 0 : SegmentFormat.bitmapBytes(rows);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(bitmapBytes + dataBytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (nullCount != 0) {
      putBitmap(bytes, nulls, rows);
    }
    return bytes;
  }

  /// Writes one bit a row, set where the row is NULL.
  static void putBitmap(ByteBuffer target, Nulls nulls, int rows) {
    long[] words = nulls.words();
    for (int word = 0; word < (rows + 63) / 64; word++) {
      long bits = word < words.length ? words[word] : 0;
      int left = rows - word * 64;
      target.putLong(left < 64 ? bits & ((1L << left) - 1) : bits);
    }
  }

  /// The different values of a block, in order of appearance, unless they are too many. Finds them
  /// by the hash that the sketch needs anyway, in an open table of code + 1.
  private static final class Dictionary {
    private final ByteBuffer all;
    private final int sizeMax;
    private final int[] slots;
    private final long[] hashes;
    private final int[] froms;
    private final int[] lengths;
    private int size;
    private int entryBytes;
    private boolean tooMany;

    Dictionary(ByteBuffer all, int sizeMax) {
      this.all = all;
      this.sizeMax = Math.min(sizeMax, MAX_DICTIONARY);
      this.slots = new int[Integer.highestOneBit(Math.max(1, this.sizeMax)) * 4];
      this.hashes = new long[this.sizeMax];
      this.froms = new int[this.sizeMax];
      this.lengths = new int[this.sizeMax];
    }

    int code(long hash, int from, int length) {
      if (tooMany) {
        return 0;
      }
      int mask = slots.length - 1;
      int at = (int) hash & mask;
      for (; slots[at] != 0; at = (at + 1) & mask) {
        int code = slots[at] - 1;
        if (hashes[code] == hash
            && lengths[code] == length
            && all.slice(froms[code], length).equals(all.slice(from, length))) {
          return code;
        }
      }
      if (size >= sizeMax) {
        tooMany = true;
        return 0;
      }
      hashes[size] = hash;
      froms[size] = from;
      lengths[size] = length;
      entryBytes += length;
      slots[at] = ++size;
      return size - 1;
    }

    int size() {
      return size;
    }

    private int offsetsBytes() {
      return 4 * (size + 1);
    }

    /// Whether it takes less room than the values themselves.
    boolean isUseful() {
      return !tooMany && size > 0 && entryBytes + offsetsBytes() < all.remaining();
    }

    ByteBuffer encode(Nulls nulls, int nullCount, Encoding encoding, int[] rowCodes) {
      int rows = rowCodes.length;
      long dataBytes = 8L + offsetsBytes() + entryBytes + (long) encoding.width() * rows;
      ByteBuffer bytes = allocate(nulls, nullCount, rows, dataBytes);
      bytes.putInt(size).putInt(entryBytes);
      for (int code : rowCodes) {
        if (encoding == Encoding.DICTIONARY_1) {
          bytes.put((byte) code);
        } else {
          bytes.putShort((short) code);
        }
      }
      int offset = 0;
      for (int code = 0; code < size; code++) {
        bytes.putInt(offset);
        offset += lengths[code];
      }
      bytes.putInt(offset);
      for (int code = 0; code < size; code++) {
        bytes.put(all.slice(froms[code], lengths[code]));
      }
      return bytes;
    }
  }
}
