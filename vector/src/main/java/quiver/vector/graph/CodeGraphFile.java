package quiver.vector.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.IndexFormat;
import quiver.vector.index.IndexImage;
import quiver.vector.index.LittleEndian;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;
import quiver.vector.quantize.Rotation;

/// The image of a code graph: a header and eight sections, written in place by a build and mapped
/// as it is by a search. Every field is in `docs/formats/code-graph-index.md`.
final class CodeGraphFile {
  static final int HEADER_BYTES = 512;

  private static final int FACTOR_SAMPLE_VERTICES = 500;

  /// The end of a chain of duplicates.
  static final int NO_ROW = -1;

  private static final long MAGIC = 0x4850_5247_4356_4951L; // "QIVCGRPH"
  static final IndexFormat FORMAT = new IndexFormat(MAGIC, 2, HEADER_BYTES, "a code graph index");
  private static final int OFFSET_SECTIONS = 192;

  /// The sections, in file order.
  enum Section implements IndexImage.Section {
    VERTICES(0, "vertices"),
    VERTEX_ROWS(1, "vertex rows"),
    ENTRY_CENTRE(2, "entry centre"),
    ENTRY_BLOCKS(3, "entry blocks"),
    DUPLICATES(4, "duplicates"),
    LIST_CENTRES(5, "list centres"),
    LIST_STARTS(6, "list starts"),
    LIST_SAMPLES(7, "list samples");

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

  /// @param mapping the metric, the dimension of a row, and the scale
  /// @param rowCount rows of the segment
  /// @param indexedRowCount rows that can be found, duplicates included
  /// @param vertexCount distinct vectors, one vertex each
  /// @param step of the int8 vectors
  /// @param entryCount vertices in the entry blocks
  /// @param listCount lists that the vertices are numbered by
  record Header(
      VectorMapping mapping,
      int rowCount,
      int indexedRowCount,
      int vertexCount,
      CodeGraphOptions options,
      float step,
      int entryCount,
      int listCount) {
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

    CentreLayout centreLayout() {
      return new CentreLayout(rotatedDimension());
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
        case LIST_CENTRES -> listCount * centreLayout().sizeBytes();
        case LIST_STARTS -> listCount == 0 ? 0 : (listCount + 1L) * Integer.BYTES;
        case LIST_SAMPLES -> ListSamples.bytes(layout().codeBlock(), listCount);
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

  private CodeGraphFile(Header header, IndexImage image) {
    this.header = header;
    this.image = image;
  }

  /// An empty image for a build; [#seal] makes it valid.
  static CodeGraphFile create(Header header, Arena arena) {
    return new CodeGraphFile(header, IndexImage.create(header.sections(), arena));
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

  /// The mean magnitude of the factors of some vertices' neighbours.
  float factorMean() {
    VertexLayout layout = header.layout();
    MemorySegment vertices = section(Section.VERTICES);
    double sum = 0;
    int count = 0;
    int stride = Math.max(1, header.vertexCount / FACTOR_SAMPLE_VERTICES);
    for (int vertex = 0; vertex < header.vertexCount; vertex += stride) {
      long block = layout.offset(vertex) + layout.codesOffset();
      for (int lane = 0; lane < CodeBlock.ROW_COUNT; lane++) {
        float factor = Math.abs(layout.codeBlock().factor(vertices, block, lane));
        if (factor > 0) {
          sum += factor;
          count++;
        }
      }
    }
    return count == 0 ? 0 : (float) (sum / count);
  }

  /// A walk over the vertices with scratch of its own.
  GraphWalk walk(CodeKernel kernel, float factorMean, CodeQuery query) {
    return new GraphWalk(
        kernel, header.layout(), section(Section.VERTICES), header.step, factorMean, query);
  }

  EntryPoints entryPoints() {
    return EntryPoints.of(
        header.layout().codeBlock(), section(Section.ENTRY_CENTRE), section(Section.ENTRY_BLOCKS));
  }

  ListSamples listSamples() {
    return new ListSamples(
        header.centreLayout(),
        section(Section.LIST_CENTRES),
        section(Section.LIST_STARTS).toArray(LittleEndian.INT),
        header.layout().codeBlock(),
        section(Section.LIST_SAMPLES));
  }

  /// Writes the header with all checksums.
  void seal() {
    MemorySegment memory = image.memory();
    memory.set(LittleEndian.INT, 12, IndexFormat.code(header.metric()));
    memory.set(LittleEndian.INT, 16, header.dimension());
    memory.set(LittleEndian.INT, 20, header.rowCount);
    memory.set(LittleEndian.INT, 24, header.indexedRowCount);
    memory.set(LittleEndian.INT, 28, header.vertexCount);
    memory.set(LittleEndian.INT, 32, header.options.degree());
    memory.set(LittleEndian.INT, 36, header.options.buildBeam());
    memory.set(LittleEndian.LONG, 40, header.options.seed());
    memory.set(LittleEndian.LONG, 48, header.fileBytes());
    memory.set(LittleEndian.LONG, 56, Double.doubleToRawLongBits(header.mapping.scale()));
    memory.set(LittleEndian.FLOAT, 64, header.step);
    memory.set(LittleEndian.INT, 68, header.entryCount);
    memory.set(LittleEndian.INT, 72, header.listCount);
    image.seal();
  }

  /// Reads and verifies an image: one pass over all of it.
  ///
  /// @throws quiver.common.error.QuiverException `XX002` naming the part that is damaged
  static CodeGraphFile open(MemorySegment memory) {
    FORMAT.verifyHeader(memory);
    Header header = readHeader(memory);
    return new CodeGraphFile(header, IndexImage.open(header.sections(), memory));
  }

  private static Header readHeader(MemorySegment image) {
    VectorMapping mapping =
        new VectorMapping(
            FORMAT.metric(image.get(LittleEndian.INT, 12)),
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
        image.get(LittleEndian.INT, 68),
        image.get(LittleEndian.INT, 72));
  }
}
