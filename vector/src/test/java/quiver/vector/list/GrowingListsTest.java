package quiver.vector.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildResources;
import quiver.vector.index.ClusteredVectors;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

class GrowingListsTest {
  private static final int DIMENSION = 80;
  private static final int ROW_COUNT = 2_000;
  private static final int ROWS_PER_BLOCK = 512;
  private static final int K = 10;

  private final VectorKernel kernel = VectorKernels.best();
  private final Arena arena = Arena.ofShared();
  private final ClusteredVectors source = new ClusteredVectors(3, DIMENSION, 30, 0.6);

  @AfterEach
  void close() {
    arena.close();
  }

  private ListCodebook codebook(DistanceMetric metric) {
    return ListCodebook.train(
        kernel,
        ClusteredVectors.rows(arena, source.next(1_000), DIMENSION),
        metric,
        ListOptions.defaults(),
        BuildResources.onCaller(arena));
  }

  /// Rows in blocks, as a growing segment has them.
  private VectorRows inBlocks(float[][] vectors, RowMask present) {
    List<MemorySegment> blocks = new ArrayList<>();
    for (int from = 0; from < vectors.length; from += ROWS_PER_BLOCK) {
      float[][] part =
          Arrays.copyOfRange(vectors, from, Math.min(vectors.length, from + ROWS_PER_BLOCK));
      blocks.add(ClusteredVectors.rows(arena, part, DIMENSION).block(0));
    }
    return VectorRows.ofBlocks(DIMENSION, vectors.length, ROWS_PER_BLOCK, blocks, present);
  }

  @Test
  void rowsAreFoundAsTheyArrive() {
    float[][] vectors = source.next(ROW_COUNT);
    RowMask present = RowMask.all(ROW_COUNT);
    present.remove(3);
    VectorRows all = inBlocks(vectors, present);
    RowMask odd = RowMask.none(ROW_COUNT);
    IntStream.range(0, ROW_COUNT / 2).forEach(i -> odd.add(2 * i + 1));
    for (DistanceMetric metric :
        List.of(
            DistanceMetric.L2,
            DistanceMetric.INNER_PRODUCT,
            DistanceMetric.COSINE,
            DistanceMetric.L1)) {
      GrowingLists lists = new GrowingLists(codebook(metric), arena);
      lists.append(all, 0, ROW_COUNT);
      GrowingListSearcher searcher = lists.newSearcher();
      searcher.setRows(all);
      ExactSearch exact = new ExactSearch(kernel, metric, DIMENSION);
      for (RowFilter filter : List.of(RowFilter.all(), RowFilter.of(odd))) {
        int hits = 0;
        for (int i = 0; i < 30; i++) {
          SearchRequest request = new SearchRequest(source.next(), K, 30, filter, 0);
          SearchResult found = searcher.search(request);
          SearchResult truth = exact.search(all, request);
          assertThat(found.count()).isEqualTo(K);
          assertThat(found.distances()).isSorted();
          for (int row : found.rows()) {
            hits += Arrays.stream(truth.rows()).anyMatch(t -> t == row) ? 1 : 0;
          }
        }
        assertThat(hits / (30.0 * K)).as("%s %s", metric, filter).isGreaterThan(0.92);
      }
    }
  }

  @Test
  void aSearchSeesTheRowsItWasGiven() {
    float[][] vectors = source.next(ROW_COUNT);
    VectorRows all = inBlocks(vectors, RowMask.all(ROW_COUNT));
    VectorRows early = inBlocks(Arrays.copyOf(vectors, 900), RowMask.all(900));
    GrowingLists lists = new GrowingLists(codebook(DistanceMetric.L2), arena);
    lists.append(all, 0, ROW_COUNT);
    GrowingListSearcher searcher = lists.newSearcher();
    searcher.setRows(early);
    List<Integer> seen = new ArrayList<>();
    SearchRequest request = new SearchRequest(source.next(), 50, 2, RowFilter.all(), 0);
    SearchResult part = searcher.search(request);
    while (part.count() > 0) {
      Arrays.stream(part.rows()).forEach(seen::add);
      part = searcher.next(100);
    }
    assertThat(seen).hasSize(900).doesNotHaveDuplicates().allMatch(row -> row < 900);
  }

  @Test
  void zeroAndHugeVectorsAreFound() {
    float[][] vectors = source.next(60);
    vectors[5] = new float[DIMENSION];
    Arrays.fill(vectors[6], 1e30f);
    VectorRows rows = inBlocks(vectors, RowMask.all(60));
    for (DistanceMetric metric : List.of(DistanceMetric.L2, DistanceMetric.COSINE)) {
      GrowingLists lists = new GrowingLists(codebook(metric), arena);
      lists.append(rows, 0, 60);
      GrowingListSearcher searcher = lists.newSearcher();
      searcher.setRows(rows);
      SearchRequest request = new SearchRequest(source.next(), 58, 99, RowFilter.all(), 0);
      SearchResult first = searcher.search(request);
      assertThat(first.count() + searcher.next(10).count()).isEqualTo(60);
    }
  }

  @Test
  void aSearchBesideTheAppendingThreadFindsWhatWasPublished() throws InterruptedException {
    float[][] vectors = source.next(ROW_COUNT);
    VectorRows all = inBlocks(vectors, RowMask.all(ROW_COUNT));
    GrowingLists lists = new GrowingLists(codebook(DistanceMetric.COSINE), arena);
    AtomicInteger appended = new AtomicInteger();
    Thread writer =
        Thread.ofPlatform()
            .name("appender")
            .start(() -> {
              for (int row = 0; row < ROW_COUNT; row++) {
                lists.append(row, vectors[row]);
                appended.setRelease(row + 1);
              }
            });
    GrowingListSearcher searcher = lists.newSearcher();
    int count = 0;
    while (count < ROW_COUNT) {
      count = appended.getAcquire();
      if (count < 2) {
        continue;
      }
      searcher.setRows(
          VectorRows.ofBlocks(DIMENSION, count, ROWS_PER_BLOCK, blocksOf(all), RowMask.all(count)));
      int wanted = count - 1;
      SearchResult found =
          searcher.search(new SearchRequest(vectors[wanted], 1, 5, RowFilter.all(), 0));
      assertThat(found.rows()).containsExactly(wanted);
    }
    writer.join();
  }

  private static List<MemorySegment> blocksOf(VectorRows rows) {
    return IntStream.range(0, rows.blockCount()).mapToObj(rows::block).toList();
  }

  @Test
  void thereIsNothingToGoOnWithBeforeASearch() {
    GrowingLists lists = new GrowingLists(codebook(DistanceMetric.L2), arena);
    assertThatThrownBy(() -> lists.newSearcher().next(1)).isInstanceOf(IllegalStateException.class);
    assertThat(lists.sizeBytes()).isPositive();
  }
}
