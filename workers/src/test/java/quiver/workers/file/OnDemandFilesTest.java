package quiver.workers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.storage.object.memory.MemoryObjectStore;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.channel.SealedSegment;
import quiver.workers.segment.Columns;
import quiver.workers.segment.DeleteMap;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.OpenedSegments;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;

class OnDemandFilesTest {
  private static final TableLayout TABLE =
      TableLayout.ofTypes(1, 1, 1, List.of(SqlType.INT8), List.of(0));

  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final SegmentStore store = new SegmentStore(objects, VectorKernels.scalar(), 1, "test");
  private final OnDemandFiles files = new OnDemandFiles(store);

  private SealedSegment stored(long segmentId) {
    try (GrowingRows rows = new GrowingRows(TABLE)) {
      rows.append(
          new RowBatch(2, List.of(Columns.ofDatums(SqlType.INT8, List.of(segmentId, 7L)))), 0, 2);
      rows.publish(5);
      return new SegmentFileWriter(store).write(segmentId, rows);
    }
  }

  private static SegmentView view(long segmentId, LoadedSegment held) {
    return new SegmentView(segmentId, held, new DeleteMap(), SegmentView.Origin.ROWS);
  }

  private static void read(SegmentView view) {
    try (OpenedSegments opened = OpenedSegments.of(List.of(view), TABLE.columns())) {
      SegmentView segment = opened.segments().getFirst();
      assertThat(segment.rows().column(0, 0, 2).valueAt(0)).isEqualTo(segment.segmentId());
      assertThat(segment.visible(5).count()).isEqualTo(2);
    }
  }

  @Test
  void segmentsOfOthersAreOpenAsLongAsSomebodyAsks() {
    LoadedSegment held = files.open(stored(3), TABLE);
    SegmentView view = view(3, held);
    assertThat(view.rows().rowCount()).isEqualTo(2);
    assertThat(files.openCount()).isZero();
    read(view);
    assertThat(files.openCount()).isEqualTo(1);
    files.closeIdle();
    assertThat(files.openCount()).as("asked for since the call before").isEqualTo(1);
    files.closeIdle();
    assertThat(files.openCount()).isZero();
    read(view);
    try (OpenedSegments opened = OpenedSegments.of(List.of(view), TABLE.columns())) {
      files.closeIdle();
      files.closeIdle();
      assertThat(opened.segments().getFirst().rows().column(0, 1, 1).valueAt(0))
          .as("who reads has it")
          .isEqualTo(7L);
    }
    held.unpin();
    assertThat(files.openCount()).isZero();
  }

  @Test
  void segmentsOfThisNodeStayOpenUntilTheyMove() {
    files.place(Set.of(3L), Set.of(3L, 4L));
    SealedSegment file = stored(3);
    LoadedSegment held = files.open(file, TABLE);
    LoadedSegment other = files.open(stored(4), TABLE);
    files.closeIdle();
    files.closeIdle();
    assertThat(files.openCount()).isEqualTo(1);
    LoadedSegment again = ((OnDemandSegment) held.rows().value()).withIndexes(file, TABLE);
    held.unpin();
    assertThat(files.openCount()).as("its successor took the rows over").isEqualTo(1);
    files.place(Set.of(), Set.of(3L, 4L));
    files.closeIdle();
    files.closeIdle();
    assertThat(files.openCount()).isZero();
    read(view(3, again));
    again.unpin();
    other.unpin();
  }

  @Test
  void aFileThatIsGoneMeansThatThisNodeIsTooFarBehind() {
    SealedSegment file = stored(3);
    LoadedSegment held = files.open(file, TABLE);
    assertThat(objects.delete(file.objectName())).isTrue();
    assertThat(files.takeMissing()).isFalse();
    SegmentView view = view(3, held);
    assertThatThrownBy(() -> read(view))
        .isInstanceOfSatisfying(
            QuiverException.class,
            e -> assertThat(e.state()).isEqualTo(SqlState.CANNOT_CONNECT_NOW));
    assertThat(files.takeMissing()).isTrue();
    assertThat(files.takeMissing()).isFalse();
    held.unpin();
  }
}
