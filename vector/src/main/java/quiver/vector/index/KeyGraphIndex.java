package quiver.vector.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.HnswFile.Section;

/// An HNSW graph over half vectors, bit strings or sparse vectors. Its distances are computed in
/// float arithmetic from the keys; whoever needs SQL's digits computes them again for the rows
/// found.
public final class KeyGraphIndex implements VectorIndex {
  private final KeyRows rows;
  private final HnswFile file;
  private final HnswGraph graph;
  private final InverseNorms norms;

  private KeyGraphIndex(KeyRows rows, HnswFile file) {
    this.rows = rows;
    this.file = file;
    this.graph = new HnswGraph(file);
    this.norms = new InverseNorms(file.section(Section.INVERSE_NORMS));
  }

  /// Builds the index; see [HnswIndex#build].
  public static KeyGraphIndex build(
      KeyRows rows, DistanceMetric metric, HnswOptions options, BuildResources resources) {
    return new KeyGraphIndex(rows, new HnswBuilder(rows, metric, options, resources).build());
  }

  /// Opens a file over the keys it was built from.
  ///
  /// @throws QuiverException `XX002` naming the damaged section, or if the keys are others
  public static KeyGraphIndex open(MemorySegment image, KeyRows rows) {
    HnswFile file = HnswFile.open(image);
    if (file.header().dimension() != rows.dimension()
        || file.header().rowCount() != rows.rowCount()) {
      throw new QuiverException(
          SqlState.INDEX_CORRUPTED,
          "hnsw index of %d rows opened over %d keys",
          file.header().rowCount(),
          rows.rowCount());
    }
    return new KeyGraphIndex(rows, file);
  }

  /// Writes the graph's file; the keys are the caller's to write.
  public void write(WritableByteChannel channel) throws IOException {
    IndexImage.write(file.image(), channel);
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
    return rows.dimension();
  }

  @Override
  public int rowCount() {
    return rows.rowCount();
  }

  @Override
  public long sizeBytes() {
    return file.image().byteSize() + rows.block().byteSize();
  }

  @Override
  public Searcher newSearcher() {
    return new KeyGraphSearcher(this);
  }

  @Override
  public long searcherBytes() {
    return rowCount() / 8L + (1 << 15);
  }

  KeyRows rows() {
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

  int indexedRowCount() {
    return file.header().indexedRowCount();
  }
}
