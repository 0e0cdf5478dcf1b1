package quiver.storage.segment;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;
import quiver.common.value.DatumCodec;

/// Reads the values of one block where they lie. Rows are numbered within the block.
final class BlockDecoder {
  private final Encoding encoding;
  private final long base;
  private final MemorySegment memory;
  private final int rows;
  private final boolean hasNulls;
  private final long data;

  /// @param memory the whole block, checked
  BlockDecoder(Footer.Block block, MemorySegment memory, int rows) {
    this.encoding = block.encoding();
    this.base = block.base();
    this.memory = memory;
    this.rows = rows;
    this.hasNulls = block.statistics().nullCount() > 0;
    this.data = hasNulls && encoding != Encoding.ALL_NULL ? SegmentFormat.bitmapBytes(rows) : 0;
  }

  boolean hasNulls() {
    return hasNulls;
  }

  boolean isNull(int row) {
    return encoding == Encoding.ALL_NULL
        || (hasNulls && (memory.get(SegmentFormat.LONG, 8L * (row >>> 6)) & (1L << row)) != 0);
  }

  /// Sets the bit of each NULL row.
  void readNulls(int from, int count, long[] words, int at) {
    if (hasNulls) {
      for (int i = 0; i < count; i++) {
        if (isNull(from + i)) {
          words[(at + i) >>> 6] |= 1L << (at + i);
        }
      }
    }
  }

  void readLongs(int from, int count, long[] target, int at) {
    switch (encoding) {
      case ALL_NULL -> {}
      case CONSTANT -> Arrays.fill(target, at, at + count, base);
      case LONG_1 -> {
        for (int i = 0; i < count; i++) {
          target[at + i] = base + (memory.get(SegmentFormat.BYTE, data + from + i) & 0xff);
        }
      }
      case LONG_2 -> {
        for (int i = 0; i < count; i++) {
          target[at + i] =
              base + (memory.get(SegmentFormat.SHORT, data + 2L * (from + i)) & 0xffff);
        }
      }
      case LONG_4 -> {
        for (int i = 0; i < count; i++) {
          target[at + i] =
              base + (memory.get(SegmentFormat.INT, data + 4L * (from + i)) & 0xffffffffL);
        }
      }
      default ->
          MemorySegment.copy(memory, SegmentFormat.LONG, data + 8L * from, target, at, count);
    }
  }

  long readLong(int row) {
    return switch (encoding) {
      case ALL_NULL -> 0;
      case CONSTANT -> base;
      case LONG_1 -> base + (memory.get(SegmentFormat.BYTE, data + row) & 0xff);
      case LONG_2 -> base + (memory.get(SegmentFormat.SHORT, data + 2L * row) & 0xffff);
      case LONG_4 -> base + (memory.get(SegmentFormat.INT, data + 4L * row) & 0xffffffffL);
      default -> memory.get(SegmentFormat.LONG, data + 8L * row);
    };
  }

  void readDoubles(int from, int count, double[] target, int at) {
    switch (encoding) {
      case ALL_NULL -> {}
      case DOUBLE_8 ->
          MemorySegment.copy(memory, SegmentFormat.DOUBLE, data + 8L * from, target, at, count);
      default -> {
        for (int i = 0; i < count; i++) {
          target[at + i] = readDouble(from + i);
        }
      }
    }
  }

  double readDouble(int row) {
    return switch (encoding) {
      case ALL_NULL -> 0;
      case CONSTANT -> Double.longBitsToDouble(base);
      case DOUBLE_4 -> memory.get(SegmentFormat.FLOAT, data + 4L * row);
      default -> memory.get(SegmentFormat.DOUBLE, data + 8L * row);
    };
  }

  /// Number of entries if the block has a dictionary, else 0.
  int dictionarySize() {
    return encoding == Encoding.DICTIONARY_1 || encoding == Encoding.DICTIONARY_2
        ? memory.get(SegmentFormat.INT, data)
        : 0;
  }

  /// All entries of the dictionary.
  Object[] readDictionary(SqlType type) {
    int size = dictionarySize();
    long offsets = data + 8 + (long) encoding.width() * rows;
    Object[] entries = new Object[size];
    for (int i = 0; i < size; i++) {
      entries[i] = readDatum(type, offsets, i, size);
    }
    return entries;
  }

  /// The values of rows. Equal values of a block with a dictionary are one object.
  ///
  /// @param dictionary what [#readDictionary] returned, if the block has one
  void readObjects(
      SqlType type, Object[] dictionary, int from, int count, @Nullable Object[] target, int at) {
    if (hasNulls() || (encoding != Encoding.DICTIONARY_1 && encoding != Encoding.DICTIONARY_2)) {
      for (int i = 0; i < count; i++) {
        target[at + i] = readObject(type, dictionary, from + i);
      }
    } else if (encoding == Encoding.DICTIONARY_1) {
      byte[] codes = new byte[count];
      MemorySegment.copy(memory, SegmentFormat.BYTE, data + 8 + from, codes, 0, count);
      for (int i = 0; i < count; i++) {
        target[at + i] = dictionary[codes[i] & 0xff];
      }
    } else {
      short[] codes = new short[count];
      MemorySegment.copy(memory, SegmentFormat.SHORT, data + 8 + 2L * from, codes, 0, count);
      for (int i = 0; i < count; i++) {
        target[at + i] = dictionary[codes[i] & 0xffff];
      }
    }
  }

  /// The value of a row.
  ///
  /// @param dictionary what [#readDictionary] returned, if the block has one
  @Nullable Object readObject(SqlType type, Object[] dictionary, int row) {
    if (isNull(row)) {
      return null;
    }
    return switch (encoding) {
      case DICTIONARY_1 -> dictionary[memory.get(SegmentFormat.BYTE, data + 8 + row) & 0xff];
      case DICTIONARY_2 ->
          dictionary[memory.get(SegmentFormat.SHORT, data + 8 + 2L * row) & 0xffff];
      default -> readDatum(type, data, row, rows);
    };
  }

  /// Datum `index` of `count` whose offsets begin at `offsets`.
  private Object readDatum(SqlType type, long offsets, int index, int count) {
    int from = memory.get(SegmentFormat.INT, offsets + 4L * index);
    int to = memory.get(SegmentFormat.INT, offsets + 4L * (index + 1));
    ByteBuffer bytes =
        memory
            .asSlice(offsets + 4L * (count + 1) + from, to - from)
            .asByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN);
    return DatumCodec.read(bytes, type);
  }
}
