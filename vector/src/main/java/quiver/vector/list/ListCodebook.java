package quiver.vector.list;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildMonitor;
import quiver.vector.index.BuildResources;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.parallel.ParallelLoop;
import quiver.vector.quantize.Centroids;
import quiver.vector.quantize.CodeScore;
import quiver.vector.quantize.KMeans;
import quiver.vector.quantize.Rotation;

/// What all segments of a table share, so that their lists merge by concatenation and rows are
/// encoded as they come: the rotation and the centroids. Immutable, safe for every thread.
public final class ListCodebook {
  /// Rows below which a 1-bit code says too little of a vector to be worth its 12 bytes besides.
  private static final int CODED_DIMENSION_MIN = 64;

  private static final int SAMPLE_ROWS_PER_LIST = 24;
  private static final int TRAINING_ROUNDS = 4;

  private final VectorKernel kernel;
  private final DistanceMetric metric;
  private final Rotation rotation;
  private final Centroids centroids;
  private final int id;

  /// @param centroids rotated
  ListCodebook(VectorKernel kernel, DistanceMetric metric, Rotation rotation, Centroids centroids) {
    this.kernel = kernel;
    this.metric = metric;
    this.rotation = rotation;
    this.centroids = centroids;
    this.id = checksum(centroids.values());
  }

  /// A codebook from a sample of `rows`.
  ///
  /// @throws quiver.common.error.QuiverException what the monitor throws to cancel
  public static ListCodebook train(
      VectorKernel kernel,
      VectorRows rows,
      DistanceMetric metric,
      ListOptions options,
      BuildResources resources) {
    if (metric == DistanceMetric.HAMMING || metric == DistanceMetric.JACCARD) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "access method \"ivfflat\" does not support %s",
          metric.operatorClass("bit"));
    }
    CodeKernel codes = VectorKernels.codes();
    Rotation rotation = new Rotation(codes, rows.dimension());
    int listCount = options.listsFor(rows.present().cardinality());
    float[] sample = sample(kernel, rows, metric, rotation, listCount, options.seed());
    BuildMonitor monitor = resources.monitor();
    ParallelLoop loop = new ParallelLoop(resources.executor(), resources.threadCount());
    Centroids centroids =
        new KMeans(codes, sample, rotation.rotatedDimension(), options.seed(), loop)
            .train(listCount, TRAINING_ROUNDS, monitor::checkCancelled);
    return new ListCodebook(kernel, metric, rotation, centroids);
  }

  private static float[] sample(
      VectorKernel kernel,
      VectorRows rows,
      DistanceMetric metric,
      Rotation rotation,
      int listCount,
      long seed) {
    int[] candidates = rows.present().toRows();
    int wanted = (int) Math.min(candidates.length, (long) listCount * SAMPLE_ROWS_PER_LIST);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < wanted; i++) {
      int j = random.nextInt(i, candidates.length);
      int row = candidates[j];
      candidates[j] = candidates[i];
      candidates[i] = row;
    }
    // In row order, which reads the rows once from front to back.
    Arrays.sort(candidates, 0, wanted);
    int dimension = rotation.rotatedDimension();
    float[] sample = new float[Math.max(1, wanted) * dimension];
    RotatedRow rotated = new RotatedRow(kernel, metric, rotation);
    float[] vector = new float[rows.dimension()];
    int count = 0;
    for (int i = 0; i < wanted; i++) {
      rows.copyRow(candidates[i], vector);
      if (rotated.rotate(vector, sample, count * dimension)) {
        count++;
      }
    }
    // Nothing to learn from: one list around the origin.
    return Arrays.copyOf(sample, Math.max(1, count) * dimension);
  }

  private static int checksum(float[] values) {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * values.length);
    buffer.asFloatBuffer().put(values);
    crc.update(buffer);
    return (int) crc.getValue();
  }

  public DistanceMetric metric() {
    return metric;
  }

  public int dimension() {
    return rotation.dimension();
  }

  public int listCount() {
    return centroids.count();
  }

  /// Equal for codebooks with equal centroids.
  public int id() {
    return id;
  }

  /// Whether rows have codes. Without them lists are scanned in full precision: under L1, which no
  /// rotation preserves, and for short vectors.
  public boolean isCoded() {
    return metric != DistanceMetric.L1 && rotation.dimension() >= CODED_DIMENSION_MIN;
  }

  Rotation rotation() {
    return rotation;
  }

  Centroids centroids() {
    return centroids;
  }

  VectorKernel kernel() {
    return kernel;
  }

  RotatedRow newRotatedRow() {
    return new RotatedRow(kernel, metric, rotation);
  }

  /// What codes estimate: negative products for products, else squared distances.
  CodeScore score() {
    return metric == DistanceMetric.INNER_PRODUCT
        ? CodeScore.NEGATIVE_PRODUCT
        : CodeScore.SQUARED_L2;
  }
}
