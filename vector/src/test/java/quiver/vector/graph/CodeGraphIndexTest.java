package quiver.vector.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildMonitor;
import quiver.vector.index.BuildResources;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

class CodeGraphIndexTest {
  private static final int K = 10;

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void closeArena() {
    arena.close();
  }

  /// Gaussian clusters of uneven size, with norms that differ.
  private static float[][] clusters(long seed, int count, int dimension) {
    SplittableRandom random = new SplittableRandom(seed);
    SplittableRandom centreRandom = new SplittableRandom(17);
    float[][] centres = new float[30][dimension];
    for (float[] centre : centres) {
      for (int i = 0; i < dimension; i++) {
        centre[i] = (float) centreRandom.nextGaussian();
      }
    }
    float[][] vectors = new float[count][];
    for (int v = 0; v < count; v++) {
      double pick = random.nextDouble();
      vectors[v] = centres[(int) (pick * pick * centres.length)].clone();
      for (int i = 0; i < dimension; i++) {
        vectors[v][i] += (float) (0.8 * random.nextGaussian());
      }
    }
    return vectors;
  }

  private VectorRows rows(float[][] vectors) {
    return rows(vectors, RowMask.all(vectors.length), vectors.length == 0 ? 40 : vectors[0].length);
  }

  private VectorRows rows(float[][] vectors, RowMask present, int dimension) {
    MemorySegment segment = arena.allocate(Math.max(64, 4L * dimension * vectors.length), 64);
    for (int row = 0; row < vectors.length; row++) {
      MemorySegment.copy(
          vectors[row], 0, segment, ValueLayout.JAVA_FLOAT, 4L * dimension * row, dimension);
    }
    return VectorRows.of(dimension, vectors.length, segment, present);
  }

  private CodeGraphIndex build(VectorRows rows, DistanceMetric metric) {
    return CodeGraphIndex.build(
        rows, metric, CodeGraphOptions.defaults(), BuildResources.onCaller(arena));
  }

  private static SearchResult exact(VectorRows rows, DistanceMetric metric, SearchRequest request) {
    return new ExactSearch(VectorKernels.best(), metric, rows.dimension()).search(rows, request);
  }

  private static SearchRequest graph(float[] query) {
    return SearchRequest.of(query, K).withExactRowsMax(0).withEffort(100);
  }

  private static double recall(SearchResult found, SearchResult expected) {
    Set<Integer> rows = new HashSet<>();
    for (int row : found.rows()) {
      assertThat(rows.add(row)).as("row %s twice", row).isTrue();
    }
    double hits = 0;
    for (int row : expected.rows()) {
      hits += rows.contains(row) ? 1 : 0;
    }
    return hits / expected.count();
  }

  @ParameterizedTest
  @EnumSource(
      value = DistanceMetric.class,
      names = {"L2", "INNER_PRODUCT", "COSINE"})
  void findsNearlyEveryNearestRowWithItsExactDistance(DistanceMetric metric) {
    VectorRows rows = rows(clusters(1, 6_000, 72));
    Searcher searcher = build(rows, metric).newSearcher();
    double recall = 0;
    float[][] queries = clusters(2, 60, 72);
    for (float[] query : queries) {
      SearchResult found = searcher.search(graph(query));
      SearchResult expected = exact(rows, metric, graph(query));
      assertThat(found.statistics().strategy()).isEqualTo(Strategy.GRAPH);
      assertThat(found.count()).isEqualTo(K);
      for (int i = 0; i < K; i++) {
        for (int j = 0; j < K; j++) {
          if (found.rows()[i] == expected.rows()[j]) {
            assertThat(found.distances()[i]).isEqualTo(expected.distances()[j]);
          }
        }
        assertThat(i == 0 || found.distances()[i - 1] <= found.distances()[i]).isTrue();
      }
      recall += recall(found, expected);
    }
    assertThat(recall / queries.length).isGreaterThan(0.95);
  }

