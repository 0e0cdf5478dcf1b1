package quiver.vector.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import quiver.common.column.RowMask;

/// Seeded test vectors: Gaussian clusters of uneven size around Gaussian centres, not normalised.
public final class ClusteredVectors {
  private final SplittableRandom random;
  private final float[][] centres;
  private final double spread;

  public ClusteredVectors(long seed, int dimension, int clusterCount, double spread) {
    this.random = new SplittableRandom(seed);
    this.spread = spread;
    this.centres = new float[clusterCount][dimension];
    for (float[] centre : centres) {
      for (int i = 0; i < dimension; i++) {
        centre[i] = (float) random.nextGaussian();
      }
    }
  }

  public float[] next() {
    // Squaring favours the first clusters.
    double pick = random.nextDouble();
    float[] vector = centres[(int) (pick * pick * centres.length)].clone();
    for (int i = 0; i < vector.length; i++) {
      vector[i] += (float) (spread * random.nextGaussian());
    }
    return vector;
  }

  public float[][] next(int count) {
    float[][] vectors = new float[count][];
    for (int i = 0; i < count; i++) {
      vectors[i] = next();
    }
    return vectors;
  }

  public static VectorRows rows(Arena arena, float[][] vectors, int dimension) {
    return rows(arena, vectors, dimension, RowMask.all(vectors.length));
  }

  public static VectorRows rows(Arena arena, float[][] vectors, int dimension, RowMask present) {
    MemorySegment segment = arena.allocate(4L * dimension * vectors.length, 64);
    for (int row = 0; row < vectors.length; row++) {
      MemorySegment.copy(
          vectors[row], 0, segment, LittleEndian.FLOAT, 4L * dimension * row, dimension);
    }
    return VectorRows.of(dimension, vectors.length, segment, present);
  }
}
