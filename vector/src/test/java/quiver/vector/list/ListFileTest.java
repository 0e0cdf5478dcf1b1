package quiver.vector.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildResources;
import quiver.vector.index.ClusteredVectors;
import quiver.vector.index.IndexFiles;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

/// The saved format: `docs/formats/ivf-index.md`.
class ListFileTest {
  private static final int DIMENSION = 64;
  private static final int ROW_COUNT = 90;

  private final VectorKernel kernel = VectorKernels.best();
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void close() {
    arena.close();
  }

  /// Small integers; row 7 is too long for codes.
  private VectorRows goldenRows() {
    float[][] vectors = new float[ROW_COUNT][DIMENSION];
    long state = 12_345;
    for (int row = 0; row < ROW_COUNT; row++) {
      for (int i = 0; i < DIMENSION; i++) {
        state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        vectors[row][i] = (state >>> 33) % 21 - 10;
      }
    }
    vectors[7][0] = 1e30f;
    return ClusteredVectors.rows(arena, vectors, DIMENSION);
  }

  private ListIndex build(DistanceMetric metric) {
    return ListIndex.build(
        kernel, goldenRows(), metric, new ListOptions(4, 7), BuildResources.onCaller(arena));
  }

  private void assertFindsItsRows(ListIndex index, VectorRows rows) {
    Searcher searcher = index.newSearcher();
    float[] query = new float[DIMENSION];
    for (int row = 0; row < ROW_COUNT; row++) {
      if (row != 7) {
        rows.copyRow(row, query);
        assertThat(searcher.search(SearchRequest.of(query, 2).withEffort(2)).rows()[0])
            .isEqualTo(row);
      }
    }
  }

  @Test
  void theGoldenSampleIsRead() throws IOException {
    byte[] golden;
    try (InputStream in = ListFileTest.class.getResourceAsStream("/ivf-index-v1.bin")) {
      golden = Objects.requireNonNull(in).readAllBytes();
    }
    VectorRows rows = goldenRows();
    ListIndex index =
        ListIndex.open(kernel, IndexFiles.offHeap(arena, golden, golden.length), rows);
    assertThat(index.metric()).isEqualTo(DistanceMetric.L2);
    assertThat(index.rowCount()).isEqualTo(ROW_COUNT);
    assertThat(index.listCount()).isEqualTo(4);
    assertFindsItsRows(index, rows);
  }

  @Test
  void anIndexIsReadBackAsItWasWritten() throws IOException {
    VectorRows rows = goldenRows();
    for (DistanceMetric metric : new DistanceMetric[] {DistanceMetric.L2, DistanceMetric.L1}) {
      byte[] bytes = IndexFiles.written(build(metric)::write);
      ListIndex index =
          ListIndex.open(kernel, IndexFiles.offHeap(arena, bytes, bytes.length), rows);
      assertThat(IndexFiles.written(index::write)).isEqualTo(bytes);
      assertFindsItsRows(index, rows);
    }
  }

  @Test
  void everyFlippedBitIsNoticed() throws IOException {
    for (DistanceMetric metric : new DistanceMetric[] {DistanceMetric.L2, DistanceMetric.L1}) {
      byte[] bytes = IndexFiles.written(build(metric)::write);
      VectorRows rows = goldenRows();
      ListFile.Header header =
          ListFile.open(IndexFiles.offHeap(arena, bytes, bytes.length)).header();
      for (ListFile.Section section : ListFile.Section.values()) {
        long length = header.sectionBytes(section);
        for (long at : length == 0 ? new long[0] : new long[] {0, length / 2, length - 1}) {
          byte[] damaged = bytes.clone();
          damaged[(int) (header.sectionOffset(section) + at)] ^= 0x10;
          QuiverException error =
              catchThrowableOfType(
                  QuiverException.class,
                  () ->
                      ListIndex.open(
                          kernel, IndexFiles.offHeap(arena, damaged, damaged.length), rows));
          assertThat(error.state()).isEqualTo(SqlState.INDEX_CORRUPTED);
          assertThat(error.message().toLowerCase(Locale.ROOT))
              .contains(section.name().toLowerCase(Locale.ROOT).split("_", -1)[0]);
        }
      }
      for (int at = 0; at < ListFile.HEADER_BYTES; at++) {
        byte[] damaged = bytes.clone();
        damaged[at] ^= 1;
        assertThatThrownBy(() ->
                ListIndex.open(kernel, IndexFiles.offHeap(arena, damaged, damaged.length), rows))
            .hasMessage("section \"header\" of a list index file is damaged");
      }
    }
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    byte[] bytes = IndexFiles.written(build(DistanceMetric.COSINE)::write);
    VectorRows rows = goldenRows();
    for (int length = 0; length < bytes.length; length += 61) {
      MemorySegment cut = IndexFiles.offHeap(arena, bytes, length);
      QuiverException error =
          catchThrowableOfType(QuiverException.class, () -> ListIndex.open(kernel, cut, rows));
      assertThat(error.state()).isEqualTo(SqlState.INDEX_CORRUPTED);
    }
  }

  @Test
  void otherRowsAreRefused() {
    ListIndex index = build(DistanceMetric.L2);
    VectorRows fewer = ClusteredVectors.rows(arena, new float[3][DIMENSION], DIMENSION);
    assertThatThrownBy(() -> ListIndex.open(kernel, index.image(), fewer))
        .hasMessage("list index of 90 rows of 64 dimensions opened over 3 rows of 64 dimensions");
  }
}
