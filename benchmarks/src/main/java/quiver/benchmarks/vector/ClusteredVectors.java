package quiver.benchmarks.vector;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import quiver.benchmarks.vector.engine.VectorFile;
import quiver.common.vector.DistanceMetric;

/// A generated set: clusters of uneven size around centres that are themselves clustered, each
/// cluster spread along a few directions of its own, with noise that fades over the dimensions. The
/// same shape gives the same set.
///
/// @param rowCount base rows
record ClusteredVectors(int rowCount, int dimension) {
  private static final int ROWS_MAX = 10_000_000;

  /// So many that what they read does not stay in the caches from one round to the next.
  private static final int QUERY_COUNT = 1_000;

  private static final int K_MAX = 100;
  private static final int GROUP_COUNT = 30;
  private static final int DIRECTION_COUNT = 16;
  private static final double GROUP_SPREAD = 0.6;
  private static final double CENTRE_SPREAD = 0.4;
  private static final double DIRECTION_SPREAD = 0.22;
  private static final double NOISE = 0.5;
  private static final long SEED = 42;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  ClusteredVectors {
    if (rowCount < 200 || rowCount > ROWS_MAX || dimension < 2 || dimension > 16_000) {
      throw new IllegalArgumentException(
          "a generated set has 200 to " + ROWS_MAX + " rows of 2 to 16000 dimensions");
    }
  }

  /// Reads `ROWSxDIMENSION`.
  ///
  /// @throws IllegalArgumentException if it is something else
  static ClusteredVectors parse(String shape) {
    String[] parts = shape.split("x", -1);
    try {
      if (parts.length == 2) {
        return new ClusteredVectors(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not ROWSxDIMENSION: " + shape, e);
    }
    throw new IllegalArgumentException("not ROWSxDIMENSION: " + shape);
  }

  String name() {
    return "clustered-" + rowCount + "x" + dimension;
  }

  /// Makes the set, or takes it from `work` when an earlier run made it.
  VectorDataset load(Path work) throws IOException {
    VectorFile base = new VectorFile(work.resolve(name() + ".base"), dimension, rowCount);
    VectorFile queries = new VectorFile(work.resolve(name() + ".queries"), dimension, QUERY_COUNT);
    if (!isComplete(base) || !isComplete(queries)) {
      Files.deleteIfExists(queries.path());
      fill(base, 1);
      fill(queries, 2);
    }
    return new VectorDataset(
        name(),
        DistanceMetric.L2,
        base,
        queries,
        ExactAnswers.of(base, queries, DistanceMetric.L2, K_MAX),
        Map.of());
  }

  private boolean isComplete(VectorFile file) throws IOException {
    return Files.exists(file.path())
        && Files.size(file.path()) == (long) file.rowCount() * dimension * Float.BYTES;
  }

  private int clusterCount() {
    return Math.max(8, (int) Math.sqrt(rowCount));
  }

  private void fill(VectorFile file, long stream) throws IOException {
    SplittableRandom shape = new SplittableRandom(SEED);
    int clusters = clusterCount();
    float[] centres = new float[clusters * dimension];
    float[] directions = gaussian(shape, clusters * DIRECTION_COUNT, dimension, DIRECTION_SPREAD);
    float[] groups = gaussian(shape, GROUP_COUNT, dimension, GROUP_SPREAD);
    for (int c = 0; c < clusters; c++) {
      int group = shape.nextInt(GROUP_COUNT) * dimension;
      for (int i = 0; i < dimension; i++) {
        centres[c * dimension + i] =
            groups[group + i] + (float) (shape.nextGaussian() * CENTRE_SPREAD);
      }
    }
    SplittableRandom random = new SplittableRandom(SEED + stream);
    float[] row = new float[dimension];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = file.create(arena);
      for (int r = 0; r < file.rowCount(); r++) {
        // A squared uniform number: the first clusters are large, the last small.
        double u = random.nextDouble();
        int cluster = (int) (u * u * clusters);
        sample(random, centres, directions, cluster, row);
        MemorySegment.copy(row, 0, target, FLOAT, (long) r * dimension * Float.BYTES, dimension);
      }
    }
  }

  private static float[] gaussian(
      SplittableRandom random, int count, int dimension, double spread) {
    float[] values = new float[count * dimension];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * spread);
    }
    return values;
  }

  private void sample(
      SplittableRandom random, float[] centres, float[] directions, int cluster, float[] row) {
    System.arraycopy(centres, cluster * dimension, row, 0, dimension);
    for (int j = 0; j < DIRECTION_COUNT; j++) {
      float along = (float) random.nextGaussian();
      int from = (cluster * DIRECTION_COUNT + j) * dimension;
      for (int i = 0; i < dimension; i++) {
        row[i] += along * directions[from + i];
      }
    }
    for (int i = 0; i < dimension; i++) {
      double fade = 1 / (1 + 4.0 * i / dimension);
      row[i] += (float) (random.nextDouble(-1, 1) * NOISE * fade);
    }
  }
}
