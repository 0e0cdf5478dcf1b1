package quiver.vector.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;

/// The image of an HNSW index: a header and five sections, written in place by a build and mapped
/// as it is by a search. Every field is in `docs/formats/hnsw-index.md`.
final class HnswFile {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 512;
  static final int ALIGNMENT = 64;

  /// Levels above the base; enough for a billion rows at the smallest m.
  static final int LEVEL_COUNT_MAX = 32;

  /// Entry row and chain end: none.
  static final int NO_ROW = -1;

  private static final long MAGIC = 0x5753_4e48_5649_5551L; // "QUIVHNSW"
  private static final int OFFSET_LEVEL_SIZES = 64;
  private static final int OFFSET_SECTIONS = 192;
  private static final int SECTION_ENTRY_BYTES = 24;
  private static final int OFFSET_HEADER_CRC = HEADER_BYTES - Integer.BYTES;
  private static final int CRC_CHUNK_BYTES = 1 << 30;

  /// The sections, in file order.
  enum Section {
    BASE_NEIGHBORS(0, "base neighbors"),
    UPPER_ROWS(1, "upper rows"),
    UPPER_NEIGHBORS(2, "upper neighbors"),
    INVERSE_NORMS(3, "inverse norms"),
    DUPLICATES(4, "duplicates");

    private final int position;
    private final String title;

    Section(int position, String title) {
      this.position = position;
      this.title = title;
    }
  }

  /// @param indexedRowCount rows that can be found, duplicates included
  /// @param nodeCount distinct vectors, one graph node each
  /// @param entryRow where a search starts when there is no upper level
  /// @param levelSizes nodes at level 1, 2, …; not increasing. Not copied
  record Header(
      DistanceMetric metric,
      int dimension,
      int rowCount,
      int indexedRowCount,
      int nodeCount,
      HnswOptions options,
      int entryRow,
      int[] levelSizes) {
    boolean hasDuplicates() {
      return nodeCount < indexedRowCount;
    }

    /// Slots of a base block: twice m, filled up to whole cache lines.
    int baseWidth() {
      return (2 * options.m() + 15) & ~15;
    }

    int upperNodeCount() {
      return levelSizes.length == 0 ? 0 : levelSizes[0];
    }

    long sectionBytes(Section section) {
      return switch (section) {
        case BASE_NEIGHBORS -> (long) rowCount * baseWidth() * Integer.BYTES;
        case UPPER_ROWS -> (long) upperNodeCount() * Integer.BYTES;
        case UPPER_NEIGHBORS -> {
          long blocks = 0;
          for (int size : levelSizes) {
            blocks += size;
          }
          yield blocks * options.m() * Integer.BYTES;
        }
        case INVERSE_NORMS -> metric == DistanceMetric.COSINE ? (long) rowCount * Float.BYTES : 0;
        case DUPLICATES -> hasDuplicates() ? (long) rowCount * Integer.BYTES : 0;
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
      return sectionOffset(Section.DUPLICATES) + align(sectionBytes(Section.DUPLICATES));
    }

    private static long align(long bytes) {
      return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }
  }

  private final Header header;
  private final MemorySegment image;

  private HnswFile(Header header, MemorySegment image) {
    this.header = header;
    this.image = image;
  }

  /// An empty image for a build; [#seal] makes it valid.
  static HnswFile create(Header header, Arena arena) {
    return new HnswFile(header, arena.allocate(header.fileBytes(), ALIGNMENT));
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
    image.set(LittleEndian.INT, 24, header.indexedRowCount);
    image.set(LittleEndian.INT, 28, header.nodeCount);
    image.set(LittleEndian.INT, 32, header.options.m());
    image.set(LittleEndian.INT, 36, header.options.efConstruction());
    image.set(LittleEndian.LONG, 40, header.options.seed());
    image.set(LittleEndian.LONG, 48, header.fileBytes());
    image.set(LittleEndian.INT, 56, header.entryRow);
    image.set(LittleEndian.INT, 60, header.levelSizes.length);
    for (int i = 0; i < header.levelSizes.length; i++) {
      image.set(LittleEndian.INT, OFFSET_LEVEL_SIZES + 4L * i, header.levelSizes[i]);
    }
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
  static HnswFile open(MemorySegment image) {
    if (image.byteSize() < HEADER_BYTES) {
      throw damaged("header", "it has " + image.byteSize() + " bytes");
    }
    if (image.address() % Long.BYTES != 0) {
      throw new IllegalArgumentException("an index file is mapped at an aligned address");
    }
    if (image.get(LittleEndian.LONG, 0) != MAGIC) {
      throw damaged("header", "it does not start with QUIVHNSW");
    }
    if (image.get(LittleEndian.INT, OFFSET_HEADER_CRC)
        != checksum(image.asSlice(0, OFFSET_HEADER_CRC))) {
      throw damaged("header", "its checksum does not match");
    }
    if (image.get(LittleEndian.INT, 8) != VERSION) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "hnsw index format version %d is not supported",
          image.get(LittleEndian.INT, 8));
    }
    Header header = readHeader(image);
    HnswFile file = new HnswFile(header, image);
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
    int levelCount = image.get(LittleEndian.INT, 60);
    if (levelCount < 0 || levelCount > LEVEL_COUNT_MAX) {
      throw damaged("header", "it counts " + levelCount + " levels");
    }
    int[] levelSizes = new int[levelCount];
    for (int i = 0; i < levelCount; i++) {
      levelSizes[i] = image.get(LittleEndian.INT, OFFSET_LEVEL_SIZES + 4L * i);
    }
    return new Header(
        metric(image.get(LittleEndian.INT, 12)),
        image.get(LittleEndian.INT, 16),
        image.get(LittleEndian.INT, 20),
        image.get(LittleEndian.INT, 24),
        image.get(LittleEndian.INT, 28),
        new HnswOptions(
            image.get(LittleEndian.INT, 32),
            image.get(LittleEndian.INT, 36),
            image.get(LittleEndian.LONG, 40)),
        image.get(LittleEndian.INT, 56),
        levelSizes);
  }

  private static int code(DistanceMetric metric) {
    return switch (metric) {
      case L2 -> 0;
      case INNER_PRODUCT -> 1;
      case COSINE -> 2;
      case L1 -> 3;
      case HAMMING -> 4;
      case JACCARD -> 5;
    };
  }

  private static DistanceMetric metric(int code) {
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

  static int checksum(MemorySegment segment) {
    CRC32C crc = new CRC32C();
    for (long from = 0; from < segment.byteSize(); from += CRC_CHUNK_BYTES) {
      long bytes = Math.min(CRC_CHUNK_BYTES, segment.byteSize() - from);
      ByteBuffer buffer = segment.asSlice(from, bytes).asByteBuffer();
      crc.update(buffer);
    }
    return (int) crc.getValue();
  }

  private static QuiverException damaged(String part, String how) {
    return new QuiverException(
            SqlState.INDEX_CORRUPTED, "section \"%s\" of an hnsw index file is damaged", part)
        .withDetail(how);
  }
}
