package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.parallel.ParallelLoop;

/// Float32 rows in one block.
record FloatGraphRows(VectorKernel kernel, VectorRows rows) implements GraphRows {
  private static final int CHUNK_NORMS = 1_024;

  FloatGraphRows {
    if (rows.blockCount() != 1) {
      throw new IllegalArgumentException("an index is built over one block of rows");
    }
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
  public RowMask present() {
    return rows.present();
  }

  @Override
  public RowScorer newScorer(DistanceMetric metric, InverseNorms norms) {
    return new FloatRowScorer(kernel, metric, rows, norms);
  }

  @Override
  public float[] inverseNorms(ParallelLoop loop, BuildMonitor monitor) {
    float[] result = new float[rows.rowCount()];
    MemorySegment block = rows.block(0);
    loop.run(
        rows.rowCount(),
        CHUNK_NORMS,
        (slot, from, to) -> {
          monitor.checkCancelled();
          float[] products = new float[to - from];
          float[] squaredNorms = new float[to - from];
          kernel.scanCosine(
              block, rows.dimension(), block, from, to - from, products, squaredNorms);
          for (int i = 0; i < squaredNorms.length; i++) {
            result[from + i] = InverseNorms.of(squaredNorms[i]);
          }
        });
    return result;
  }

  @Override
  public DuplicateRows duplicates(int[] candidates, ParallelLoop loop) {
    return DuplicateRows.find(rows, candidates, loop);
  }
}
