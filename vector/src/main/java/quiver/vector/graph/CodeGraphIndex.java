package quiver.vector.graph;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import quiver.common.error.QuiverException;
import quiver.common.vector.DistanceMetric;
import quiver.vector.graph.CodeGraphFile.Section;
import quiver.vector.index.BuildResources;
import quiver.vector.index.IndexImage;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.SteppedSearcher;
import quiver.vector.index.VectorIndex;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeQuery;
import quiver.vector.quantize.Rotation;

/// A graph over the rows of one segment whose vertices carry 1-bit codes of their neighbours: one
/// step reads one contiguous block and estimates all neighbours at once.
///
/// The index is its file: built in place or mapped, searched without copying. It refers to the rows
/// it was built from, for the exact distances of what it returns; both must stay open while it is
/// searched. Rows with equal vectors share one vertex.
///
/// Source: Gou, Gao, Xu and Long, "SymphonyQG: towards symphonious integration of quantization and
/// graph for approximate nearest neighbor search" (SIGMOD 2025); the codes are RaBitQ's (Gao and
/// Long, SIGMOD 2024). We add exact int8 distances on expansion and a re-ranking in full precision.
public final class CodeGraphIndex implements VectorIndex {
  /// Fewer dimensions make 1-bit codes too coarse: a plain graph is smaller and as fast there.
  public static final int DIMENSION_MIN = 32;

  static final int NO_VERTEX = -1;

  private final VectorKernel kernel;
  private final CodeKernel codes;
  private final VectorRows rows;
  private final CodeGraphFile file;
  private final Rotation rotation;
  private final int[] vertexRows;
  private final int[] rowVertices;
  private final float factorMean;
  private final ListSamples listSamples;

  CodeGraphIndex(VectorKernel kernel, CodeKernel codes, VectorRows rows, CodeGraphFile file) {
    this.kernel = kernel;
    this.codes = codes;
    this.rows = rows;
    this.file = file;
    this.rotation = new Rotation(codes, file.header().mapping().mappedDimension());
    this.factorMean = file.factorMean();
    this.listSamples = file.listSamples();
    this.vertexRows = file.section(Section.VERTEX_ROWS).toArray(LittleEndian.INT);
    this.rowVertices = rowVertices();
  }

  private int[] rowVertices() {
    MemorySegment duplicates = file.section(Section.DUPLICATES);
    int[] result = new int[file.header().rowCount()];
    Arrays.fill(result, NO_VERTEX);
    for (int vertex = 0; vertex < vertexRows.length; vertex++) {
      int row = vertexRows[vertex];
      while (row != CodeGraphFile.NO_ROW) {
        result[row] = vertex;
        row =
            duplicates.byteSize() == 0
                ? CodeGraphFile.NO_ROW
                : duplicates.getAtIndex(LittleEndian.INT, row);
      }
    }
    return result;
  }

  /// Whether a code graph can serve the metric and is worth it at this dimension.
  public static boolean suits(DistanceMetric metric, int dimension) {
    return VectorMapping.suits(metric) && dimension >= DIMENSION_MIN;
  }

  /// Builds the index. Equal rows, options and kernel give an equal file, whatever the number of
  /// threads. Zero vectors under cosine and rows without a vector are left out. Any dimension
  /// works; see [#suits].
  ///
  /// @param rows in one block
  /// @param metric L2, inner product or cosine
  /// @throws QuiverException what the monitor throws to cancel
  public static CodeGraphIndex build(
      VectorRows rows, DistanceMetric metric, CodeGraphOptions options, BuildResources resources) {
    return new CodeGraphBuilder(
            VectorKernels.best(), VectorKernels.codes(), rows, metric, options, resources)
        .build();
  }

  /// Opens a file over the rows it was built from. Verifies every checksum.
  ///
  /// @param image the mapped file, 8-byte aligned
  /// @throws QuiverException `XX002` naming the damaged section, or if the rows are others
  public static CodeGraphIndex open(MemorySegment image, VectorRows rows) {
    CodeGraphFile file = CodeGraphFile.open(image);
    CodeGraphFile.Header header = file.header();
    CodeGraphFile.FORMAT.requireRows(header.dimension(), header.rowCount(), rows);
    return new CodeGraphIndex(VectorKernels.best(), VectorKernels.codes(), rows, file);
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
    return "hnsw";
  }

  @Override
  public DistanceMetric metric() {
    return file.header().metric();
  }

  @Override
  public int dimension() {
    return file.header().dimension();
  }

  @Override
  public int rowCount() {
    return file.header().rowCount();
  }

  /// Rows that can be found through the graph.
  public int indexedRowCount() {
    return file.header().indexedRowCount();
  }

  public CodeGraphOptions options() {
    return file.header().options();
  }

  @Override
  public long sizeBytes() {
    return file.image().byteSize();
  }

  @Override
  public boolean isStepped() {
    return true;
  }

  @Override
  public SteppedSearcher newSearcher() {
    return new CodeGraphSearcher(this);
  }

  @Override
  public long searcherBytes() {
    // The query in four forms with its tables, and the pools.
    return 40L * dimension() + (1 << 16);
  }

  VectorKernel kernel() {
    return kernel;
  }

  CodeKernel codes() {
    return codes;
  }

  VectorRows rows() {
    return rows;
  }

  CodeGraphFile file() {
    return file;
  }

  Rotation rotation() {
    return rotation;
  }

  GraphWalk newWalk(CodeQuery query) {
    return file.walk(codes, factorMean, query);
  }

  ListSamples listSamples() {
    return listSamples;
  }

  int vertexRow(int vertex) {
    return vertexRows[vertex];
  }

  /// The vertex of a row, [#NO_VERTEX] if it has none.
  int vertexOf(int row) {
    return rowVertices[row];
  }
}
