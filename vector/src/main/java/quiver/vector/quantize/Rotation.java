package quiver.vector.quantize;

import java.util.SplittableRandom;
import quiver.vector.kernel.CodeKernel;

/// A fixed pseudo-random orthogonal mapping, so that every coordinate of a rotated vector carries
/// the same share of it: what 1-bit and int8 codes need. Depends on the dimension alone, hence all
/// segments of a table share it. The same bits on every machine. Safe for every thread.
///
/// Rounds of random signs, a fast Hadamard transform and a permutation, as in Ailon and Chazelle,
/// "The fast Johnson-Lindenstrauss transform" (2009), and in RaBitQ's library. Vectors are padded
/// with zeros to rows of 16 floats, and the transform runs across rows, which needs no shuffle
/// inside a SIMD vector; the permutations mix the columns. Where the rows are no power of two, two
/// transforms overlap.
public final class Rotation {
  private static final long SEED = 0x51_75_69_76_65_72L;
  private static final int DIMENSION_MIN = 32;
  private static final int ROUND_COUNT_MIN = 3;

  /// Halvings after which three rounds mixed well at 384 dimensions; fewer rows want more rounds.
  private static final int HALVING_COUNT_MIN = 12;

  private final CodeKernel kernel;
  private final int dimension;
  private final int rotatedDimension;
  private final int rowCount;
  private final int transformRowCount;

  /// What the coordinates are multiplied with before each round, and after the last.
  private final float[][] factors;

  /// Where each coordinate comes from between two rounds.
  private final int[][] sources;

  public Rotation(CodeKernel kernel, int dimension) {
    this.kernel = kernel;
    this.dimension = dimension;
    this.rotatedDimension = rotatedDimension(dimension);
    this.rowCount = rotatedDimension / CodeKernel.ROW_FLOATS;
    this.transformRowCount = Integer.highestOneBit(rowCount);
    int halvings = Integer.numberOfTrailingZeros(transformRowCount);
    int roundCount = Math.max(ROUND_COUNT_MIN, HALVING_COUNT_MIN / halvings);
    this.factors = new float[roundCount + 1][rotatedDimension];
    this.sources = new int[roundCount - 1][rotatedDimension];
    draw(new SplittableRandom(SEED + dimension));
  }

  /// Coordinates of a rotated vector: whole rows of 16, at least 32.
  public static int rotatedDimension(int dimension) {
    int rows = (dimension + CodeKernel.ROW_FLOATS - 1) / CodeKernel.ROW_FLOATS;
    return Math.max(DIMENSION_MIN, rows * CodeKernel.ROW_FLOATS);
  }

  private void draw(SplittableRandom random) {
    float scale = (float) (1 / Math.sqrt(transformRowCount));
    int firstEnd = transformRowCount * CodeKernel.ROW_FLOATS;
    int secondStart =
        transformRowCount == rowCount ? rotatedDimension : rotatedDimension - firstEnd;
    int[] identity = new int[rotatedDimension];
    for (int i = 0; i < rotatedDimension; i++) {
      identity[i] = i;
    }
    int[] source = identity;
    for (int round = 0; round < factors.length; round++) {
      for (int i = 0; i < rotatedDimension; i++) {
        // The scale of this round's first transform, and of the round before's second.
        float factor = 1;
        if (round < factors.length - 1) {
          factor = random.nextBoolean() ? 1 : -1;
          factor *= i < firstEnd ? scale : 1;
        }
        if (round > 0 && source[i] >= secondStart) {
          factor *= scale;
        }
        factors[round][i] = factor;
      }
      if (round < sources.length) {
        source = shuffle(identity.clone(), random);
        sources[round] = source;
      } else {
        source = identity;
      }
    }
  }

  private static int[] shuffle(int[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
    return values;
  }

  public int dimension() {
    return dimension;
  }

  public int rotatedDimension() {
    return rotatedDimension;
  }

  /// Rotates one vector. Lengths and angles stay, up to float rounding.
  ///
  /// @param vector `dimension` floats from `offset`, not modified
  /// @param result output, `rotatedDimension` floats from `resultOffset`
  /// @param scratch `float[rotatedDimension]`, overwritten
  public void rotate(
      float[] vector, int offset, float[] result, int resultOffset, float[] scratch) {
    float[] from = scratch;
    int fromOffset = 0;
    float[] first = factors[0];
    for (int i = 0; i < dimension; i++) {
      scratch[i] = vector[offset + i] * first[i];
    }
    for (int i = dimension; i < rotatedDimension; i++) {
      scratch[i] = 0;
    }
    transform(from, fromOffset);
    float[] to = result;
    int toOffset = resultOffset;
    for (int round = 0; round < sources.length; round++) {
      permute(from, fromOffset, sources[round], factors[round + 1], to, toOffset);
      transform(to, toOffset);
      float[] swapped = from;
      int swappedOffset = fromOffset;
      from = to;
      fromOffset = toOffset;
      to = swapped;
      toOffset = swappedOffset;
    }
    float[] last = factors[factors.length - 1];
    for (int i = 0; i < rotatedDimension; i++) {
      result[resultOffset + i] = from[fromOffset + i] * last[i];
    }
  }

  private void transform(float[] values, int offset) {
    kernel.butterflies(values, offset, transformRowCount);
    if (transformRowCount != rowCount) {
      int rowsBefore = rowCount - transformRowCount;
      kernel.butterflies(values, offset + rowsBefore * CodeKernel.ROW_FLOATS, transformRowCount);
    }
  }

  private static void permute(
      float[] from, int fromOffset, int[] source, float[] factor, float[] to, int toOffset) {
    for (int i = 0; i < source.length; i++) {
      to[toOffset + i] = from[fromOffset + source[i]] * factor[i];
    }
  }
}
