package quiver.vector.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyKernelTest {
  private final KeyKernel scalar = VectorKernels.scalarKeys();
  private final KeyKernel best = VectorKernels.keys();

  @Test
  void halvesAgreeWithTheReferenceOnOddSizes() {
    SplittableRandom random = new SplittableRandom(5);
    try (Arena arena = Arena.ofConfined()) {
      for (int dimension : new int[] {1, 2, 7, 15, 16, 17, 33, 384, 1001}) {
        long stride = (2L * dimension + 3) & ~3L;
        MemorySegment rows = arena.allocate(stride * 5, 64);
        MemorySegment query = arena.allocate(4L * dimension, 64);
        for (int i = 0; i < dimension; i++) {
          query.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-2, 2));
        }
        for (int row = 0; row < 5; row++) {
          for (int i = 0; i < dimension; i++) {
            // Row 4 holds subnormals.
            float value = (float) random.nextDouble(-2, 2) * (row == 4 ? 1e-5f : 1);
            rows.set(ValueLayout.JAVA_SHORT, row * stride + 2L * i, Float.floatToFloat16(value));
          }
        }
        int[] numbers = {4, 0, 3, 1, 2};
        for (KernelOperation operation : KernelOperation.values()) {
          float[] expected = new float[5];
          float[] actual = new float[5];
          scalar.gatherHalves(operation, query, dimension, rows, stride, numbers, 5, expected);
          best.gatherHalves(operation, query, dimension, rows, stride, numbers, 5, actual);
          for (int i = 0; i < 5; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-3f + dimension * 1e-5f));
          }
        }
      }
    }
  }

  @Test
  void everyHalfIsWidenedExactly() {
    try (Arena arena = Arena.ofConfined()) {
      int dimension = 64;
      MemorySegment rows = arena.allocate(2L * dimension, 64);
      MemorySegment query = arena.allocate(4L * dimension, 64);
      float[] sums = new float[1];
      for (int bits = 0; bits < 0x7c00; bits += 31) {
        for (int i = 0; i < dimension; i++) {
          rows.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) 0);
          query.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1);
        }
        rows.setAtIndex(ValueLayout.JAVA_SHORT, 3, (short) (bits | 0x8000));
        best.gatherHalves(
            KernelOperation.INNER_PRODUCT,
            query,
            dimension,
            rows,
            2L * dimension,
            new int[] {0},
            1,
            sums);
        assertThat(sums[0]).isEqualTo(Float.float16ToFloat((short) (bits | 0x8000)));
      }
    }
  }

  @Test
  void bitsAreCounted() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocate(32, 64);
      MemorySegment query = arena.allocate(16, 64);
      query.setAtIndex(ValueLayout.JAVA_LONG, 0, 0b1011);
      rows.setAtIndex(ValueLayout.JAVA_LONG, 2, 0b0110);
      rows.setAtIndex(ValueLayout.JAVA_LONG, 3, -1L);
      float[] results = new float[2];
      best.gatherHamming(query, 2, rows, new int[] {1, 0}, 2, results);
      assertThat(results).containsExactly(3 + 64, 3);
      best.gatherJaccard(query, 2, rows, new int[] {1, 0}, 2, results);
      assertThat(results).containsExactly(1 - 1f / 68, 1);
    }
  }
}
