package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static quiver.execution.operator.TestEngine.aggregate;
import static quiver.execution.operator.TestEngine.constant;
import static quiver.execution.operator.TestEngine.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.plan.WindowFrame;
import quiver.common.plan.WindowFrame.Bound;
import quiver.common.plan.WindowFrame.BoundKind;
import quiver.common.plan.WindowFrame.Exclusion;
import quiver.common.plan.WindowFrame.Mode;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;

class WindowTest {
  private static final List<SqlType> TYPES = List.of(SqlType.TEXT, SqlType.INT4);
  private static final List<SortKey> ORDER = List.of(new SortKey(1, false, false));

  private final TestEngine engine = new TestEngine();

  private static PlanNode input() {
    return TestEngine.values(
        TYPES,
        Arrays.asList(
            row("a", 3L), row("b", 1L), row("a", 1L), row("a", 1L), row("b", null), row("a", 7L)));
  }

  private List<@Nullable Object> column(PlanNode plan, int index) {
    List<@Nullable Object> values = new ArrayList<>();
    engine.run(plan).forEach(r -> values.add(r.get(index)));
    return values;
  }

  private static PlanNode window(WindowFrame frame, AggregateCall... calls) {
    return new PlanNode.Window(input(), List.of(0), ORDER, frame, List.of(calls));
  }

  private static Bound bound(BoundKind kind) {
    return new Bound(kind, Optional.empty());
  }

  private static Bound bound(BoundKind kind, Object offset, SqlType type) {
    return new Bound(kind, Optional.of(constant(offset, type)));
  }

  @Test
  void rankings() {
    PlanNode plan =
        window(
            WindowFrame.DEFAULT,
            aggregate("row_number()", SqlType.INT8),
            aggregate("rank()", SqlType.INT8),
            aggregate("dense_rank()", SqlType.INT8),
            aggregate("percent_rank()", SqlType.FLOAT8),
            aggregate("cume_dist()", SqlType.FLOAT8));
    assertThat(engine.run(plan))
        .containsExactly(
            row("a", 1L, 1L, 1L, 1L, 0.0, 0.5),
            row("a", 1L, 2L, 1L, 1L, 0.0, 0.5),
            row("a", 3L, 3L, 3L, 2L, 2.0 / 3, 0.75),
            row("a", 7L, 4L, 4L, 3L, 1.0, 1.0),
            row("b", 1L, 1L, 1L, 1L, 0.0, 0.5),
            row("b", null, 2L, 2L, 2L, 1.0, 1.0));
  }

  @Test
  void neighboursAndFrameValues() {
    PlanNode plan =
        window(
            WindowFrame.DEFAULT,
            aggregate("lag(anyelement)", SqlType.INT4, 1),
            aggregate("lead(anyelement)", SqlType.INT4, 1),
            aggregate("first_value(anyelement)", SqlType.INT4, 1),
            aggregate("last_value(anyelement)", SqlType.INT4, 1),
            aggregate("sum(int4)", SqlType.INT8, 1));
    assertThat(engine.run(plan))
        .containsExactly(
            row("a", 1L, null, 1L, 1L, 1L, 2L),
            row("a", 1L, 1L, 3L, 1L, 1L, 2L),
            row("a", 3L, 1L, 7L, 1L, 3L, 5L),
            row("a", 7L, 3L, null, 1L, 7L, 12L),
            row("b", 1L, null, null, 1L, 1L, 1L),
            row("b", null, 1L, null, 1L, null, 1L));
  }

  @Test
  void rangeOffsetsGoByValue() {
    WindowFrame frame =
        new WindowFrame(
            Mode.RANGE,
            bound(BoundKind.OFFSET_PRECEDING, 2L, SqlType.INT4),
            bound(BoundKind.CURRENT_ROW),
            Exclusion.NO_OTHERS);
    assertThat(column(window(frame, aggregate("sum(int4)", SqlType.INT8, 1)), 2))
        .containsExactly(2L, 2L, 5L, 7L, 1L, null);
    WindowFrame negative =
        new WindowFrame(
            Mode.RANGE,
            bound(BoundKind.OFFSET_PRECEDING, -2L, SqlType.INT4),
            bound(BoundKind.CURRENT_ROW),
            Exclusion.NO_OTHERS);
    assertThatThrownBy(() -> engine.run(window(negative, aggregate("count()", SqlType.INT8))))
        .hasMessage("invalid preceding or following size in window function");
  }

