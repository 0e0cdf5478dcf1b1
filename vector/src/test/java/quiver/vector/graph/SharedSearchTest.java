package quiver.vector.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildResources;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SharedSearch;
import quiver.vector.index.SteppedSearcher;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

class SharedSearchTest {
  private static final int K = 10;
  private static final int DIMENSION = 48;
  private static final int[] SIZES = {3_000, 2_500, 1_200, 2_000, 5};

  private final Arena arena = Arena.ofShared();
  private final List<VectorRows> segments = new ArrayList<>();
  private final SharedSearch shared = new SharedSearch();

  @AfterEach
  void closeArena() {
    arena.close();
  }

  /// Rows around 40 centres; segments differ in the length of their rows.
  private static float[] vector(SplittableRandom random, float scale) {
    SplittableRandom centre = new SplittableRandom(random.nextInt(40));
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = scale * (float) (centre.nextGaussian() + 0.8 * random.nextGaussian());
    }
    return vector;
  }

  private List<SteppedSearcher> build(DistanceMetric metric) {
    SplittableRandom random = new SplittableRandom(5);
    List<SteppedSearcher> searchers = new ArrayList<>();
    for (int segment = 0; segment < SIZES.length; segment++) {
      MemorySegment memory = arena.allocate(4L * DIMENSION * SIZES[segment], 64);
      for (int row = 0; row < SIZES[segment]; row++) {
        MemorySegment.copy(
            vector(random, 1 + 0.05f * segment),
            0,
            memory,
            ValueLayout.JAVA_FLOAT,
            4L * DIMENSION * row,
            DIMENSION);
      }
      VectorRows rows =
          VectorRows.of(DIMENSION, SIZES[segment], memory, RowMask.all(SIZES[segment]));
      segments.add(rows);
      searchers.add(
          CodeGraphIndex.build(
                  rows, metric, CodeGraphOptions.defaults(), BuildResources.onCaller(arena))
              .newSearcher());
    }
    return searchers;
  }

  private List<SearchRequest> requests(float[] query, List<RowFilter> filters, int k) {
    List<SearchRequest> requests = new ArrayList<>();
    for (RowFilter filter : filters) {
      requests.add(new SearchRequest(query, k, 40, filter, 0, DistanceBound.none()));
    }
    return requests;
  }

  private List<SearchResult> search(
      List<SteppedSearcher> searchers, List<SearchRequest> requests, int k) {
    shared.reset(k, DistanceBound.none());
    return shared.search(searchers, requests);
  }

  /// Rows with their segment, the `k` nearest of all parts.
  private static Set<Long> nearest(List<SearchResult> parts, int k) {
    List<double[]> all = new ArrayList<>();
    for (int segment = 0; segment < parts.size(); segment++) {
      for (int i = 0; i < parts.get(segment).count(); i++) {
        all.add(
            new double[] {
              parts.get(segment).distances()[i], segment, parts.get(segment).rows()[i]
            });
      }
    }
    all.sort((a, b) -> Double.compare(a[0], b[0]));
    Set<Long> found = new HashSet<>();
    for (double[] row : all.subList(0, Math.min(k, all.size()))) {
      found.add(((long) row[1] << 32) + (long) row[2]);
    }
    return found;
  }

  private List<SearchResult> exact(DistanceMetric metric, List<SearchRequest> requests) {
    List<SearchResult> parts = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      parts.add(
          new ExactSearch(VectorKernels.best(), metric, DIMENSION)
              .search(segments.get(i), requests.get(i)));
    }
    return parts;
  }

  private double recall(
      DistanceMetric metric, List<SteppedSearcher> searchers, List<RowFilter> filters) {
    SplittableRandom random = new SplittableRandom(9);
    int hits = 0;
    int wanted = 0;
    for (int i = 0; i < 50; i++) {
      List<SearchRequest> requests = requests(vector(random, 1), filters, K);
      Set<Long> expected = nearest(exact(metric, requests), K);
      Set<Long> found = nearest(search(searchers, requests, K), K);
      assertThat(found).hasSameSizeAs(expected);
      wanted += expected.size();
      found.retainAll(expected);
      hits += found.size();
    }
    return (double) hits / wanted;
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "INNER_PRODUCT", "COSINE"})
  void findsTheNearestOfAllSegments(DistanceMetric metric) {
    List<SteppedSearcher> searchers = build(metric);
    List<RowFilter> everything = segments.stream().map(rows -> RowFilter.all()).toList();
    assertThat(recall(metric, searchers, everything)).isGreaterThan(0.93);
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "INNER_PRODUCT", "COSINE"})
  void findsAsManyRowsAsAreAllowedUnderEveryFilter(DistanceMetric metric) {
    List<SteppedSearcher> searchers = build(metric);
    for (int keptOf : new int[] {2, 7, 60, 900, 2_800}) {
      List<RowFilter> filters = new ArrayList<>();
      for (VectorRows rows : segments) {
        RowMask mask = RowMask.none(rows.rowCount());
        for (int row = 1; row < rows.rowCount(); row += keptOf) {
          mask.add(row);
        }
        filters.add(RowFilter.of(mask));
      }
      assertThat(recall(metric, searchers, filters)).as("1 of %s", keptOf).isGreaterThan(0.9);
    }
  }

  @Test
  void segmentsEndTheWalksOfEachOther() {
    List<SteppedSearcher> searchers = build(DistanceMetric.L2);
    List<RowFilter> everything = segments.stream().map(rows -> RowFilter.all()).toList();
    SplittableRandom random = new SplittableRandom(9);
    long together = 0;
    long alone = 0;
    for (int i = 0; i < 20; i++) {
      List<SearchRequest> requests =
          requests(vector(random, 1), everything, K).stream().map(r -> r.withEffort(6)).toList();
      for (SearchResult part : search(searchers, requests, K)) {
        together += part.statistics().nodesVisited();
      }
      for (int segment = 0; segment < searchers.size(); segment++) {
        SearchRequest asked = requests.get(segment).withEffort(6 * WalkEffort.BESIDE_OTHERS_FACTOR);
        alone += searchers.get(segment).search(asked).statistics().nodesVisited();
      }
    }
    assertThat(4 * together).isLessThan(3 * alone);
  }

  @Test
  void goesOnWithEveryRowOnce() {
    List<SteppedSearcher> searchers = build(DistanceMetric.COSINE);
    List<RowFilter> everything = segments.stream().map(rows -> RowFilter.all()).toList();
    float[] query = vector(new SplittableRandom(3), 1);
    List<SearchResult> first = search(searchers, requests(query, everything, K), K);
    SteppedSearcher third = searchers.get(2);
    Set<Integer> seen = new HashSet<>();
    addAll(first.get(2), seen);
    for (SearchResult more = third.next(300); more.count() > 0; more = third.next(300)) {
      addAll(more, seen);
    }
    assertThat(seen).hasSize(SIZES[2]);
  }

  private static void addAll(SearchResult result, Set<Integer> seen) {
    for (int row : result.rows()) {
      assertThat(seen.add(row)).as("row %s twice", row).isTrue();
    }
  }
}
