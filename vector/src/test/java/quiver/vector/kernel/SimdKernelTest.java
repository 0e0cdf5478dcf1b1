package quiver.vector.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The SIMD kernel against the scalar reference.
class SimdKernelTest {
  private static final long SEED = 20261122;
  private static final int ROW_COUNT = 11;
  private static final int[] DIMENSIONS =
      IntStream.concat(
              IntStream.rangeClosed(1, 70), IntStream.of(127, 128, 129, 384, 1000, 1536, 2000))
          .toArray();
  private static final int[] PICKED = {10, 0, 3, 3, 7, 9, 1, 2, 8};

  private final VectorKernel scalar = VectorKernels.scalar();
  private final VectorKernel simd = new SimdKernel();

  @Test
  void theSimdKernelIsChosenHere() {
    assertThat(VectorKernels.selection().reason()).isEqualTo("self-test passed");
    assertThat(VectorKernels.best().name()).startsWith("vector-");
  }

  @Test
  void agreesWithTheScalarReferenceOnOrdinaryValues() {
    SplittableRandom random = new SplittableRandom(SEED);
    checkAgreement(() -> random.nextDouble(-1, 1), 0);
  }

  @Test
  void agreesWithTheScalarReferenceOnHugeValues() {
    SplittableRandom random = new SplittableRandom(SEED);
    checkAgreement(() -> random.nextDouble(-1, 1) * 1e18, 0);
  }

  @Test
  void agreesWithTheScalarReferenceOnTinyAndDenormalValues() {
    SplittableRandom random = new SplittableRandom(SEED);
    checkAgreement(() -> random.nextDouble(-1, 1) * 1e-19, 1e-42);
    checkAgreement(() -> random.nextInt(-50, 51) * (double) Float.MIN_VALUE, 1e-42);
  }

  @Test
  void overflowsToInfinityAsTheScalarReferenceDoes() {
    float[] big = new float[35];
    java.util.Arrays.fill(big, 1e30f);
    float[] zero = new float[35];
    assertThat(simd.compute(KernelOperation.SQUARED_L2, big, 0, zero, 0, 35))
        .isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(simd.compute(KernelOperation.INNER_PRODUCT, big, 0, big, 0, 35))
        .isEqualTo(Float.POSITIVE_INFINITY);
  }

  /// @param absolute error allowed beyond rounding, for sums in the denormal range
  private void checkAgreement(DoubleSupplier values, double absolute) {
    for (int dimension : DIMENSIONS) {
      try (Arena arena = Arena.ofConfined()) {
        float[] query = floats(values, dimension);
        float[] rows = floats(values, dimension * ROW_COUNT);
        MemorySegment querySegment = copy(arena, query);
        MemorySegment rowSegment = copy(arena, rows);
        float[] expected = new float[ROW_COUNT];
        float[] actual = new float[ROW_COUNT];
        float[] heap = new float[ROW_COUNT];
        float[] gathered = new float[PICKED.length];
        for (KernelOperation operation : KernelOperation.values()) {
          scalar.scan(operation, query, rows, 0, ROW_COUNT, expected);
          simd.scan(operation, querySegment, dimension, rowSegment, 0, ROW_COUNT, actual);
          simd.scan(operation, query, rows, 0, ROW_COUNT, heap);
          simd.gather(
              operation, querySegment, dimension, rowSegment, PICKED, PICKED.length, gathered);
          for (int row = 0; row < ROW_COUNT; row++) {
            double bound = magnitude(operation, query, rows, row) * dimension * 0x1p-23 + absolute;
            assertThat((double) actual[row])
                .as("%s, dimension %d, row %d", operation, dimension, row)
                .isBetween(expected[row] - bound, expected[row] + bound);
          }
          assertThat(heap).as("heap and off-heap agree to the bit").isEqualTo(actual);
          for (int i = 0; i < PICKED.length; i++) {
            assertThat(gathered[i]).as("gather and scan agree").isEqualTo(actual[PICKED[i]]);
          }
        }
        checkCosine(querySegment, dimension, rowSegment, query, rows);
      }
    }
  }

  private void checkCosine(
      MemorySegment querySegment,
      int dimension,
      MemorySegment rowSegment,
      float[] query,
      float[] rows) {
    float[] products = new float[ROW_COUNT];
    float[] norms = new float[ROW_COUNT];
    simd.scanCosine(querySegment, dimension, rowSegment, 0, ROW_COUNT, products, norms);
    for (int row = 0; row < ROW_COUNT; row++) {
      int at = row * dimension;
      assertThat(products[row])
          .isEqualTo(simd.compute(KernelOperation.INNER_PRODUCT, query, 0, rows, at, dimension));
      assertThat(norms[row])
          .isEqualTo(simd.compute(KernelOperation.INNER_PRODUCT, rows, at, rows, at, dimension));
    }
    float[] gatheredProducts = new float[PICKED.length];
    float[] gatheredNorms = new float[PICKED.length];
    simd.gatherCosine(
        querySegment,
        dimension,
        rowSegment,
        PICKED,
        PICKED.length,
        gatheredProducts,
        gatheredNorms);
    for (int i = 0; i < PICKED.length; i++) {
      assertThat(gatheredProducts[i]).isEqualTo(products[PICKED[i]]);
      assertThat(gatheredNorms[i]).isEqualTo(norms[PICKED[i]]);
    }
  }

  /// Sum of the absolute terms: what rounding is relative to.
  private static double magnitude(KernelOperation operation, float[] query, float[] rows, int row) {
    double sum = 0;
    for (int i = 0; i < query.length; i++) {
      double a = query[i];
      double b = rows[row * query.length + i];
      sum +=
          switch (operation) {
            case SQUARED_L2 -> (a - b) * (a - b);
            case INNER_PRODUCT -> Math.abs(a * b);
            case L1 -> Math.abs(a - b);
          };
    }
    return sum;
  }

  @Test
  void refusesWhatDoesNotFit() {
    float[] results = new float[4];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment query = arena.allocate(16);
      MemorySegment rows = arena.allocate(3 * 16);
      KernelOperation l2 = KernelOperation.SQUARED_L2;
      for (VectorKernel kernel : new VectorKernel[] {scalar, simd}) {
        assertThatThrownBy(() -> kernel.scan(l2, query, 4, rows, 0, 4, results))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernel.scan(l2, query, 4, rows, -1, 1, results))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernel.scan(l2, query, 5, rows, 0, 1, results))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernel.gather(l2, query, 4, rows, new int[] {0, 3}, 2, results))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernel.gather(l2, query, 4, rows, new int[] {0, -1}, 2, results))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernel.scan(l2, query, 4, rows, 0, 3, new float[2]))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernel.compute(l2, new float[3], 1, new float[3], 0, 3))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(
                () -> kernel.scan(l2, MemorySegment.ofArray(results), 4, rows, 0, 1, results))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void refusesAClosedArena() {
    MemorySegment rows;
    try (Arena arena = Arena.ofConfined()) {
      rows = arena.allocate(16);
    }
    assertThatThrownBy(() -> simd.scan(KernelOperation.L1, rows, 4, rows, 0, 1, new float[1]))
        .isInstanceOf(IllegalStateException.class);
  }

  private static float[] floats(DoubleSupplier values, int count) {
    float[] result = new float[count];
    for (int i = 0; i < count; i++) {
      result[i] = (float) values.getAsDouble();
    }
    return result;
  }

  private static MemorySegment copy(Arena arena, float[] values) {
    return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
  }
}
