package quiver.vector.quantize;

import java.util.Arrays;
import java.util.SplittableRandom;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.parallel.ParallelLoop;

/// Lloyd's k-means over a sample. Equal input and seed give equal centroids, whatever the number of
/// threads: a centroid is summed by one thread, in row order.
///
/// Source: Lloyd, "Least squares quantization in PCM" (1982).
public final class KMeans {
  private static final int CHUNK_ROWS = 512;
  private static final int CHUNK_CENTROIDS = 8;
  private static final int[] NO_ROWS = {};
  private static final float[] NO_SCORES = {};

  private final CodeKernel kernel;
  private final float[] sample;
  private final int dimension;
  private final int rowCount;
  private final ParallelLoop loop;
  private final SplittableRandom random;

  /// @param sample row-major rotated vectors, finite, at least one; not modified
  /// @param dimension of a rotated vector
  public KMeans(CodeKernel kernel, float[] sample, int dimension, long seed, ParallelLoop loop) {
    this.kernel = kernel;
    this.sample = sample;
    this.dimension = dimension;
    this.rowCount = sample.length / dimension;
    this.loop = loop;
    this.random = new SplittableRandom(seed);
  }

  /// Trains `count` centroids, fewer only when the sample has fewer rows.
  ///
  /// @param iterations rounds of assignment; 5 to 10 are enough for an index
  /// @param checkCancelled called between rounds, throws to stop
  public Centroids train(int count, int iterations, Runnable checkCancelled) {
    int wanted = Math.min(count, rowCount);
    float[] values = new float[wanted * dimension];
    int[] starts = drawRows(wanted);
    for (int c = 0; c < wanted; c++) {
      System.arraycopy(sample, starts[c] * dimension, values, c * dimension, dimension);
    }
    Centroids centroids = new Centroids(kernel, dimension, wanted, values);
    int[] assigned = new int[rowCount];
    for (int i = 0; i < iterations; i++) {
      checkCancelled.run();
      assign(centroids, assigned);
      centroids = means(wanted, assigned);
    }
    return centroids;
  }

  /// Distinct rows, at random.
  private int[] drawRows(int wanted) {
    int[] rows = new int[rowCount];
    for (int i = 0; i < rowCount; i++) {
      rows[i] = i;
    }
    for (int i = 0; i < wanted; i++) {
      int j = random.nextInt(i, rowCount);
      int row = rows[j];
      rows[j] = rows[i];
      rows[i] = row;
    }
    return Arrays.copyOf(rows, wanted);
  }

  private void assign(Centroids centroids, int[] assigned) {
    loop.run(
        rowCount,
        CHUNK_ROWS,
        (slot, from, to) -> {
          int[] nearest = new int[to - from];
          centroids.nearest(sample, from * dimension, to - from, 1, nearest, NO_SCORES);
          System.arraycopy(nearest, 0, assigned, from, to - from);
        });
  }

  private Centroids means(int count, int[] assigned) {
    int[][] members = group(assigned, count);
    int[] replacements = new int[count];
    for (int c = 0; c < count; c++) {
      // An empty cluster starts again at some row.
      replacements[c] = members[c].length == 0 ? random.nextInt(rowCount) : 0;
    }
    float[] values = new float[count * dimension];
    loop.run(
        count,
        CHUNK_CENTROIDS,
        (slot, from, to) -> {
          for (int c = from; c < to; c++) {
            mean(members[c], replacements[c], values, c * dimension);
          }
        });
    return new Centroids(kernel, dimension, count, values);
  }

  private void mean(int[] rows, int replacement, float[] values, int at) {
    if (rows.length == 0) {
      System.arraycopy(sample, replacement * dimension, values, at, dimension);
      return;
    }
    for (int row : rows) {
      int from = row * dimension;
      for (int i = 0; i < dimension; i++) {
        values[at + i] += sample[from + i];
      }
    }
    float share = 1f / rows.length;
    for (int i = 0; i < dimension; i++) {
      values[at + i] *= share;
    }
  }

  /// The members of each of `count` groups, ascending.
  ///
  /// @param groups the group of each member
  public static int[][] group(int[] groups, int count) {
    int[] sizes = new int[count];
    for (int g : groups) {
      sizes[g]++;
    }
    int[][] members = new int[count][];
    for (int g = 0; g < count; g++) {
      members[g] = sizes[g] == 0 ? NO_ROWS : new int[sizes[g]];
      sizes[g] = 0;
    }
    for (int i = 0; i < groups.length; i++) {
      int g = groups[i];
      members[g][sizes[g]++] = i;
    }
    return members;
  }
}
