package quiver.vector.list;

import java.util.Arrays;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.CandidatePool;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.quantize.Centroids;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// The lists in the order in which a query reads them: those whose centroids are nearest first. All
/// centroids are estimated by code, the foremost then compared exactly. Used by one thread.
final class ProbeOrder {
  /// Below this many centroids all are compared exactly.
  private static final int ESTIMATED_LISTS_MIN = 128;

  /// Estimated centroids compared exactly for each list that is read, and some more.
  private static final int REFINED_SHARE_PERCENT = 125;

  private static final int REFINED_MARGIN = 8;

  private final VectorKernel kernel;
  private final boolean product;
  private final CentroidDirectory directory;
  private final Centroids centroids;
  private final int dimension;
  private final long[] entries;
  private final float[] scores;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private float[] query = new float[0];
  private float squaredNorm;

  /// Entries from the front that are in their final order.
  private int readyCount;

  ProbeOrder(ListCodebook codebook, CentroidDirectory directory) {
    this.kernel = codebook.kernel();
    this.product = codebook.metric() == DistanceMetric.INNER_PRODUCT;
    this.directory = directory;
    this.centroids = codebook.centroids();
    this.dimension = centroids.dimension();
    this.entries = new long[directory.blockCount() * CodeBlock.ROW_COUNT];
    this.scores = new float[centroids.count()];
  }

  int listCount() {
    return centroids.count();
  }

  /// Starts with a query and puts the nearest `count` lists in order.
  void start(CodeQuery newQuery, int count) {
    query = newQuery.rotated();
    squaredNorm = newQuery.squaredNorm();
    readyCount = 0;
    Arrays.fill(scores, Float.NaN);
    if (centroids.count() >= ESTIMATED_LISTS_MIN) {
      estimateAll(newQuery);
      prepare(count);
      return;
    }
    for (int list = 0; list < centroids.count(); list++) {
      entries[list] = CandidatePool.entry(list, 0);
    }
    refine(centroids.count());
    readyCount = centroids.count();
  }

  private void estimateAll(CodeQuery newQuery) {
    float base = score(directory.mean(), 0, 0);
    for (int block = 0; block < directory.blockCount(); block++) {
      newQuery.scan(
          directory.blocks(), block * directory.blockBytes(), base, Float.MAX_VALUE, estimates);
      int first = block * CodeBlock.ROW_COUNT;
      for (int lane = 0; lane < CodeBlock.ROW_COUNT; lane++) {
        entries[first + lane] = CandidatePool.entry(first + lane, estimates[lane]);
      }
    }
  }

  /// `|c - q|²`, or `-2 <c, q>` for products.
  private float score(float[] values, int offset, float centroidSquaredNorm) {
    float inner =
        kernel.compute(KernelOperation.INNER_PRODUCT, query, 0, values, offset, dimension);
    return product ? -2 * inner : Math.max(0, squaredNorm + centroidSquaredNorm - 2 * inner);
  }

  /// Puts the nearest `count` lists in order, after those that are already.
  void prepare(int count) {
    int all = centroids.count();
    if (count <= readyCount) {
      return;
    }
    int wanted = Math.min(count, all);
    int refined = (int) Math.min(all, (long) wanted * REFINED_SHARE_PERCENT / 100 + REFINED_MARGIN);
    if (refined < all) {
      select(entries, readyCount, all, refined);
    }
    refine(refined);
    readyCount = refined == all ? all : wanted;
  }

  /// Compares the entries up to `to` exactly, those that were not yet, and sorts them.
  private void refine(int to) {
    for (int i = readyCount; i < to; i++) {
      int list = CandidatePool.nodeOf(entries[i]);
      if (Float.isNaN(scores[list])) {
        scores[list] = score(centroids.values(), list * dimension, centroids.squaredNorm(list));
        entries[i] = CandidatePool.entry(list, scores[list]);
      }
    }
    Arrays.sort(entries, readyCount, to);
  }

  /// Moves the smallest entries of `[from, to)` before `count` (Hoare's quickselect).
  private static void select(long[] entries, int from, int to, int count) {
    int low = from;
    int high = to - 1;
    while (low < high) {
      long pivot = entries[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (entries[i] < pivot) {
          i++;
        }
        while (entries[j] > pivot) {
          j--;
        }
        if (i <= j) {
          long entry = entries[i];
          entries[i++] = entries[j];
          entries[j--] = entry;
        }
      }
      if (count <= j) {
        high = j;
      } else if (count >= i) {
        low = i;
      } else {
        return;
      }
    }
  }

  int preparedCount() {
    return readyCount;
  }

  /// The list at a prepared place.
  int list(int at) {
    return CandidatePool.nodeOf(entries[at]);
  }

  /// The list at any place; of those not prepared in no order.
  int anyList(int at) {
    return CandidatePool.nodeOf(entries[at]);
  }

  /// The score of the centroid at any place, estimated if it is not prepared.
  float anyScore(int at) {
    return CandidatePool.scoreOf(entries[at]);
  }

  /// The base of a scan of a list, see [quiver.vector.quantize.CodeScore].
  float base(int list) {
    return scores[list];
  }

  /// How far the query is from a list's centroid.
  float distance(int list) {
    float squared =
        product ? squaredNorm + centroids.squaredNorm(list) + scores[list] : scores[list];
    return (float) Math.sqrt(Math.max(0, squared));
  }
}
