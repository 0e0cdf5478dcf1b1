package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static quiver.execution.operator.TestEngine.constant;
import static quiver.execution.operator.TestEngine.row;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;
import quiver.execution.runtime.QueryMemory;

class SortTest {
  private static final List<SqlType> TYPES =
      List.of(SqlType.INT4, SqlType.FLOAT8, SqlType.TEXT, SqlType.INT8);

  private final TestEngine engine = new TestEngine();

  private static List<List<@Nullable Object>> random(SplittableRandom random, int count) {
    double[] doubles = {0.0, -0.0, 1.5, Double.NaN, Double.NEGATIVE_INFINITY};
    String[] texts = {"", "a", "B", "é", "\uE000", "\uD83D\uDE00"};
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      rows.add(
          row(
              random.nextInt(6) == 0 ? null : (Object) (long) random.nextInt(4),
              random.nextInt(6) == 0 ? null : (Object) doubles[random.nextInt(doubles.length)],
              random.nextInt(6) == 0 ? null : (Object) texts[random.nextInt(texts.length)],
              i));
    }
    return rows;
  }

  private static Comparator<List<@Nullable Object>> comparator(List<SortKey> keys) {
    return (a, b) -> {
      for (SortKey key : keys) {
        Object x = a.get(key.column());
        Object y = b.get(key.column());
        int sign;
        if (x == null || y == null) {
          sign = x == y ? 0 : (x == null) == key.nullsFirst() ? -1 : 1;
        } else {
          sign = DatumOrder.of(TYPES.get(key.column())).compare(x, y);
          sign = key.descending() ? -sign : sign;
        }
        if (sign != 0) {
          return sign;
        }
      }
      return 0;
    };
  }

  @Test
  void sortAndTopNAgreeWithAReference() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 40; round++) {
      List<List<@Nullable Object>> rows = random(random, random.nextInt(4000));
      List<SortKey> keys = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(3); i++) {
        keys.add(new SortKey(random.nextInt(3), random.nextBoolean(), random.nextBoolean()));
      }
      List<List<@Nullable Object>> expected = new ArrayList<>(rows);
      expected.sort(comparator(keys));
      PlanNode values = TestEngine.values(TYPES, rows);
      assertThat(engine.run(new PlanNode.Sort(values, keys, Optional.empty())))
          .containsExactlyElementsOf(expected);
      long limit = random.nextInt(50);
      PlanNode top = new PlanNode.Sort(values, keys, Optional.of(constant(limit, SqlType.INT8)));
      assertThat(engine.run(top))
          .containsExactlyElementsOf(expected.subList(0, (int) Math.min(limit, expected.size())));
    }
  }

  @Test
  void mergeKeepsTheOrder() {
    SplittableRandom random = new SplittableRandom(6);
    List<SortKey> keys = List.of(new SortKey(0, true, true), new SortKey(1, false, false));
    List<quiver.execution.source.BatchStream> streams = new ArrayList<>();
    List<List<@Nullable Object>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      List<List<@Nullable Object>> rows = random(random, random.nextInt(3000));
      rows.sort(comparator(keys));
      all.addAll(rows);
      streams.add(engine.executor.execute(TestEngine.values(TYPES, rows), engine.context()));
    }
    all.sort(comparator(keys));
    List<List<@Nullable Object>> merged = new ArrayList<>();
    try (MergeStream stream = new MergeStream(streams, keys, TYPES)) {
      for (var next = stream.next(); next.isPresent(); next = stream.next()) {
        merged.addAll(TestEngine.rows(next.get()));
      }
    }
    assertThat(merged).hasSameSizeAs(all);
    for (int i = 0; i < all.size(); i++) {
      assertThat(comparator(keys).compare(merged.get(i), all.get(i))).isZero();
    }
    assertThat(merged).containsExactlyInAnyOrderElementsOf(all);
  }

  private static Optional<Expression> int8(@Nullable Long value) {
    return Optional.of(constant(value, SqlType.INT8));
  }

  @Test
  void limitAndOffset() {
    PlanNode values =
        TestEngine.values(
            List.of(SqlType.INT4), List.of(row(1L), row(2L), row(2L), row(2L), row(3L)));
    assertThat(engine.run(new PlanNode.Limit(values, int8(2L), int8(1L), List.of())))
        .containsExactly(row(2L), row(2L));
    assertThat(engine.run(new PlanNode.Limit(values, int8(null), int8(null), List.of())))
        .hasSize(5);
    assertThat(engine.run(new PlanNode.Limit(values, int8(0L), Optional.empty(), List.of())))
        .isEmpty();
    assertThat(engine.run(new PlanNode.Limit(values, int8(2L), Optional.empty(), List.of(0))))
        .containsExactly(row(1L), row(2L), row(2L), row(2L));
    assertThat(engine.run(new PlanNode.Limit(values, int8(1L), int8(4L), List.of(0))))
        .containsExactly(row(3L));
    assertThatThrownBy(
            () -> engine.run(new PlanNode.Limit(values, int8(-1L), Optional.empty(), List.of())))
        .hasMessage("LIMIT must not be negative");
    assertThatThrownBy(
            () -> engine.run(new PlanNode.Limit(values, Optional.empty(), int8(-1L), List.of())))
        .hasMessage("OFFSET must not be negative");
  }

  @Test
  void tiesContinueInTheNextBatch() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < 3000; i++) {
      rows.add(row(i / 2500));
    }
    PlanNode values = TestEngine.values(List.of(SqlType.INT4), rows);
    assertThat(engine.run(new PlanNode.Limit(values, int8(1L), Optional.empty(), List.of(0))))
        .hasSize(2500);
  }

  @Test
  void distinctOnKeepsTheFirstOfEachRun() {
    PlanNode values =
        TestEngine.values(
            List.of(SqlType.INT4, SqlType.INT4),
            List.of(row(1L, 1L), row(1L, 2L), row(null, 3L), row(null, 4L), row(2L, 5L)));
    assertThat(engine.run(new PlanNode.DistinctOn(values, List.of(0))))
        .containsExactly(row(1L, 1L), row(null, 3L), row(2L, 5L));
  }

  @Test
  void tooMuchMemoryIsAnError() {
    List<List<@Nullable Object>> rows = random(new SplittableRandom(1), 5000);
    engine.memory = new QueryMemory(20_000);
    PlanNode sort =
        new PlanNode.Sort(
            TestEngine.values(TYPES, rows),
            List.of(new SortKey(0, false, false)),
            Optional.empty());
    assertThatThrownBy(() -> engine.run(sort)).hasMessage("out of memory");
    assertThat(engine.memory.reservedBytes()).isZero();
  }
}
