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
  private final QueryScratch query;
  private VectorRows rows;
  private final NearestRows nearest = new NearestRows();
  private float[] sums = new float[64];
  private float[] squaredNorms = new float[64];
  private int[] rowsInBlock = new int[0];
  private double[] distances = new double[64];
  private float querySquaredNorm;

  public Reranker(VectorKernel kernel, DistanceMetric metric, VectorRows rows) {
    this.kernel = kernel;
    this.metric = metric;
    this.operation = VectorDistance.operation(metric);
    this.dimension = rows.dimension();
    this.rows = rows;
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

  /// Reads from other rows of the same dimension from now on: a segment that has grown.
  public void setRows(VectorRows newRows) {
    if (newRows.dimension() != dimension) {
      throw new IllegalArgumentException("rows of dimension " + newRows.dimension());
    }
    rows = newRows;
  }

  /// The best `k` of the first `count` candidates.
  public SearchResult rerank(int[] candidates, int count, int k, SearchStatistics statistics) {
    begin(k);
    offer(candidates, count);
    return finish(statistics);
  }

  /// Starts to collect the best `k` of what is [#offer]ed.
  public void begin(int k) {
    nearest.reset(k);
  }

  /// Compares the first `count` candidates and keeps the best.
  public void offer(int[] candidates, int count) {
    if (distances.length < count) {
      distances = new double[Math.max(count, 2 * distances.length)];
    }
    distances(candidates, count, distances);
    for (int i = 0; i < count; i++) {
      nearest.offer(distances[i], candidates[i]);
    }
  }

  /// How many candidates are kept, `k` at most.
  public int size() {
    return nearest.size();
  }

  /// The distance of the worst of `k` candidates, +infinity while there are fewer.
  public double worst() {
    return nearest.worst();
  }

  /// The best candidates, nearest first.
  public SearchResult finish(SearchStatistics statistics) {
    int[] outRows = new int[nearest.size()];
    double[] outDistances = new double[nearest.size()];
    nearest.drain(outRows, outDistances);
    return new SearchResult(outRows, outDistances, statistics);
  }

  /// The exact distances of the first `count` candidates, as pgvector gives them.
  public void distances(int[] candidates, int count, double[] results) {
    if (sums.length < count) {
      sums = new float[Math.max(count, 2 * sums.length)];
      squaredNorms = new float[sums.length];
    }
    if (rows.blockCount() == 1) {
      score(rows.block(0), candidates, count, 0, results);
      return;
    }
    if (rowsInBlock.length < count) {
      rowsInBlock = new int[Math.max(count, 2 * rowsInBlock.length)];
    }
    for (int from = 0; from < count; ) {
      int block = candidates[from] / rows.rowsPerBlock();
      int length = 0;
      while (from + length < count && candidates[from + length] / rows.rowsPerBlock() == block) {
        rowsInBlock[length] = candidates[from + length] - block * rows.rowsPerBlock();
        length++;
      }
      score(rows.block(block), rowsInBlock, length, from, results);
      from += length;
    }
  }

  private void score(
      MemorySegment block, int[] candidates, int count, int resultAt, double[] results) {
    if (metric == DistanceMetric.COSINE) {
      kernel.gatherCosine(query.segment(), dimension, block, candidates, count, sums, squaredNorms);
      for (int i = 0; i < count; i++) {
        results[resultAt + i] = VectorDistance.cosine(sums[i], querySquaredNorm, squaredNorms[i]);
      }
    } else {
      kernel.gather(operation, query.segment(), dimension, block, candidates, count, sums);
      for (int i = 0; i < count; i++) {
        results[resultAt + i] = VectorDistance.fromSum(metric, sums[i]);
      }
    }
  }

  /// Memory held, in bytes.
  public long sizeBytes() {
    return 8L * sums.length + 8L * distances.length + 4L * dimension;
  }
}
