package quiver.vector.list;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.LittleEndian;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.Int8Quantizer;
import quiver.vector.quantize.Rotation;

/// The image of a list index: a header and its sections, written in place by a build and mapped as
/// it is by a search. Every field is in `docs/formats/ivf-index.md`.
final class ListFile {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 512;
  static final int ALIGNMENT = 64;
  private static final long MAGIC = 0x5453_494C_5649_5551L; // "QUIVLIST"
  private static final int OFFSET_SECTIONS = 64;
  private static final int SECTION_ENTRY_BYTES = 24;
  private static final int OFFSET_HEADER_CRC = HEADER_BYTES - Integer.BYTES;
  private static final int CRC_CHUNK_BYTES = 1 << 30;

  /// The sections, in file order.
  enum Section {
    CENTROIDS(0, "centroids"),
    LIST_STARTS(1, "list starts"),
    LIST_FACTORS(2, "list factors"),
    BLOCKS(3, "blocks"),
    INT8(4, "int8 vectors"),
    STEPS(5, "int8 steps"),
    NORMS(6, "norms"),
    ROWS(7, "rows"),
    POSITIONS(8, "positions"),
    UNCODED(9, "uncoded rows");

    private final int position;
    private final String title;

    Section(int position, String title) {
      this.position = position;
      this.title = title;
    }
  }

  /// @param rowCount rows of the segment
  /// @param codedRowCount rows in lists
  /// @param uncodedRowCount rows that are always compared in full precision
  /// @param blockCount code blocks of all lists, 0 when rows have no codes
  /// @param codebookId of the centroids
  /// @param meanStep of the int8 vectors
  /// @param meanNorm of the rows as they are coded
  record Header(
      DistanceMetric metric,
      int dimension,
      int rowCount,
      int codedRowCount,
      int uncodedRowCount,
      int listCount,
      int blockCount,
      boolean coded,
      int codebookId,
      float meanStep,
      float meanNorm) {

    int rotatedDimension() {
      return Rotation.rotatedDimension(dimension);
    }

    int int8Bytes() {
      return Int8Quantizer.vectorBytes(rotatedDimension());
    }

    CodeBlock blockLayout() {
      return new CodeBlock(rotatedDimension());
    }

    long sectionBytes(Section section) {
      long inLists = codedRowCount;
      long ifCoded = coded ? 1 : 0;
      return switch (section) {
        case CENTROIDS -> (long) listCount * rotatedDimension() * Float.BYTES;
        case LIST_STARTS -> (listCount + 1L) * Integer.BYTES;
        case LIST_FACTORS -> ifCoded * listCount * Float.BYTES;
        case BLOCKS -> blockCount * blockLayout().sizeBytes();
        case INT8 -> ifCoded * inLists * int8Bytes();
        case STEPS -> ifCoded * inLists * Float.BYTES;
        case NORMS -> metric == DistanceMetric.L2 ? ifCoded * inLists * Float.BYTES : 0;
        case ROWS -> (1 - ifCoded) * inLists * Integer.BYTES;
        case POSITIONS -> ifCoded * rowCount * (long) Integer.BYTES;
        case UNCODED -> (long) uncodedRowCount * Integer.BYTES;
      };
    }

    long sectionOffset(Section section) {
      long offset = HEADER_BYTES;
      for (Section earlier : Section.values()) {
        if (earlier == section) {
          break;
        }
        offset += align(sectionBytes(earlier));
      }
      return offset;
    }

    long fileBytes() {
      return sectionOffset(Section.UNCODED) + align(sectionBytes(Section.UNCODED));
    }

    private static long align(long bytes) {
      return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }
  }

  private final Header header;
  private final MemorySegment image;

  private ListFile(Header header, MemorySegment image) {
    this.header = header;
    this.image = image;
  }

  /// An empty image for a build; [#seal] makes it valid.
  static ListFile create(Header header, Arena arena) {
    return new ListFile(header, arena.allocate(header.fileBytes(), ALIGNMENT));
  }

  Header header() {
    return header;
  }

  MemorySegment image() {
    return image;
  }

  MemorySegment section(Section section) {
    return image.asSlice(header.sectionOffset(section), header.sectionBytes(section));
  }

