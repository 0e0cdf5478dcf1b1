package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The checks a [CodeKernel] makes once a call, so that its loops need none.
final class CodeBounds {
  /// Bytes of the two float arrays behind the codes that a scan reads.
  private static final long FACTOR_BYTES = 2L * CodeKernel.BLOCK_ROWS * Float.BYTES;

  private CodeBounds() {}

  static void tables(int laneVectorCount, MemorySegment tables) {
    KernelBounds.requireNative(tables);
    Objects.checkFromIndexSize(
        0L, 3L * laneVectorCount * CodeKernel.LANE_VECTOR_BYTES, tables.byteSize());
  }

  static void fillTables(short[] query, int laneVectorCount, MemorySegment tables) {
    Objects.checkFromIndexSize(0, laneVectorCount * CodeKernel.LANE_DIMENSIONS, query.length);
    tables(laneVectorCount, tables);
  }

  static void prefetch(MemorySegment blocks, long offset, long byteCount) {
    KernelBounds.requireNative(blocks);
    Objects.checkFromIndexSize(offset, byteCount, blocks.byteSize());
  }

  static void scan(
      MemorySegment tables,
      int laneVectorCount,
      MemorySegment blocks,
      long offset,
      float[] estimates) {
    tables(laneVectorCount, tables);
    KernelBounds.requireNative(blocks);
    long bytes = (long) laneVectorCount * CodeKernel.LANE_VECTOR_BYTES + FACTOR_BYTES;
    Objects.checkFromIndexSize(offset, bytes, blocks.byteSize());
    Objects.checkFromIndexSize(0, CodeKernel.BLOCK_ROWS, estimates.length);
  }

  static void int8(MemorySegment query, MemorySegment vectors, long offset, int byteCount) {
    int8Query(query, byteCount);
    KernelBounds.requireNative(vectors);
    Objects.checkFromIndexSize(offset, byteCount, vectors.byteSize());
  }

  private static void int8Query(MemorySegment query, int byteCount) {
    requireWholeSteps(byteCount);
    KernelBounds.requireNative(query);
    Objects.checkFromIndexSize(0L, 2L * byteCount, query.byteSize());
  }

  private static void requireWholeSteps(int byteCount) {
    if (byteCount % CodeKernel.INT8_STEP != 0) {
      throw new IllegalArgumentException("an int8 vector of " + byteCount + " bytes");
    }
  }

  static void int8Rows(
      MemorySegment query,
      MemorySegment vectors,
      long stride,
      int[] rows,
      int count,
      int byteCount,
      int[] products) {
    int8Query(query, byteCount);
    KernelBounds.requireNative(vectors);
    Objects.checkFromIndexSize(0, count, rows.length);
    Objects.checkFromIndexSize(0, count, products.length);
    int max = 0;
    int min = 0;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, rows[i]);
      min = Math.min(min, rows[i]);
    }
    if (count > 0 && (min < 0 || max * stride + byteCount > vectors.byteSize())) {
      throw new IndexOutOfBoundsException(
          "int8 rows " + min + " to " + max + " of " + stride + " bytes in " + vectors.byteSize());
    }
  }

  static void int8ToFloats(MemorySegment vectors, long offset, int dimension, float[] result) {
    if (dimension % CodeKernel.ROW_FLOATS != 0) {
      throw new IllegalArgumentException("dimension " + dimension + " is not padded");
    }
    KernelBounds.requireNative(vectors);
    Objects.checkFromIndexSize(offset, dimension, vectors.byteSize());
    Objects.checkFromIndexSize(0, dimension, result.length);
  }

  static void differences(
      float[] vector,
      int vectorOffset,
      float[] centre,
      int centreOffset,
      int dimension,
      long[] signs,
      float[] sums) {
    if (dimension % CodeKernel.ROW_FLOATS != 0) {
      throw new IllegalArgumentException("dimension " + dimension + " is not padded");
    }
    KernelBounds.heap(vector, vectorOffset, centre, centreOffset, dimension);
    Objects.checkFromIndexSize(0, (dimension + 63) >>> 6, signs.length);
    Objects.checkFromIndexSize(0, 4, sums.length);
  }

  static void int8Differences(
      MemorySegment vectors,
      long vectorOffset,
      long centreOffset,
      int byteCount,
      long[] signs,
      int[] sums) {
    requireWholeSteps(byteCount);
    KernelBounds.requireNative(vectors);
    Objects.checkFromIndexSize(vectorOffset, byteCount, vectors.byteSize());
    Objects.checkFromIndexSize(centreOffset, byteCount, vectors.byteSize());
    Objects.checkFromIndexSize(0, byteCount >>> 6, signs.length);
    Objects.checkFromIndexSize(0, 2, sums.length);
  }

  static void butterflies(float[] values, int offset, int rowCount) {
    if (Integer.bitCount(rowCount) != 1) {
      throw new IllegalArgumentException(rowCount + " rows are no power of two");
    }
    Objects.checkFromIndexSize(offset, rowCount * CodeKernel.ROW_FLOATS, values.length);
  }

  static void products(
      float[] rows,
      int rowOffset,
      int stride,
      int rowCount,
      float[] panel,
      int panelOffset,
      int dimension,
      float[] products) {
    if (rowCount > 0) {
      Objects.checkFromIndexSize(
          (long) rowOffset, (rowCount - 1L) * stride + dimension, (long) rows.length);
    }
    Objects.checkFromIndexSize(
        (long) panelOffset, (long) dimension * CodeKernel.PANEL_COLUMNS, (long) panel.length);
    Objects.checkFromIndexSize(0, rowCount * CodeKernel.PANEL_COLUMNS, products.length);
  }
}
