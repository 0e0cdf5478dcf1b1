package quiver.vector.kernel;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;

/// Turns kernel sums into pgvector's distances: sums in float, the last step in double.
///
/// Source: `l2_distance`, `vector_negative_inner_product`, `cosine_distance` and `l1_distance` of
/// pgvector's vector.c.
public final class VectorDistance {
  private VectorDistance() {}

  /// The distance of two vectors on the heap; NaN for a zero vector under cosine.
  ///
  /// @throws QuiverException `22000` if the dimensions differ
  public static double between(VectorKernel kernel, DistanceMetric metric, float[] a, float[] b) {
    if (a.length != b.length) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION, "different vector dimensions %d and %d", a.length, b.length);
    }
    return between(kernel, metric, a, 0, b, 0, a.length);
  }

  /// The distance of two slices of `dimension` floats on the heap.
  public static double between(
      VectorKernel kernel,
      DistanceMetric metric,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int dimension) {
    float sum = kernel.compute(operation(metric), a, aOffset, b, bOffset, dimension);
    return switch (metric) {
      case L2, INNER_PRODUCT, L1 -> fromSum(metric, sum);
      case COSINE ->
          cosine(
              sum,
              kernel.compute(KernelOperation.INNER_PRODUCT, a, aOffset, a, aOffset, dimension),
              kernel.compute(KernelOperation.INNER_PRODUCT, b, bOffset, b, bOffset, dimension));
      case HAMMING, JACCARD -> throw ofBits(metric);
    };
  }

  /// The sum a metric is made from. Cosine needs the two squared norms besides.
  public static KernelOperation operation(DistanceMetric metric) {
    return switch (metric) {
      case L2 -> KernelOperation.SQUARED_L2;
      case INNER_PRODUCT, COSINE -> KernelOperation.INNER_PRODUCT;
      case L1 -> KernelOperation.L1;
      case HAMMING, JACCARD -> throw ofBits(metric);
    };
  }

  /// The distance of a metric that needs one sum only (all but cosine).
  public static double fromSum(DistanceMetric metric, float sum) {
    return switch (metric) {
      case L2 -> Math.sqrt((double) sum);
      case INNER_PRODUCT -> -(double) sum;
      case L1 -> sum;
      case COSINE -> throw new IllegalArgumentException("a cosine needs both norms");
      case HAMMING, JACCARD -> throw ofBits(metric);
    };
  }

  private static IllegalArgumentException ofBits(DistanceMetric metric) {
    return new IllegalArgumentException(metric + " compares bits, not floats");
  }

  /// The cosine distance: one minus the similarity clamped to [-1, 1]; NaN when a norm is zero.
  public static double cosine(float product, float squaredNormA, float squaredNormB) {
    double similarity = product / Math.sqrt((double) squaredNormA * (double) squaredNormB);
    if (similarity > 1) {
      similarity = 1;
    } else if (similarity < -1) {
      similarity = -1;
    }
    return 1 - similarity;
  }
}
