package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static quiver.execution.operator.TestEngine.call;
import static quiver.execution.operator.TestEngine.column;
import static quiver.execution.operator.TestEngine.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.expression.Expression;
import quiver.common.plan.JoinKind;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;

class JoinTest {
  private static final List<SqlType> TYPES = List.of(SqlType.INT4, SqlType.INT4);

  private final TestEngine engine = new TestEngine();

  private static List<List<@Nullable Object>> random(SplittableRandom random, int count) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(datum(random), datum(random)));
    }
    return rows;
  }

  private static @Nullable Object datum(SplittableRandom random) {
    return random.nextInt(7) == 0 ? null : (Object) (long) random.nextInt(8);
  }

  private static Expression lessThan() {
    return call("int4lt(int4,int4)", column(1, SqlType.INT4), column(3, SqlType.INT4));
  }

  private static Expression keysEqual() {
    return call("int4eq(int4,int4)", column(0, SqlType.INT4), column(2, SqlType.INT4));
  }

  @Test
  void hashJoinAgreesWithNestedLoop() {
    SplittableRandom random = new SplittableRandom(42);
    for (int round = 0; round < 30; round++) {
      PlanNode left = TestEngine.values(TYPES, random(random, random.nextInt(60)));
      PlanNode right = TestEngine.values(TYPES, random(random, random.nextInt(60)));
      for (JoinKind kind : JoinKind.values()) {
        if (kind == JoinKind.NULL_AWARE_ANTI) {
          continue;
        }
        for (boolean residual : new boolean[] {false, true}) {
          PlanNode hash =
              new PlanNode.HashJoin(
                  kind,
                  left,
                  right,
                  List.of(0),
                  List.of(0),
                  residual ? Optional.of(lessThan()) : Optional.empty());
          Expression condition =
              residual ? new Expression.And(List.of(keysEqual(), lessThan())) : keysEqual();
          PlanNode loop = new PlanNode.NestedLoopJoin(kind, left, right, Optional.of(condition));
          assertThat(engine.run(hash))
              .as("%s residual %s round %d", kind, residual, round)
              .containsExactlyInAnyOrderElementsOf(engine.run(loop));
        }
      }
    }
  }

  @Test
  void nullAwareAntiJoinIsNotIn() {
    SplittableRandom random = new SplittableRandom(43);
    for (int round = 0; round < 60; round++) {
      List<List<@Nullable Object>> left = random(random, random.nextInt(20));
      List<List<@Nullable Object>> right = random(random, random.nextInt(6));
      PlanNode join =
          new PlanNode.HashJoin(
              JoinKind.NULL_AWARE_ANTI,
              TestEngine.values(TYPES, left),
              TestEngine.values(TYPES, right),
              List.of(0, 1),
              List.of(0, 1),
              Optional.empty());
      List<List<@Nullable Object>> expected = new ArrayList<>();
      for (List<@Nullable Object> candidate : left) {
        boolean in = false;
        for (List<@Nullable Object> other : right) {
          in |= !surelyDifferent(candidate, other);
        }
        if (!in) {
          expected.add(candidate);
        }
      }
      assertThat(engine.run(join)).containsExactlyElementsOf(expected);
    }
  }

  private static boolean surelyDifferent(
      List<@Nullable Object> left, List<@Nullable Object> right) {
    for (int i = 0; i < left.size(); i++) {
      Object a = left.get(i);
      Object b = right.get(i);
      if (a != null && b != null && !a.equals(b)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void applyAgreesWithNestedLoop() {
    SplittableRandom random = new SplittableRandom(44);
    for (int round = 0; round < 20; round++) {
      PlanNode left = TestEngine.values(TYPES, random(random, random.nextInt(30)));
      PlanNode right = TestEngine.values(TYPES, random(random, random.nextInt(30)));
      Expression correlated =
          call(
              "int4eq(int4,int4)",
              new Expression.OuterColumn(7, 0, SqlType.INT4),
              column(0, SqlType.INT4));
      for (JoinKind kind : List.of(JoinKind.INNER, JoinKind.LEFT, JoinKind.SEMI, JoinKind.ANTI)) {
        PlanNode apply =
            new PlanNode.Apply(
                7, kind, left, new PlanNode.Filter(right, correlated), Optional.of(lessThan()));
        PlanNode loop =
            new PlanNode.NestedLoopJoin(
                kind,
                left,
                right,
                Optional.of(new Expression.And(List.of(keysEqual(), lessThan()))));
        assertThat(engine.run(apply))
            .as("%s round %d", kind, round)
            .containsExactlyInAnyOrderElementsOf(engine.run(loop));
      }
    }
  }

  @Test
  void applyRunsGatherForEachOuterRow() {
    engine.table(1, TYPES, List.of(row(1L, 10L), row(2L, 20L)), List.of(row(1L, 11L)));
    PlanNode fragment =
        TestEngine.scan(
            1,
            TYPES,
            Optional.of(
                call(
                    "int4eq(int4,int4)",
                    column(0, SqlType.INT4),
                    new Expression.OuterColumn(1, 0, SqlType.INT4))));
    PlanNode apply =
        new PlanNode.Apply(
            1,
            JoinKind.LEFT,
            TestEngine.values(List.of(SqlType.INT4), List.of(row(1L), row(3L))),
            new PlanNode.Gather(fragment, List.of()),
            Optional.empty());
    assertThat(engine.run(apply))
        .containsExactly(row(1L, 1L, 10L), row(1L, 1L, 11L), row(3L, null, null));
  }

  @Test
  void largeJoinsCrossBatches() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < 5000; i++) {
      rows.add(row(i % 50, i));
    }
    PlanNode values = TestEngine.values(TYPES, rows);
    PlanNode join =
        new PlanNode.HashJoin(
            JoinKind.INNER, values, values, List.of(0), List.of(0), Optional.empty());
    PlanNode count =
        new PlanNode.Aggregate(
            join,
            PlanNode.AggregatePhase.SINGLE,
            List.of(),
            List.of(List.of()),
            List.of(TestEngine.aggregate("count()", SqlType.INT8)),
            List.of(SqlType.INT8));
    assertThat(engine.run(count)).containsExactly(row(500_000L));
  }
}
