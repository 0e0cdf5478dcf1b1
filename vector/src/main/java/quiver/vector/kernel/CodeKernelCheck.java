package quiver.vector.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;

/// The self-test of a code kernel: small whole numbers, so that nothing rounds and every result
/// must equal the reference's.
final class CodeKernelCheck {
  private static final int BYTE_COUNT = 2 * CodeKernel.INT8_STEP;
  private static final int DIMENSION = 2 * CodeKernel.INT8_STEP;

  private final SplittableRandom random = new SplittableRandom(1);
  private final CodeKernel a;
  private final CodeKernel b;

  private CodeKernelCheck(CodeKernel a, CodeKernel b) {
    this.a = a;
    this.b = b;
  }

  static boolean agree(CodeKernel a, CodeKernel b) {
    CodeKernelCheck check = new CodeKernelCheck(a, b);
    try (Arena arena = Arena.ofConfined()) {
      return check.scan(arena)
          && check.int8(arena)
          && check.differences()
          && check.butterflies()
          && check.products();
    }
  }

  private MemorySegment randomBytes(Arena arena, long count) {
    MemorySegment segment = arena.allocate(count, 64);
    for (long i = 0; i < count; i++) {
      segment.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(-127, 128));
    }
    return segment;
  }

  private float[] randomFloats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-8, 9);
    }
    return values;
  }

  private boolean scan(Arena arena) {
    int laneVectorCount = CodeKernel.laneVectorCount(DIMENSION);
    short[] query = new short[laneVectorCount * CodeKernel.LANE_DIMENSIONS];
    for (int i = 0; i < query.length; i++) {
      query[i] = (short) random.nextInt(-50, 51);
    }
    long codeBytes = (long) laneVectorCount * CodeKernel.LANE_VECTOR_BYTES;
    MemorySegment block = randomBytes(arena, codeBytes + 8L * CodeKernel.BLOCK_ROWS);
    for (int i = 0; i < 2 * CodeKernel.BLOCK_ROWS; i++) {
      block.set(ValueLayout.JAVA_FLOAT, codeBytes + 4L * i, (float) random.nextInt(-8, 9));
    }
    MemorySegment tablesA = arena.allocate(CodeKernel.tableBytes(DIMENSION), 64);
    MemorySegment tablesB = arena.allocate(CodeKernel.tableBytes(DIMENSION), 64);
    a.fillTables(query, laneVectorCount, tablesA);
    b.fillTables(query, laneVectorCount, tablesB);
    float[] estimatesA = new float[CodeKernel.BLOCK_ROWS];
    float[] estimatesB = new float[CodeKernel.BLOCK_ROWS];
    int belowA = a.scan(tablesA, laneVectorCount, block, 0, 1f, 3f, 50f, estimatesA);
    int belowB = b.scan(tablesB, laneVectorCount, block, 0, 1f, 3f, 50f, estimatesB);
    return tablesA.mismatch(tablesB) < 0
        && belowA == belowB
        && Arrays.equals(estimatesA, estimatesB);
  }

  private boolean int8(Arena arena) {
    MemorySegment query = arena.allocate(2L * BYTE_COUNT, 64);
    for (int i = 0; i < BYTE_COUNT; i++) {
      query.set(ScalarCodeKernel.SHORT, 2L * i, (short) random.nextInt(-127, 128));
    }
    MemorySegment vectors = randomBytes(arena, 6L * BYTE_COUNT);
    int[] rows = {5, 0, 3, 1, 2};
    int[] productsA = new int[rows.length];
    int[] productsB = new int[rows.length];
    a.int8Products(query, vectors, BYTE_COUNT, rows, rows.length, BYTE_COUNT, productsA);
    b.int8Products(query, vectors, BYTE_COUNT, rows, rows.length, BYTE_COUNT, productsB);
    MemorySegment wideA = arena.allocate(2L * BYTE_COUNT, 64);
    MemorySegment wideB = arena.allocate(2L * BYTE_COUNT, 64);
    a.widenInt8(vectors, BYTE_COUNT, BYTE_COUNT, wideA);
    b.widenInt8(vectors, BYTE_COUNT, BYTE_COUNT, wideB);
    float[] floatsA = new float[BYTE_COUNT];
    float[] floatsB = new float[BYTE_COUNT];
    a.int8ToFloats(vectors, BYTE_COUNT, BYTE_COUNT, 0.5f, floatsA);
    b.int8ToFloats(vectors, BYTE_COUNT, BYTE_COUNT, 0.5f, floatsB);
    long[] signsA = new long[BYTE_COUNT / 64];
    long[] signsB = new long[BYTE_COUNT / 64];
    int[] sumsA = new int[2];
    int[] sumsB = new int[2];
    a.int8Differences(vectors, 0, BYTE_COUNT, BYTE_COUNT, signsA, sumsA);
    b.int8Differences(vectors, 0, BYTE_COUNT, BYTE_COUNT, signsB, sumsB);
    return Arrays.equals(productsA, productsB)
        && wideA.mismatch(wideB) < 0
        && Arrays.equals(floatsA, floatsB)
        && Arrays.equals(signsA, signsB)
        && Arrays.equals(sumsA, sumsB);
  }

  private boolean differences() {
    float[] values = randomFloats(2 * DIMENSION);
    long[] signsA = new long[DIMENSION / 64];
    long[] signsB = new long[DIMENSION / 64];
    float[] sumsA = new float[4];
    float[] sumsB = new float[4];
    a.differences(values, 0, values, DIMENSION, DIMENSION, signsA, sumsA);
    b.differences(values, 0, values, DIMENSION, DIMENSION, signsB, sumsB);
    return Arrays.equals(signsA, signsB) && Arrays.equals(sumsA, sumsB);
  }

  private boolean butterflies() {
    float[] valuesA = randomFloats(8 * CodeKernel.ROW_FLOATS);
    float[] valuesB = valuesA.clone();
    a.butterflies(valuesA, 0, 8);
    b.butterflies(valuesB, 0, 8);
    return Arrays.equals(valuesA, valuesB);
  }

  private boolean products() {
    int rowCount = 5;
    float[] rows = randomFloats(rowCount * DIMENSION);
    float[] panel = randomFloats(CodeKernel.PANEL_COLUMNS * DIMENSION);
    float[] productsA = new float[rowCount * CodeKernel.PANEL_COLUMNS];
    float[] productsB = new float[rowCount * CodeKernel.PANEL_COLUMNS];
    a.products(rows, 0, DIMENSION, rowCount, panel, 0, DIMENSION, productsA);
    b.products(rows, 0, DIMENSION, rowCount, panel, 0, DIMENSION, productsB);
    return Arrays.equals(productsA, productsB);
  }
}
