package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernel;

/// Scores float32 rows: squared L2, negative inner product, one minus cosine, or L1. Cosine is an
/// inner product times the stored inverse norms, so rows are read as they are.
final class FloatRowScorer implements RowScorer {
  private final VectorKernel kernel;
  private final DistanceMetric metric;
  private final KernelOperation operation;
  private final int dimension;
  private final MemorySegment rows;
  private final InverseNorms norms;
  private final QueryScratch scratch;
  private MemorySegment query;
  private float queryInverseNorm = 1;

  /// @param norms of every row under cosine, otherwise unused
  FloatRowScorer(VectorKernel kernel, DistanceMetric metric, VectorRows rows, InverseNorms norms) {
    this.kernel = kernel;
    this.metric = metric;
    this.operation = VectorDistance.operation(metric);
    this.dimension = rows.dimension();
    this.rows = rows.block(0);
    this.norms = norms;
    this.scratch = new QueryScratch(dimension);
    this.query = scratch.segment();
  }

  @Override
  public void setQuery(float[] values) {
    scratch.set(values);
    query = scratch.segment();
    if (metric == DistanceMetric.COSINE) {
      queryInverseNorm =
          InverseNorms.of(
              kernel.compute(KernelOperation.INNER_PRODUCT, values, 0, values, 0, dimension));
    }
  }

  @Override
  public void setQueryRow(int row) {
    long rowBytes = (long) dimension * Float.BYTES;
    query = rows.asSlice(row * rowBytes, rowBytes);
    if (metric == DistanceMetric.COSINE) {
      queryInverseNorm = norms.get(row);
    }
  }

  @Override
  public void score(int[] rowNumbers, int count, float[] scores) {
    kernel.gather(operation, query, dimension, rows, rowNumbers, count, scores);
    switch (metric) {
      case L2, L1, HAMMING, JACCARD -> {}
      case INNER_PRODUCT -> {
        for (int i = 0; i < count; i++) {
          scores[i] = -scores[i];
        }
      }
      case COSINE -> {
        for (int i = 0; i < count; i++) {
          scores[i] = 1 - scores[i] * queryInverseNorm * norms.get(rowNumbers[i]);
        }
      }
    }
  }
}
