package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernel;

/// Gives candidates their exact distances from the full rows and orders them. The second half of
/// every index search, whatever the first half scored. Used by one thread.
public final class Reranker {
  private final VectorKernel kernel;
  private final DistanceMetric metric;
  private final KernelOperation operation;
  private final int dimension;
  private final MemorySegment rows;
  private final QueryScratch query;
  private final NearestRows nearest = new NearestRows();
  private float[] sums = new float[64];
  private float[] squaredNorms = new float[64];
  private float querySquaredNorm;

  public Reranker(VectorKernel kernel, DistanceMetric metric, VectorRows rows) {
    this.kernel = kernel;
    this.metric = metric;
    this.operation = VectorDistance.operation(metric);
    this.dimension = rows.dimension();
    this.rows = rows.block(0);
    this.query = new QueryScratch(dimension);
  }

  /// @throws quiver.common.error.QuiverException `22000` if the query has another dimension
  public void setQuery(float[] values) {
    query.set(values);
    if (metric == DistanceMetric.COSINE) {
      querySquaredNorm =
          kernel.compute(KernelOperation.INNER_PRODUCT, values, 0, values, 0, dimension);
    }
  }

  /// Whether every distance to the query is NaN.
  public boolean isUndefined() {
    return metric == DistanceMetric.COSINE && querySquaredNorm == 0;
  }

  /// The best `k` of the first `count` candidates.
  public SearchResult rerank(int[] candidates, int count, int k, SearchStatistics statistics) {
    if (sums.length < count) {
      sums = new float[Math.max(count, 2 * sums.length)];
      squaredNorms = new float[sums.length];
    }
    nearest.reset(k);
    if (metric == DistanceMetric.COSINE) {
      kernel.gatherCosine(query.segment(), dimension, rows, candidates, count, sums, squaredNorms);
      for (int i = 0; i < count; i++) {
        nearest.offer(
            VectorDistance.cosine(sums[i], querySquaredNorm, squaredNorms[i]), candidates[i]);
      }
    } else {
      kernel.gather(operation, query.segment(), dimension, rows, candidates, count, sums);
      for (int i = 0; i < count; i++) {
        nearest.offer(VectorDistance.fromSum(metric, sums[i]), candidates[i]);
      }
    }
    int[] outRows = new int[nearest.size()];
    double[] distances = new double[nearest.size()];
    nearest.drain(outRows, distances);
    return new SearchResult(outRows, distances, statistics);
  }

  /// Memory held, in bytes.
  public long sizeBytes() {
    return 8L * sums.length + 4L * dimension;
  }
}
