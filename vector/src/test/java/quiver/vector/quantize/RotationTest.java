package quiver.vector.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import quiver.vector.kernel.VectorKernels;

class RotationTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 17, 32, 100, 384, 768, 1_000, 16_000})
  void keepsProductsAndSpreadsOneCoordinateOverAll(int dimension) {
    Rotation rotation = new Rotation(VectorKernels.codes(), dimension);
    SplittableRandom random = new SplittableRandom(3);
    float[] a = new float[dimension];
    float[] b = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      a[i] = (float) random.nextGaussian();
      b[i] = (float) random.nextGaussian();
    }
    int rotated = rotation.rotatedDimension();
    float[] ra = rotate(rotation, a);
    float[] rb = rotate(rotation, b);
    double norm = Math.sqrt(product(a, a) * product(b, b));
    assertThat(product(ra, rb) / norm).isCloseTo(product(a, b) / norm, within(1e-4));
    assertThat(product(ra, ra)).isCloseTo(product(a, a), within(1e-3 * product(a, a)));
    assertThat(rotated % 16).isZero();
    float[] unit = new float[dimension];
    unit[dimension / 2] = 1;
    float max = 0;
    for (float value : rotate(rotation, unit)) {
      max = Math.max(max, Math.abs(value));
    }
    // A uniform direction has about sqrt(2 ln n / n).
    assertThat(max).isLessThan((float) (2.2 * Math.sqrt(2 * Math.log(rotated) / rotated)));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 384})
  void isTheSameForEveryKernel(int dimension) {
    float[] a = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      a[i] = i * 0.37f - 20;
    }
    assertThat(rotate(new Rotation(VectorKernels.codes(), dimension), a))
        .containsExactly(rotate(new Rotation(VectorKernels.scalarCodes(), dimension), a));
  }

  private static float[] rotate(Rotation rotation, float[] vector) {
    int dimension = rotation.rotatedDimension();
    float[] result = new float[dimension + 2];
    rotation.rotate(vector, 0, result, 2, new float[dimension]);
    return Arrays.copyOfRange(result, 2, result.length);
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
