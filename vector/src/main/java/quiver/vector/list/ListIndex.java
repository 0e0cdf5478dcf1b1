package quiver.vector.list;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildResources;
import quiver.vector.index.IndexImage;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorIndex;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.list.ListFile.Header;
import quiver.vector.list.ListFile.Section;
import quiver.vector.quantize.Centroids;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.Rotation;

/// Lists of rows around shared centroids, searched by reading the lists nearest to the query.
///
/// The index is its file: built in place or mapped, searched without copying. It refers to the rows
/// it was built from; both must stay open while it is searched.
///
/// Source: lists as in Jégou, Douze and Schmid, "Product quantization for nearest neighbor search"
/// (2011); codes and error bounds of Gao and Long, "RaBitQ" (SIGMOD 2024); blocks scanned with
/// lookups in registers as in André, Kermarrec and Le Scouarnec, "Cache locality is not enough"
/// (VLDB 2015). Here the lookups have 16 bits, and candidates pass int8 before full precision.
public final class ListIndex implements VectorIndex {
  /// Rows whose norms are looked at when the index is opened.
  private static final int NORM_SAMPLE_ROWS = 1_000;

  private final ListCodebook codebook;
  private final VectorRows rows;
  private final ListFile file;
  private final CentroidDirectory directory;
  private final int[] starts;
  private final int[] blockStarts;
  private final float[] factors;
  private final int presentCount;
  private final double squaredRadius;
  private final MemorySegment blocks;
  private final MemorySegment int8;
  private final MemorySegment steps;
  private final MemorySegment norms;
  private final MemorySegment listRows;
  private final MemorySegment positions;
  private final MemorySegment uncoded;

  ListIndex(ListCodebook codebook, VectorRows rows, ListFile file) {
    this.codebook = codebook;
    this.rows = rows;
    this.file = file;
    this.directory = new CentroidDirectory(codebook);
    this.presentCount = rows.present().cardinality();
    Header header = file.header();
    this.starts = file.section(Section.LIST_STARTS).toArray(LittleEndian.INT);
    this.blockStarts = ListWriter.blockStarts(starts);
    this.factors = file.section(Section.LIST_FACTORS).toArray(LittleEndian.FLOAT);
    this.blocks = file.section(Section.BLOCKS);
    this.int8 = file.section(Section.INT8);
    this.steps = file.section(Section.STEPS);
    this.norms = file.section(Section.NORMS);
    this.listRows = file.section(Section.ROWS);
    this.positions = file.section(Section.POSITIONS);
    this.uncoded = file.section(Section.UNCODED);
    this.squaredRadius = squaredRadius(header);
    if (starts[header.listCount()] != header.codedRowCount()) {
      throw new QuiverException(
          SqlState.INDEX_CORRUPTED,
          "lists of %d rows in a list index of %d",
          starts[header.listCount()],
          header.codedRowCount());
    }
  }

  /// Builds the index. Equal rows, codebook and kernel give an equal file, whatever the number of
  /// threads.
  ///
  /// @throws QuiverException what the monitor throws to cancel
  public static ListIndex build(VectorRows rows, ListCodebook codebook, BuildResources resources) {
    return new ListBuilder(rows, codebook, resources).build();
  }

  /// Trains a codebook on the rows and builds the index with it.
  public static ListIndex build(
      VectorKernel kernel,
      VectorRows rows,
      DistanceMetric metric,
      ListOptions options,
      BuildResources resources) {
    return build(rows, ListCodebook.train(kernel, rows, metric, options, resources), resources);
  }

  /// Opens a file over the rows it was built from. Verifies every checksum, copies the centroids
  /// and nothing else.
  ///
  /// @param image the mapped file, 64-byte aligned
  /// @throws QuiverException `XX002` naming the damaged section, or if the rows are others
  public static ListIndex open(VectorKernel kernel, MemorySegment image, VectorRows rows) {
    ListFile file = ListFile.open(image);
    Header header = file.header();
    ListFile.FORMAT.requireRows(header.dimension(), header.rowCount(), rows);
    return new ListIndex(readCodebook(kernel, file), rows, file);
  }

  private static ListCodebook readCodebook(VectorKernel kernel, ListFile file) {
    Header header = file.header();
    Rotation rotation = new Rotation(VectorKernels.codes(), header.dimension());
    float[] values = file.section(Section.CENTROIDS).toArray(LittleEndian.FLOAT);
    Centroids centroids =
        new Centroids(
            VectorKernels.codes(), rotation.rotatedDimension(), header.listCount(), values);
    return new ListCodebook(kernel, header.metric(), rotation, centroids);
  }

