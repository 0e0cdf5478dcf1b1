package quiver.vector.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

class ExactSearchTest {
  private static final int DIMENSION = 21;
  private static final int ROW_COUNT = 1_501;

  private final VectorKernel kernel = VectorKernels.best();
  private final SplittableRandom random = new SplittableRandom(7);

  private float[][] randomVectors(int count) {
    float[][] vectors = new float[count][DIMENSION];
    for (float[] vector : vectors) {
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = random.nextInt(-3, 4);
      }
    }
    return vectors;
  }

  private static MemorySegment segment(Arena arena, float[][] vectors, int from, int to) {
    MemorySegment segment = arena.allocate(4L * DIMENSION * Math.max(0, to - from), 64);
    for (int i = from; i < to; i++) {
      MemorySegment.copy(
          vectors[i], 0, segment, ValueLayout.JAVA_FLOAT, 4L * DIMENSION * (i - from), DIMENSION);
    }
    return segment;
  }

  private int[] expected(DistanceMetric metric, float[][] vectors, float[] query, RowMask mask) {
    return IntStream.of(mask.toRows())
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(
                    row -> VectorDistance.between(kernel, metric, vectors[row], query))
                .thenComparing(row -> row))
        .mapToInt(row -> row)
        .toArray();
  }

  @Test
  void ordersEveryRowAsASortWouldForEveryMetricMaskAndBlockSize() {
    float[][] vectors = randomVectors(ROW_COUNT);
    vectors[17] = new float[DIMENSION];
    vectors[900] = new float[DIMENSION];
    RowMask present = RowMask.all(ROW_COUNT);
    present.remove(5);
    present.remove(1_500);
    RowMask sparse = RowMask.none(ROW_COUNT);
    for (int row = 0; row < ROW_COUNT; row++) {
      if (random.nextInt(10) == 0 || row == 5 || row == 17) {
        sparse.add(row);
      }
    }
    float[] query = randomVectors(1)[0];
    try (Arena arena = Arena.ofConfined()) {
      List<VectorRows> layouts = new ArrayList<>();
      layouts.add(
          VectorRows.of(DIMENSION, ROW_COUNT, segment(arena, vectors, 0, ROW_COUNT), present));
      for (int rowsPerBlock : new int[] {100, 512}) {
        List<MemorySegment> blocks = new ArrayList<>();
        for (int from = 0; from < ROW_COUNT; from += rowsPerBlock) {
          blocks.add(segment(arena, vectors, from, Math.min(ROW_COUNT, from + rowsPerBlock)));
        }
        layouts.add(VectorRows.ofBlocks(DIMENSION, ROW_COUNT, rowsPerBlock, blocks, present));
      }
      for (DistanceMetric metric : DistanceMetric.ofNumbers()) {
        for (VectorRows rows : layouts) {
          for (boolean masked : new boolean[] {false, true}) {
            RowMask allowed = present.copy();
            SearchRequest request = SearchRequest.of(query, ROW_COUNT);
            if (masked) {
              allowed.retainAll(sparse);
              request = request.withFilter(RowFilter.of(sparse));
            }
            SearchResult result = new ExactSearch(kernel, metric, DIMENSION).search(rows, request);
            assertThat(result.rows()).isEqualTo(expected(metric, vectors, query, allowed));
            for (int i = 0; i < result.count(); i++) {
              assertThat(result.distances()[i])
                  .isEqualTo(
                      (Double)
                          VectorDistance.between(kernel, metric, vectors[result.rows()[i]], query));
            }
            assertThat(result.statistics().strategy())
                .isEqualTo(masked ? Strategy.MASK_SCAN : Strategy.EXACT_SCAN);
            assertThat(result.statistics().distancesComputed()).isEqualTo(allowed.cardinality());
          }
        }
      }
    }
  }

  @Test
  void rangesMergeToTheWhole() {
    float[][] vectors = randomVectors(ROW_COUNT);
    float[] query = randomVectors(1)[0];
    try (Arena arena = Arena.ofConfined()) {
      VectorRows rows =
          VectorRows.of(
              DIMENSION, ROW_COUNT, segment(arena, vectors, 0, ROW_COUNT), RowMask.all(ROW_COUNT));
      ExactSearch search = new ExactSearch(kernel, DistanceMetric.L2, DIMENSION);
      SearchRequest request = SearchRequest.of(query, 25);
      List<SearchResult> parts =
          List.of(
              search.searchRange(rows, request, 0, 70),
              search.searchRange(rows, request, 70, 71),
              search.searchRange(rows, request, 71, 1_400),
              search.searchRange(rows, request, 1_400, ROW_COUNT));
      SearchResult whole = search.search(rows, request);
      SearchResult merged = ExactSearch.merge(parts, 25);
      assertThat(merged.rows()).isEqualTo(whole.rows());
      assertThat(merged.distances()).isEqualTo(whole.distances());
      assertThat(merged.statistics()).isEqualTo(whole.statistics());
    }
  }

  @Test
  void noRowsGiveNoResult() {
    try (Arena arena = Arena.ofConfined()) {
      VectorRows rows = VectorRows.of(DIMENSION, 0, arena.allocate(0), RowMask.none(0));
      ExactSearch search = new ExactSearch(kernel, DistanceMetric.L2, DIMENSION);
      assertThat(search.search(rows, SearchRequest.of(new float[DIMENSION], 3)).count()).isZero();
    }
  }

  @Test
  void aQueryOfAnotherDimensionIsRefused() {
    try (Arena arena = Arena.ofConfined()) {
      VectorRows rows = VectorRows.of(DIMENSION, 0, arena.allocate(0), RowMask.none(0));
      ExactSearch search = new ExactSearch(kernel, DistanceMetric.L2, DIMENSION);
      assertThatThrownBy(() -> search.search(rows, SearchRequest.of(new float[3], 3)))
          .hasMessage("different vector dimensions 21 and 3");
    }
  }
}
