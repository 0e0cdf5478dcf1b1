package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static quiver.execution.operator.TestEngine.aggregate;
import static quiver.execution.operator.TestEngine.call;
import static quiver.execution.operator.TestEngine.column;
import static quiver.execution.operator.TestEngine.function;
import static quiver.execution.operator.TestEngine.row;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.JoinKind;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Numeric;
import quiver.execution.runtime.ExecutionSettings;
import quiver.execution.runtime.SearchSettings;
import quiver.execution.runtime.StatisticsCollector;

class SpillTest {
  private static final List<SqlType> TYPES =
      List.of(
          SqlType.INT4,
          SqlType.TEXT,
          SqlType.FLOAT8,
          SqlType.NUMERIC,
          SqlType.of(BaseType.VECTOR, 3),
          SqlType.arrayOf(BaseType.TEXT));

  @TempDir private Path directory = Path.of("unset");

  private final TestEngine engine = new TestEngine();

  private List<List<@Nullable Object>> random(SplittableRandom random, int count, int keys) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          row(
              random.nextInt(20) == 0 ? null : (Object) (long) random.nextInt(keys),
              random.nextInt(20) == 0 ? null : (Object) ("text " + random.nextInt(keys)),
              random.nextInt(20) == 0 ? null : (Object) random.nextDouble(),
              random.nextInt(20) == 0 ? null : (Object) Numeric.of(random.nextInt(99) + ".5"),
              random.nextInt(20) == 0 ? null : (Object) new float[] {i, random.nextInt(5), 1},
              random.nextInt(20) == 0
                  ? null
                  : (Object) ArrayValue.of(BaseType.TEXT, "a", null, "b" + i)));
    }
    return rows;
  }

  /// Rows as text: vectors have no equals.
  private static List<String> texts(List<List<@Nullable Object>> rows) {
    List<String> texts = new ArrayList<>();
    for (List<@Nullable Object> values : rows) {
      StringBuilder text = new StringBuilder();
      for (Object value : values) {
        text.append(value instanceof float[] v ? Arrays.toString(v) : String.valueOf(value));
        text.append('|');
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private List<String> inMemory(PlanNode plan) {
    engine.settings = ExecutionSettings.DEFAULT;
    engine.statistics = Optional.empty();
    return texts(engine.run(plan));
  }

  /// Runs with little work memory, and checks that files were used and are gone afterwards.
  private List<String> spilled(PlanNode plan, PlanNode spilling) throws IOException {
    engine.settings = new ExecutionSettings(SearchSettings.DEFAULT, 40_000, Optional.of(directory));
    StatisticsCollector collector = new StatisticsCollector();
    engine.statistics = Optional.of(collector);
    List<String> rows = texts(engine.run(plan));
    assertThat(collector.of(spilling).spilledBytes()).isPositive();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
    assertThat(engine.memory.reservedBytes()).isZero();
    return rows;
  }

  @Test
  void sortsSpillInOrder() throws IOException {
    SplittableRandom random = new SplittableRandom(8);
    for (int round = 0; round < 3; round++) {
      PlanNode input = TestEngine.values(TYPES, random(random, 5000, 30));
      PlanNode sort =
          new PlanNode.Sort(
              input,
              List.of(new SortKey(0, true, false), new SortKey(1, false, true)),
              Optional.empty());
      assertThat(spilled(sort, sort)).isEqualTo(inMemory(sort));
    }
  }

  @Test
  void aggregatesSpillWholeGroups() throws IOException {
    SplittableRandom random = new SplittableRandom(9);
    PlanNode input = TestEngine.values(TYPES, random(random, 20_000, 4000));
    List<AggregateCall> calls =
        List.of(
            aggregate("count()", SqlType.INT8),
            aggregate("sum(numeric)", SqlType.NUMERIC, 3),
            aggregate("max(float8)", SqlType.FLOAT8, 2),
            new AggregateCall(
                function("count(any)"),
                List.of(1),
                true,
                Optional.empty(),
                List.of(),
                SqlType.INT8));
    PlanNode plan =
        new PlanNode.Aggregate(
            input,
            PlanNode.AggregatePhase.SINGLE,
            List.of(0, 1),
            List.of(List.of(0, 1)),
            calls,
            List.of(
                SqlType.INT4,
                SqlType.TEXT,
                SqlType.INT8,
                SqlType.NUMERIC,
                SqlType.FLOAT8,
                SqlType.INT8));
    assertThat(spilled(plan, plan)).containsExactlyInAnyOrderElementsOf(inMemory(plan));
  }

  @Test
  void joinsSpillBothSides() throws IOException {
    SplittableRandom random = new SplittableRandom(10);
    PlanNode left = TestEngine.values(TYPES, random(random, 3000, 3000));
    PlanNode right = TestEngine.values(TYPES, random(random, 3000, 3000));
    for (JoinKind kind : JoinKind.values()) {
      if (kind == JoinKind.NULL_AWARE_ANTI) {
        continue;
      }
      PlanNode join =
          new PlanNode.HashJoin(
              kind,
              left,
              right,
              List.of(0),
              List.of(0),
              Optional.of(
                  call(
                      "float8lt(float8,float8)",
                      column(2, SqlType.FLOAT8),
                      column(8, SqlType.FLOAT8))));
      assertThat(spilled(join, join))
          .as(kind.name())
          .containsExactlyInAnyOrderElementsOf(inMemory(join));
    }
  }
}
