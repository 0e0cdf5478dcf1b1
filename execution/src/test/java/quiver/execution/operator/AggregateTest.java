package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static quiver.execution.operator.TestEngine.aggregate;
import static quiver.execution.operator.TestEngine.function;
import static quiver.execution.operator.TestEngine.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.function.DistributedAggregates;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.PlanNode;
import quiver.common.plan.PlanNode.AggregatePhase;
import quiver.common.plan.SortKey;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Numeric;

class AggregateTest {
  private final TestEngine engine = new TestEngine();

  private static PlanNode aggregation(
      PlanNode input, AggregatePhase phase, List<Integer> keys, List<AggregateCall> calls) {
    List<SqlType> types = new ArrayList<>();
    keys.forEach(key -> types.add(input.outputTypes().get(key)));
    calls.forEach(
        call -> types.add(phase == AggregatePhase.PARTIAL ? PlanNode.STATE_TYPE : call.type()));
    List<Integer> positions = IntStream.range(0, keys.size()).boxed().toList();
    return new PlanNode.Aggregate(input, phase, keys, List.of(positions), calls, types);
  }

  private @Nullable Object single(
      String key, SqlType type, SqlType argument, @Nullable Object... values) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Object value : values) {
      rows.add(row(value));
    }
    PlanNode input = TestEngine.values(List.of(argument), rows);
    return engine
        .run(aggregation(input, AggregatePhase.SINGLE, List.of(), List.of(aggregate(key, type, 0))))
        .getFirst()
        .getFirst();
  }

  @Test
  void sumsAndAveragesHavePostgresTypes() {
    assertThat(single("sum(int4)", SqlType.INT8, SqlType.INT4, 2147483647L, 1L, null))
        .isEqualTo(2147483648L);
    assertThat(
            String.valueOf(single("sum(int8)", SqlType.NUMERIC, SqlType.INT8, Long.MAX_VALUE, 2L)))
        .isEqualTo("9223372036854775809");
    assertThat(String.valueOf(single("avg(int4)", SqlType.NUMERIC, SqlType.INT4, 1L, 2L)))
        .isEqualTo("1.5000000000000000");
    assertThat(String.valueOf(single("avg(int4)", SqlType.NUMERIC, SqlType.INT4, 1L, 2L, 2L)))
        .isEqualTo("1.6666666666666667");
    assertThat(single("sum(int4)", SqlType.INT8, SqlType.INT4, (Object) null)).isNull();
    assertThat(single("count(any)", SqlType.INT8, SqlType.INT4, 1L, null)).isEqualTo(1L);
    assertThat(single("sum(float8)", SqlType.FLOAT8, SqlType.FLOAT8, 1.5, 2.5)).isEqualTo(4.0);
    assertThat(
            String.valueOf(
                single(
                    "sum(numeric)",
                    SqlType.NUMERIC,
                    SqlType.NUMERIC,
                    Numeric.of("1.10"),
                    Numeric.of("2.205"))))
        .isEqualTo("3.305");
  }

  @Test
  void variancesOfIntegersAreNumeric() {
    assertThat(
            String.valueOf(single("variance(int4)", SqlType.NUMERIC, SqlType.INT4, 1L, 2L, 3L, 4L)))
        .isEqualTo("1.6666666666666667");
    assertThat(
            String.valueOf(single("stddev(int4)", SqlType.NUMERIC, SqlType.INT4, 1L, 2L, 3L, 4L)))
        .isEqualTo("1.2909944487358056");
    assertThat(String.valueOf(single("var_pop(int4)", SqlType.NUMERIC, SqlType.INT4, 5L)))
        .isEqualTo("0");
    assertThat(single("variance(int4)", SqlType.NUMERIC, SqlType.INT4, 5L)).isNull();
    assertThat(single("stddev_pop(float8)", SqlType.FLOAT8, SqlType.FLOAT8, 2.0, 4.0))
        .isEqualTo(1.0);
  }

  @Test
  void extremesKnowNanAndNull() {
    assertThat(single("max(float8)", SqlType.FLOAT8, SqlType.FLOAT8, 1.0, Double.NaN, null))
        .isEqualTo(Double.NaN);
    assertThat(single("min(float8)", SqlType.FLOAT8, SqlType.FLOAT8, Double.NaN, 1.0))
        .isEqualTo(1.0);
    assertThat(single("min(text)", SqlType.TEXT, SqlType.TEXT, "b", "B", null)).isEqualTo("B");
    assertThat(single("max(int4)", SqlType.INT4, SqlType.INT4, (Object) null)).isNull();
  }

  @Test
  void collectingAggregatesKeepOrderAndNulls() {
    assertThat(single("array_agg(anynonarray)", arrayOfInts(), SqlType.INT4, 2L, null, 1L))
        .isEqualTo(ArrayValue.of(BaseType.INT4, 2L, null, 1L));
    List<List<@Nullable Object>> rows =
        Arrays.asList(row("b", ","), row(null, ","), row("a", ";"), row("c", null));
    PlanNode input = TestEngine.values(List.of(SqlType.TEXT, SqlType.TEXT), rows);
    AggregateCall plain = aggregate("string_agg(text,text)", SqlType.TEXT, 0, 1);
    AggregateCall ordered =
        new AggregateCall(
            plain.function(),
            plain.arguments(),
            false,
            Optional.empty(),
            List.of(new SortKey(0, true, false)),
            SqlType.TEXT);
    assertThat(
            engine.run(
                aggregation(input, AggregatePhase.SINGLE, List.of(), List.of(plain, ordered))))
        .containsExactly(row("b;ac", "c,b;a"));
  }

  private static SqlType arrayOfInts() {
    return SqlType.arrayOf(BaseType.INT4);
  }

  @Test
  void filterAndDistinct() {
    List<List<@Nullable Object>> rows =
        Arrays.asList(row(1L, true), row(1L, true), row(2L, false), row(3L, null), row(null, true));
    PlanNode input = TestEngine.values(List.of(SqlType.INT4, SqlType.BOOL), rows);
    AggregateCall distinct =
        new AggregateCall(
            function("sum(int4)"), List.of(0), true, Optional.empty(), List.of(), SqlType.INT8);
    AggregateCall filtered =
        new AggregateCall(
            function("count()"), List.of(), false, Optional.of(1), List.of(), SqlType.INT8);
    assertThat(
            engine.run(
                aggregation(input, AggregatePhase.SINGLE, List.of(), List.of(distinct, filtered))))
        .containsExactly(row(6L, 3L));
  }

  @Test
  void orderedSetAggregates() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (double value : new double[] {4, 1, 3, 2, 2}) {
      rows.add(row(0.5, value));
    }
    PlanNode input = TestEngine.values(List.of(SqlType.FLOAT8, SqlType.FLOAT8), rows);
    List<SortKey> order = List.of(new SortKey(1, false, false));
    AggregateCall continuous =
        new AggregateCall(
            function("percentile_cont(float8,float8)"),
            List.of(0, 1),
            false,
            Optional.empty(),
            order,
            SqlType.FLOAT8);
    AggregateCall discrete =
        new AggregateCall(
            function("percentile_disc(float8,anyelement)"),
            List.of(0, 1),
            false,
            Optional.empty(),
            order,
            SqlType.FLOAT8);
    AggregateCall mode =
        new AggregateCall(
            function("mode(anyelement)"),
            List.of(1),
            false,
            Optional.empty(),
            order,
            SqlType.FLOAT8);
    assertThat(
            engine.run(
                aggregation(
                    input, AggregatePhase.SINGLE, List.of(), List.of(continuous, discrete, mode))))
        .containsExactly(row(2.0, 2.0, 2.0));
  }

  @Test
  void groupingSetsMarkWhatTheyLeaveOut() {
    List<List<@Nullable Object>> rows =
        List.of(row(1L, "a"), row(1L, "b"), row(2L, "a"), row(2L, "a"));
    PlanNode input = TestEngine.values(List.of(SqlType.INT4, SqlType.TEXT), rows);
    PlanNode cube =
        new PlanNode.Aggregate(
            input,
            AggregatePhase.SINGLE,
            List.of(0, 1),
            List.of(List.of(0, 1), List.of(0), List.of()),
            List.of(aggregate("count()", SqlType.INT8)),
            List.of(SqlType.INT4, SqlType.TEXT, SqlType.INT8, SqlType.INT8));
    assertThat(engine.run(cube))
        .containsExactly(
            row(1L, "a", 1L, 0L),
            row(1L, "b", 1L, 0L),
            row(2L, "a", 2L, 0L),
            row(1L, null, 2L, 1L),
            row(2L, null, 2L, 1L),
            row(null, null, 4L, 3L));
  }

  @Test
  void noRowsGiveOneRowOnlyWithoutKeys() {
    PlanNode empty = TestEngine.values(List.of(SqlType.INT4), List.of());
    List<AggregateCall> calls =
        List.of(aggregate("count()", SqlType.INT8), aggregate("sum(int4)", SqlType.INT8, 0));
    assertThat(engine.run(aggregation(empty, AggregatePhase.SINGLE, List.of(), calls)))
        .containsExactly(row(0L, null));
    assertThat(engine.run(aggregation(empty, AggregatePhase.SINGLE, List.of(0), calls))).isEmpty();
    PlanNode partial = aggregation(empty, AggregatePhase.PARTIAL, List.of(), calls);
    assertThat(engine.run(aggregation(partial, AggregatePhase.FINAL, List.of(), calls)))
        .containsExactly(row(0L, null));
  }

  @Test
  void partialAndFinalGiveWhatOnePhaseGives() {
    List<SqlType> types =
        List.of(
            SqlType.INT4,
            SqlType.INT4,
            SqlType.INT8,
            SqlType.NUMERIC,
            SqlType.FLOAT8,
            SqlType.TEXT,
            SqlType.BOOL,
            SqlType.of(BaseType.VECTOR, 2));
    List<AggregateCall> calls =
        List.of(
            aggregate("count()", SqlType.INT8),
            aggregate("sum(int4)", SqlType.INT8, 1),
            aggregate("avg(int4)", SqlType.NUMERIC, 1),
            aggregate("sum(int8)", SqlType.NUMERIC, 2),
            aggregate("stddev(int8)", SqlType.NUMERIC, 2),
            aggregate("sum(numeric)", SqlType.NUMERIC, 3),
            aggregate("var_pop(numeric)", SqlType.NUMERIC, 3),
            aggregate("min(text)", SqlType.TEXT, 5),
            aggregate("max(float8)", SqlType.FLOAT8, 4),
            aggregate("bool_or(bool)", SqlType.BOOL, 6),
            aggregate("bit_xor(int4)", SqlType.INT4, 1),
            aggregate("regr_count(float8,float8)", SqlType.INT8, 4, 4),
            aggregate("min(int4)", SqlType.INT4, 1));
    SplittableRandom random = new SplittableRandom(99);
    for (int round = 0; round < 20; round++) {
      List<PlanNode> parts = new ArrayList<>();
      List<List<@Nullable Object>> all = new ArrayList<>();
      for (int part = 0; part < 3; part++) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int i = random.nextInt(200); i > 0; i--) {
          rows.add(randomRow(random));
        }
        all.addAll(rows);
        parts.add(
            aggregation(TestEngine.values(types, rows), AggregatePhase.PARTIAL, List.of(0), calls));
      }
      PlanNode union = new PlanNode.SetOperation(PlanNode.SetOperation.Kind.UNION, true, parts);
      PlanNode distributed = aggregation(union, AggregatePhase.FINAL, List.of(0), calls);
      PlanNode single =
          aggregation(TestEngine.values(types, all), AggregatePhase.SINGLE, List.of(0), calls);
      assertThat(engine.run(distributed)).containsExactlyInAnyOrderElementsOf(engine.run(single));
    }
    calls.forEach(c -> assertThat(DistributedAggregates.isDistributable(c.function())).isTrue());
  }

  private static List<@Nullable Object> randomRow(SplittableRandom random) {
    return row(
        random.nextInt(8) == 0 ? null : (Object) (long) random.nextInt(5),
        random.nextInt(8) == 0 ? null : (Object) (long) random.nextInt(-1000, 1000),
        random.nextInt(8) == 0 ? null : (Object) random.nextLong(),
        random.nextInt(8) == 0 ? null : (Object) Numeric.of(random.nextInt(10_000) + ".25"),
        random.nextInt(8) == 0 ? null : (Object) random.nextDouble(),
        random.nextInt(8) == 0 ? null : (Object) ("t" + random.nextInt(100)),
        random.nextInt(8) == 0 ? null : (Object) random.nextBoolean(),
        random.nextInt(8) == 0
            ? null
            : (Object) new float[] {random.nextInt(100), random.nextInt(100)});
  }

  @Test
  void floatStatesMergeToTheSameFigures() {
    SplittableRandom random = new SplittableRandom(3);
    List<SqlType> types = List.of(SqlType.FLOAT8, SqlType.FLOAT8);
    List<AggregateCall> calls = new ArrayList<>();
    for (String name :
        List.of(
            "corr",
            "covar_pop",
            "covar_samp",
            "regr_slope",
            "regr_intercept",
            "regr_r2",
            "regr_sxx",
            "regr_avgx")) {
      calls.add(aggregate(name + "(float8,float8)", SqlType.FLOAT8, 0, 1));
    }
    for (String name : List.of("sum", "avg", "stddev", "var_pop")) {
      calls.add(aggregate(name + "(float8)", SqlType.FLOAT8, 0));
    }
    List<PlanNode> parts = new ArrayList<>();
    List<List<@Nullable Object>> all = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        double x = random.nextDouble();
        rows.add(row(3 * x + random.nextDouble(), x));
      }
      all.addAll(rows);
      parts.add(
          aggregation(TestEngine.values(types, rows), AggregatePhase.PARTIAL, List.of(), calls));
    }
    PlanNode union = new PlanNode.SetOperation(PlanNode.SetOperation.Kind.UNION, true, parts);
    List<@Nullable Object> merged =
        engine.run(aggregation(union, AggregatePhase.FINAL, List.of(), calls)).getFirst();
    List<@Nullable Object> single =
        engine
            .run(
                aggregation(TestEngine.values(types, all), AggregatePhase.SINGLE, List.of(), calls))
            .getFirst();
    for (int i = 0; i < calls.size(); i++) {
      double expected = ((Double) single.get(i)).doubleValue();
      assertThat((Double) merged.get(i))
          .as(calls.get(i).function().key())
          .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-9 * Math.abs(expected)));
    }
  }

  @Test
  void averageOfVectors() {
    SqlType type = SqlType.of(BaseType.VECTOR, 2);
    Object average =
        single("avg(vector)", SqlType.VECTOR, type, new float[] {1, 2}, new float[] {3, 6}, null);
    assertThat((float[]) average).containsExactly(2, 4);
  }

  @Test
  void manyGroupsAreCountedExactly() {
    SplittableRandom random = new SplittableRandom(11);
    Map<@Nullable Object, Long> expected = new HashMap<>();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      Object key = random.nextInt(50) == 0 ? null : (Object) ("k" + random.nextInt(3000));
      expected.merge(key, 1L, Long::sum);
      rows.add(row(key));
    }
    engine.table(1, List.of(SqlType.TEXT), rows.subList(0, 9000), rows.subList(9000, 20_000));
    PlanNode plan =
        aggregation(
            TestEngine.scan(1, List.of(SqlType.TEXT), Optional.empty()),
            AggregatePhase.SINGLE,
            List.of(0),
            List.of(aggregate("count()", SqlType.INT8)));
    Map<@Nullable Object, Object> actual = new HashMap<>();
    engine.run(plan).forEach(r -> actual.put(r.get(0), r.get(1)));
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void setOperationsFollowBagRules() {
    List<SqlType> types = List.of(SqlType.INT4);
    PlanNode left =
        TestEngine.values(
            types, Arrays.asList(row(1L), row(1L), row(1L), row(2L), row((Object) null)));
    PlanNode right = TestEngine.values(types, Arrays.asList(row(1L), row(3L), row((Object) null)));
    assertThat(set(PlanNode.SetOperation.Kind.INTERSECT, true, left, right))
        .containsExactlyInAnyOrder(row(1L), row((Object) null));
    assertThat(set(PlanNode.SetOperation.Kind.EXCEPT, true, left, right))
        .containsExactlyInAnyOrder(row(1L), row(1L), row(2L));
    assertThat(set(PlanNode.SetOperation.Kind.EXCEPT, false, left, right)).containsExactly(row(2L));
    assertThat(set(PlanNode.SetOperation.Kind.INTERSECT, false, left, left))
        .containsExactlyInAnyOrder(row(1L), row(2L), row((Object) null));
    assertThat(set(PlanNode.SetOperation.Kind.UNION, false, left, right))
        .containsExactlyInAnyOrder(row(1L), row(2L), row((Object) null), row(3L));
  }

  private List<List<@Nullable Object>> set(
      PlanNode.SetOperation.Kind kind, boolean all, PlanNode... inputs) {
    return engine.run(new PlanNode.SetOperation(kind, all, List.of(inputs)));
  }
}
