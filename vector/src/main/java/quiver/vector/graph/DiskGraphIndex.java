package quiver.vector.graph;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import quiver.common.error.QuiverException;
import quiver.common.vector.DistanceMetric;
import quiver.vector.graph.CodeGraphFile.Section;
import quiver.vector.index.BuildResources;
import quiver.vector.index.IndexImage;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorIndex;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.Rotation;

/// A code graph that is searched where it lies on disk: a vertex's record holds its full vector and
/// its neighbours' codes, so that a step of a walk reads one record and nothing else, and what is
/// returned has its exact distance without a further look. In memory are only the entry points, and
/// the chain of equal rows where there are any.
///
/// Source: Subramanya and others, "DiskANN" (NeurIPS 2019), which keeps the codes of all rows in
/// memory and vectors with adjacency on disk. SymphonyQG's codes relative to the vertex make the
/// former needless, at the price of a longer record: a few consecutive pages cost a disk as much as
/// one.
public final class DiskGraphIndex implements VectorIndex {
  private final VectorKernel kernel = VectorKernels.best();
  private final VectorRows rows;
  private final DiskGraphFile file;
  private final Rotation rotation;
  private final MemorySegment front;

  private DiskGraphIndex(VectorRows rows, DiskGraphFile file) {
    this.rows = rows;
    this.file = file;
    this.rotation = new Rotation(VectorKernels.codes(), file.header().mapping().mappedDimension());
    // A copy: mapped pages may be dropped at any time, and every search begins here.
    MemorySegment mapped = file.front();
    this.front = Arena.ofAuto().allocate(mapped.byteSize(), 64).copyFrom(mapped);
  }

  /// Builds the index by way of a [CodeGraphIndex], which needs more memory than a search does.
  ///
  /// @param rows in one block
  /// @param metric L2, inner product or cosine
  /// @throws QuiverException what the monitor throws to cancel
  public static DiskGraphIndex build(
      VectorRows rows, DistanceMetric metric, CodeGraphOptions options, BuildResources resources) {
    try (Arena scratch = Arena.ofShared()) {
      CodeGraphIndex graph =
          CodeGraphIndex.build(
              rows,
              metric,
              options,
              new BuildResources(
                  resources.executor(), resources.threadCount(), scratch, resources.monitor()));
      DiskGraphFile file = copy(graph, rows, resources.arena());
      file.seal();
      return new DiskGraphIndex(rows, file);
    }
  }

  private static DiskGraphFile copy(CodeGraphIndex graph, VectorRows rows, Arena arena) {
    CodeGraphFile source = graph.file();
    CodeGraphFile.Header from = source.header();
    DiskGraphFile.Header header =
        new DiskGraphFile.Header(
            from.mapping(),
            from.rowCount(),
            from.indexedRowCount(),
            from.vertexCount(),
            from.options().degree(),
            from.entryCount());
    DiskGraphFile file = DiskGraphFile.create(header, arena);
    MemorySegment image = file.image();
    copySection(source.section(Section.ENTRY_CENTRE), image, header.centreOffset());
    copySection(source.section(Section.ENTRY_BLOCKS), image, header.entryBlocksOffset());
    copySection(source.section(Section.DUPLICATES), image, header.duplicatesOffset());
    VertexLayout layout = from.layout();
    MemorySegment vertices = source.section(Section.VERTICES);
    float[] vector = new float[rows.dimension()];
    DiskGraphFile.RecordChecksum checksum = new DiskGraphFile.RecordChecksum(file);
    for (int vertex = 0; vertex < from.vertexCount(); vertex++) {
      long at = header.recordOffset(vertex);
      int row = graph.vertexRow(vertex);
      image.set(LittleEndian.INT, at + DiskGraphFile.RECORD_ROW, row);
      rows.copyRow(row, vector);
      MemorySegment.copy(
          vector, 0, image, LittleEndian.FLOAT, at + DiskGraphFile.RECORD_VECTOR, vector.length);
      MemorySegment.copy(
          vertices,
          layout.offset(vertex) + layout.codesOffset(),
          image,
          at + header.codesOffset(),
          header.blockCount() * header.codeBlock().sizeBytes());
      checksum.seal(vertex);
    }
    return file;
  }

  private static void copySection(MemorySegment section, MemorySegment image, long offset) {
    MemorySegment.copy(section, 0, image, offset, section.byteSize());
  }

  /// Opens a file over the rows it was built from. Verifies and copies the front part; records are
  /// verified as they are read.
  ///
  /// @param image the mapped file
  /// @throws QuiverException `XX002` naming the damaged part, or if the rows are others
  public static DiskGraphIndex open(MemorySegment image, VectorRows rows) {
    DiskGraphFile file = DiskGraphFile.open(image);
    DiskGraphFile.Header header = file.header();
    DiskGraphFile.FORMAT.requireRows(header.mapping().dimension(), header.rowCount(), rows);
    return new DiskGraphIndex(rows, file);
  }

  /// Writes the file.
  public void write(WritableByteChannel channel) throws IOException {
    IndexImage.write(file.image(), channel);
  }

  /// The file as it lies in memory; read only by convention.
  public MemorySegment image() {
    return file.image();
  }

  @Override
  public String kind() {
    return "diskann";
  }

  @Override
  public DistanceMetric metric() {
    return file.header().mapping().metric();
  }

  @Override
  public int dimension() {
    return file.header().mapping().dimension();
  }

  @Override
  public int rowCount() {
    return file.header().rowCount();
  }

  /// What stays in memory; the records are read from their file.
  @Override
  public long sizeBytes() {
    return front.byteSize();
  }

  /// Bytes of the file.
  public long fileBytes() {
    return file.image().byteSize();
  }

  @Override
  public Searcher newSearcher() {
    return new DiskGraphSearcher(this);
  }

  @Override
  public long searcherBytes() {
    return rowCount() / 8 + 40L * dimension() + (1 << 15);
  }

  VectorKernel kernel() {
    return kernel;
  }

  VectorRows rows() {
    return rows;
  }

  DiskGraphFile file() {
    return file;
  }

  Rotation rotation() {
    return rotation;
  }

  EntryPoints entryPoints() {
    DiskGraphFile.Header header = file.header();
    return EntryPoints.of(
        header.codeBlock(),
        front.asSlice(header.centreOffset(), (long) header.rotatedDimension() * Float.BYTES),
        front.asSlice(header.entryBlocksOffset(), header.entryBlocksBytes()));
  }

  /// The next row with the same vector, [CodeGraphFile#NO_ROW] behind the last.
  int nextDuplicate(int row) {
    DiskGraphFile.Header header = file.header();
    return header.hasDuplicates()
        ? front.get(LittleEndian.INT, header.duplicatesOffset() + (long) row * Integer.BYTES)
        : CodeGraphFile.NO_ROW;
  }
}
