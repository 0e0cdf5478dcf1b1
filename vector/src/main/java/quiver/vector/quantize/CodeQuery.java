package quiver.vector.quantize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import quiver.vector.kernel.CodeKernel;

/// A query made ready for codes: rotated, as tables for 1-bit codes, as int16 for int8 vectors.
/// Reused from query to query; used by one thread. Its off-heap memory is freed with it.
public final class CodeQuery {
  /// How far an estimate is off, in `|factor| × |query - centre|`: one standard deviation. Follows
  /// from `b`'s part orthogonal to `x`, `sqrt(1 - 2/π)` of its length in a rotated space.
  public static final float STANDARD_ERROR = 0.603f;

  /// Standard deviations in an error bound: RaBitQ's ε₀.
  private static final float ERROR_DEVIATIONS = 1.9f;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final CodeKernel kernel;
  private final Rotation rotation;
  private final int laneVectorCount;
  private final int int8Bytes;
  private final float[] rotated;
  private final float[] scratch;
  private final short[] steps;
  private final MemorySegment tables;
  private final MemorySegment int8;
  private final int stepLimit;
  private float step;
  private float int8Step;
  private float squaredNorm;

  public CodeQuery(CodeKernel kernel, Rotation rotation) {
    this.kernel = kernel;
    this.rotation = rotation;
    int dimension = rotation.rotatedDimension();
    this.laneVectorCount = CodeKernel.laneVectorCount(dimension);
    this.int8Bytes = Int8Quantizer.vectorBytes(dimension);
    this.rotated = new float[dimension];
    this.scratch = new float[dimension];
    this.steps = new short[laneVectorCount * CodeKernel.LANE_DIMENSIONS];
    Arena arena = Arena.ofAuto();
    this.tables = arena.allocate(CodeKernel.tableBytes(dimension), 64);
    this.int8 = arena.allocate(2L * int8Bytes, 64);
    // The sum of all magnitudes fits 16 bits, also when every one is rounded up.
    this.stepLimit = Short.MAX_VALUE - dimension / 2 - 1;
  }

  /// Rotates a query and prepares its tables.
  ///
  /// @param query `dimension` floats from `offset`, finite
  public void set(float[] query, int offset) {
    rotation.rotate(query, offset, rotated, 0, scratch);
    prepare();
  }

  /// As [#set] with a rotated query.
  public void setRotated(float[] query, int offset) {
    System.arraycopy(query, offset, rotated, 0, rotated.length);
    prepare();
  }

  private void prepare() {
    squaredNorm = sumOfSquares(rotated);
    // Cauchy-Schwarz: the sum of magnitudes is at most sqrt(dimension) × norm.
    step = (float) (Math.sqrt((double) squaredNorm * rotated.length) / stepLimit);
    float inverse = step > Float.MIN_NORMAL ? 1 / step : 0;
    round(rotated, inverse, steps);
    kernel.fillTables(steps, laneVectorCount, tables);
  }

  /// Eight sums, which the compiler keeps apart: one would wait for itself.
  private static float sumOfSquares(float[] values) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (int i = 0; i < values.length; i += 4) {
      a += values[i] * values[i];
      b += values[i + 1] * values[i + 1];
      c += values[i + 2] * values[i + 2];
      d += values[i + 3] * values[i + 3];
    }
    return (a + b) + (c + d);
  }

  private static void round(float[] values, float factor, short[] result) {
    for (int i = 0; i < values.length; i++) {
      float scaled = values[i] * factor;
      result[i] = (short) (int) (scaled + Math.copySign(0.5f, scaled));
    }
  }

  /// Prepares the comparison with int8 vectors.
  public void prepareInt8() {
    float max = 0;
    for (float value : rotated) {
      max = Math.max(max, Math.abs(value));
    }
    int8Step = max / Int8Quantizer.MAX;
    float inverse = int8Step > Float.MIN_NORMAL ? 1 / int8Step : 0;
    for (int i = 0; i < rotated.length; i++) {
      float scaled = rotated[i] * inverse;
      int8.setAtIndex(SHORT, i, (short) (int) (scaled + Math.copySign(0.5f, scaled)));
    }
  }

  /// The rotated query; not to be changed by the caller.
  public float[] rotated() {
    return rotated;
  }

  /// The squared norm of the query.
  public float squaredNorm() {
    return squaredNorm;
  }

  /// The query as int16 after [#prepareInt8]; one unit is [#int8Step].
  public MemorySegment int8() {
    return int8;
  }

  public float int8Step() {
    return int8Step;
  }

  /// Estimates the scores of a block's rows.
  ///
  /// @param base see [CodeScore]
  /// @param estimates output, at least 32 long; +infinity for unused lanes
  /// @return bit `i` is set when estimate `i` is below `bound`
  public int scan(MemorySegment blocks, long offset, float base, float bound, float[] estimates) {
    return kernel.scan(tables, laneVectorCount, blocks, offset, step, base, bound, estimates);
  }

  /// How far an estimate may be off: 1.9 standard deviations, RaBitQ's bound, exceeded by one in
  /// twenty. From 64 dimensions on.
  ///
  /// @param factor of the row, see [CodeBlock#factor]
  /// @param distance of the query and the block's centre
  public static float errorBound(float factor, float distance) {
    return ERROR_DEVIATIONS * STANDARD_ERROR * Math.abs(factor) * distance;
  }
}
