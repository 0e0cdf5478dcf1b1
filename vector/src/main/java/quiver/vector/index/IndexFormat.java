package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;

/// What every index file begins with: eight characters, a version at byte 8, and a header whose
/// last four bytes are its CRC32C.
///
/// @param magic the eight characters, the first in the lowest byte
/// @param version the one that is written and read
/// @param headerBytes length of the header
/// @param name with its article, for messages: `an hnsw index`
public record IndexFormat(long magic, int version, int headerBytes, String name) {
  private static final int CRC_CHUNK_BYTES = 1 << 30;

  /// Writes the parts that all formats share; everything else in the header is there already.
  public void sealHeader(MemorySegment image) {
    image.set(LittleEndian.LONG, 0, magic);
    image.set(LittleEndian.INT, 8, version);
    image.set(LittleEndian.INT, crcOffset(), checksum(image.asSlice(0, crcOffset())));
  }

  /// Refuses what is not an undamaged header of this version.
  ///
  /// @param image mapped at a multiple of 8
  /// @throws QuiverException `XX002` saying what is wrong, `0A000` for another version
  public void verifyHeader(MemorySegment image) {
    if (image.byteSize() < headerBytes) {
      throw damaged("header", "it has " + image.byteSize() + " bytes");
    }
    if (image.address() % Long.BYTES != 0) {
      throw new IllegalArgumentException("an index file is mapped at an aligned address");
    }
    if (image.get(LittleEndian.LONG, 0) != magic) {
      throw damaged("header", "it does not start with " + magicText());
    }
    if (image.get(LittleEndian.INT, crcOffset()) != checksum(image.asSlice(0, crcOffset()))) {
      throw damaged("header", "its checksum does not match");
    }
    if (image.get(LittleEndian.INT, 8) != version) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "%s format version %d is not supported",
          nameAlone(),
          image.get(LittleEndian.INT, 8));
    }
  }

  private int crcOffset() {
    return headerBytes - Integer.BYTES;
  }

  private String nameAlone() {
    return name.substring(name.indexOf(' ') + 1);
  }

  private String magicText() {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(magic).array();
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /// Refuses rows that an index was not built from.
  ///
  /// @throws QuiverException `XX002`
  public void requireRows(int dimension, int rowCount, VectorRows rows) {
    if (dimension != rows.dimension() || rowCount != rows.rowCount()) {
      throw new QuiverException(
          SqlState.INDEX_CORRUPTED,
          "%s of %d rows of %d dimensions opened over %d rows of %d dimensions",
          nameAlone(),
          rowCount,
          dimension,
          rows.rowCount(),
          rows.dimension());
    }
  }

  /// The error for a damaged part.
  public QuiverException damaged(String part, String how) {
    return new QuiverException(
            SqlState.INDEX_CORRUPTED, "section \"%s\" of %s file is damaged", part, name)
        .withDetail(how);
  }

  /// The CRC32C of a segment.
  public static int checksum(MemorySegment segment) {
    CRC32C crc = new CRC32C();
    for (long from = 0; from < segment.byteSize(); from += CRC_CHUNK_BYTES) {
      long bytes = Math.min(CRC_CHUNK_BYTES, segment.byteSize() - from);
      crc.update(segment.asSlice(from, bytes).asByteBuffer());
    }
    return (int) crc.getValue();
  }

  /// The number of a metric in a header.
  public static int code(DistanceMetric metric) {
    return switch (metric) {
      case L2 -> 0;
      case INNER_PRODUCT -> 1;
      case COSINE -> 2;
      case L1 -> 3;
      case HAMMING -> 4;
      case JACCARD -> 5;
    };
  }

  /// The metric of a number in a header.
  public DistanceMetric metric(int code) {
    return switch (code) {
      case 0 -> DistanceMetric.L2;
      case 1 -> DistanceMetric.INNER_PRODUCT;
      case 2 -> DistanceMetric.COSINE;
      case 3 -> DistanceMetric.L1;
      case 4 -> DistanceMetric.HAMMING;
      case 5 -> DistanceMetric.JACCARD;
      default -> throw damaged("header", "its metric is " + code);
    };
  }
}
