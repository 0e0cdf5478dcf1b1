package quiver.vector.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.LittleEndian;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;
import quiver.vector.quantize.Rotation;

/// The image of a code graph: a header and five sections, written in place by a build and mapped as
/// it is by a search. Every field is in `docs/formats/code-graph-index.md`.
final class CodeGraphFile {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 512;
  static final int ALIGNMENT = 64;

  /// The end of a chain of duplicates.
  static final int NO_ROW = -1;

  private static final long MAGIC = 0x4850_5247_4356_4951L; // "QIVCGRPH"
  private static final int OFFSET_SECTIONS = 192;
  private static final int SECTION_ENTRY_BYTES = 24;
  private static final int OFFSET_HEADER_CRC = HEADER_BYTES - Integer.BYTES;
  private static final int CRC_CHUNK_BYTES = 1 << 30;

  /// The sections, in file order.
  enum Section {
    VERTICES(0, "vertices"),
    VERTEX_ROWS(1, "vertex rows"),
    ENTRY_CENTRE(2, "entry centre"),
    ENTRY_BLOCKS(3, "entry blocks"),
    DUPLICATES(4, "duplicates");

    private final int position;
    private final String title;

    Section(int position, String title) {
      this.position = position;
      this.title = title;
    }
  }

  /// @param mapping the metric, the dimension of a row, and the scale
  /// @param rowCount rows of the segment
  /// @param indexedRowCount rows that can be found, duplicates included
  /// @param vertexCount distinct vectors, one vertex each
  /// @param step of the int8 vectors
  /// @param entryCount vertices in the entry blocks
  record Header(
      VectorMapping mapping,
      int rowCount,
      int indexedRowCount,
      int vertexCount,
      CodeGraphOptions options,
      float step,
      int entryCount) {
    DistanceMetric metric() {
      return mapping.metric();
    }

    int dimension() {
      return mapping.dimension();
    }

    int rotatedDimension() {
      return Rotation.rotatedDimension(mapping.mappedDimension());
    }

    VertexLayout layout() {
      return new VertexLayout(
          rotatedDimension(), options.degree() / CodeBlock.ROW_COUNT, mapping.hasNorms());
    }

    boolean hasDuplicates() {
      return vertexCount < indexedRowCount;
    }

    long sectionBytes(Section section) {
      return switch (section) {
        case VERTICES -> vertexCount * layout().sizeBytes();
        case VERTEX_ROWS -> (long) vertexCount * Integer.BYTES;
        case ENTRY_CENTRE -> vertexCount == 0 ? 0 : (long) rotatedDimension() * Float.BYTES;
        case ENTRY_BLOCKS -> {
          long blocks = (entryCount + CodeBlock.ROW_COUNT - 1L) / CodeBlock.ROW_COUNT;
          yield blocks * layout().codeBlock().sizeBytes();
        }
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

  private CodeGraphFile(Header header, MemorySegment image) {
    this.header = header;
    this.image = image;
  }

  /// An empty image for a build; [#seal] makes it valid.
  static CodeGraphFile create(Header header, Arena arena) {
    return new CodeGraphFile(header, arena.allocate(header.fileBytes(), ALIGNMENT));
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

  /// A walk over the vertices with scratch of its own.
  GraphWalk walk(CodeKernel kernel, CodeQuery query) {
    return new GraphWalk(
        kernel, header.layout(), section(Section.VERTICES), header.vertexCount, header.step, query);
  }

  EntryPoints entryPoints() {
    return EntryPoints.of(
        header.layout().codeBlock(), section(Section.ENTRY_CENTRE), section(Section.ENTRY_BLOCKS));
  }

  /// Writes the header with all checksums.
  void seal() {
    image.set(LittleEndian.LONG, 0, MAGIC);
    image.set(LittleEndian.INT, 8, VERSION);
    image.set(LittleEndian.INT, 12, code(header.metric()));
    image.set(LittleEndian.INT, 16, header.dimension());
    image.set(LittleEndian.INT, 20, header.rowCount);
    image.set(LittleEndian.INT, 24, header.indexedRowCount);
    image.set(LittleEndian.INT, 28, header.vertexCount);
    image.set(LittleEndian.INT, 32, header.options.degree());
    image.set(LittleEndian.INT, 36, header.options.buildBeam());
    image.set(LittleEndian.LONG, 40, header.options.seed());
    image.set(LittleEndian.LONG, 48, header.fileBytes());
    image.set(LittleEndian.LONG, 56, Double.doubleToRawLongBits(header.mapping.scale()));
    image.set(LittleEndian.FLOAT, 64, header.step);
    image.set(LittleEndian.INT, 68, header.entryCount);
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
  static CodeGraphFile open(MemorySegment image) {
    if (image.byteSize() < HEADER_BYTES) {
      throw damaged("header", "it has " + image.byteSize() + " bytes");
    }
    if (image.address() % Long.BYTES != 0) {
      throw new IllegalArgumentException("an index file is mapped at an aligned address");
    }
    if (image.get(LittleEndian.LONG, 0) != MAGIC) {
      throw damaged("header", "it does not start with QIVCGRPH");
    }
    if (image.get(LittleEndian.INT, OFFSET_HEADER_CRC)
        != checksum(image.asSlice(0, OFFSET_HEADER_CRC))) {
      throw damaged("header", "its checksum does not match");
    }
    if (image.get(LittleEndian.INT, 8) != VERSION) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "code graph index format version %d is not supported",
          image.get(LittleEndian.INT, 8));
    }
    Header header = readHeader(image);
    CodeGraphFile file = new CodeGraphFile(header, image);
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
    VectorMapping mapping =
        new VectorMapping(
            metric(image.get(LittleEndian.INT, 12)),
            image.get(LittleEndian.INT, 16),
            Double.longBitsToDouble(image.get(LittleEndian.LONG, 56)));
    return new Header(
        mapping,
        image.get(LittleEndian.INT, 20),
        image.get(LittleEndian.INT, 24),
        image.get(LittleEndian.INT, 28),
        new CodeGraphOptions(
            image.get(LittleEndian.INT, 32),
            image.get(LittleEndian.INT, 36),
            image.get(LittleEndian.LONG, 40)),
        image.get(LittleEndian.FLOAT, 64),
        image.get(LittleEndian.INT, 68));
  }

  static int code(DistanceMetric metric) {
    return switch (metric) {
      case L2 -> 0;
      case INNER_PRODUCT -> 1;
      case COSINE -> 2;
      case L1, HAMMING, JACCARD ->
          throw new IllegalArgumentException("a code graph has no " + metric);
    };
  }

  static DistanceMetric metric(int code) {
    return switch (code) {
      case 0 -> DistanceMetric.L2;
      case 1 -> DistanceMetric.INNER_PRODUCT;
      case 2 -> DistanceMetric.COSINE;
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
            SqlState.INDEX_CORRUPTED, "section \"%s\" of a code graph index file is damaged", part)
        .withDetail(how);
  }
}
