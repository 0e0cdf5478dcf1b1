package quiver.vector.list;

import quiver.vector.kernel.CodeKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeEncoder;
import quiver.vector.quantize.Int8Quantizer;

/// Rotates rows, finds the list of each and encodes it, some rows at once: the search for the
/// nearest centroid reads every centroid. Used by one thread.
final class RowEncoder {
  private static final int INT8_MAX = 127;
  private static final float[] NO_SCORES = {};

  private final ListCodebook codebook;
  private final int dimension;
  private final RotatedRow rotatedRow;
  private final CodeEncoder encoder;
  private final float[] rotated;
  private final int[] rows;
  private final int[] nearest;
  private final int[] uncoded;
  private int count;
  private int uncodedCount;

  /// @param rowsMax rows between two flushes
  RowEncoder(ListCodebook codebook, int rowsMax) {
    CodeKernel kernel = VectorKernels.codes();
    this.codebook = codebook;
    this.dimension = codebook.rotation().rotatedDimension();
    this.rotatedRow = codebook.newRotatedRow();
    this.encoder = new CodeEncoder(kernel, codebook.score(), new CodeBlock(dimension));
    this.rotated = new float[rowsMax * dimension];
    this.rows = new int[rowsMax];
    this.nearest = new int[rowsMax];
    this.uncoded = new int[rowsMax];
  }

  void add(int row, float[] vector) {
    if (rotatedRow.rotate(vector, rotated, count * dimension)) {
      rows[count++] = row;
    } else {
      uncoded[uncodedCount++] = row;
    }
  }

  /// Writes what was added.
  void flush(EncodedRows target) {
    for (int i = 0; i < uncodedCount; i++) {
      target.setList(uncoded[i], EncodedRows.UNCODED);
    }
    codebook.centroids().nearest(rotated, 0, count, 1, nearest, NO_SCORES);
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      target.setList(row, nearest[i]);
      if (codebook.isCoded()) {
        encode(i, row, target);
      }
    }
    count = 0;
    uncodedCount = 0;
  }

  private void encode(int i, int row, EncodedRows target) {
    int at = i * dimension;
    encoder.write(
        target.blocks(),
        target.blockOffset(row),
        row % CodeBlock.ROW_COUNT,
        row,
        rotated,
        at,
        codebook.centroids().values(),
        nearest[i] * dimension);
    if (!target.isFinite(row)) {
      target.setList(row, EncodedRows.UNCODED);
      return;
    }
    float max = 0;
    float squaredNorm = 0;
    for (int j = at; j < at + dimension; j++) {
      max = Math.max(max, Math.abs(rotated[j]));
      squaredNorm += rotated[j] * rotated[j];
    }
    float step = Math.max(max / INT8_MAX, Float.MIN_NORMAL);
    new Int8Quantizer(step).encode(rotated, at, dimension, target.int8(), target.int8Offset(row));
    target.setScalars(row, step, squaredNorm);
  }
}