  @Test
  void groupsCountPeers() {
    WindowFrame frame =
        new WindowFrame(
            Mode.GROUPS,
            bound(BoundKind.OFFSET_PRECEDING, 1L, SqlType.INT8),
            bound(BoundKind.OFFSET_PRECEDING, 1L, SqlType.INT8),
            Exclusion.NO_OTHERS);
    assertThat(column(window(frame, aggregate("count()", SqlType.INT8)), 2))
        .containsExactly(0L, 0L, 2L, 1L, 0L, 1L);
  }

  @Test
  void exclusionsTakeRowsOut() {
    for (Exclusion exclusion : Exclusion.values()) {
      WindowFrame frame =
          new WindowFrame(
              Mode.RANGE,
              bound(BoundKind.UNBOUNDED_PRECEDING),
              bound(BoundKind.UNBOUNDED_FOLLOWING),
              exclusion);
      List<@Nullable Object> counts = column(window(frame, aggregate("count()", SqlType.INT8)), 2);
      switch (exclusion) {
        case NO_OTHERS -> assertThat(counts).containsExactly(4L, 4L, 4L, 4L, 2L, 2L);
        case CURRENT_ROW -> assertThat(counts).containsExactly(3L, 3L, 3L, 3L, 1L, 1L);
        case GROUP -> assertThat(counts).containsExactly(2L, 2L, 3L, 3L, 1L, 1L);
        case TIES -> assertThat(counts).containsExactly(3L, 3L, 4L, 4L, 2L, 2L);
      }
    }
  }

  @Test
  void tilesDifferByOneAtMost() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < 7; i++) {
      rows.add(row(i, 3L));
    }
    PlanNode plan =
        new PlanNode.Window(
            TestEngine.values(List.of(SqlType.INT4, SqlType.INT4), rows),
            List.of(),
            List.of(new SortKey(0, false, false)),
            WindowFrame.DEFAULT,
            List.of(aggregate("ntile(int4)", SqlType.INT4, 1)));
    assertThat(column(plan, 2)).containsExactly(1L, 1L, 1L, 2L, 2L, 3L, 3L);
  }

  @Test
  void rowFramesAgreeWithBruteForce() {
    SplittableRandom random = new SplittableRandom(21);
    for (int round = 0; round < 60; round++) {
      int count = 1 + random.nextInt(12);
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        rows.add(row(i, (long) random.nextInt(4)));
      }
      long before = random.nextInt(4);
      long after = random.nextInt(4);
      boolean bothBefore = random.nextInt(4) == 0;
      WindowFrame frame =
          new WindowFrame(
              Mode.ROWS,
              bound(BoundKind.OFFSET_PRECEDING, before, SqlType.INT8),
              bothBefore
                  ? bound(BoundKind.OFFSET_PRECEDING, after, SqlType.INT8)
                  : bound(BoundKind.OFFSET_FOLLOWING, after, SqlType.INT8),
              Exclusion.NO_OTHERS);
      PlanNode plan =
          new PlanNode.Window(
              TestEngine.values(List.of(SqlType.INT4, SqlType.INT4), rows),
              List.of(),
              List.of(new SortKey(0, false, false)),
              frame,
              List.of(aggregate("array_agg(anynonarray)", SqlType.arrayOf(BaseType.INT4), 1)));
      List<@Nullable Object> actual = column(plan, 2);
      for (int i = 0; i < count; i++) {
        List<@Nullable Object> expected = new ArrayList<>();
        long end = bothBefore ? i - after : i + after;
        for (int j = (int) Math.max(0, i - before); j <= end && j < count; j++) {
          expected.add(rows.get(j).get(1));
        }
        assertThat(actual.get(i))
            .isEqualTo(expected.isEmpty() ? null : ArrayValue.of(BaseType.INT4, expected));
      }
    }
  }
}
