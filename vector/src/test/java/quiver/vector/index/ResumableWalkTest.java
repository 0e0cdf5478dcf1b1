package quiver.vector.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

class ResumableWalkTest {
  private static final int DIMENSION = 32;
  private static final int ROW_COUNT = 6_000;
  private static final int SEGMENT_COUNT = 6;

  private final VectorKernel kernel = VectorKernels.best();
  private final Arena arena = Arena.ofShared();
  private final ClusteredVectors source = new ClusteredVectors(7, DIMENSION, 40, 0.6);

  @AfterEach
  void close() {
    arena.close();
  }

  private HnswIndex build(VectorRows rows, DistanceMetric metric) {
    return HnswIndex.build(
        kernel, rows, metric, HnswOptions.defaults(), BuildResources.onCaller(arena));
  }

  @Test
  void goesOnToEveryRowOnceInAboutTheRightOrder() {
    float[][] vectors = source.next(ROW_COUNT);
    // Copies share a node; more of them than one round asks for.
    for (int i = 0; i < 300; i++) {
      vectors[i * 7] = vectors[1];
    }
    VectorRows rows = ClusteredVectors.rows(arena, vectors, DIMENSION);
    HnswIndex index = build(rows, DistanceMetric.COSINE);
    Searcher searcher = index.newSearcher(SearchCosts.GRAPH_IS_FREE);
    ExactSearch exact = new ExactSearch(kernel, DistanceMetric.COSINE, DIMENSION);
    int hits = 0;
    for (int round = 0; round < 20; round++) {
      SearchRequest request = SearchRequest.of(source.next(), 10).withExactRowsMax(0);
      List<Integer> first = new ArrayList<>();
      Set<Integer> seen = new HashSet<>();
      SearchResult found = searcher.search(request);
      while (found.count() > 0) {
        for (int row : found.rows()) {
          assertThat(seen.add(row)).isTrue();
          if (first.size() < 50) {
            first.add(row);
          }
        }
        found = searcher.next(seen.size() < 50 ? 10 : 1_000);
      }
      assertThat(seen).hasSize(ROW_COUNT);
      int[] truth = exact.search(rows, request.withK(50)).rows();
      Arrays.sort(truth);
      hits += (int) first.stream().filter(row -> Arrays.binarySearch(truth, row) >= 0).count();
    }
    assertThat(hits / 1_000.0).isGreaterThan(0.95);
  }

  @Test
  void goingOnVisitsNoNodeAgain() {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(ROW_COUNT), DIMENSION);
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher(SearchCosts.GRAPH_IS_FREE);
    SearchRequest request = SearchRequest.of(source.next(), 20).withExactRowsMax(0);
    long compared = searcher.search(request).statistics().distancesComputed();
    for (int i = 0; i < 10; i++) {
      compared += searcher.next(20).statistics().distancesComputed();
    }
    assertThat(compared).isLessThan(ROW_COUNT);
  }

  @Test
  void segmentsThatShareABoundFindTheSameForLess() {
    HnswIndex[] indexes = new HnswIndex[SEGMENT_COUNT];
    VectorRows[] rows = new VectorRows[SEGMENT_COUNT];
    for (int i = 0; i < SEGMENT_COUNT; i++) {
      rows[i] = ClusteredVectors.rows(arena, source.next(ROW_COUNT), DIMENSION);
      indexes[i] = build(rows[i], DistanceMetric.L2);
    }
    ExactSearch exact = new ExactSearch(kernel, DistanceMetric.L2, DIMENSION);
    int hits = 0;
    long comparedAlone = 0;
    long comparedTogether = 0;
    for (int round = 0; round < 30; round++) {
      float[] query = source.next();
      DistanceBound bound = DistanceBound.none();
      List<Double> found = new ArrayList<>();
      List<Double> truth = new ArrayList<>();
      for (int i = 0; i < SEGMENT_COUNT; i++) {
        Searcher searcher = indexes[i].newSearcher(SearchCosts.GRAPH_IS_FREE);
        SearchRequest request = SearchRequest.of(query, 10).withExactRowsMax(0);
        comparedAlone += searcher.search(request).statistics().distancesComputed();
        SearchResult result = searcher.search(request.withBound(bound));
        comparedTogether += result.statistics().distancesComputed();
        Arrays.stream(result.distances()).forEach(found::add);
        found.sort(null);
        bound.lower(found.get(9));
        Arrays.stream(exact.search(rows[i], request).distances()).forEach(truth::add);
      }
      truth.sort(null);
      hits += (int) found.stream().filter(d -> d <= truth.get(9)).count();
    }
    assertThat(hits / 300.0).isGreaterThan(0.95);
    assertThat(comparedTogether).isLessThan(comparedAlone * 3 / 4);
  }
}
