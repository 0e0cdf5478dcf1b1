package quiver.vector.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

class HnswIndexTest {
  private static final int DIMENSION = 32;
  private static final int ROW_COUNT = 6_000;
  private static final int K = 10;
  private static final int QUERY_COUNT = 60;

  private final VectorKernel kernel = VectorKernels.best();
  private final Arena arena = Arena.ofShared();
  private final ClusteredVectors source = new ClusteredVectors(3, DIMENSION, 40, 0.6);

  @AfterEach
  void close() {
    arena.close();
  }

  private HnswIndex build(VectorRows rows, DistanceMetric metric) {
    return HnswIndex.build(
        kernel, rows, metric, HnswOptions.defaults(), BuildResources.onCaller(arena));
  }

  private double recall(
      HnswIndex index, VectorRows rows, RowFilter filter, Strategy expected, int effort) {
    Searcher searcher = index.newSearcher(SearchCosts.GRAPH_IS_FREE);
    ExactSearch exact = new ExactSearch(kernel, index.metric(), rows.dimension());
    int hits = 0;
    for (int i = 0; i < QUERY_COUNT; i++) {
      SearchRequest request = new SearchRequest(source.next(), K, effort, filter, 0);
      SearchResult found = searcher.search(request);
      SearchResult truth = exact.search(rows, request);
      assertThat(found.statistics().strategy()).isEqualTo(expected);
      assertThat(found.count()).isEqualTo(K);
      Set<Integer> rowsOfTruth = new HashSet<>();
      Arrays.stream(truth.rows()).forEach(rowsOfTruth::add);
      for (int j = 0; j < K; j++) {
        int at = indexOf(truth.rows(), found.rows()[j]);
        if (at >= 0) {
          hits++;
          assertThat(found.distances()[j]).isEqualTo(truth.distances()[at]);
        }
        if (j > 0) {
          assertThat(
                  NearestRows.precedes(
                      found.distances()[j - 1],
                      found.rows()[j - 1],
                      found.distances()[j],
                      found.rows()[j]))
              .isTrue();
        }
      }
    }
    return hits / (double) (K * QUERY_COUNT);
  }

  private static int indexOf(int[] values, int value) {
    return IntStream.range(0, values.length).filter(i -> values[i] == value).findFirst().orElse(-1);
  }

