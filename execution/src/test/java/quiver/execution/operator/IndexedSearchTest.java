package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static quiver.execution.operator.TestEngine.call;
import static quiver.execution.operator.TestEngine.column;
import static quiver.execution.operator.TestEngine.constant;
import static quiver.execution.operator.TestEngine.row;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import quiver.common.column.Column;
import quiver.common.column.RowMask;
import quiver.common.expression.Expression;
import quiver.common.plan.DistanceRange;
import quiver.common.plan.PlanNode;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.execution.runtime.ExecutionSettings;
import quiver.execution.runtime.SearchSettings;
import quiver.execution.runtime.StatisticsCollector;
import quiver.execution.source.MemorySegmentSnapshot;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.TableSnapshot;
import quiver.execution.source.ZoneMap;
import quiver.vector.index.BuildResources;
import quiver.vector.index.HnswIndex;
import quiver.vector.index.HnswOptions;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernels;

/// Searches of segments with graphs, against brute force.
class IndexedSearchTest {
  private static final int DIMENSION = 16;
  private static final int SEGMENT_ROWS = 4_000;
  private static final int SEGMENT_COUNT = 3;
  private static final int PARTS = 100_000;
  private static final long INDEX = 9;
  private static final SqlType VECTOR = SqlType.of(BaseType.VECTOR, DIMENSION);
  private static final List<SqlType> TYPES = List.of(SqlType.INT4, SqlType.INT4, VECTOR);

  private final TestEngine engine = new TestEngine();
  private final SplittableRandom random = new SplittableRandom(23);
  private final Arena arena = Arena.ofShared();
  private final List<List<@Nullable Object>> rows = new ArrayList<>();

  /// A segment with an index.
  private record Indexed(SegmentSnapshot rows, SearcherPool index) implements SegmentSnapshot {
    @Override
    public long segmentId() {
      return rows.segmentId();
    }

    @Override
    public int rowCount() {
      return rows.rowCount();
    }

    @Override
    public RowMask visible() {
      return rows.visible();
    }

    @Override
    public int visibleCount() {
      return rows.visibleCount();
    }

    @Override
    public Column column(int ordinal, int fromRow, int count) {
      return rows.column(ordinal, fromRow, count);
    }

    @Override
    public Column gather(int ordinal, int[] numbers, int from, int count) {
      return rows.gather(ordinal, numbers, from, count);
    }

    @Override
    public Optional<ZoneMap> zones(int ordinal) {
      return rows.zones(ordinal);
    }

    @Override
    public VectorRows vectors(int ordinal) {
      return rows.vectors(ordinal);
    }

    @Override
    public Optional<SearcherPool> vectorIndex(long indexId) {
      return indexId == INDEX ? Optional.of(index) : Optional.empty();
    }
  }

  @BeforeEach
  void fill() {
    List<SegmentSnapshot> segments = new ArrayList<>();
    for (int segment = 1; segment <= SEGMENT_COUNT; segment++) {
      List<List<@Nullable Object>> batch = new ArrayList<>();
      RowMask visible = RowMask.all(SEGMENT_ROWS);
      for (int i = 0; i < SEGMENT_ROWS; i++) {
        Object vector = random.nextInt(100) == 0 ? null : (Object) vector();
        List<@Nullable Object> values =
            row((long) segment * SEGMENT_ROWS + i, (long) random.nextInt(PARTS), vector);
        batch.add(values);
        if (random.nextInt(20) == 0) {
          visible.remove(i);
        } else {
          rows.add(values);
        }
      }
      SegmentSnapshot stored =
          new MemorySegmentSnapshot(segment, TestEngine.batch(TYPES, batch).columns(), visible);
      HnswIndex index =
          HnswIndex.build(
              VectorKernels.best(),
              stored.vectors(2),
              DistanceMetric.L2,
              HnswOptions.defaults(),
              BuildResources.onCaller(arena));
      segments.add(new Indexed(stored, new SearcherPool(index, 8)));
    }
    engine.tables.put(1L, TableSnapshot.of(segments, List.of(0)));
  }

  @AfterEach
  void close() {
    arena.close();
  }

