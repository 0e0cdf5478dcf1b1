package quiver.coordinators.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import quiver.rpc.meta.SegmentReport;

class MergePolicyTest {
  private static final MergePolicy POLICY = new MergePolicy(1000, 100, 3, 20, 10);

  private static SegmentReport segment(long id, long rows, long droppable) {
    return new SegmentReport(
        id, 1, 1, SegmentReport.FLUSHED, rows, droppable, droppable, 1, "s", List.of());
  }

  @Test
  void fewSmallSegmentsStayApartUnlessAsked() {
    List<SegmentReport> two = List.of(segment(1, 50, 0), segment(2, 50, 0));
    assertThat(POLICY.choose(two, false)).isEmpty();
    assertThat(POLICY.choose(two, true)).containsExactly(List.of(1L, 2L));
  }

  @Test
  void manySmallSegmentsAreMergedAndLargeOnesStay() {
    assertThat(
            POLICY.choose(
                List.of(
                    segment(4, 50, 0), segment(1, 50, 0), segment(2, 900, 0), segment(3, 50, 0)),
                false))
        .containsExactly(List.of(1L, 3L, 4L));
  }

  @Test
  void segmentsWithManyDeadRowsAreWrittenAnew() {
    assertThat(POLICY.choose(List.of(segment(1, 500, 99), segment(2, 500, 100)), false))
        .containsExactly(List.of(2L));
    assertThat(POLICY.choose(List.of(segment(1, 500, 1), segment(2, 500, 0)), true))
        .containsExactly(List.of(1L));
  }
}