  @Test
  void recallIsAboveItsFloorForEveryMetric() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(ROW_COUNT), DIMENSION);
    for (DistanceMetric metric : DistanceMetric.ofNumbers()) {
      HnswIndex index = build(rows, metric);
      double floor = metric == DistanceMetric.INNER_PRODUCT ? 0.93 : 0.97;
      assertThat(recall(index, rows, RowFilter.all(), Strategy.GRAPH, 100))
          .as("recall with %s", metric)
          .isGreaterThan(floor);
    }
  }

  @Test
  void recallHoldsUnderFiltersOfEveryDensity() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(ROW_COUNT), DIMENSION);
    HnswIndex index = build(rows, DistanceMetric.L2);
    SplittableRandom random = new SplittableRandom(5);
    for (double share : new double[] {0.99, 0.5, 0.2, 0.05}) {
      RowMask mask = RowMask.none(ROW_COUNT);
      for (int row = 0; row < ROW_COUNT; row++) {
        if (random.nextDouble() < share) {
          mask.add(row);
        }
      }
      Strategy strategy = share > 0.4 ? Strategy.GRAPH_FILTERED : Strategy.GRAPH_TWO_HOP;
      assertThat(recall(index, rows, RowFilter.of(mask), strategy, 100))
          .as("recall with %s of the rows allowed", share)
          .isGreaterThan(0.94);
    }
  }

  @Test
  void aFilterFarFromTheQueryStillGivesKRows() {
    float[][] vectors = source.next(ROW_COUNT);
    RowMask far = RowMask.none(ROW_COUNT);
    for (int row = 0; row < ROW_COUNT; row++) {
      if (row % 5 == 0) {
        far.add(row);
        for (int i = 0; i < DIMENSION; i++) {
          vectors[row][i] += 50;
        }
      }
    }
    VectorRows rows = ClusteredVectors.rows(arena, vectors, DIMENSION);
    HnswIndex index = build(rows, DistanceMetric.L2);
    for (SearchCosts costs : List.of(SearchCosts.GRAPH_IS_FREE, SearchCosts.MEASURED)) {
      Searcher searcher = index.newSearcher(costs);
      for (int i = 0; i < 20; i++) {
        SearchRequest request = new SearchRequest(source.next(), K, 40, RowFilter.of(far), 0);
        SearchResult result = searcher.search(request);
        assertThat(result.count()).isEqualTo(K);
        assertThat(IntStream.of(result.rows())).allMatch(far::contains);
      }
    }
  }

  @Test
  void fewAllowedRowsAreScanned() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(ROW_COUNT), DIMENSION);
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    RowMask mask = RowMask.none(ROW_COUNT);
    mask.add(7);
    mask.add(4_000);
    mask.add(5_999);
    SearchRequest request = SearchRequest.of(source.next(), K).withFilter(RowFilter.of(mask));
    SearchResult result = searcher.search(request);
    assertThat(result.rows()).containsExactlyInAnyOrder(7, 4_000, 5_999);
    assertThat(result.statistics().strategy()).isEqualTo(Strategy.MASK_SCAN);
    SearchResult none = searcher.search(request.withFilter(RowFilter.of(RowMask.none(ROW_COUNT))));
    assertThat(none.count()).isZero();
  }

  @Test
  void theFileDoesNotDependOnTheNumberOfThreads() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(ROW_COUNT), DIMENSION);
    HnswIndex alone = build(rows, DistanceMetric.COSINE);
    try (ExecutorService pool =
        Executors.newFixedThreadPool(3, Thread.ofPlatform().name("build-", 0).factory())) {
      HnswIndex together =
          HnswIndex.build(
              kernel,
              rows,
              DistanceMetric.COSINE,
              HnswOptions.defaults(),
              new BuildResources(pool, 4, arena, BuildMonitor.NONE));
      assertThat(alone.image().mismatch(together.image())).isEqualTo(-1);
    }
    HnswIndex otherSeed =
        HnswIndex.build(
            kernel,
            rows,
            DistanceMetric.COSINE,
            new HnswOptions(16, 64, 2),
            BuildResources.onCaller(arena));
    assertThat(alone.image().mismatch(otherSeed.image())).isNotEqualTo(-1);
  }

  @Test
  void zeroOneAndTwoRowsAreSearched() {
    for (DistanceMetric metric : DistanceMetric.ofNumbers()) {
      for (int rowCount = 0; rowCount <= 2; rowCount++) {
        VectorRows rows = ClusteredVectors.rows(arena, source.next(rowCount), DIMENSION);
        HnswIndex index = build(rows, metric);
        HnswIndex opened = HnswIndex.open(kernel, index.image(), rows);
        for (SearchCosts costs : List.of(SearchCosts.GRAPH_IS_FREE, SearchCosts.MEASURED)) {
          Searcher searcher = opened.newSearcher(costs);
          for (int k = 1; k <= 3; k++) {
            SearchResult result =
                searcher.search(SearchRequest.of(source.next(), k).withExactRowsMax(0));
            assertThat(result.count()).isEqualTo(Math.min(k, rowCount));
          }
          assertThat(searcher.next(5).count()).isZero();
        }
      }
    }
  }

  @Test
  void rowsWithoutAVectorAndZeroVectorsUnderCosine() {
    float[][] vectors = source.next(500);
    RowMask present = RowMask.all(500);
    for (int row = 0; row < 500; row += 10) {
      present.remove(row);
      vectors[row] = new float[DIMENSION];
    }
    vectors[3] = new float[DIMENSION];
    vectors[401] = new float[DIMENSION];
    VectorRows rows = ClusteredVectors.rows(arena, vectors, DIMENSION, present);
    HnswIndex index = build(rows, DistanceMetric.COSINE);
    assertThat(index.indexedRowCount()).isEqualTo(448);
    Searcher searcher = index.newSearcher(SearchCosts.GRAPH_IS_FREE);
    SearchResult some = searcher.search(SearchRequest.of(source.next(), 50).withExactRowsMax(0));
    assertThat(some.rows()).doesNotContain(3, 401);
    assertThat(IntStream.of(some.rows())).allMatch(present::contains);
    SearchResult all = searcher.search(SearchRequest.of(source.next(), 1_000));
    assertThat(all.count()).isEqualTo(450);
    assertThat(all.rows()[448]).isEqualTo(3);
    assertThat(all.rows()[449]).isEqualTo(401);
    assertThat(all.distances()[448]).isNaN();
    SearchResult undefined = searcher.search(SearchRequest.of(new float[DIMENSION], 2));
    assertThat(undefined.rows()).containsExactly(1, 2);
    assertThat(undefined.distances()).containsOnly(Double.NaN);
  }

  @Test
  void duplicatesByTheThousandDoNotHideTheOthers() {
    float[][] vectors = source.next(5_000);
    float[] copy = source.next();
    for (int row = 1_000; row < 4_000; row++) {
      vectors[row] = copy;
    }
    VectorRows rows = ClusteredVectors.rows(arena, vectors, DIMENSION);
    HnswIndex index = build(rows, DistanceMetric.L2);
    Searcher searcher = index.newSearcher(SearchCosts.GRAPH_IS_FREE);
    SearchResult copies = searcher.search(SearchRequest.of(copy, 100).withExactRowsMax(0));
    assertThat(copies.statistics().strategy()).isEqualTo(Strategy.GRAPH);
    assertThat(copies.rows()).isEqualTo(IntStream.range(1_000, 1_100).toArray());
    assertThat(copies.distances()).containsOnly(0);
    for (int row : new int[] {0, 500, 4_321}) {
      assertThat(searcher.search(SearchRequest.of(vectors[row], 1)).rows()).containsExactly(row);
    }
    RowMask few = RowMask.none(5_000);
    for (int row = 0; row < 5_000; row += 3) {
      few.add(row);
    }
    SearchResult filtered =
        searcher.search(
            SearchRequest.of(copy, 20).withFilter(RowFilter.of(few)).withExactRowsMax(0));
    assertThat(filtered.rows()).isEqualTo(IntStream.range(0, 20).map(i -> 1_002 + 3 * i).toArray());
  }

  @Test
  void oneDimensionAndTheWidestVector() {
    SplittableRandom random = new SplittableRandom(1);
    for (int dimension : new int[] {1, VectorRows.DIMENSION_MAX}) {
      float[][] vectors = new float[300][dimension];
      for (float[] vector : vectors) {
        for (int i = 0; i < dimension; i++) {
          vector[i] = (float) random.nextGaussian();
        }
      }
      VectorRows rows = ClusteredVectors.rows(arena, vectors, dimension);
      HnswIndex index = build(rows, DistanceMetric.L2);
      Searcher searcher = index.newSearcher(SearchCosts.GRAPH_IS_FREE);
      int found = 0;
      for (int row = 0; row < 300; row++) {
        SearchResult result =
            searcher.search(SearchRequest.of(vectors[row], 1).withExactRowsMax(0));
        found += result.rows()[0] == row ? 1 : 0;
      }
      assertThat(found).isGreaterThanOrEqualTo(295);
    }
  }

  @Test
  void innerProductFindsLongVectors() {
    float[][] vectors = source.next(ROW_COUNT);
    SplittableRandom random = new SplittableRandom(9);
    for (float[] vector : vectors) {
      float scale = (float) Math.exp(random.nextGaussian());
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] *= scale;
      }
    }
    VectorRows rows = ClusteredVectors.rows(arena, vectors, DIMENSION);
    HnswIndex index = build(rows, DistanceMetric.INNER_PRODUCT);
    assertThat(recall(index, rows, RowFilter.all(), Strategy.GRAPH, 200)).isGreaterThan(0.9);
  }

  @Test
  void nextContinuesUntilNothingIsLeft() {
    int rowCount = 700;
    VectorRows rows = ClusteredVectors.rows(arena, source.next(rowCount), DIMENSION);
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher(SearchCosts.GRAPH_IS_FREE);
    assertThatThrownBy(() -> searcher.next(1)).isInstanceOf(IllegalStateException.class);
    RowMask odd = RowMask.none(rowCount);
    for (int row = 1; row < rowCount; row += 2) {
      odd.add(row);
    }
    for (RowFilter filter : List.of(RowFilter.all(), RowFilter.of(odd))) {
      List<Integer> rowsSeen = new ArrayList<>();
      SearchResult result = searcher.search(new SearchRequest(source.next(), 7, 40, filter, 0));
      while (result.count() > 0) {
        Arrays.stream(result.rows()).forEach(rowsSeen::add);
        result = searcher.next(60);
      }
      int expected = filter instanceof RowFilter.AllRows ? rowCount : rowCount / 2;
      assertThat(rowsSeen).hasSize(expected).doesNotHaveDuplicates();
    }
  }

  @Test
  void aSteadySearchAllocatesItsResultOnly() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(ROW_COUNT), DIMENSION);
    RowMask half = RowMask.none(ROW_COUNT);
    RowMask tenth = RowMask.none(ROW_COUNT);
    for (int row = 0; row < ROW_COUNT; row++) {
      if (row % 2 == 0) {
        half.add(row);
      }
      if (row % 10 == 0) {
        tenth.add(row);
      }
    }
    HnswIndex index = build(rows, DistanceMetric.COSINE);
    Searcher searcher = index.newSearcher(SearchCosts.GRAPH_IS_FREE);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (RowFilter filter : List.of(RowFilter.all(), RowFilter.of(half), RowFilter.of(tenth))) {
      SearchRequest request = new SearchRequest(source.next(), K, 100, filter, 0);
      long perSearch = Long.MAX_VALUE;
      // Until the JIT has removed the boxed vectors of the interpreted kernel.
      for (int round = 0; round < 200 && perSearch > 400; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
          searcher.search(request);
        }
        perSearch = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
      }
      // Result, statistics and the two arrays of ten.
      assertThat(perSearch).isLessThanOrEqualTo(400);
    }
  }

  @Test
  void progressIsReportedAndABuildCanBeCancelled() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(ROW_COUNT), DIMENSION);
    List<Integer> done = new ArrayList<>();
    BuildMonitor watching =
        new BuildMonitor() {
          @Override
          public void progress(int rowsDone, int rowsTotal) {
            assertThat(rowsTotal).isEqualTo(ROW_COUNT);
            done.add(rowsDone);
          }

          @Override
          public void checkCancelled() {}
        };
    HnswOptions options = HnswOptions.defaults();
    HnswIndex.build(
        kernel,
        rows,
        DistanceMetric.L2,
        options,
        new BuildResources(Runnable::run, 1, arena, watching));
    assertThat(done).isSorted().endsWith(ROW_COUNT);
    AtomicInteger checks = new AtomicInteger();
    BuildMonitor cancelling =
        new BuildMonitor() {
          @Override
          public void progress(int rowsDone, int rowsTotal) {}

          @Override
          public void checkCancelled() {
            if (checks.incrementAndGet() > 200) {
              throw new QuiverException(
                  SqlState.QUERY_CANCELED, "canceling statement due to user request");
            }
          }
        };
    assertThatThrownBy(() ->
            HnswIndex.build(
                kernel,
                rows,
                DistanceMetric.L2,
                options,
                new BuildResources(Runnable::run, 2, arena, cancelling)))
        .hasMessage("canceling statement due to user request");
  }

  @Test
  void optionsOutOfBoundsAreRefused() {
    assertThatThrownBy(() -> new HnswOptions(1, 64, 0))
        .hasMessage("value 1 out of bounds for option \"m\"");
    assertThatThrownBy(() -> new HnswOptions(16, 1_001, 0))
        .hasMessage("value 1001 out of bounds for option \"ef_construction\"");
    assertThatThrownBy(() -> new HnswOptions(16, 31, 0))
        .hasMessage("ef_construction must be greater than or equal to 2 * m");
  }

  @Test
  void aPoolLendsAtMostItsSearchers() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(100), DIMENSION);
    SearcherPool pool = new SearcherPool(build(rows, DistanceMetric.L2), 2);
    try (SearcherPool.Lease first = pool.lease()) {
      Searcher searcher = first.searcher();
      try (SearcherPool.Lease second = pool.lease()) {
        assertThat(second.searcher()).isNotSameAs(searcher);
        assertThatThrownBy(pool::lease)
            .hasMessage("all 2 searchers of the vector index are in use");
      }
    }
    try (SearcherPool.Lease again = pool.lease()) {
      assertThat(again.searcher().search(SearchRequest.of(source.next(), 3)).count()).isEqualTo(3);
    }
  }

  @Test
  void aQueryOfAnotherDimensionIsRefused() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(100), DIMENSION);
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    assertThatThrownBy(() -> searcher.search(SearchRequest.of(new float[3], 1)))
        .hasMessage("different vector dimensions 32 and 3");
  }

  @Test
  void theFileIsUsedWhereItLies() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(1_000), DIMENSION);
    HnswIndex index = build(rows, DistanceMetric.L2);
    MemorySegment copy = arena.allocate(index.image().byteSize(), 64);
    copy.copyFrom(index.image());
    HnswIndex opened = HnswIndex.open(kernel, copy, rows);
    float[] query = source.next();
    SearchRequest request = SearchRequest.of(query, K).withExactRowsMax(0);
    SearchResult expected = index.newSearcher(SearchCosts.GRAPH_IS_FREE).search(request);
    SearchResult actual = opened.newSearcher(SearchCosts.GRAPH_IS_FREE).search(request);
    assertThat(actual.rows()).isEqualTo(expected.rows());
    assertThat(actual.distances()).isEqualTo(expected.distances());
    assertThat(actual.statistics()).isEqualTo(expected.statistics());
  }
}