  private float[] vector() {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static PlanNode search(
      float[] query,
      Optional<Long> limit,
      DistanceRange range,
      Optional<Expression> filter,
      boolean byIndex) {
    return new PlanNode.VectorSearch(
        1,
        1,
        List.of(0, 1),
        List.of(SqlType.INT4, SqlType.INT4),
        false,
        2,
        DistanceMetric.L2,
        byIndex ? Optional.of(INDEX) : Optional.empty(),
        constant(query, VECTOR),
        limit.map(k -> constant(k, SqlType.INT8)),
        range,
        filter,
        "test");
  }

  private static Optional<Expression> below(long part) {
    return Optional.of(
        call("int4lt(int4,int4)", column(1, SqlType.INT4), constant(part, SqlType.INT4)));
  }

  private static double distance(List<@Nullable Object> row, float[] query) {
    return row.get(2) instanceof float[] vector
        ? VectorDistance.between(VectorKernels.best(), DistanceMetric.L2, vector, query)
        : Double.NaN;
  }

  private List<Double> truth(float[] query, long part) {
    return rows.stream()
        .filter(r -> (Long) r.get(1) < part && r.get(2) != null)
        .map(r -> distance(r, query))
        .sorted()
        .toList();
  }

  @Test
  void limitGivesAllItsRowsUnderEveryFilter() {
    for (long part : new long[] {1, 10, 100, 1_000, 10_000, 30_000, 50_000, 90_000, PARTS}) {
      int hits = 0;
      int wanted = 0;
      for (int round = 0; round < 8; round++) {
        float[] query = vector();
        long matching = rows.stream().filter(r -> (Long) r.get(1) < part).count();
        for (long limit : new long[] {1, 10, 300}) {
          List<List<@Nullable Object>> found =
              engine.run(search(query, Optional.of(limit), DistanceRange.ALL, below(part), true));
          assertThat(found).hasSize((int) Math.min(limit, matching));
          assertThat(found.stream().map(r -> r.get(0)).distinct()).hasSize(found.size());
          List<Double> truth = truth(query, part);
          int count = (int) Math.min(limit, truth.size());
          for (int i = 0; i < count; i++) {
            double distance = (Double) found.get(i).get(2);
            hits += distance <= truth.get(count - 1) + 1e-6 ? 1 : 0;
            assertThat(i == 0 || distance >= (Double) found.get(i - 1).get(2)).isTrue();
          }
          wanted += count;
        }
      }
      assertThat(wanted == 0 ? 1 : (double) hits / wanted).isGreaterThanOrEqualTo(0.95);
    }
  }

  @Test
  void aRangeIsAnsweredByTheIndexAsByAScan() {
    int found = 0;
    int wanted = 0;
    for (int round = 0; round < 30; round++) {
      float[] query = vector();
      List<Double> truth = truth(query, PARTS);
      double max = truth.get(random.nextInt(60));
      double min = round % 2 == 0 ? 0 : truth.get(0);
      DistanceRange range =
          new DistanceRange(
              Optional.of(constant(min, SqlType.FLOAT8)),
              false,
              Optional.of(constant(max, SqlType.FLOAT8)),
              true);
      Optional<Long> limit = round % 3 == 0 ? Optional.of(20L) : Optional.empty();
      List<List<@Nullable Object>> exact =
          engine.run(search(query, limit, range, Optional.empty(), false));
      List<List<@Nullable Object>> indexed =
          engine.run(search(query, limit, range, Optional.empty(), true));
      for (List<@Nullable Object> row : indexed) {
        assertThat((Double) row.get(2)).isGreaterThan(min).isLessThanOrEqualTo(max + 1e-9);
      }
      Set<Object> ids = new HashSet<>();
      exact.forEach(row -> ids.add(row.get(0)));
      wanted += exact.size();
      found += (int) indexed.stream().filter(row -> ids.contains(row.get(0))).count();
    }
    assertThat((double) found / wanted).isGreaterThan(0.95);
  }

  @Test
  void withoutLimitEveryRowComesOnceNearestFirst() {
    for (boolean strict : new boolean[] {false, true}) {
      engine.settings =
          new ExecutionSettings(
              new SearchSettings(40, 1, 0, strict, 2_000, 32_768, 1 << 26),
              1 << 20,
              Optional.empty());
      float[] query = vector();
      List<List<@Nullable Object>> found =
          engine.run(search(query, Optional.empty(), DistanceRange.ALL, Optional.empty(), true));
      assertThat(found.stream().map(r -> r.get(0)).distinct()).hasSize(found.size());
      if (!strict) {
        assertThat(found).hasSize(rows.size());
      }
      List<Double> truth = truth(query, PARTS);
      int late = 0;
      int count = 0;
      for (int i = 1; i < found.size() && found.get(i).get(2) != null; i++) {
        late += (Double) found.get(i).get(2) < (Double) found.get(i - 1).get(2) ? 1 : 0;
        count++;
      }
      assertThat(late).isLessThanOrEqualTo(strict ? 0 : truth.size() / 20);
      assertThat(count).isGreaterThan(truth.size() * 9 / 10);
    }
  }

  @Test
  void explainSaysWhatWasDoneInEverySegment() {
    StatisticsCollector collector = new StatisticsCollector();
    engine.statistics = Optional.of(collector);
    PlanNode plan = search(vector(), Optional.of(3L), DistanceRange.ALL, below(60_000), true);
    assertThat(engine.run(plan)).hasSize(3);
    assertThat(collector.of(plan).details())
        .hasSize(2 * SEGMENT_COUNT)
        .anySatisfy(
            detail -> assertThat(detail.value()).contains("strategy=").contains("effort=40"))
        .anySatisfy(detail -> assertThat(detail.name()).isEqualTo("Segment 1 Time"));
  }
}
