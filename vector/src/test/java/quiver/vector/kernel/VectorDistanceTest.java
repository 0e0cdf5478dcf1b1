package quiver.vector.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.vector.DistanceMetric;

/// Expectations are pgvector's own regression results.
class VectorDistanceTest {
  private static double distance(DistanceMetric metric, float[] a, float[] b) {
    return VectorDistance.between(VectorKernels.best(), metric, a, b);
  }

  private static float[] vector(double... values) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  @Test
  void l2() {
    assertThat(distance(DistanceMetric.L2, vector(0, 0), vector(3, 4))).isEqualTo(5);
    assertThat(distance(DistanceMetric.L2, vector(0, 0), vector(0, 1))).isEqualTo(1);
    assertThat(distance(DistanceMetric.L2, vector(3e38), vector(-3e38))).isInfinite();
  }

  @Test
  void innerProductIsNegative() {
    assertThat(distance(DistanceMetric.INNER_PRODUCT, vector(1, 2), vector(3, 4))).isEqualTo(-11);
    assertThat(distance(DistanceMetric.INNER_PRODUCT, vector(3e38), vector(3e38)))
        .isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void cosine() {
    assertThat(distance(DistanceMetric.COSINE, vector(1, 2), vector(2, 4))).isEqualTo(0);
    assertThat(distance(DistanceMetric.COSINE, vector(1, 2), vector(0, 0))).isNaN();
    assertThat(distance(DistanceMetric.COSINE, vector(1, 1), vector(1, 1))).isEqualTo(0);
    assertThat(distance(DistanceMetric.COSINE, vector(1, 0), vector(0, 2))).isEqualTo(1);
    assertThat(distance(DistanceMetric.COSINE, vector(1, 1), vector(-1, -1))).isEqualTo(2);
    assertThat(distance(DistanceMetric.COSINE, vector(1, 1), vector(1.1, 1.1))).isEqualTo(0);
    assertThat(distance(DistanceMetric.COSINE, vector(1, 1), vector(-1.1, -1.1))).isEqualTo(2);
  }

  @Test
  void l1() {
    assertThat(distance(DistanceMetric.L1, vector(0, 0), vector(3, 4))).isEqualTo(7);
    assertThat(distance(DistanceMetric.L1, vector(3e38), vector(-3e38))).isInfinite();
  }

  @Test
  void differentDimensionsAreRefused() {
    assertThatThrownBy(() -> distance(DistanceMetric.L2, vector(1, 2), vector(3)))
        .isInstanceOf(QuiverException.class)
        .hasMessage("different vector dimensions 2 and 1");
  }

  @Test
  void elementFunctions() {
    assertThat(VectorArithmetic.add(vector(1, 2), vector(3, 4))).containsExactly(4, 6);
    assertThat(VectorArithmetic.subtract(vector(1, 2), vector(3, 5))).containsExactly(-2, -3);
    assertThat(VectorArithmetic.multiply(vector(1, 2), vector(3, 4))).containsExactly(3, 8);
    assertThat(VectorArithmetic.norm(vector(3, 4))).isEqualTo(5);
    assertThat(VectorArithmetic.norm(vector(3e37, 4e37))).isEqualTo(5e37f, within(1e31));
    assertThat(VectorArithmetic.normalize(vector(3, 4))).containsExactly(0.6f, 0.8f);
    assertThat(VectorArithmetic.normalize(vector(0, 0))).containsExactly(0, 0);
    assertThat(VectorArithmetic.normalize(vector(3e38))).containsExactly(1);
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  @Test
  void elementFunctionsRefuseOverflowAndUnderflow() {
    assertThatThrownBy(() -> VectorArithmetic.add(vector(3e38), vector(3e38)))
        .hasMessage("value out of range: overflow");
    assertThatThrownBy(() -> VectorArithmetic.subtract(vector(-3e38), vector(3e38)))
        .hasMessage("value out of range: overflow");
    assertThatThrownBy(() -> VectorArithmetic.multiply(vector(1e37), vector(1e37)))
        .hasMessage("value out of range: overflow");
    assertThatThrownBy(() -> VectorArithmetic.multiply(vector(1e-37), vector(1e-37)))
        .hasMessage("value out of range: underflow");
  }
}
