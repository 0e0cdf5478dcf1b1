package quiver.vector.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import quiver.vector.kernel.CodeKernel;

/// The layout of a code block: 32 rows that are scanned at once. The same in lists, in graph
/// vertices and in memory; little endian, a multiple of 64 bytes.
///
/// | part | content |
/// |---|---|
/// | codes | `ceil(dimension / 15)` × 32 × u16, see [CodeKernel] |
/// | add | 32 × f32 |
/// | factor | 32 × f32 |
/// | rows | 32 × i32, -1 in unused lanes, whose `add` is +infinity |
///
/// @param dimension coordinates of a rotated vector
public record CodeBlock(int dimension) {
  /// Rows of a block.
  public static final int ROW_COUNT = CodeKernel.BLOCK_ROWS;

  /// The row of an unused lane.
  public static final int NO_ROW = -1;

  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

  public int laneVectorCount() {
    return CodeKernel.laneVectorCount(dimension);
  }

  /// Bytes of the codes alone.
  public long codeBytes() {
    return (long) laneVectorCount() * CodeKernel.LANE_VECTOR_BYTES;
  }

  /// Where the summands start.
  public long addOffset() {
    return codeBytes();
  }

  /// Where the factors start.
  public long factorOffset() {
    return addOffset() + 4L * ROW_COUNT;
  }

  /// Where the row numbers start.
  public long rowsOffset() {
    return factorOffset() + 4L * ROW_COUNT;
  }

  /// Bytes of a block.
  public long sizeBytes() {
    return rowsOffset() + 4L * ROW_COUNT;
  }

  /// The row number in a lane of the block at `offset`.
  public int row(MemorySegment blocks, long offset, int lane) {
    return blocks.get(INT, offset + rowsOffset() + 4L * lane);
  }

  /// The factor in a lane of the block at `offset`; see [CodeQuery#errorBound].
  public float factor(MemorySegment blocks, long offset, int lane) {
    return blocks.get(FLOAT, offset + factorOffset() + 4L * lane);
  }
}
