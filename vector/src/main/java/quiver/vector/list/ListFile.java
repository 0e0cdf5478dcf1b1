package quiver.vector.list;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.IndexFormat;
import quiver.vector.index.IndexImage;
import quiver.vector.index.LittleEndian;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.Int8Quantizer;
import quiver.vector.quantize.Rotation;

/// The image of a list index: a header and its sections, written in place by a build and mapped as
/// it is by a search. Every field is in `docs/formats/ivf-index.md`.
final class ListFile {
  static final int HEADER_BYTES = 512;
  private static final long MAGIC = 0x5453_494C_5649_5551L; // "QUIVLIST"
  static final IndexFormat FORMAT = new IndexFormat(MAGIC, 1, HEADER_BYTES, "a list index");
  private static final int OFFSET_SECTIONS = 64;

  /// The sections, in file order.
  enum Section implements IndexImage.Section {
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

    @Override
    public int position() {
      return position;
    }

    @Override
    public String title() {
      return title;
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

  private ListFile(Header header, IndexImage image) {
    this.header = header;
    this.image = image;
  }

  /// An empty image for a build; [#seal] makes it valid.
  static ListFile create(Header header, Arena arena) {
    return new ListFile(header, IndexImage.create(header.sections(), arena));
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
    memory.set(LittleEndian.INT, 24, header.codedRowCount);
    memory.set(LittleEndian.INT, 28, header.uncodedRowCount);
    memory.set(LittleEndian.INT, 32, header.listCount);
    memory.set(LittleEndian.INT, 36, header.blockCount);
    memory.set(LittleEndian.INT, 40, header.coded ? 1 : 0);
    memory.set(LittleEndian.INT, 44, header.codebookId);
    memory.set(LittleEndian.FLOAT, 48, header.meanStep);
    memory.set(LittleEndian.FLOAT, 52, header.meanNorm);
    memory.set(LittleEndian.LONG, 56, header.fileBytes());
    image.seal();
  }

  /// Reads and verifies an image: one pass over all of it.
  ///
  /// @throws quiver.common.error.QuiverException `XX002` naming the part that is damaged
  static ListFile open(MemorySegment memory) {
    FORMAT.verifyHeader(memory);
    Header header = readHeader(memory);
    return new ListFile(header, IndexImage.open(header.sections(), memory));
  }

  private static Header readHeader(MemorySegment image) {
    return new Header(
        FORMAT.metric(image.get(LittleEndian.INT, 12)),
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
}
