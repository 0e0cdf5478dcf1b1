package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static quiver.execution.operator.TestEngine.call;
import static quiver.execution.operator.TestEngine.column;
import static quiver.execution.operator.TestEngine.constant;
import static quiver.execution.operator.TestEngine.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.expression.Expression;
import quiver.common.plan.DistanceRange;
import quiver.common.plan.PlanNode;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.execution.runtime.CpuPool;
import quiver.execution.source.MemorySegmentSnapshot;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.TableSnapshot;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernels;

class VectorSearchTest {
  private static final int DIMENSION = 5;
  private static final SqlType VECTOR = SqlType.of(BaseType.VECTOR, DIMENSION);
  private static final List<SqlType> TYPES = List.of(SqlType.INT4, SqlType.INT4, VECTOR);

  private static final List<DistanceMetric> METRICS = DistanceMetric.ofNumbers();

  private final TestEngine engine = new TestEngine();

  private static PlanNode search(
      DistanceMetric metric, Expression query, @Nullable Long limit, Optional<Expression> filter) {
    return new PlanNode.VectorSearch(
        1,
        1,
        List.of(0, 1),
        List.of(SqlType.INT4, SqlType.INT4),
        true,
        2,
        metric,
        Optional.empty(),
        query,
        Optional.of(constant(limit, SqlType.INT8)),
        DistanceRange.ALL,
        filter,
        "test");
  }

  private static float[] vector(SplittableRandom random) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = random.nextInt(-4, 5);
    }
    return vector;
  }

  /// Fills table 1 with several segments, some rows deleted, and returns the visible rows.
  private List<List<@Nullable Object>> fill(SplittableRandom random, int rowCountMax) {
    List<SegmentSnapshot> segments = new ArrayList<>();
    List<List<@Nullable Object>> visible = new ArrayList<>();
    long id = 0;
    for (int segment = 1; segment <= 3; segment++) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      int rowCount = random.nextInt(rowCountMax);
      RowMask mask = RowMask.all(rowCount);
      for (int i = 0; i < rowCount; i++) {
        Object vector = random.nextInt(10) == 0 ? null : (Object) vector(random);
        List<@Nullable Object> values = row(id++, (long) random.nextInt(10), vector);
        rows.add(values);
        if (random.nextInt(5) == 0) {
          mask.remove(i);
        } else {
          visible.add(values);
        }
      }
      segments.add(
          new MemorySegmentSnapshot(segment, TestEngine.batch(TYPES, rows).columns(), mask));
    }
    engine.tables.put(1L, TableSnapshot.of(segments, List.of(0)));
    return visible;
  }

  @Test
  void exactSearchAgreesWithBruteForce() {
    SplittableRandom random = new SplittableRandom(77);
    for (int round = 0; round < 60; round++) {
      List<List<@Nullable Object>> rows = fill(random, 400);
      DistanceMetric metric = METRICS.get(random.nextInt(4));
      float[] query = vector(random);
      long limit = random.nextInt(60);
      long threshold = random.nextInt(11);
      boolean filtered = random.nextBoolean();
      Optional<Expression> filter =
          filtered
              ? Optional.of(
                  call(
                      "int4lt(int4,int4)",
                      column(1, SqlType.INT4),
                      constant(threshold, SqlType.INT4)))
              : Optional.empty();
      List<List<@Nullable Object>> matching =
          rows.stream().filter(r -> !filtered || (Long) r.get(1) < threshold).toList();
      List<List<@Nullable Object>> actual =
          engine.run(search(metric, constant(query, VECTOR), limit, filter));
      assertThat(actual).hasSize((int) Math.min(limit, matching.size()));
      List<Double> expected =
          matching.stream()
              .filter(r -> r.get(2) != null)
              .map(r ->
                  VectorDistance.between(VectorKernels.best(), metric, (float[]) r.get(2), query))
              .sorted()
              .limit(limit)
              .toList();
      for (int i = 0; i < actual.size(); i++) {
        assertThat(actual.get(i).get(3)).isEqualTo(i < expected.size() ? expected.get(i) : null);
      }
      assertThat(actual.stream().map(r -> r.get(0)).distinct()).hasSize(actual.size());
      assertThat(matching.stream().map(r -> r.get(0)).toList())
          .containsAll(actual.stream().map(r -> r.get(0)).toList());
    }
  }

  @Test
  void manyThreadsFindTheSame() {
    SplittableRandom random = new SplittableRandom(78);
    try (ExecutorService pool =
        Executors.newFixedThreadPool(2, Thread.ofPlatform().name("search-", 0).factory())) {
      for (int round = 0; round < 3; round++) {
        fill(random, 60_000);
        PlanNode plan =
            search(
                DistanceMetric.L2,
                constant(vector(random), VECTOR),
                20L,
                Optional.of(
                    call(
                        "int4lt(int4,int4)", column(1, SqlType.INT4), constant(7L, SqlType.INT4))));
        engine.cpu = CpuPool.callerOnly();
        List<List<@Nullable Object>> alone = engine.run(plan);
        engine.cpu = new CpuPool(pool, 3);
        assertThat(engine.run(plan)).isEqualTo(alone);
      }
    }
  }

  @Test
  void nullQueryGivesRowsWithoutDistance() {
    engine.table(
        1,
        TYPES,
        List.of(row(1L, 0L, new float[DIMENSION])),
        List.of(row(2L, 0L, null), row(3L, 0L, new float[DIMENSION])));
    List<List<@Nullable Object>> rows =
        engine.run(search(DistanceMetric.L2, constant(null, VECTOR), 2L, Optional.empty()));
    assertThat(rows).hasSize(2).allSatisfy(r -> assertThat(r.get(3)).isNull());
  }

  @Test
  void dimensionsMustAgree() {
    engine.table(1, TYPES, List.of(row(1L, 0L, new float[DIMENSION])));
    assertThatThrownBy(() ->
            engine.run(
                search(
                    DistanceMetric.L2,
                    constant(new float[3], SqlType.VECTOR),
                    2L,
                    Optional.empty())))
        .hasMessage("different vector dimensions 5 and 3");
  }

  @Test
  void limitsAreChecked() {
    engine.table(1, TYPES, List.of(row(1L, 0L, new float[DIMENSION])));
    Expression query = constant(new float[DIMENSION], VECTOR);
    assertThat(engine.run(search(DistanceMetric.L2, query, null, Optional.empty()))).hasSize(1);
    assertThatThrownBy(() -> engine.run(search(DistanceMetric.L2, query, -1L, Optional.empty())))
        .hasMessage("LIMIT must not be negative");
  }
}
