package quiver.vector.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.IndexFormat;
import quiver.vector.index.LittleEndian;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.Rotation;

/// The image of a graph that stays on disk: a small front part that is kept in memory, and one
/// record a vertex with all that a step needs. Every field is in
/// `docs/formats/disk-graph-index.md`.
///
/// @param header what the file begins with
/// @param image the whole file, mapped
record DiskGraphFile(Header header, MemorySegment image) {
  static final int HEADER_BYTES = 512;

  /// In a record, behind its checksum: the row.
  static final long RECORD_ROW = 4;

  /// In a record: the vector.
  static final long RECORD_VECTOR = 8;

  private static final int ALIGNMENT = 64;
  private static final int PAGE_BYTES = 4_096;
  private static final long MAGIC = 0x4B53_4944_5649_5551L; // "QUIVDISK"
  static final IndexFormat FORMAT = new IndexFormat(MAGIC, 1, HEADER_BYTES, "a disk graph index");
  private static final int OFFSET_FRONT_CRC = HEADER_BYTES - 2 * Integer.BYTES;

  /// @param degree neighbours of a vertex, whole code blocks
  record Header(
      VectorMapping mapping,
      int rowCount,
      int indexedRowCount,
      int vertexCount,
      int degree,
      int entryCount) {
    int rotatedDimension() {
      return Rotation.rotatedDimension(mapping.mappedDimension());
    }

    CodeBlock codeBlock() {
      return new CodeBlock(rotatedDimension());
    }

    boolean hasDuplicates() {
      return vertexCount < indexedRowCount;
    }

    /// Where the code blocks start in a record.
    long codesOffset() {
      return align(RECORD_VECTOR + (long) mapping.dimension() * Float.BYTES, ALIGNMENT);
    }

    int blockCount() {
      return degree / CodeBlock.ROW_COUNT;
    }

    /// A record never begins so that it touches one page more than it must, when several fit a page
    /// or it fills whole pages.
    long recordBytes() {
      long bytes = codesOffset() + blockCount() * codeBlock().sizeBytes();
      if (bytes > PAGE_BYTES) {
        return align(bytes, PAGE_BYTES);
      }
      long perPage = PAGE_BYTES / bytes;
      return PAGE_BYTES / perPage / ALIGNMENT * ALIGNMENT;
    }

    /// Where a vertex's record starts in the file.
    long recordOffset(int vertex) {
      long bytes = recordBytes();
      if (bytes >= PAGE_BYTES) {
        return recordsOffset() + vertex * bytes;
      }
      long perPage = PAGE_BYTES / bytes;
      return recordsOffset() + vertex / perPage * PAGE_BYTES + vertex % perPage * bytes;
    }

    long centreOffset() {
      return HEADER_BYTES;
    }

    long entryBlocksOffset() {
      return align(centreOffset() + (long) rotatedDimension() * Float.BYTES, ALIGNMENT);
    }

    long entryBlocksBytes() {
      return Math.ceilDiv(entryCount, CodeBlock.ROW_COUNT) * codeBlock().sizeBytes();
    }

    long duplicatesOffset() {
      return entryBlocksOffset() + entryBlocksBytes();
    }

    long duplicatesBytes() {
      return hasDuplicates() ? (long) rowCount * Integer.BYTES : 0;
    }

    long recordsOffset() {
      return align(duplicatesOffset() + duplicatesBytes(), PAGE_BYTES);
    }

    long fileBytes() {
      return align(vertexCount == 0 ? recordsOffset() : recordOffset(vertexCount), PAGE_BYTES);
    }

    private static long align(long bytes, long alignment) {
      return Math.ceilDiv(bytes, alignment) * alignment;
    }
  }

  static DiskGraphFile create(Header header, Arena arena) {
    return new DiskGraphFile(header, arena.allocate(header.fileBytes(), PAGE_BYTES));
  }

  /// The part that is kept in memory.
  MemorySegment front() {
    return image.asSlice(0, header.recordsOffset());
  }