  @ParameterizedTest
  @EnumSource(
      value = DistanceMetric.class,
      names = {"L2", "INNER_PRODUCT", "COSINE"})
  void filtersReturnKRowsOfTheFilter(DistanceMetric metric) {
    VectorRows rows = rows(clusters(3, 5_000, 48));
    Searcher searcher = build(rows, metric).newSearcher();
    SplittableRandom random = new SplittableRandom(5);
    for (double share : new double[] {0.002, 0.02, 0.1, 0.5, 0.95}) {
      RowMask mask = RowMask.none(rows.rowCount());
      for (int row = 0; row < rows.rowCount(); row++) {
        if (random.nextDouble() < share) {
          mask.add(row);
        }
      }
      double recall = 0;
      float[][] queries = clusters(4, 30, 48);
      for (float[] query : queries) {
        SearchRequest request = graph(query).withFilter(RowFilter.of(mask));
        SearchResult found = searcher.search(request);
        assertThat(found.count()).isEqualTo(Math.min(K, mask.cardinality()));
        for (int row : found.rows()) {
          assertThat(mask.contains(row)).isTrue();
        }
        recall += recall(found, exact(rows, metric, request));
      }
      assertThat(recall / queries.length).as("share %s", share).isGreaterThan(0.9);
    }
  }

  @Test
  void aFilterFarFromTheQueryStillGivesKRows() {
    VectorRows rows = rows(clusters(3, 4_000, 48));
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    float[] query = clusters(4, 1, 48)[0];
    // The farthest tenth.
    SearchResult all = exact(rows, DistanceMetric.L2, SearchRequest.of(query, 4_000));
    RowMask mask = RowMask.none(rows.rowCount());
    for (int i = 3_600; i < 4_000; i++) {
      mask.add(all.rows()[i]);
    }
    SearchRequest request = graph(query).withFilter(RowFilter.of(mask));
    SearchResult found = searcher.search(request);
    assertThat(found.count()).isEqualTo(K);
    assertThat(recall(found, exact(rows, DistanceMetric.L2, request))).isGreaterThan(0.85);
  }

  @Test
  void continuesUntilEveryRowCame() {
    VectorRows rows = rows(clusters(3, 2_000, 48));
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    float[] query = clusters(4, 1, 48)[0];
    Set<Integer> seen = new HashSet<>();
    SearchResult result = searcher.search(graph(query));
    while (result.count() > 0) {
      for (int row : result.rows()) {
        assertThat(seen.add(row)).isTrue();
      }
      result = searcher.next(150);
    }
    assertThat(seen).hasSize(2_000);
  }

  @ParameterizedTest
  @EnumSource(
      value = DistanceMetric.class,
      names = {"L2", "INNER_PRODUCT", "COSINE"})
  void continuationsGiveTogetherWhatOneLargeSearchGives(DistanceMetric metric) {
    VectorRows rows = rows(clusters(3, 4_000, 48));
    CodeGraphIndex index = build(rows, metric);
    Searcher searcher = index.newSearcher();
    double recall = 0;
    double largeRecall = 0;
    long nodes = 0;
    long largeNodes = 0;
    float[][] queries = clusters(4, 20, 48);
    for (float[] query : queries) {
      SearchResult result = searcher.search(graph(query));
      nodes += result.statistics().nodesVisited();
      Set<Integer> seen = new HashSet<>();
      addAll(result, seen);
      for (int page = 1; page < 10; page++) {
        result = searcher.next(K);
        nodes += result.statistics().nodesVisited();
        assertThat(result.count()).isEqualTo(K);
        addAll(result, seen);
      }
      SearchRequest large = graph(query).withK(10 * K);
      SearchResult expected = exact(rows, metric, large);
      for (int row : expected.rows()) {
        recall += seen.contains(row) ? 0.01 : 0;
      }
      SearchResult once = index.newSearcher().search(large);
      largeNodes += once.statistics().nodesVisited();
      largeRecall += recall(once, expected);
    }
    assertThat(recall / queries.length).isGreaterThan(0.95);
    assertThat(recall).isCloseTo(largeRecall, within(0.03 * queries.length));
    // Nothing was expanded twice.
    assertThat(nodes).isLessThan(largeNodes * 5 / 4);
  }

