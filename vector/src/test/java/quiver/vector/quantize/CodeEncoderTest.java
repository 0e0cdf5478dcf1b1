package quiver.vector.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.kernel.VectorKernels;

class CodeEncoderTest {
  private static final int DIMENSION = 200;
  private static final int BLOCK_COUNT = 8;

  private final CodeKernel kernel = VectorKernels.codes();
  private final Rotation rotation = new Rotation(kernel, DIMENSION);
  private final int rotated = rotation.rotatedDimension();
  private final CodeBlock layout = new CodeBlock(rotated);
  private final SplittableRandom random = new SplittableRandom(11);

  @ParameterizedTest
  @EnumSource
  void estimatesAreUnbiasedAndWithinTheirBound(CodeScore score) {
    float[] centre = vector(2);
    CodeQuery query = new CodeQuery(kernel, rotation);
    CodeEncoder encoder = new CodeEncoder(kernel, score, layout);
    int within = 0;
    double bias = 0;
    double scale = 0;
    int count = BLOCK_COUNT * CodeBlock.ROW_COUNT - 3;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment blocks = arena.allocate(BLOCK_COUNT * layout.sizeBytes(), 64);
      float[][] rows = new float[count][];
      for (int i = 0; i < count; i++) {
        long offset = i / CodeBlock.ROW_COUNT * layout.sizeBytes();
        if (i % CodeBlock.ROW_COUNT == 0) {
          encoder.clear(blocks, offset);
        }
        rows[i] = near(centre, 0.7);
        encoder.write(blocks, offset, i % CodeBlock.ROW_COUNT, i, rows[i], 0, centre, 0);
      }
      float[] rotatedQuery = near(centre, 0.8);
      query.setRotated(rotatedQuery, 0);
      float distance = (float) Math.sqrt(squaredL2(centre, rotatedQuery));
      float base =
          score == CodeScore.SQUARED_L2 ? distance * distance : -2 * product(centre, rotatedQuery);
      float[] estimates = new float[CodeBlock.ROW_COUNT];
      for (int block = 0; block < BLOCK_COUNT; block++) {
        long offset = block * layout.sizeBytes();
        int below = query.scan(blocks, offset, base, Float.POSITIVE_INFINITY, estimates);
        for (int lane = 0; lane < CodeBlock.ROW_COUNT; lane++) {
          int row = layout.row(blocks, offset, lane);
          assertThat(((below >>> lane) & 1) != 0).isEqualTo(row >= 0);
          if (row < 0) {
            assertThat(estimates[lane]).isInfinite();
            continue;
          }
          float exact =
              score == CodeScore.SQUARED_L2
                  ? squaredL2(rows[row], rotatedQuery)
                  : -2 * product(rows[row], rotatedQuery);
          float error = estimates[lane] - exact;
          float bound = CodeQuery.errorBound(layout.factor(blocks, offset, lane), distance);
          within += Math.abs(error) <= bound ? 1 : 0;
          bias += error;
          scale += bound;
        }
      }
    }
    assertThat(within).isGreaterThan((int) (0.9 * count));
    // But not because the bound is loose.
    assertThat(within).isLessThan((int) (0.995 * count));
    assertThat(Math.abs(bias)).isLessThan(0.1 * scale);
  }

  @Test
  void aRowAtTheCentreIsExact() {
    float[] centre = vector(1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(layout.sizeBytes(), 64);
      CodeEncoder encoder = new CodeEncoder(kernel, CodeScore.SQUARED_L2, layout);
      encoder.clear(block, 0);
      encoder.write(block, 0, 31, 77, centre, 0, centre, 0);
      CodeQuery query = new CodeQuery(kernel, rotation);
      query.setRotated(vector(3), 0);
      float[] estimates = new float[32];
      assertThat(query.scan(block, 0, 5.5f, 6, estimates)).isEqualTo(1 << 31);
      assertThat(estimates[31]).isEqualTo(5.5f);
      assertThat(layout.row(block, 0, 31)).isEqualTo(77);
    }
  }

  @Test
  void int8ProductsApproachFloatProducts() {
    float[] a = vector(1);
    float[] b = near(a, 1);
    Int8Quantizer quantizer = Int8Quantizer.train(b.clone());
    int bytes = Int8Quantizer.vectorBytes(rotated);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = arena.allocate(2L * bytes, 64);
      quantizer.encode(b, 0, rotated, codes, bytes);
      CodeQuery query = new CodeQuery(kernel, rotation);
      query.setRotated(a, 0);
      query.prepareInt8();
      int whole = kernel.int8Product(query.int8(), codes, bytes, bytes);
      float product = whole * query.int8Step() * quantizer.step();
      double norms = Math.sqrt((double) product(a, a) * product(b, b));
      assertThat(product / norms).isCloseTo(product(a, b) / norms, within(0.003));
    }
  }

  @Test
  void codesOfInt8VectorsEstimateToo() {
    float[][] vectors = {vector(1), vector(1), vector(1)};
    Int8Quantizer quantizer = Int8Quantizer.train(vectors[0].clone());
    int bytes = Int8Quantizer.vectorBytes(rotated);
    CodeEncoder encoder = new CodeEncoder(kernel, CodeScore.SQUARED_L2, layout);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = arena.allocate(2L * bytes, 64);
      quantizer.encode(vectors[0], 0, rotated, codes, 0);
      quantizer.encode(vectors[1], 0, rotated, codes, bytes);
      MemorySegment block = arena.allocate(layout.sizeBytes(), 64);
      encoder.clear(block, 0);
      float distance = squaredL2(vectors[0], vectors[1]);
      encoder.writeInt8(block, 0, 0, 1, codes, bytes, 0, bytes, quantizer.step(), distance);
      encoder.write(block, 0, 1, 1, vectors[1], 0, vectors[0], 0);
      CodeQuery query = new CodeQuery(kernel, rotation);
      query.setRotated(vectors[2], 0);
      float base = squaredL2(vectors[0], vectors[2]);
      float[] estimates = new float[32];
      query.scan(block, 0, base, 0, estimates);
      assertThat(estimates[0]).isCloseTo(estimates[1], within(0.02f * base));
    }
  }

  private float[] vector(double length) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) (length * random.nextGaussian());
    }
    float[] result = new float[rotated];
    rotation.rotate(vector, 0, result, 0, new float[rotated]);
    return result;
  }

  private float[] near(float[] centre, double spread) {
    float[] result = vector(spread);
    for (int i = 0; i < rotated; i++) {
      result[i] += centre[i];
    }
    return result;
  }

  private static float product(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static float squaredL2(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }
}
