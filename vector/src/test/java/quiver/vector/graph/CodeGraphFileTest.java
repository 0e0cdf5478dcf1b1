package quiver.vector.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildResources;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.VectorRows;

class CodeGraphFileTest {
  private static final int DIMENSION = 40;

  private final Arena arena = Arena.ofShared();
  private final VectorRows rows = rows(300);
  private final CodeGraphIndex index =
      CodeGraphIndex.build(
          rows, DistanceMetric.L2, CodeGraphOptions.defaults(), BuildResources.onCaller(arena));

  @AfterEach
  void closeArena() {
    arena.close();
  }

  private VectorRows rows(int count) {
    SplittableRandom random = new SplittableRandom(1);
    MemorySegment segment = arena.allocate(4L * DIMENSION * count, 64);
    for (int i = 0; i < DIMENSION * count; i++) {
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return VectorRows.of(DIMENSION, count, segment, RowMask.all(count));
  }

  private MemorySegment written() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    index.write(Channels.newChannel(bytes));
    MemorySegment copy = arena.allocate(bytes.size(), 64);
    return copy.copyFrom(MemorySegment.ofArray(bytes.toByteArray()));
  }

  @Test
  void aFileOpensAndAnswersAsTheIndexThatWroteIt() throws IOException {
    CodeGraphIndex opened = CodeGraphIndex.open(written(), rows);
    assertThat(opened.sizeBytes()).isEqualTo(index.sizeBytes());
    float[] query = new float[DIMENSION];
    rows.copyRow(17, query);
    SearchRequest request = SearchRequest.of(query, 10).withExactRowsMax(0);
    SearchResult expected = index.newSearcher().search(request);
    SearchResult found = opened.newSearcher().search(request);
    assertThat(found.rows()).containsExactly(expected.rows());
    assertThat(found.rows()[0]).isEqualTo(17);
    assertThat(found.distances()).containsExactly(expected.distances());
  }

  @Test
  void everyFlippedByteIsNoticed() throws IOException {
    MemorySegment image = written();
    for (long at = 0; at < image.byteSize(); at += 1 + image.byteSize() / 400) {
      byte before = image.get(ValueLayout.JAVA_BYTE, at);
      image.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ 0x10));
      if (!isPadding(at)) {
        assertThatThrownBy(() -> CodeGraphIndex.open(image, rows))
            .as("byte %s", at)
            .isInstanceOf(QuiverException.class)
            .hasMessageContaining("damaged");
      }
      image.set(ValueLayout.JAVA_BYTE, at, before);
    }
  }

  private boolean isPadding(long at) {
    CodeGraphFile.Header header = index.file().header();
    for (CodeGraphFile.Section section : CodeGraphFile.Section.values()) {
      long from = header.sectionOffset(section);
      if (at < CodeGraphFile.HEADER_BYTES
          || (at >= from && at < from + header.sectionBytes(section))) {
        return false;
      }
    }
    return true;
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    MemorySegment image = written();
    for (long size : new long[] {0, 100, 511, 512, 5_000, image.byteSize() - 64}) {
      assertThatThrownBy(() -> CodeGraphIndex.open(image.asSlice(0, size), rows))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> assertThat(e.state()).isEqualTo(SqlState.INDEX_CORRUPTED));
    }
  }

  @Test
  void otherRowsAreRefused() throws IOException {
    MemorySegment image = written();
    assertThatThrownBy(() -> CodeGraphIndex.open(image, rows(299)))
        .hasMessageContaining("opened over 299 rows");
  }
}
