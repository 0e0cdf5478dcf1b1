package quiver.vector.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildMonitor;
import quiver.vector.index.BuildResources;
import quiver.vector.index.ClusteredVectors;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorIndex.EffortUnit;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

class ListIndexTest {
  private static final int DIMENSION = 96;
  private static final int ROW_COUNT = 3_000;
  private static final int K = 10;
  private static final int QUERY_COUNT = 30;
  private static final List<DistanceMetric> METRICS =
      List.of(
          DistanceMetric.L2,
          DistanceMetric.INNER_PRODUCT,
          DistanceMetric.COSINE,
          DistanceMetric.L1);

  private final VectorKernel kernel = VectorKernels.best();
  private final Arena arena = Arena.ofShared();
  private final ClusteredVectors source = new ClusteredVectors(3, DIMENSION, 40, 0.6);

  @AfterEach
  void close() {
    arena.close();
  }

  private ListIndex build(VectorRows rows, DistanceMetric metric) {
    return ListIndex.build(
        kernel, rows, metric, ListOptions.defaults(), BuildResources.onCaller(arena));
  }

  private VectorRows clustered(int rowCount) {
    return ClusteredVectors.rows(arena, source.next(rowCount), DIMENSION);
  }

  /// The share of the true nearest rows that is found; distances must be exact.
  private double recall(ListIndex index, VectorRows rows, RowFilter filter, int probes) {
    Searcher searcher = index.newSearcher();
    ExactSearch exact = new ExactSearch(kernel, index.metric(), rows.dimension());
    int hits = 0;
    for (int i = 0; i < QUERY_COUNT; i++) {
      SearchRequest request = new SearchRequest(source.next(), K, probes, filter, 0);
      SearchResult found = searcher.search(request);
      SearchResult truth = exact.search(rows, request);
      assertThat(found.count()).isEqualTo(K);
      for (int j = 0; j < K; j++) {
        for (int t = 0; t < K; t++) {
          if (truth.rows()[t] == found.rows()[j]) {
            hits++;
            assertThat(found.distances()[j]).isEqualTo(truth.distances()[t]);
          }
        }
        assertThat(j == 0 || found.distances()[j - 1] <= found.distances()[j]).isTrue();
      }
    }
    return hits / (double) (K * QUERY_COUNT);
  }

  @Test
  void nearestRowsAreFoundUnderEveryMetric() {
    VectorRows rows = clustered(ROW_COUNT);
    for (DistanceMetric metric : METRICS) {
      ListIndex index = build(rows, metric);
      assertThat(index.effortUnit()).isEqualTo(EffortUnit.LISTS);
      assertThat(recall(index, rows, RowFilter.all(), 60)).as("%s", metric).isGreaterThan(0.94);
      assertThat(recall(index, rows, RowFilter.all(), index.listCount()))
          .as("%s, every list", metric)
          .isGreaterThan(0.97);
    }
  }

  @Test
  void rowsWithoutCodesAreSearchedExactlyInsideLists() {
    ClusteredVectors few = new ClusteredVectors(5, 3, 10, 0.5);
    VectorRows rows = ClusteredVectors.rows(arena, few.next(500), 3);
    ListIndex index = build(rows, DistanceMetric.L2);
    assertThat(index.codebook().isCoded()).isFalse();
    Searcher searcher = index.newSearcher();
    ExactSearch exact = new ExactSearch(kernel, DistanceMetric.L2, 3);
    for (int i = 0; i < 20; i++) {
      SearchRequest request = SearchRequest.of(few.next(), 5).withEffort(index.listCount());
      assertThat(searcher.search(request).rows()).isEqualTo(exact.search(rows, request).rows());
    }
  }

  @Test
  void aFilterOfEverySelectivityGetsItsRows() {
    VectorRows rows = clustered(ROW_COUNT);
    SplittableRandom random = new SplittableRandom(7);
    for (DistanceMetric metric : METRICS) {
      ListIndex index = build(rows, metric);
      for (double share : new double[] {0.006, 0.02, 0.1, 0.5, 0.95}) {
        RowMask mask = RowMask.none(ROW_COUNT);
        for (int row = 0; row < ROW_COUNT; row++) {
          if (random.nextDouble() < share) {
            mask.add(row);
          }
        }
        assertThat(recall(index, rows, RowFilter.of(mask), 40))
            .as("%s, %s", metric, share)
            .isGreaterThan(0.92);
      }
    }
  }

