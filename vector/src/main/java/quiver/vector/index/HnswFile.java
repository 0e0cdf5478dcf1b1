package quiver.vector.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;

/// The image of an HNSW index: a header and five sections, written in place by a build and mapped
/// as it is by a search. Every field is in `docs/formats/hnsw-index.md`.
final class HnswFile {
  static final int HEADER_BYTES = 512;

  /// Levels above the base; enough for a billion rows at the smallest m.
  static final int LEVEL_COUNT_MAX = 32;

  /// Entry row and chain end: none.
  static final int NO_ROW = -1;

  private static final long MAGIC = 0x5753_4e48_5649_5551L; // "QUIVHNSW"
  static final IndexFormat FORMAT = new IndexFormat(MAGIC, 1, HEADER_BYTES, "an hnsw index");
  private static final int OFFSET_LEVEL_SIZES = 64;
  private static final int OFFSET_SECTIONS = 192;

  /// The sections, in file order.
  enum Section implements IndexImage.Section {
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

    @Override
    public int position() {
      return position;
    }

    @Override
    public String title() {
      return title;
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

    IndexImage.Layout<Section> sections() {
      return IndexImage.Layout.of(FORMAT, OFFSET_SECTIONS, Section.values(), this::sectionBytes);
    }

    long sectionOffset(Section section) {
      return sections().offset(section);
    }

    long fileBytes() {
      return sections().fileBytes();
    }
  }

  private final Header header;
  private final IndexImage image;

  private HnswFile(Header header, IndexImage image) {
    this.header = header;
    this.image = image;
  }

  /// An empty image for a build; [#seal] makes it valid.
  static HnswFile create(Header header, Arena arena) {
    return new HnswFile(header, IndexImage.create(header.sections(), arena));
  }

  Header header() {
    return header;
  }

  MemorySegment image() {
    return image.memory();
  }

  MemorySegment section(Section section) {
    return image.section(section);
  }

  /// Writes the header with all checksums.
  void seal() {
    MemorySegment memory = image.memory();
    memory.set(LittleEndian.INT, 12, IndexFormat.code(header.metric));
    memory.set(LittleEndian.INT, 16, header.dimension);
    memory.set(LittleEndian.INT, 20, header.rowCount);
    memory.set(LittleEndian.INT, 24, header.indexedRowCount);
    memory.set(LittleEndian.INT, 28, header.nodeCount);
    memory.set(LittleEndian.INT, 32, header.options.m());
    memory.set(LittleEndian.INT, 36, header.options.efConstruction());
    memory.set(LittleEndian.LONG, 40, header.options.seed());
    memory.set(LittleEndian.LONG, 48, header.fileBytes());
    memory.set(LittleEndian.INT, 56, header.entryRow);
    memory.set(LittleEndian.INT, 60, header.levelSizes.length);
    for (int i = 0; i < header.levelSizes.length; i++) {
      memory.set(LittleEndian.INT, OFFSET_LEVEL_SIZES + 4L * i, header.levelSizes[i]);
    }
    image.seal();
  }

  /// Reads and verifies an image: one pass over all of it.
  ///
  /// @throws quiver.common.error.QuiverException `XX002` naming the part that is damaged
  static HnswFile open(MemorySegment memory) {
    FORMAT.verifyHeader(memory);
    Header header = readHeader(memory);
    return new HnswFile(header, IndexImage.open(header.sections(), memory));
  }

  private static Header readHeader(MemorySegment image) {
    int levelCount = image.get(LittleEndian.INT, 60);
    if (levelCount < 0 || levelCount > LEVEL_COUNT_MAX) {
      throw FORMAT.damaged("header", "it counts " + levelCount + " levels");
    }
    int[] levelSizes = new int[levelCount];
    for (int i = 0; i < levelCount; i++) {
      levelSizes[i] = image.get(LittleEndian.INT, OFFSET_LEVEL_SIZES + 4L * i);
    }
    return new Header(
        FORMAT.metric(image.get(LittleEndian.INT, 12)),
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
}
