package quiver.vector.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.parallel.ParallelLoop;

class KMeansTest {
  private static final int DIMENSION = 48;
  private static final ParallelLoop CALLER = new ParallelLoop(Runnable::run, 1);

  private final CodeKernel kernel = VectorKernels.codes();

  private static float[] clusters(int clusterCount, int rowCount) {
    SplittableRandom random = new SplittableRandom(5);
    float[] centres = new float[clusterCount * DIMENSION];
    for (int i = 0; i < centres.length; i++) {
      centres[i] = (float) (10 * random.nextGaussian());
    }
    float[] rows = new float[rowCount * DIMENSION];
    for (int i = 0; i < rows.length; i++) {
      int cluster = i / DIMENSION % clusterCount;
      rows[i] = centres[cluster * DIMENSION + i % DIMENSION] + (float) random.nextGaussian();
    }
    return rows;
  }

  @Test
  void nearestIsTheBruteForceAnswer() {
    float[] rows = clusters(40, 400);
    Centroids centroids = new KMeans(kernel, rows, DIMENSION, 1, CALLER).train(45, 3, () -> {});
    assertThat(centroids.count()).isEqualTo(45);
    int[] nearest = new int[400 * 3];
    float[] scores = new float[400 * 3];
    centroids.nearest(rows, 0, 400, 3, nearest, scores);
    for (int row = 0; row < 400; row++) {
      float best = Float.MAX_VALUE;
      for (int c = 0; c < 45; c++) {
        best = Math.min(best, distance(rows, row, centroids.values(), c));
      }
      float found = distance(rows, row, centroids.values(), nearest[3 * row]);
      assertThat(found).isLessThanOrEqualTo(best * 1.0001f);
      assertThat(scores[3 * row]).isLessThanOrEqualTo(scores[3 * row + 1]);
      assertThat(scores[3 * row + 1]).isLessThanOrEqualTo(scores[3 * row + 2]);
    }
  }

  @Test
  void doesNotDependOnThreads() {
    float[] rows = clusters(8, 3_000);
    float[] one = new KMeans(kernel, rows, DIMENSION, 3, CALLER).train(20, 5, () -> {}).values();
    try (ExecutorService executor =
        Executors.newFixedThreadPool(3, Thread.ofPlatform().factory())) {
      ParallelLoop loop = new ParallelLoop(executor, 4);
      float[] four = new KMeans(kernel, rows, DIMENSION, 3, loop).train(20, 5, () -> {}).values();
      assertThat(four).containsExactly(one);
    }
  }

  @Test
  void fewAndEqualRowsAreNoProblem() {
    float[] equal = new float[100 * DIMENSION];
    Arrays.fill(equal, 2);
    Centroids centroids = new KMeans(kernel, equal, DIMENSION, 1, CALLER).train(7, 4, () -> {});
    assertThat(centroids.count()).isEqualTo(7);
    Centroids one =
        new KMeans(kernel, new float[DIMENSION], DIMENSION, 1, CALLER).train(7, 4, () -> {});
    assertThat(one.count()).isEqualTo(1);
  }

  private static float distance(float[] rows, int row, float[] centroids, int c) {
    float sum = 0;
    for (int i = 0; i < DIMENSION; i++) {
      float difference = rows[row * DIMENSION + i] - centroids[c * DIMENSION + i];
      sum += difference * difference;
    }
    return sum;
  }
}
