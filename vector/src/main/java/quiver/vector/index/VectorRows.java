package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import quiver.common.column.RowMask;

/// The vectors of one segment: rows `0 … rowCount-1` of `dimension` little-endian float32, in one
/// block or in several blocks of equal row count (chunks of a growing segment).
///
/// A view: it owns neither the memory nor the mask. The blocks are native or mapped, and whoever
/// opened their arena keeps it open while anything searches.
public final class VectorRows {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// The widest vector a table may hold (pgvector's limit).
  public static final int DIMENSION_MAX = 16_000;

  private final int dimension;
  private final int rowCount;
  private final int rowsPerBlock;
  private final List<MemorySegment> blocks;
  private final RowMask present;

  private VectorRows(
      int dimension, int rowCount, int rowsPerBlock, List<MemorySegment> blocks, RowMask present) {
    if (dimension < 1 || dimension > DIMENSION_MAX) {
      throw new IllegalArgumentException("dimension " + dimension);
    }
    if (present.rowCount() != rowCount) {
      throw new IllegalArgumentException(
          "a mask of " + present.rowCount() + " rows for " + rowCount + " vectors");
    }
    this.dimension = dimension;
    this.rowCount = rowCount;
    this.rowsPerBlock = rowsPerBlock;
    this.blocks = List.copyOf(blocks);
    this.present = present;
    for (int i = 0; i < blocks.size(); i++) {
      MemorySegment block = blocks.get(i);
      if (!block.isNative() || block.byteSize() < (long) rowsIn(i) * rowBytes()) {
        throw new IllegalArgumentException(
            "block " + i + " does not hold " + rowsIn(i) + " rows off-heap: " + block);
      }
    }
  }

  /// Rows in one contiguous block.
  ///
  /// @param present the rows that have a vector; the others (NULL) are never searched. Not copied.
  public static VectorRows of(int dimension, int rowCount, MemorySegment rows, RowMask present) {
    return new VectorRows(dimension, rowCount, Math.max(1, rowCount), List.of(rows), present);
  }

  /// Rows in blocks of `rowsPerBlock`; the last may be partly filled.
  public static VectorRows ofBlocks(
      int dimension, int rowCount, int rowsPerBlock, List<MemorySegment> blocks, RowMask present) {
    if (rowsPerBlock < 1 || (long) rowsPerBlock * blocks.size() < rowCount) {
      throw new IllegalArgumentException(
          rowCount + " rows in " + blocks.size() + " blocks of " + rowsPerBlock);
    }
    return new VectorRows(dimension, rowCount, rowsPerBlock, blocks, present);
  }

  /// Rows without any vector.
  public static VectorRows absent(int dimension, int rowCount) {
    return new VectorRows(
        dimension, rowCount, Math.max(1, rowCount), List.of(), RowMask.none(rowCount));
  }

  public int dimension() {
    return dimension;
  }

  public int rowCount() {
    return rowCount;
  }

  /// The rows that have a vector.
  public RowMask present() {
    return present;
  }

  /// Bytes of one row.
  public long rowBytes() {
    return (long) dimension * Float.BYTES;
  }

  public int blockCount() {
    return blocks.size();
  }

  /// Block `i`: rows `i × rowsPerBlock` onwards.
  public MemorySegment block(int i) {
    return blocks.get(i);
  }

  public int rowsPerBlock() {
    return rowsPerBlock;
  }

  private int rowsIn(int block) {
    return Math.clamp((long) rowCount - (long) block * rowsPerBlock, 0, rowsPerBlock);
  }

  /// Copies one row to `target[0 … dimension)`.
  public void copyRow(int row, float[] target) {
    Objects.checkIndex(row, rowCount);
    MemorySegment block = blocks.get(row / rowsPerBlock);
    MemorySegment.copy(block, FLOAT, (row % rowsPerBlock) * rowBytes(), target, 0, dimension);
  }
}
