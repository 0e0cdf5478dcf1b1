package quiver.vector.list;

import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.quantize.Rotation;

/// One vector at a time, rotated, and scaled to length one under cosine. Used by one thread.
final class RotatedRow {
  private final VectorKernel kernel;
  private final DistanceMetric metric;
  private final Rotation rotation;
  private final float[] scaled;
  private final float[] scratch;

  RotatedRow(VectorKernel kernel, DistanceMetric metric, Rotation rotation) {
    this.kernel = kernel;
    this.metric = metric;
    this.rotation = rotation;
    this.scaled = new float[rotation.dimension()];
    this.scratch = new float[rotation.rotatedDimension()];
  }

  /// Rotates `vector` to `target` from `offset`.
  ///
  /// @return false, and an unspecified target, if the vector has no codes: it is zero under cosine,
  ///   or so large that its square is no float
  boolean rotate(float[] vector, float[] target, int offset) {
    float[] source = vector;
    if (metric == DistanceMetric.COSINE) {
      if (!normalize(vector)) {
        return false;
      }
      source = scaled;
    }
    float squared =
        kernel.compute(KernelOperation.INNER_PRODUCT, source, 0, source, 0, source.length);
    if (!(squared < Float.MAX_VALUE / 8)) {
      return false;
    }
    rotation.rotate(source, 0, target, offset, scratch);
    return true;
  }

  private boolean normalize(float[] vector) {
    double squared =
        kernel.compute(KernelOperation.INNER_PRODUCT, vector, 0, vector, 0, vector.length);
    if (!(squared > Float.MIN_NORMAL && squared < Float.MAX_VALUE)) {
      squared = 0;
      for (float value : vector) {
        squared += (double) value * value;
      }
    }
    if (squared == 0) {
      return false;
    }
    double scale = 1 / Math.sqrt(squared);
    for (int i = 0; i < vector.length; i++) {
      scaled[i] = (float) (vector[i] * scale);
    }
    return true;
  }
}