  /// Writes the header with all checksums.
  void seal() {
    image.set(LittleEndian.LONG, 0, MAGIC);
    image.set(LittleEndian.INT, 8, VERSION);
    image.set(LittleEndian.INT, 12, code(header.metric));
    image.set(LittleEndian.INT, 16, header.dimension);
    image.set(LittleEndian.INT, 20, header.rowCount);
    image.set(LittleEndian.INT, 24, header.codedRowCount);
    image.set(LittleEndian.INT, 28, header.uncodedRowCount);
    image.set(LittleEndian.INT, 32, header.listCount);
    image.set(LittleEndian.INT, 36, header.blockCount);
    image.set(LittleEndian.INT, 40, header.coded ? 1 : 0);
    image.set(LittleEndian.INT, 44, header.codebookId);
    image.set(LittleEndian.FLOAT, 48, header.meanStep);
    image.set(LittleEndian.FLOAT, 52, header.meanNorm);
    image.set(LittleEndian.LONG, 56, header.fileBytes());
    for (Section section : Section.values()) {
      long entry = OFFSET_SECTIONS + (long) SECTION_ENTRY_BYTES * section.position;
      image.set(LittleEndian.LONG, entry, header.sectionOffset(section));
      image.set(LittleEndian.LONG, entry + 8, header.sectionBytes(section));
      image.set(LittleEndian.INT, entry + 16, checksum(section(section)));
    }
    image.set(LittleEndian.INT, OFFSET_HEADER_CRC, checksum(image.asSlice(0, OFFSET_HEADER_CRC)));
  }

  /// Reads and verifies an image: one pass over all of it.
  ///
  /// @throws QuiverException `XX002` naming the part that is damaged
  static ListFile open(MemorySegment image) {
    if (image.byteSize() < HEADER_BYTES) {
      throw damaged("header", "it has " + image.byteSize() + " bytes");
    }
    if (image.address() % ALIGNMENT != 0) {
      throw new IllegalArgumentException("an index file is mapped at an aligned address");
    }
    if (image.get(LittleEndian.LONG, 0) != MAGIC) {
      throw damaged("header", "it does not start with QUIVLIST");
    }
    if (image.get(LittleEndian.INT, OFFSET_HEADER_CRC)
        != checksum(image.asSlice(0, OFFSET_HEADER_CRC))) {
      throw damaged("header", "its checksum does not match");
    }
    if (image.get(LittleEndian.INT, 8) != VERSION) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "list index format version %d is not supported",
          image.get(LittleEndian.INT, 8));
    }
    Header header = readHeader(image);
    ListFile file = new ListFile(header, image);
    for (Section section : Section.values()) {
      long entry = OFFSET_SECTIONS + (long) SECTION_ENTRY_BYTES * section.position;
      long offset = header.sectionOffset(section);
      long bytes = header.sectionBytes(section);
      if (image.get(LittleEndian.LONG, entry) != offset
          || image.get(LittleEndian.LONG, entry + 8) != bytes) {
        throw damaged("header", "it misplaces section \"" + section.title + "\"");
      }
      if (offset + bytes > image.byteSize()) {
        throw damaged(
            section.title, "the file ends at byte " + image.byteSize() + " inside or before it");
      }
      if (image.get(LittleEndian.INT, entry + 16) != checksum(file.section(section))) {
        throw damaged(section.title, "its checksum does not match");
      }
    }
    if (image.byteSize() < header.fileBytes()) {
      throw damaged("padding", "the file ends at byte " + image.byteSize());
    }
    return file;
  }

  private static Header readHeader(MemorySegment image) {
    return new Header(
        metric(image.get(LittleEndian.INT, 12)),
        image.get(LittleEndian.INT, 16),
        image.get(LittleEndian.INT, 20),
        image.get(LittleEndian.INT, 24),
        image.get(LittleEndian.INT, 28),
        image.get(LittleEndian.INT, 32),
        image.get(LittleEndian.INT, 36),
        image.get(LittleEndian.INT, 40) == 1,
        image.get(LittleEndian.INT, 44),
        image.get(LittleEndian.FLOAT, 48),
        image.get(LittleEndian.FLOAT, 52));
  }

  private static int code(DistanceMetric metric) {
    return switch (metric) {
      case L2 -> 0;
      case INNER_PRODUCT -> 1;
      case COSINE -> 2;
      case L1 -> 3;
      case HAMMING, JACCARD -> throw new IllegalArgumentException("lists of " + metric);
    };
  }

  private static DistanceMetric metric(int code) {
    return switch (code) {
      case 0 -> DistanceMetric.L2;
      case 1 -> DistanceMetric.INNER_PRODUCT;
      case 2 -> DistanceMetric.COSINE;
      case 3 -> DistanceMetric.L1;
      default -> throw damaged("header", "its metric is " + code);
    };
  }

  private static int checksum(MemorySegment segment) {
    CRC32C crc = new CRC32C();
    for (long from = 0; from < segment.byteSize(); from += CRC_CHUNK_BYTES) {
      long bytes = Math.min(CRC_CHUNK_BYTES, segment.byteSize() - from);
      crc.update(segment.asSlice(from, bytes).asByteBuffer());
    }
    return (int) crc.getValue();
  }

  private static QuiverException damaged(String part, String how) {
    return new QuiverException(
            SqlState.INDEX_CORRUPTED, "section \"%s\" of a list index file is damaged", part)
        .withDetail(how);
  }
}