  /// Writes the file.
  public void write(WritableByteChannel channel) throws IOException {
    IndexImage.write(file.image(), channel);
  }

  /// The file as it lies in memory; read only by convention.
  public MemorySegment image() {
    return file.image();
  }

  /// What other segments of the table may be built with.
  public ListCodebook codebook() {
    return codebook;
  }

  @Override
  public String kind() {
    return "ivfflat";
  }

  @Override
  public DistanceMetric metric() {
    return codebook.metric();
  }

  @Override
  public int dimension() {
    return codebook.dimension();
  }

  @Override
  public int rowCount() {
    return file.header().rowCount();
  }

  public int listCount() {
    return codebook.listCount();
  }

  @Override
  public EffortUnit effortUnit() {
    return EffortUnit.LISTS;
  }

  @Override
  public long sizeBytes() {
    return file.image().byteSize();
  }

  @Override
  public Searcher newSearcher() {
    return new ListSearcher(this);
  }

  @Override
  public long searcherBytes() {
    return 32L * codebook.rotation().rotatedDimension() + 16L * listCount() + (1 << 15);
  }

  Header header() {
    return file.header();
  }

  VectorRows rows() {
    return rows;
  }

  /// Rows that have a vector.
  int presentCount() {
    return presentCount;
  }

  /// The mean squared distance of a row and the centroid of its list, which is about its list's
  /// mean: what the rows' squares have above the centroids'.
  private double squaredRadius(Header header) {
    int rowCount = Math.max(1, header.codedRowCount());
    double centroidSum = 0;
    for (int list = 0; list < header.listCount(); list++) {
      centroidSum +=
          (double) (starts[list + 1] - starts[list]) * codebook.centroids().squaredNorm(list);
    }
    double ofRows = meanSquaredNorm(header);
    return Math.max(1e-6 * ofRows, ofRows - centroidSum / rowCount);
  }

  private double meanSquaredNorm(Header header) {
    if (metric() == DistanceMetric.COSINE || header.codedRowCount() == 0) {
      return 1;
    }
    int step = Math.max(1, rowCount() / NORM_SAMPLE_ROWS);
    float[] vector = new float[dimension()];
    double sum = 0;
    int count = 0;
    for (int row = 0; row < rowCount(); row += step) {
      if (rows.present().contains(row)) {
        rows.copyRow(row, vector);
        double squared = 0;
        for (float value : vector) {
          squared += (double) value * value;
        }
        if (Double.isFinite((float) squared)) {
          sum += squared;
          count++;
        }
      }
    }
    return sum / Math.max(1, count);
  }

  double squaredRadius() {
    return squaredRadius;
  }

  CentroidDirectory directory() {
    return directory;
  }

  /// The first position of a list.
  int start(int list) {
    return starts[list];
  }

  /// The position behind a list.
  int end(int list) {
    return starts[list + 1];
  }

  MemorySegment blocks() {
    return blocks;
  }

  /// Where the blocks of a list start, in bytes.
  long blockOffset(int list) {
    return blockStarts[list] * layout().sizeBytes();
  }

  /// The greatest factor in a list, see [CodeBlock#factor].
  float maxFactor(int list) {
    return factors[list];
  }

  CodeBlock layout() {
    return file.header().blockLayout();
  }

  MemorySegment int8() {
    return int8;
  }

  float step(int position) {
    return steps.getAtIndex(LittleEndian.FLOAT, position);
  }

  /// Of a row as it is coded: 1 under cosine, and 1 for products, which need none.
  float squaredNorm(int position) {
    return codebook.metric() == DistanceMetric.L2
        ? norms.getAtIndex(LittleEndian.FLOAT, position)
        : 1;
  }

  /// The row at a position of a list, with codes or without.
  int rowAt(int list, int position) {
    if (!header().coded()) {
      return row(position);
    }
    int within = position - starts[list];
    CodeBlock layout = layout();
    return layout.row(
        blocks,
        blockOffset(list) + within / CodeBlock.ROW_COUNT * layout.sizeBytes(),
        within % CodeBlock.ROW_COUNT);
  }

  /// The row at a position of lists without codes.
  int row(int position) {
    return listRows.getAtIndex(LittleEndian.INT, position);
  }

  /// The position of a row in lists with codes, -1 when it is in none.
  int position(int row) {
    return positions.getAtIndex(LittleEndian.INT, row);
  }

  int uncodedRow(int i) {
    return uncoded.getAtIndex(LittleEndian.INT, i);
  }
}
