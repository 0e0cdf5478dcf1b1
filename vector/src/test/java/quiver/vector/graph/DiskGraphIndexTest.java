package quiver.vector.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildResources;
import quiver.vector.index.ClusteredVectors;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.IndexFiles;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

class DiskGraphIndexTest {
  private static final int DIMENSION = 72;
  private static final int K = 10;

  private final Arena arena = Arena.ofShared();
  private final ClusteredVectors source = new ClusteredVectors(3, DIMENSION, 40, 0.6);

  @AfterEach
  void close() {
    arena.close();
  }

  private DiskGraphIndex build(VectorRows rows, DistanceMetric metric) {
    return DiskGraphIndex.build(
        rows, metric, CodeGraphOptions.defaults(), BuildResources.onCaller(arena));
  }

  private MemorySegment written(DiskGraphIndex index) throws IOException {
    byte[] bytes = IndexFiles.written(index::write);
    return IndexFiles.offHeap(arena, bytes, bytes.length);
  }

  @Test
  void nearestRowsAreFoundUnderEveryMetric() throws IOException {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(2_000), DIMENSION);
    RowMask half = RowMask.none(2_000);
    IntStream.range(0, 1_000).forEach(i -> half.add(2 * i));
    for (DistanceMetric metric :
        List.of(DistanceMetric.L2, DistanceMetric.INNER_PRODUCT, DistanceMetric.COSINE)) {
      DiskGraphIndex index = DiskGraphIndex.open(written(build(rows, metric)), rows);
      assertThat(index.sizeBytes()).isLessThan(rows.rowBytes() * rows.rowCount() / 4);
      ExactSearch exact = new ExactSearch(VectorKernels.best(), metric, DIMENSION);
      Searcher searcher = index.newSearcher();
      for (RowFilter filter : List.of(RowFilter.all(), RowFilter.of(half))) {
        int hits = 0;
        for (int i = 0; i < 30; i++) {
          SearchRequest request = new SearchRequest(source.next(), K, 50, filter, 0);
          SearchResult found = searcher.search(request);
          SearchResult truth = exact.search(rows, request);
          // A small cluster of its own may hold too few rows of a filter: then rows are scanned.
          assertThat(found.statistics().strategy())
              .isIn(Strategy.GRAPH, Strategy.GRAPH_FILTERED, Strategy.MASK_SCAN);
          for (int j = 0; j < K; j++) {
            for (int t = 0; t < K; t++) {
              if (truth.rows()[t] == found.rows()[j]) {
                hits++;
                assertThat(found.distances()[j]).isEqualTo(truth.distances()[t]);
              }
            }
          }
        }
        assertThat(hits / (30.0 * K)).as("%s %s", metric, filter).isGreaterThan(0.93);
      }
    }
  }

  @Test
  void everyRowComesOnceAlsoAmongDuplicates() {
    float[][] vectors = source.next(300);
    for (int i = 0; i < 100; i++) {
      vectors[i] = vectors[299];
    }
    VectorRows rows = ClusteredVectors.rows(arena, vectors, DIMENSION);
    Searcher searcher = build(rows, DistanceMetric.L2).newSearcher();
    List<Integer> seen = new ArrayList<>();
    SearchResult part =
        searcher.search(new SearchRequest(vectors[299], 30, 10, RowFilter.all(), 0));
    assertThat(part.distances()).containsOnly(0.0);
    while (part.count() > 0) {
      Arrays.stream(part.rows()).forEach(seen::add);
      part = searcher.next(90);
    }
    assertThat(seen).hasSize(300).doesNotHaveDuplicates();
  }

  @Test
  void emptyAndTinySegmentsAreSearched() throws IOException {
    for (int dimension : new int[] {1, 33, 1_500}) {
      ClusteredVectors some = new ClusteredVectors(1, dimension, 2, 0.5);
      for (int rowCount : new int[] {0, 1, 2, 40}) {
        VectorRows rows = ClusteredVectors.rows(arena, some.next(rowCount), dimension);
        DiskGraphIndex built = build(rows, DistanceMetric.COSINE);
        DiskGraphIndex index = DiskGraphIndex.open(written(built), rows);
        SearchRequest request = new SearchRequest(some.next(), 20, 40, RowFilter.all(), 0);
        assertThat(index.newSearcher().search(request).count()).isEqualTo(Math.min(20, rowCount));
      }
    }
  }

  @Test
  void aDamagedRecordIsNoticedWhenItIsRead() throws IOException {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(500), DIMENSION);
    MemorySegment image = written(build(rows, DistanceMetric.L2));
    DiskGraphFile.Header header = DiskGraphFile.open(image).header();
    for (int vertex = 0; vertex < 500; vertex++) {
      long at = header.recordOffset(vertex) + 100;
      image.set(ValueLayout.JAVA_BYTE, at, (byte) (image.get(ValueLayout.JAVA_BYTE, at) ^ 4));
    }
    Searcher searcher = DiskGraphIndex.open(image, rows).newSearcher();
    SearchRequest request = new SearchRequest(source.next(), K, 40, RowFilter.all(), 0);
    assertThatThrownBy(() -> searcher.search(request))
        .hasMessageMatching("section \"record \\d+\" of a disk graph index file is damaged");
  }

  @Test
  void aDamagedOrTruncatedFrontIsNoticed() throws IOException {
    VectorRows rows = ClusteredVectors.rows(arena, source.next(60), DIMENSION);
    MemorySegment image = written(build(rows, DistanceMetric.L2));
    for (long at : new long[] {0, 30, 511, 512, 900}) {
      byte before = image.get(ValueLayout.JAVA_BYTE, at);
      image.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ 1));
      assertThatThrownBy(() -> DiskGraphIndex.open(image, rows))
          .hasMessageMatching("section \"(header|front)\" of a disk graph index file is damaged");
      image.set(ValueLayout.JAVA_BYTE, at, before);
    }
    for (long length : new long[] {0, 300, 512, image.byteSize() - 4_096}) {
      assertThatThrownBy(() -> DiskGraphIndex.open(image.asSlice(0, length), rows))
          .hasMessageContaining("of a disk graph index file is damaged");
    }
  }
}
