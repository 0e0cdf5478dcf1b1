package quiver.storage.segment;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Constants of the segment file; the layout is in `docs/formats/segment.md`.
final class SegmentFormat {
  /// `QVS1` as little-endian bytes: the file's first four.
  static final int MAGIC = 'Q' | 'V' << 8 | 'S' << 16 | '1' << 24;

  /// `QVSE`: begins the trailer.
  static final int END_MAGIC = 'Q' | 'V' << 8 | 'S' << 16 | 'E' << 24;

  static final int FORMAT = 1;
  static final int HEADER_BYTES = 64;
  static final int TRAILER_BYTES = 32;
  static final int ALIGNMENT_BYTES = 64;

  /// Rows of a block of every layout but vectors: one entry of the zone map.
  static final int BLOCK_ROWS = 8192;

  /// A block of vectors is about this large, so that the first touch of a row checks little.
  private static final int VECTOR_BLOCK_BYTES = 1 << 20;

  /// So that blocks of vectors stay 64-byte aligned without gaps.
  private static final int MIN_VECTOR_BLOCK_ROWS = 16;

  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private SegmentFormat() {}

  /// Rows of a block of vectors: a power of two.
  static int vectorBlockRows(int dimension) {
    int rows = Integer.highestOneBit(Math.max(1, VECTOR_BLOCK_BYTES / (dimension * Float.BYTES)));
    return Math.clamp(rows, MIN_VECTOR_BLOCK_ROWS, BLOCK_ROWS);
  }

  static int bitmapBytes(int rows) {
    return (rows + 63) / 64 * Long.BYTES;
  }

  static long aligned(long position) {
    return (position + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }

  static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }
}
