package quiver.vector.list;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.LittleEndian;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.list.ListFile.Header;
import quiver.vector.list.ListFile.Section;
import quiver.vector.quantize.CodeBlock;

/// Copies encoded rows to their place in a file. Two threads may write different lists.
final class ListWriter {
  private final Header header;
  private final CodeBlock layout;
  private final MemorySegment centroids;
  private final MemorySegment blocks;
  private final MemorySegment factors;
  private final MemorySegment int8;
  private final MemorySegment steps;
  private final MemorySegment norms;
  private final MemorySegment rows;
  private final MemorySegment positions;
  private final int[] starts;
  private final int[] blockStarts;

  /// @param starts the first position of each list, and the end of the last
  ListWriter(ListFile file, int[] starts) {
    this.header = file.header();
    this.layout = header.blockLayout();
    this.centroids = file.section(Section.CENTROIDS);
    this.blocks = file.section(Section.BLOCKS);
    this.factors = file.section(Section.LIST_FACTORS);
    this.int8 = file.section(Section.INT8);
    this.steps = file.section(Section.STEPS);
    this.norms = file.section(Section.NORMS);
    this.rows = file.section(Section.ROWS);
    this.positions = file.section(Section.POSITIONS);
    this.starts = starts;
    this.blockStarts = blockStarts(starts);
    MemorySegment listStarts = file.section(Section.LIST_STARTS);
    for (int i = 0; i < starts.length; i++) {
      listStarts.setAtIndex(LittleEndian.INT, i, starts[i]);
    }
  }

  /// The first block of each list, and the end of the last.
  static int[] blockStarts(int[] starts) {
    int[] blockStarts = new int[starts.length];
    for (int i = 1; i < starts.length; i++) {
      int length = starts[i] - starts[i - 1];
      blockStarts[i] = blockStarts[i - 1] + Math.ceilDiv(length, CodeBlock.ROW_COUNT);
    }
    return blockStarts;
  }

  static int blockCount(int[] starts) {
    return blockStarts(starts)[starts.length - 1];
  }

  void writeCentroids(ListCodebook codebook) {
    float[] values = codebook.centroids().values();
    MemorySegment.copy(values, 0, centroids, LittleEndian.FLOAT, 0, values.length);
    if (header.coded()) {
      positions.fill((byte) 0xff);
    }
  }

  /// Empties the blocks of a list.
  void begin(int list) {
    if (!header.coded()) {
      return;
    }
    for (int block = blockStarts[list]; block < blockStarts[list + 1]; block++) {
      long offset = block * layout.sizeBytes();
      for (int lane = 0; lane < CodeBlock.ROW_COUNT; lane++) {
        long at = offset + 4L * lane;
        blocks.set(LittleEndian.FLOAT, at + layout.addOffset(), Float.POSITIVE_INFINITY);
        blocks.set(LittleEndian.INT, at + layout.rowsOffset(), CodeBlock.NO_ROW);
      }
    }
  }

  /// Copies a row to a position of a list.
  ///
  /// @param from the row's number in `source`
  /// @param row its number in the index
  void copy(int list, int position, int from, EncodedRows source, int row) {
    if (!header.coded()) {
      rows.setAtIndex(LittleEndian.INT, position, row);
      return;
    }
    copyCode(
        list, position, source.blocks(), source.blockOffset(from), from % CodeBlock.ROW_COUNT, row);
    copyScalars(position, source.step(from), source.squaredNorm(from), row);
    MemorySegment.copy(
        source.int8(),
        source.int8Offset(from),
        int8,
        (long) position * header.int8Bytes(),
        header.int8Bytes());
  }

  /// Copies a row of another index with the same codebook.
  void copy(int list, int position, ListIndex source, int sourcePosition, int row) {
    if (!header.coded()) {
      rows.setAtIndex(LittleEndian.INT, position, row);
      return;
    }
    int within = sourcePosition - source.start(list);
    copyCode(
        list,
        position,
        source.blocks(),
        source.blockOffset(list) + within / CodeBlock.ROW_COUNT * layout.sizeBytes(),
        within % CodeBlock.ROW_COUNT,
        row);
    copyScalars(position, source.step(sourcePosition), source.squaredNorm(sourcePosition), row);
    MemorySegment.copy(
        source.int8(),
        (long) sourcePosition * header.int8Bytes(),
        int8,
        (long) position * header.int8Bytes(),
        header.int8Bytes());
  }

  private void copyScalars(int position, float step, float squaredNorm, int row) {
    steps.setAtIndex(LittleEndian.FLOAT, position, step);
    if (header.metric() == DistanceMetric.L2) {
      norms.setAtIndex(LittleEndian.FLOAT, position, squaredNorm);
    }
    positions.setAtIndex(LittleEndian.INT, row, position);
  }

  private void copyCode(
      int list, int position, MemorySegment source, long sourceBlock, int sourceLane, int row) {
    int within = position - starts[list];
    int block = blockStarts[list] + within / CodeBlock.ROW_COUNT;
    int lane = within % CodeBlock.ROW_COUNT;
    long target = block * layout.sizeBytes();
    long from = sourceBlock + 2L * sourceLane;
    long to = target + 2L * lane;
    for (int v = 0; v < layout.laneVectorCount(); v++) {
      blocks.set(ValueLayout.JAVA_SHORT, to, source.get(ValueLayout.JAVA_SHORT, from));
      from += CodeKernel.LANE_VECTOR_BYTES;
      to += CodeKernel.LANE_VECTOR_BYTES;
    }
    long sourceAt = sourceBlock + 4L * sourceLane;
    long targetAt = target + 4L * lane;
    float factor = source.get(LittleEndian.FLOAT, sourceAt + layout.factorOffset());
    blocks.set(
        LittleEndian.FLOAT,
        targetAt + layout.addOffset(),
        source.get(LittleEndian.FLOAT, sourceAt + layout.addOffset()));
    blocks.set(LittleEndian.FLOAT, targetAt + layout.factorOffset(), factor);
    blocks.set(LittleEndian.INT, targetAt + layout.rowsOffset(), row);
    float max = factors.getAtIndex(LittleEndian.FLOAT, list);
    factors.setAtIndex(LittleEndian.FLOAT, list, Math.max(max, Math.abs(factor)));
  }
}
