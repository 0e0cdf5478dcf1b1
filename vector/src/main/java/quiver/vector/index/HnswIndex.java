package quiver.vector.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import quiver.common.error.QuiverException;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.HnswFile.Section;
import quiver.vector.kernel.VectorKernel;

/// A hierarchical navigable small world graph over the rows of one segment.
///
/// The index is its file: built in place or mapped, searched without copying. It refers to the rows
/// it was built from; both must stay open while it is searched.
///
/// Source: Malkov and Yashunin (2016). Rows with equal vectors share one node, so a thousand copies
/// of a vector cost one visit and cannot cut the graph apart.
public final class HnswIndex implements VectorIndex {
  private final VectorKernel kernel;
  private final VectorRows rows;
  private final HnswFile file;
  private final HnswGraph graph;
  private final InverseNorms norms;

  HnswIndex(VectorKernel kernel, VectorRows rows, HnswFile file) {
    this.kernel = kernel;
    this.rows = rows;
    this.file = file;
    this.graph = new HnswGraph(file);
    this.norms = new InverseNorms(file.section(Section.INVERSE_NORMS));
  }

  /// Builds the index. Equal rows, options and kernel give an equal file, whatever the number of
  /// threads. Zero vectors under cosine and rows without a vector are left out.
  ///
  /// @param rows in one block
  /// @throws QuiverException what the monitor throws to cancel
  public static HnswIndex build(
      VectorKernel kernel,
      VectorRows rows,
      DistanceMetric metric,
      HnswOptions options,
      BuildResources resources) {
    HnswFile file =
        new HnswBuilder(new FloatGraphRows(kernel, rows), metric, options, resources).build();
    return new HnswIndex(kernel, rows, file);
  }

  /// Opens a file over the rows it was built from. Verifies every checksum, copies nothing but the
  /// short list of upper rows.
  ///
  /// @param image the mapped file, 8-byte aligned
  /// @throws QuiverException `XX002` naming the damaged section, or if the rows are others
  public static HnswIndex open(VectorKernel kernel, MemorySegment image, VectorRows rows) {
    HnswFile file = HnswFile.open(image);
    HnswFile.Header header = file.header();
    HnswFile.FORMAT.requireRows(header.dimension(), header.rowCount(), rows);
    return new HnswIndex(kernel, rows, file);
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

  public HnswOptions options() {
    return file.header().options();
  }

  @Override
  public long sizeBytes() {
    return file.image().byteSize();
  }

  @Override
  public Searcher newSearcher() {
    return newSearcher(SearchCosts.MEASURED);
  }

  HnswSearcher newSearcher(SearchCosts costs) {
    return new HnswSearcher(this, costs);
  }

  @Override
  public long searcherBytes() {
    // The visited set, and some 32 KiB of arrays around it.
    return rowCount() / 8 + 8L * dimension() + (1 << 15);
  }

  VectorKernel kernel() {
    return kernel;
  }

  VectorRows rows() {
    return rows;
  }

  HnswGraph graph() {
    return graph;
  }

  InverseNorms norms() {
    return norms;
  }

  int entryRow() {
    return file.header().entryRow();
  }
}