  /// Computes the checksums of records. Scratch inside: used by one thread.
  static final class RecordChecksum {
    /// Windows overlap by half, so that every record lies in one.
    private static final int WINDOW_SHIFT = 29;

    private static final long WINDOW_BYTES = 2L << WINDOW_SHIFT;

    private final DiskGraphFile file;
    private final int recordBytes;
    private final ByteBuffer[] windows;
    private final CRC32C crc = new CRC32C();

    RecordChecksum(DiskGraphFile file) {
      this.file = file;
      this.recordBytes = (int) file.header.recordBytes();
      long size = file.image.byteSize();
      this.windows = new ByteBuffer[(int) (size >>> WINDOW_SHIFT) + 1];
      for (int i = 0; i < windows.length; i++) {
        long from = (long) i << WINDOW_SHIFT;
        windows[i] = file.image.asSlice(from, Math.min(WINDOW_BYTES, size - from)).asByteBuffer();
      }
    }

    private int of(long at) {
      ByteBuffer window = windows[(int) (at >>> WINDOW_SHIFT)];
      int start = (int) (at & ((1L << WINDOW_SHIFT) - 1));
      window.limit(start + recordBytes).position(start + Integer.BYTES);
      crc.reset();
      crc.update(window);
      return (int) crc.getValue();
    }

    /// Writes the checksum of a record.
    void seal(int vertex) {
      long at = file.header.recordOffset(vertex);
      file.image.set(LittleEndian.INT, at, of(at));
    }

    /// Refuses a damaged record: a wrong neighbour would be a wrong answer.
    void verify(int vertex) {
      long at = file.header.recordOffset(vertex);
      if (file.image.get(LittleEndian.INT, at) != of(at)) {
        throw FORMAT.damaged("record " + vertex, "its checksum does not match");
      }
    }
  }

  /// Writes the header with the checksums of the front part.
  void seal() {
    image.set(LittleEndian.INT, 12, IndexFormat.code(header.mapping.metric()));
    image.set(LittleEndian.INT, 16, header.mapping.dimension());
    image.set(LittleEndian.INT, 20, header.rowCount);
    image.set(LittleEndian.INT, 24, header.indexedRowCount);
    image.set(LittleEndian.INT, 28, header.vertexCount);
    image.set(LittleEndian.INT, 32, header.degree);
    image.set(LittleEndian.INT, 36, header.entryCount);
    image.set(LittleEndian.LONG, 40, Double.doubleToRawLongBits(header.mapping.scale()));
    image.set(LittleEndian.LONG, 48, header.fileBytes());
    image.set(LittleEndian.INT, OFFSET_FRONT_CRC, frontChecksum());
    FORMAT.sealHeader(image);
  }

  private int frontChecksum() {
    return IndexFormat.checksum(image.asSlice(HEADER_BYTES, header.recordsOffset() - HEADER_BYTES));
  }

  /// Reads and verifies the front part; records are verified as they are read.
  ///
  /// @throws quiver.common.error.QuiverException `XX002` naming the part that is damaged
  static DiskGraphFile open(MemorySegment image) {
    FORMAT.verifyHeader(image);
    DistanceMetric metric = FORMAT.metric(image.get(LittleEndian.INT, 12));
    Header header =
        new Header(
            new VectorMapping(
                metric,
                image.get(LittleEndian.INT, 16),
                Double.longBitsToDouble(image.get(LittleEndian.LONG, 40))),
            image.get(LittleEndian.INT, 20),
            image.get(LittleEndian.INT, 24),
            image.get(LittleEndian.INT, 28),
            image.get(LittleEndian.INT, 32),
            image.get(LittleEndian.INT, 36));
    if (image.byteSize() < header.fileBytes()) {
      throw FORMAT.damaged("records", "the file has " + image.byteSize() + " bytes");
    }
    DiskGraphFile file = new DiskGraphFile(header, image);
    if (image.get(LittleEndian.INT, OFFSET_FRONT_CRC) != file.frontChecksum()) {
      throw FORMAT.damaged("front", "its checksum does not match");
    }
    return file;
  }
}