  private static void addAll(SearchResult result, Set<Integer> seen) {
    for (int row : result.rows()) {
      assertThat(seen.add(row)).as("row %s twice", row).isTrue();
    }
  }

  @Test
  void filteredSearchesContinueUntilEveryAllowedRowCame() {
    VectorRows rows = rows(clusters(3, 3_000, 48));
    Searcher searcher = build(rows, DistanceMetric.COSINE).newSearcher();
    for (int share : new int[] {2, 5}) {
      RowMask mask = RowMask.none(rows.rowCount());
      for (int row = 0; row < rows.rowCount(); row += share) {
        mask.add(row);
      }
      Set<Integer> seen = new HashSet<>();
      SearchResult result =
          searcher.search(graph(clusters(4, 1, 48)[0]).withFilter(RowFilter.of(mask)));
      while (result.count() > 0) {
        addAll(result, seen);
        result = searcher.next(90);
      }
      assertThat(seen).hasSize(mask.cardinality()).allMatch(mask::contains);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DistanceMetric.class,
      names = {"L2", "INNER_PRODUCT", "COSINE"})
  void aSharedBoundSavesWorkAndLosesNoNearerRow(DistanceMetric metric) {
    VectorRows rows = rows(clusters(3, 6_000, 48));
    Searcher searcher = build(rows, metric).newSearcher();
    long free = 0;
    long bounded = 0;
    double hits = 0;
    double expected = 0;
    for (float[] query : clusters(4, 40, 48)) {
      SearchResult alone = searcher.search(graph(query));
      free += alone.statistics().nodesVisited() + alone.statistics().reranked();
      // As if other segments had rows as near as our third.
      double limit = alone.distances()[2];
      SearchResult shared = searcher.search(graph(query).withBound(DistanceBound.of(limit)));
      bounded += shared.statistics().nodesVisited() + shared.statistics().reranked();
      Set<Integer> found = new HashSet<>();
      addAll(shared, found);
      for (int i = 0; i < alone.count(); i++) {
        if (alone.distances()[i] <= limit) {
          expected++;
          hits += found.contains(alone.rows()[i]) ? 1 : 0;
        }
      }
      // A bound that excludes nothing changes nothing.
      assertThat(
              searcher
                  .search(graph(query).withBound(DistanceBound.of(alone.distances()[9] * 2 + 100)))
                  .rows())
          .containsExactly(alone.rows());
    }
    assertThat(hits / expected).isGreaterThan(0.95);
    assertThat(bounded).isLessThan(free * 9 / 10);
  }

  @Test
  void aBoundBelowEverythingGivesFewRowsOrNone() {
    VectorRows rows = rows(clusters(3, 3_000, 48));
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    SearchResult found =
        searcher.search(graph(clusters(4, 1, 48)[0]).withBound(DistanceBound.of(0)));
    assertThat(found.statistics().strategy()).isEqualTo(Strategy.GRAPH);
    assertThat(found.count()).isLessThan(K);
  }

  /// Half of the rows far from the query, most of them twice in the table: no walk leads there.
  @ParameterizedTest
  @EnumSource(
      value = DistanceMetric.class,
      names = {"L2", "INNER_PRODUCT", "COSINE"})
  void allowedRowsFarFromTheQueryAreFoundByTheirCodes(DistanceMetric metric) {
    float[][] vectors = clusters(3, 4_000, 48);
    for (int row = 0; row < 1_500; row++) {
      vectors[3_999 - row] = vectors[row].clone();
    }
    RowMask present = RowMask.all(vectors.length);
    present.remove(7);
    VectorRows rows = rows(vectors, present, 48);
    Searcher searcher = build(rows, metric).newSearcher();
    double recall = 0;
    for (float[] query : clusters(4, 20, 48)) {
      int[] order = exact(rows, metric, SearchRequest.of(query, 3_999)).rows();
      RowMask mask = RowMask.none(rows.rowCount());
      mask.add(7);
      for (int i = 2_000; i < order.length; i += 3) {
        mask.add(order[i]);
      }
      SearchRequest request = SearchRequest.of(query, K).withFilter(RowFilter.of(mask));
      SearchResult found = searcher.search(request);
      assertThat(found.statistics().strategy()).isEqualTo(Strategy.CODE_MASK_SCAN);
      SearchResult expected = exact(rows, metric, request);
      recall += recall(found, expected);
      assertThat(searcher.next(K).count()).isEqualTo(K);
    }
    assertThat(recall / 20).isGreaterThan(0.99);
  }

  @Test
  void clustersThatNoLinksLeadBetweenAreAllFound() {
    SplittableRandom random = new SplittableRandom(31);
    int dimension = 128;
    int clusterCount = 260;
    int perCluster = 40;
    float[][] vectors = new float[clusterCount * perCluster][dimension];
    for (int cluster = 0; cluster < clusterCount; cluster++) {
      float[] centre = new float[dimension];
      for (int i = 0; i < dimension; i++) {
        centre[i] = (float) random.nextGaussian();
      }
      for (int v = 0; v < perCluster; v++) {
        for (int i = 0; i < dimension; i++) {
          // Mixed up, so that clusters do not follow one another.
          vectors[v * clusterCount + cluster][i] =
              centre[i] + (float) (0.2 * random.nextGaussian());
        }
      }
    }
    VectorRows rows = rows(vectors);
    CodeGraphIndex index = build(rows, DistanceMetric.L2);
    Searcher searcher = index.newSearcher();
    double sum = 0;
    for (int i = 0; i < 200; i++) {
      float[] query = vectors[random.nextInt(vectors.length)].clone();
      query[i % dimension] += 0.1f;
      SearchRequest request = SearchRequest.of(query, K).withEffort(16);
      sum += recall(searcher.search(request), exact(rows, DistanceMetric.L2, request));
    }
    // Far more clusters than lists: a walk that begins in another one finds nothing.
    assertThat(sum / 200).isGreaterThan(0.9);
  }

  @Test
  void waysThroughOtherRowsAreFoundUnderAFilter() {
    VectorRows rows = rows(clusters(3, 10_000, 48));
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    SplittableRandom random = new SplittableRandom(5);
    Set<Strategy> strategies = EnumSet.noneOf(Strategy.class);
    for (double share : new double[] {0.38, 0.5}) {
      RowMask mask = RowMask.none(rows.rowCount());
      for (int row = 0; row < rows.rowCount(); row++) {
        if (random.nextDouble() < share) {
          mask.add(row);
        }
      }
      double recall = 0;
      for (float[] query : clusters(4, 30, 48)) {
        SearchRequest request = graph(query).withEffort(20).withFilter(RowFilter.of(mask));
        SearchResult found = searcher.search(request);
        // A walk that comes to cost more than a scan gives way to it.
        strategies.add(found.statistics().strategy());
        recall += recall(found, exact(rows, DistanceMetric.L2, request));
      }
      assertThat(recall / 30).as("share %s", share).isGreaterThan(0.95);
    }
    assertThat(strategies).contains(Strategy.GRAPH_FILTERED, Strategy.GRAPH_TWO_HOP);
  }

  @Test
  void aSineOfOneParameterIsFound() {
    float[][] vectors = new float[6_000][40];
    for (int row = 0; row < vectors.length; row++) {
      for (int i = 0; i < 40; i++) {
        vectors[row][i] = (float) Math.sin((row % 1_500) * 0.002 * (i + 1));
      }
    }
    VectorRows rows = rows(vectors);
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    double recall = 0;
    for (int row = 0; row < vectors.length; row += 200) {
      SearchResult expected = exact(rows, DistanceMetric.L2, graph(vectors[row]));
      SearchResult found = searcher.search(graph(vectors[row]));
      for (int i = 0; i < K; i++) {
        recall += found.distances()[i] <= expected.distances()[K - 1] ? 1.0 / K : 0;
      }
    }
    assertThat(recall / 30).isGreaterThan(0.9);
  }

  @Test
  void theFileDoesNotDependOnThreads() {
    VectorRows rows = rows(clusters(1, 3_000, 40));
    byte[] one = bytes(build(rows, DistanceMetric.COSINE));
    byte[] again = bytes(build(rows, DistanceMetric.COSINE));
    assertThat(Arrays.equals(one, again)).isTrue();
    try (ExecutorService pool = Executors.newFixedThreadPool(3, Thread.ofPlatform().factory())) {
      BuildResources resources = new BuildResources(pool, 4, arena, BuildMonitor.NONE);
      CodeGraphIndex four =
          CodeGraphIndex.build(rows, DistanceMetric.COSINE, CodeGraphOptions.defaults(), resources);
      assertThat(Arrays.equals(bytes(four), one)).isTrue();
    }
  }

  private static byte[] bytes(CodeGraphIndex index) {
    return index.image().toArray(ValueLayout.JAVA_BYTE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 33, 100})
  void fewRowsAreNoProblem(int count) {
    for (DistanceMetric metric :
        new DistanceMetric[] {
          DistanceMetric.L2, DistanceMetric.INNER_PRODUCT, DistanceMetric.COSINE
        }) {
      VectorRows rows = rows(clusters(1, count, 40));
      Searcher searcher = build(rows, metric).newSearcher();
      float[] query = clusters(2, 1, 40)[0];
      SearchRequest request = graph(query);
      SearchResult found = searcher.search(request);
      assertThat(found.rows()).containsExactly(exact(rows, metric, request).rows());
      assertThat(searcher.search(request.withK(1_000)).count()).isEqualTo(count);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 16_000})
  void extremeDimensionsWork(int dimension) {
    int count = dimension > 1_000 ? 150 : 1_000;
    VectorRows rows = rows(clusters(1, count, dimension));
    for (DistanceMetric metric : new DistanceMetric[] {DistanceMetric.L2, DistanceMetric.COSINE}) {
      Searcher searcher = build(rows, metric).newSearcher();
      for (float[] query : clusters(2, 5, dimension)) {
        assertThat(searcher.search(graph(query)).count()).isEqualTo(K);
      }
    }
  }

  @Test
  void duplicatesShareAVertexAndAllComeBack() {
    float[][] vectors = clusters(1, 3_000, 40);
    for (int i = 500; i < 2_500; i++) {
      vectors[i] = vectors[7];
    }
    VectorRows rows = rows(vectors);
    CodeGraphIndex index = build(rows, DistanceMetric.L2);
    Searcher searcher = index.newSearcher();
    SearchResult found = searcher.search(graph(vectors[7]).withK(300));
    assertThat(found.count()).isEqualTo(300);
    assertThat(found.distances()).containsOnly(0.0);
    RowMask mask = RowMask.none(3_000);
    for (int i = 2_000; i < 3_000; i++) {
      mask.add(i);
    }
    SearchRequest request = graph(vectors[7]).withFilter(RowFilter.of(mask));
    assertThat(searcher.search(request).distances()).containsOnly(0.0);
    for (float[] query : clusters(2, 5, 40)) {
      assertThat(
              recall(searcher.search(graph(query)), exact(rows, DistanceMetric.L2, graph(query))))
          .isGreaterThan(0.79);
    }
  }

  @Test
  void zeroVectorsAndNullsAreLeftOut() {
    float[][] vectors = clusters(1, 1_000, 40);
    vectors[3] = new float[40];
    vectors[900] = new float[40];
    RowMask present = RowMask.all(1_000);
    for (int row = 100; row < 400; row++) {
      present.remove(row);
      Arrays.fill(vectors[row], Float.NaN);
    }
    VectorRows rows = rows(vectors, present, 40);
    for (DistanceMetric metric :
        new DistanceMetric[] {
          DistanceMetric.L2, DistanceMetric.INNER_PRODUCT, DistanceMetric.COSINE
        }) {
      Searcher searcher = build(rows, metric).newSearcher();
      for (float[] query : clusters(2, 10, 40)) {
        SearchResult found = searcher.search(graph(query));
        assertThat(recall(found, exact(rows, metric, graph(query)))).isGreaterThan(0.79);
      }
      float[] zero = new float[40];
      if (metric == DistanceMetric.L2) {
        assertThat(recall(searcher.search(graph(zero)), exact(rows, metric, graph(zero))))
            .isGreaterThan(0.79);
      } else {
        assertThat(searcher.search(graph(zero)).distances())
            .containsExactly(exact(rows, metric, graph(zero)).distances());
      }
      SearchResult everything = searcher.search(graph(vectors[0]).withK(2_000));
      assertThat(everything.count()).isEqualTo(700);
    }
  }

  @Test
  void hugeAndTinyValuesDoNotOverflow() {
    for (float scale : new float[] {1e-30f, 1e17f}) {
      float[][] vectors = clusters(1, 1_500, 40);
      float[][] queries = clusters(2, 10, 40);
      for (float[][] group : new float[][][] {vectors, queries}) {
        for (float[] vector : group) {
          for (int i = 0; i < vector.length; i++) {
            vector[i] *= scale;
          }
        }
      }
      VectorRows rows = rows(vectors);
      Searcher searcher = build(rows, DistanceMetric.COSINE).newSearcher();
      for (float[] query : queries) {
        SearchResult expected = exact(rows, DistanceMetric.COSINE, graph(query));
        assertThat(searcher.search(graph(query)).count()).isEqualTo(expected.count());
      }
    }
  }

  @Test
  void allEqualRowsAreOneVertex() {
    float[][] vectors = new float[5_000][];
    Arrays.fill(vectors, clusters(1, 1, 64)[0]);
    Searcher searcher = build(rows(vectors), DistanceMetric.L2).newSearcher();
    assertThat(searcher.search(graph(clusters(2, 1, 64)[0])).count()).isEqualTo(K);
  }

  @Test
  void steadySearchesAllocateTheirResultOnly() {
    VectorRows rows = rows(clusters(1, 4_000, 64));
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    SearchRequest[] requests = new SearchRequest[50];
    float[][] queries = clusters(2, requests.length, 64);
    for (int i = 0; i < requests.length; i++) {
      requests[i] = graph(queries[i]);
    }
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long bytes = Long.MAX_VALUE;
    // Until the compiler has removed the vectors' boxes.
    for (int round = 0; round < 2_000 && bytes > 1_000; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (SearchRequest request : requests) {
        searcher.search(request);
      }
      bytes = (threads.getCurrentThreadAllocatedBytes() - before) / requests.length;
    }
    // Two arrays of ten, the result, its statistics, and what an iterator-free search needs.
    assertThat(bytes).isLessThan(1_000);
  }

  @Test
  void refusesAQueryOfAnotherDimension() {
    Searcher searcher = build(rows(clusters(1, 500, 40)), DistanceMetric.L2).newSearcher();
    assertThatThrownBy(() -> searcher.search(graph(new float[41])))
        .hasMessage("different vector dimensions 40 and 41");
  }
}