  @Test
  void rowsOfAFilterFarFromTheQueryAreFound() {
    VectorRows rows = clustered(ROW_COUNT);
    ListIndex index = build(rows, DistanceMetric.L2);
    ExactSearch exact = new ExactSearch(kernel, DistanceMetric.L2, DIMENSION);
    float[] query = source.next();
    int[] order = exact.search(rows, SearchRequest.of(query, ROW_COUNT)).rows();
    RowMask far = RowMask.none(ROW_COUNT);
    for (int i = ROW_COUNT / 2; i < ROW_COUNT; i++) {
      far.add(order[i]);
    }
    SearchRequest request = new SearchRequest(query, K, 5, RowFilter.of(far), 0);
    SearchResult found = index.newSearcher().search(request);
    assertThat(found.count()).isEqualTo(K);
    assertThat(Arrays.stream(found.rows()).allMatch(far::contains)).isTrue();
  }

  @Test
  void goingOnReturnsEveryRowOnce() {
    VectorRows rows = clustered(1_500);
    RowMask even = RowMask.none(1_500);
    IntStream.range(0, 750).forEach(i -> even.add(2 * i));
    for (DistanceMetric metric : METRICS) {
      ListIndex index = build(rows, metric);
      for (RowFilter filter : List.of(RowFilter.all(), RowFilter.of(even))) {
        Searcher searcher = index.newSearcher();
        SearchResult part = searcher.search(new SearchRequest(source.next(), 7, 3, filter, 0));
        List<Integer> seen = new ArrayList<>();
        while (part.count() > 0) {
          Arrays.stream(part.rows()).forEach(seen::add);
          part = searcher.next(40);
        }
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen).hasSize(filter instanceof RowFilter.AllRows ? 1_500 : 750);
      }
    }
  }

  @Test
  void whatComesNextIsNearTheBestThatIsLeft() {
    VectorRows rows = clustered(ROW_COUNT);
    ListIndex index = build(rows, DistanceMetric.COSINE);
    Searcher searcher = index.newSearcher();
    ExactSearch exact = new ExactSearch(kernel, DistanceMetric.COSINE, DIMENSION);
    int hits = 0;
    for (int i = 0; i < 20; i++) {
      SearchRequest request = SearchRequest.of(source.next(), K).withEffort(60);
      searcher.search(request);
      searcher.next(K);
      int[] third = searcher.next(K).rows();
      int[] truth = exact.search(rows, request.withK(3 * K)).rows();
      for (int row : third) {
        hits += Arrays.stream(truth).anyMatch(t -> t == row) ? 1 : 0;
      }
    }
    assertThat(hits / (20.0 * K)).isGreaterThan(0.9);
  }

  @Test
  void aBoundLeavesOutOnlyFartherRows() {
    VectorRows rows = clustered(ROW_COUNT);
    ListIndex index = build(rows, DistanceMetric.L2);
    SearchRequest request = SearchRequest.of(source.next(), K).withEffort(index.listCount());
    SearchResult free = index.newSearcher().search(request);
    double bound = free.distances()[4];
    SearchResult bounded = index.newSearcher().search(request.withBound(DistanceBound.of(bound)));
    assertThat(Arrays.copyOf(bounded.rows(), 5)).isEqualTo(Arrays.copyOf(free.rows(), 5));
  }

  @Test
  void manyRowsAreWanted() {
    VectorRows rows = clustered(ROW_COUNT);
    ListIndex index = build(rows, DistanceMetric.L2);
    SearchRequest request = SearchRequest.of(source.next(), 2_500).withEffort(50);
    SearchResult found = index.newSearcher().search(request);
    assertThat(found.count()).isEqualTo(2_500);
    assertThat(found.distances()).isSorted();
    assertThat(index.newSearcher().search(request.withK(Integer.MAX_VALUE)).count())
        .isEqualTo(ROW_COUNT);
  }

  @Test
  void rowsWithoutAVectorAreNeverReturned() {
    RowMask present = RowMask.all(300);
    IntStream.range(0, 100).forEach(i -> present.remove(3 * i));
    VectorRows rows = ClusteredVectors.rows(arena, source.next(300), DIMENSION, present);
    ListIndex index = build(rows, DistanceMetric.L2);
    Searcher searcher = index.newSearcher();
    SearchResult found = searcher.search(SearchRequest.of(source.next(), 150));
    assertThat(found.count()).isEqualTo(150);
    assertThat(Arrays.stream(found.rows()).allMatch(present::contains)).isTrue();
    assertThat(searcher.next(1_000).count()).isEqualTo(50);
  }

  @Test
  void emptyAndTinySegmentsAreSearched() {
    for (DistanceMetric metric : METRICS) {
      for (int dimension : new int[] {1, 2, 63, 64, 65, 2_000}) {
        ClusteredVectors some = new ClusteredVectors(1, dimension, 2, 0.5);
        for (int rowCount : new int[] {0, 1, 2, 33}) {
          VectorRows rows = ClusteredVectors.rows(arena, some.next(rowCount), dimension);
          Searcher searcher = build(rows, metric).newSearcher();
          SearchResult found = searcher.search(SearchRequest.of(some.next(), 20));
          assertThat(found.count()).isEqualTo(Math.min(20, rowCount));
          assertThat(searcher.next(20).count()).isEqualTo(rowCount - found.count());
        }
      }
    }
  }

  @Test
  void zeroAndHugeVectorsAreFoundWithTheirDistances() {
    float[][] vectors = source.next(200);
    vectors[17] = new float[DIMENSION];
    Arrays.fill(vectors[18], 1e30f);
    VectorRows rows = ClusteredVectors.rows(arena, vectors, DIMENSION);
    for (DistanceMetric metric : METRICS) {
      Searcher searcher = build(rows, metric).newSearcher();
      ExactSearch exact = new ExactSearch(kernel, metric, DIMENSION);
      SearchRequest request = SearchRequest.of(source.next(), 150).withEffort(1_000);
      SearchResult first = searcher.search(request);
      SearchResult second = searcher.next(100);
      assertThat(first.count() + second.count()).isEqualTo(200);
      SearchResult truth = exact.search(rows, request.withK(200));
      assertThat(second.distances()[49]).isEqualTo((Double) truth.distances()[199]);
      SearchResult ofZero = searcher.search(SearchRequest.of(new float[DIMENSION], 3));
      assertThat(ofZero.count()).isEqualTo(3);
    }
  }

  @Test
  void thousandsOfCopiesOfAVectorAreNoObstacle() {
    float[][] vectors = source.next(3_000);
    for (int i = 0; i < 2_500; i++) {
      vectors[i] = vectors[2_999];
    }
    VectorRows rows = ClusteredVectors.rows(arena, vectors, DIMENSION);
    ListIndex index = build(rows, DistanceMetric.L2);
    SearchResult found = index.newSearcher().search(SearchRequest.of(vectors[2_999].clone(), 40));
    assertThat(found.count()).isEqualTo(40);
    assertThat(found.distances()).containsOnly(0.0);
  }

  @Test
  void theBuildDoesNotDependOnTheNumberOfThreads() {
    VectorRows rows = clustered(3_000);
    ListIndex alone = build(rows, DistanceMetric.COSINE);
    try (ExecutorService pool =
        Executors.newFixedThreadPool(3, Thread.ofPlatform().name("test-", 0).factory())) {
      ListIndex together =
          ListIndex.build(
              kernel,
              rows,
              DistanceMetric.COSINE,
              ListOptions.defaults(),
              new BuildResources(pool, 4, arena, BuildMonitor.NONE));
      assertThat(together.image().mismatch(alone.image())).isEqualTo(-1);
    }
  }

  @Test
  void segmentsWithOneCodebookMergeByJoiningTheirLists() {
    float[][] vectors = source.next(2_000);
    VectorRows a = ClusteredVectors.rows(arena, Arrays.copyOfRange(vectors, 0, 1_200), DIMENSION);
    VectorRows b =
        ClusteredVectors.rows(arena, Arrays.copyOfRange(vectors, 1_200, 2_000), DIMENSION);
    for (DistanceMetric metric : METRICS) {
      ListIndex indexA = build(a, metric);
      ListIndex indexB = ListIndex.build(b, indexA.codebook(), BuildResources.onCaller(arena));
      // Row 5 of the first has been deleted; rows keep their order.
      int[] rowsA = IntStream.range(0, 1_200).map(i -> i < 5 ? i : i - 1).toArray();
      rowsA[5] = ListMerger.DROPPED;
      int[] rowsB = IntStream.range(1_199, 1_999).toArray();
      float[][] left = new float[1_999][];
      for (int i = 0; i < 2_000; i++) {
        if (i != 5) {
          left[i < 5 ? i : i - 1] = vectors[i];
        }
      }
      VectorRows rows = ClusteredVectors.rows(arena, left, DIMENSION);
      ListIndex merged =
          ListMerger.merge(
              List.of(new ListMerger.Part(indexA, rowsA), new ListMerger.Part(indexB, rowsB)),
              rows,
              BuildResources.onCaller(arena));
      assertThat(recall(merged, rows, RowFilter.all(), 50)).isGreaterThan(0.94);
      Searcher searcher = merged.newSearcher();
      int count = searcher.search(SearchRequest.of(source.next(), 9)).count();
      assertThat(count + searcher.next(5_000).count()).isEqualTo(1_999);
      ListIndex other = build(b, metric);
      assertThat(ListMerger.canMerge(List.of(indexA, other))).isFalse();
    }
  }

  @Test
  void aSteadySearchAllocatesItsResultOnly() {
    VectorRows rows = clustered(ROW_COUNT);
    Searcher searcher = build(rows, DistanceMetric.COSINE).newSearcher();
    List<SearchRequest> requests =
        Arrays.stream(source.next(20)).map(q -> SearchRequest.of(q, K).withEffort(30)).toList();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long perSearch = Long.MAX_VALUE;
    // Until the JIT has removed the boxed vectors of the interpreted kernel.
    for (int round = 0; round < 4_000 && perSearch > 400; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (SearchRequest request : requests) {
        searcher.search(request);
      }
      perSearch = (threads.getCurrentThreadAllocatedBytes() - before) / requests.size();
    }
    // Ten rows, ten distances, the result and its statistics.
    assertThat(perSearch).isLessThan(400);
  }

  @Test
  void rowsOfAFilterAllFarAwayAreComparedByTheirInt8Vectors() {
    VectorRows rows = clustered(ROW_COUNT);
    ListIndex index = build(rows, DistanceMetric.L2);
    ExactSearch exact = new ExactSearch(kernel, DistanceMetric.L2, DIMENSION);
    float[] query = source.next();
    int[] order = exact.search(rows, SearchRequest.of(query, ROW_COUNT)).rows();
    RowMask mask = RowMask.none(ROW_COUNT);
    IntStream.range(0, 600).forEach(i -> mask.add(order[ROW_COUNT - 1 - 2 * i]));
    SearchRequest request = new SearchRequest(query, K, 8, RowFilter.of(mask), 0);
    Searcher searcher = index.newSearcher();
    SearchResult found = searcher.search(request);
    assertThat(found.statistics().strategy()).isEqualTo(Strategy.CODE_MASK_SCAN);
    assertThat(found.rows()).isEqualTo(exact.search(rows, request).rows());
    assertThat(found.count() + searcher.next(800).count()).isEqualTo(600);
  }

  @Test
  void aFilterFindsAsMuchAsNoFilterDoes() {
    VectorRows rows = clustered(ROW_COUNT);
    ListIndex index = build(rows, DistanceMetric.L2);
    Searcher searcher = index.newSearcher();
    ExactSearch exact = new ExactSearch(kernel, DistanceMetric.L2, DIMENSION);
    double free = recall(index, rows, RowFilter.all(), 12);
    for (int from : new int[] {0, 600, 1_800}) {
      int hits = 0;
      for (int i = 0; i < QUERY_COUNT; i++) {
        float[] query = source.next();
        int[] order = exact.search(rows, SearchRequest.of(query, ROW_COUNT)).rows();
        RowMask mask = RowMask.none(ROW_COUNT);
        IntStream.range(0, 300).forEach(at -> mask.add(order[from + 4 * at]));
        SearchRequest request = new SearchRequest(query, K, 12, RowFilter.of(mask), 0);
        SearchResult found = searcher.search(request);
        assertThat(found.count()).isEqualTo(K);
        double last = exact.search(rows, request).distances()[K - 1];
        hits += (int) Arrays.stream(found.distances()).filter(d -> d <= last + 1e-6).count();
      }
      assertThat(hits / (double) (K * QUERY_COUNT)).as("from %d", from).isGreaterThan(free - 0.03);
    }
  }

  @Test
  void badQuestionsAreRefused() {
    VectorRows rows = clustered(100);
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    assertThatThrownBy(() -> searcher.next(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> searcher.search(SearchRequest.of(new float[3], 1)))
        .isInstanceOfSatisfying(
            QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.DATA_EXCEPTION));
    assertThatThrownBy(() -> new ListOptions(40_000, 1))
        .hasMessage("value 40000 out of bounds for option \"lists\"");
    assertThatThrownBy(() -> build(rows, DistanceMetric.HAMMING))
        .hasMessageContaining("does not support bit_hamming_ops");
  }
}
