package quiver.vector.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeKernelTest {
  private final CodeKernel simd = new SimdCodeKernel();
  private final CodeKernel scalar = VectorKernels.scalarCodes();
  private final SplittableRandom random = new SplittableRandom(7);

  @Test
  void theFastKernelPassesItsSelfTestHere() {
    assertThat(CodeKernelCheck.agree(scalar, simd)).isTrue();
    assertThat(VectorKernels.codes().name()).startsWith("vector-");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 31, 33, 100, 384, 1_001, 16_000})
  void scansAsTheReferenceDoes(int dimension) {
    int laneVectorCount = CodeKernel.laneVectorCount(dimension);
    short[] query = new short[laneVectorCount * CodeKernel.LANE_DIMENSIONS];
    int magnitude = Math.max(1, 32_000 / dimension);
    for (int i = 0; i < dimension; i++) {
      query[i] = (short) random.nextInt(-magnitude, magnitude + 1);
    }
    long codeBytes = (long) laneVectorCount * CodeKernel.LANE_VECTOR_BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment blocks = arena.allocate(3 * codeBytes + 1024, 64);
      for (long i = 0; i < blocks.byteSize(); i++) {
        blocks.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
      }
      long offset = 64;
      for (int i = 0; i < 64; i++) {
        float value = i == 5 ? Float.POSITIVE_INFINITY : (float) random.nextGaussian();
        blocks.set(ValueLayout.JAVA_FLOAT, offset + codeBytes + 4L * i, value);
      }
      MemorySegment expectedTables = arena.allocate(CodeKernel.tableBytes(dimension), 64);
      MemorySegment tables = arena.allocate(CodeKernel.tableBytes(dimension), 64);
      scalar.fillTables(query, laneVectorCount, expectedTables);
      simd.fillTables(query, laneVectorCount, tables);
      assertThat(tables.mismatch(expectedTables)).isEqualTo(-1);
      float[] expected = new float[32];
      float[] actual = new float[32];
      int expectedBelow =
          scalar.scan(tables, laneVectorCount, blocks, offset, 0.01f, 2f, 2.5f, expected);
      int below = simd.scan(tables, laneVectorCount, blocks, offset, 0.01f, 2f, 2.5f, actual);
      assertThat(actual).containsExactly(expected);
      assertThat(below).isEqualTo(expectedBelow);
      assertThat(below & (1 << 5)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 448, 16_000})
  void multipliesInt8AsTheReferenceDoes(int byteCount) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment query = arena.allocate(2L * byteCount, 64);
      MemorySegment vectors = arena.allocate(9L * byteCount, 64);
      for (int i = 0; i < byteCount; i++) {
        // The extremes, where sums of pairs come close to 16 bits.
        query.set(ScalarCodeKernel.SHORT, 2L * i, (short) (random.nextBoolean() ? 127 : -127));
      }
      for (long i = 0; i < vectors.byteSize(); i++) {
        int value = random.nextInt(4) == 0 ? random.nextInt(-127, 128) : 127;
        vectors.set(ValueLayout.JAVA_BYTE, i, (byte) value);
      }
      int[] rows = {8, 0, 3, 3, 7, 1, 2};
      int[] expected = new int[rows.length];
      int[] actual = new int[rows.length];
      scalar.int8Products(query, vectors, byteCount, rows, rows.length, byteCount, expected);
      simd.int8Products(query, vectors, byteCount, rows, rows.length, byteCount, actual);
      assertThat(actual).containsExactly(expected);
      assertThat(simd.int8Product(query, vectors, 8L * byteCount, byteCount))
          .isEqualTo(expected[0]);
      long[] expectedSigns = new long[byteCount / 64];
      long[] signs = new long[byteCount / 64];
      int[] expectedSums = new int[2];
      int[] sums = new int[2];
      scalar.int8Differences(vectors, byteCount, 0, byteCount, expectedSigns, expectedSums);
      simd.int8Differences(vectors, byteCount, 0, byteCount, signs, sums);
      assertThat(signs).containsExactly(expectedSigns);
      assertThat(sums).containsExactly(expectedSums);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 48, 112, 384})
  void subtractsAndMultipliesFloatsAsTheReferenceDoes(int dimension) {
    float[] values = new float[9 * dimension];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    long[] expectedSigns = new long[dimension / 64 + 1];
    long[] signs = new long[dimension / 64 + 1];
    float[] expectedSums = new float[4];
    float[] sums = new float[4];
    scalar.differences(
        values, dimension, values, 3 * dimension, dimension, expectedSigns, expectedSums);
    simd.differences(values, dimension, values, 3 * dimension, dimension, signs, sums);
    assertThat(signs).containsExactly(expectedSigns);
    assertThat(sums).containsExactly(expectedSums, within(1e-3f));
    float[] panel = new float[32 * dimension];
    for (int i = 0; i < panel.length; i++) {
      panel[i] = (float) random.nextGaussian();
    }
    float[] expected = new float[7 * 32];
    float[] products = new float[7 * 32];
    scalar.products(values, 5, dimension, 7, panel, 0, dimension, expected);
    simd.products(values, 5, dimension, 7, panel, 0, dimension, products);
    assertThat(products).containsExactly(expected, within(1e-3f));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 64})
  void transformsToTheSameBits(int rowCount) {
    float[] expected = new float[16 * rowCount + 3];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (float) random.nextGaussian();
    }
    float[] actual = expected.clone();
    scalar.butterflies(expected, 3, rowCount);
    simd.butterflies(actual, 3, rowCount);
    assertThat(actual).containsExactly(expected);
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment tables = arena.allocate(CodeKernel.tableBytes(30), 64);
      MemorySegment block = arena.allocate(2 * 64 + 256, 64);
      float[] estimates = new float[32];
      simd.scan(tables, 2, block, 0, 1, 0, 0, estimates);
      assertThatThrownBy(() -> simd.scan(tables, 2, block, 64, 1, 0, 0, estimates))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> simd.scan(tables, 3, block, 0, 1, 0, 0, estimates))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> simd.scan(tables, 2, block, 0, 1, 0, 0, new float[31]))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> simd.int8Product(tables, block, 0, 63))
          .isInstanceOf(IllegalArgumentException.class);
      int[] rows = {0, -1};
      assertThatThrownBy(() -> simd.int8Products(tables, block, 64, rows, 2, 64, new int[2]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
