package quiver.vector.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import quiver.vector.kernel.CodeKernel;

/// Writes rows into code blocks: one sign bit for each rotated coordinate of the difference `x`
/// between a row and its block's centre, and two floats that turn the sum of a query's signed
/// coordinates into an unbiased estimate. Scratch inside: used by one thread.
///
/// With `b` the signs of `x` as ±1, `<x, q - c>` is estimated as `g × <b, q - c>`, where `g = |x|²
/// / |x|₁` makes the estimate exact for `q - c` along `x`. Hence `|o - q|² ≈ |c - q|² + |x|² + 2g ×
/// <b, c> - 2g × <b, q>`.
///
/// Source: Gao and Long, "RaBitQ" (SIGMOD 2024); Gou, Gao, Xu and Long, "SymphonyQG" (SIGMOD 2025)
/// for codes relative to a graph vertex.
public final class CodeEncoder {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LANE_MASK = (1 << CodeKernel.LANE_DIMENSIONS) - 1;

  private final CodeKernel kernel;
  private final CodeScore score;
  private final CodeBlock layout;
  private final int laneVectorCount;
  private final long[] signs;
  private final float[] sums = new float[4];
  private final int[] int8Sums = new int[2];

  public CodeEncoder(CodeKernel kernel, CodeScore score, CodeBlock layout) {
    this.kernel = kernel;
    this.score = score;
    this.layout = layout;
    this.laneVectorCount = layout.laneVectorCount();
    // A lane may reach into the word behind the last.
    this.signs = new long[(layout.dimension() + 63) / 64 + 2];
  }

  /// Makes a block empty.
  public void clear(MemorySegment blocks, long offset) {
    blocks.asSlice(offset, layout.codeBytes()).fill((byte) 0);
    for (int lane = 0; lane < CodeBlock.ROW_COUNT; lane++) {
      blocks.set(CodeBlock.FLOAT, offset + layout.addOffset() + 4L * lane, Float.POSITIVE_INFINITY);
      blocks.set(CodeBlock.FLOAT, offset + layout.factorOffset() + 4L * lane, 0f);
      blocks.set(CodeBlock.INT, offset + layout.rowsOffset() + 4L * lane, CodeBlock.NO_ROW);
    }
  }

  /// Writes one row of a block.
  ///
  /// @param row its number, or whatever the index calls it
  /// @param vector rotated, from `vectorOffset`
  /// @param centre rotated, from `centreOffset`: the same for all rows of the block
  public void write(
      MemorySegment blocks,
      long offset,
      int lane,
      int row,
      float[] vector,
      int vectorOffset,
      float[] centre,
      int centreOffset) {
    kernel.differences(vector, vectorOffset, centre, centreOffset, layout.dimension(), signs, sums);
    float half = sums[1] > 0 ? sums[0] / sums[1] : 0;
    float constant =
        switch (score) {
          case SQUARED_L2 -> sums[0];
          case NEGATIVE_PRODUCT -> -2 * sums[3];
        };
    writeLane(blocks, offset, lane, row, constant + 2 * half * sums[2], -2 * half);
  }

  /// Writes one row of a block from int8 vectors; squared L2 only.
  ///
  /// @param step the size of one int8 step
  /// @param squaredDistance of the row and the centre
  public void writeInt8(
      MemorySegment blocks,
      long offset,
      int lane,
      int row,
      MemorySegment vectors,
      long vectorOffset,
      long centreOffset,
      int byteCount,
      float step,
      float squaredDistance) {
    kernel.int8Differences(vectors, vectorOffset, centreOffset, byteCount, signs, int8Sums);
    float half = int8Sums[0] > 0 ? squaredDistance / (int8Sums[0] * step) : 0;
    float signedCentre = int8Sums[1] * step;
    writeLane(blocks, offset, lane, row, squaredDistance + 2 * half * signedCentre, -2 * half);
  }

  private void writeLane(
      MemorySegment blocks, long offset, int lane, int row, float add, float factor) {
    blocks.set(CodeBlock.FLOAT, offset + layout.addOffset() + 4L * lane, add);
    blocks.set(CodeBlock.FLOAT, offset + layout.factorOffset() + 4L * lane, factor);
    blocks.set(CodeBlock.INT, offset + layout.rowsOffset() + 4L * lane, row);
    int bit = 0;
    long at = offset + 2L * lane;
    for (int v = 0; v < laneVectorCount; v++) {
      int word = bit >>> 6;
      int shift = bit & 63;
      long bits = signs[word] >>> shift;
      if (shift > 64 - CodeKernel.LANE_DIMENSIONS) {
        bits |= signs[word + 1] << -shift;
      }
      blocks.set(SHORT, at, (short) (bits & LANE_MASK));
      bit += CodeKernel.LANE_DIMENSIONS;
      at += CodeKernel.LANE_VECTOR_BYTES;
    }
  }
}
