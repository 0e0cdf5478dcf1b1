package quiver.vector.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

/// The saved format: `docs/formats/hnsw-index.md`.
class HnswFileTest {
  private static final int DIMENSION = 6;
  private static final int ROW_COUNT = 90;

  private final VectorKernel kernel = VectorKernels.best();
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void close() {
    arena.close();
  }

  /// Small integers, so that every kernel builds the same graph; some rows twice.
  private VectorRows goldenRows() {
    float[][] vectors = new float[ROW_COUNT][DIMENSION];
    long state = 12_345;
    for (int row = 0; row < ROW_COUNT; row++) {
      for (int i = 0; i < DIMENSION; i++) {
        state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        vectors[row][i] = (state >>> 33) % 21 - 10;
      }
      if (row % 30 == 29) {
        vectors[row] = vectors[row - 20].clone();
      }
    }
    return ClusteredVectors.rows(arena, vectors, DIMENSION);
  }

  private HnswIndex build() {
    return HnswIndex.build(
        kernel,
        goldenRows(),
        DistanceMetric.L2,
        new HnswOptions(4, 16, 7),
        BuildResources.onCaller(arena));
  }

  @Test
  void theGoldenSampleIsRead() throws IOException {
    byte[] golden;
    try (InputStream in = HnswFileTest.class.getResourceAsStream("/hnsw-index-v1.bin")) {
      golden = java.util.Objects.requireNonNull(in).readAllBytes();
    }
    VectorRows rows = goldenRows();
    HnswIndex index =
        HnswIndex.open(kernel, IndexFiles.offHeap(arena, golden, golden.length), rows);
    assertThat(index.metric()).isEqualTo(DistanceMetric.L2);
    assertThat(index.rowCount()).isEqualTo(ROW_COUNT);
    assertThat(index.indexedRowCount()).isEqualTo(ROW_COUNT);
    assertThat(index.options()).isEqualTo(new HnswOptions(4, 16, 7));
    Searcher searcher = index.newSearcher(SearchCosts.GRAPH_IS_FREE);
    float[] query = new float[DIMENSION];
    for (int row = 0; row < ROW_COUNT; row++) {
      rows.copyRow(row, query);
      SearchResult result = searcher.search(SearchRequest.of(query, 2).withExactRowsMax(0));
      if (row % 30 == 29) {
        assertThat(result.rows()).containsExactly(row - 20, row);
      } else {
        assertThat(result.rows()[0]).isEqualTo(row);
      }
    }
  }

  @Test
  void aBuildStillWritesTheGoldenSample() throws IOException {
    byte[] golden;
    try (InputStream in = HnswFileTest.class.getResourceAsStream("/hnsw-index-v1.bin")) {
      golden = java.util.Objects.requireNonNull(in).readAllBytes();
    }
    assertThat(IndexFiles.written(build()::write)).isEqualTo(golden);
  }

  @Test
  void everyFlippedBitIsNoticed() throws IOException {
    byte[] bytes = IndexFiles.written(build()::write);
    VectorRows rows = goldenRows();
    HnswFile.Header header = HnswFile.open(IndexFiles.offHeap(arena, bytes, bytes.length)).header();
    for (HnswFile.Section section : HnswFile.Section.values()) {
      long length = header.sectionBytes(section);
      if (length == 0) {
        continue;
      }
      for (long at : new long[] {0, length / 2, length - 1}) {
        byte[] damaged = bytes.clone();
        damaged[(int) (header.sectionOffset(section) + at)] ^= 0x10;
        QuiverException error =
            catchThrowableOfType(
                QuiverException.class,
                () ->
                    HnswIndex.open(
                        kernel, IndexFiles.offHeap(arena, damaged, damaged.length), rows));
        assertThat(error.state()).isEqualTo(SqlState.INDEX_CORRUPTED);
        assertThat(error.message())
            .isEqualTo(
                "section \"%s\" of an hnsw index file is damaged",
                section.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
      }
    }
    for (int at = 0; at < HnswFile.HEADER_BYTES; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      assertThatThrownBy(() ->
              HnswIndex.open(kernel, IndexFiles.offHeap(arena, damaged, damaged.length), rows))
          .hasMessage("section \"header\" of an hnsw index file is damaged");
    }
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    byte[] bytes = IndexFiles.written(build()::write);
    VectorRows rows = goldenRows();
    for (int length = 0; length < bytes.length; length += 61) {
      MemorySegment cut = IndexFiles.offHeap(arena, bytes, length);
      QuiverException error =
          catchThrowableOfType(QuiverException.class, () -> HnswIndex.open(kernel, cut, rows));
      assertThat(error.state()).isEqualTo(SqlState.INDEX_CORRUPTED);
    }
  }

  @Test
  void otherRowsAreRefused() {
    HnswIndex index = build();
    VectorRows fewer = ClusteredVectors.rows(arena, new float[3][DIMENSION], DIMENSION);
    assertThatThrownBy(() -> HnswIndex.open(kernel, index.image(), fewer))
        .hasMessage("hnsw index of 90 rows of 6 dimensions opened over 3 rows of 6 dimensions");
  }
}
