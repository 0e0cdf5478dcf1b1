package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static quiver.execution.operator.TestEngine.call;
import static quiver.execution.operator.TestEngine.column;
import static quiver.execution.operator.TestEngine.constant;
import static quiver.execution.operator.TestEngine.function;
import static quiver.execution.operator.TestEngine.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.plan.RelationAlias;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.execution.runtime.CancelSwitch;
import quiver.execution.source.MemorySegmentSnapshot;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.TableSnapshot;
import quiver.execution.source.ZoneMap;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;

class TableScanTest {
  private static final List<SqlType> TYPES = List.of(SqlType.INT4, SqlType.TEXT);
  private static final int ZONE_ROWS = 64;

  private final TestEngine engine = new TestEngine();

  /// A segment that knows its zones and counts the rows read from it.
  private static final class ZonedSegment implements SegmentSnapshot {
    private final MemorySegmentSnapshot rows;
    private final List<Column> columns;
    private int rowsRead;

    ZonedSegment(long id, RowBatch batch, RowMask visible) {
      this.rows = new MemorySegmentSnapshot(id, batch.columns(), visible);
      this.columns = batch.columns();
    }

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
      rowsRead += count;
      return rows.column(ordinal, fromRow, count);
    }

    @Override
    public Column gather(int ordinal, int[] wanted, int from, int count) {
      return rows.gather(ordinal, wanted, from, count);
    }

    @Override
    public Optional<ZoneMap> zones(int ordinal) {
      if (ordinal != 0) {
        return Optional.empty();
      }
      List<ZoneMap.Zone> zones = new ArrayList<>();
      for (int from = 0; from < rowCount(); from += ZONE_ROWS) {
        Long min = null;
        Long max = null;
        int nulls = 0;
        for (int row = from; row < Math.min(rowCount(), from + ZONE_ROWS); row++) {
          if (columns.get(0).valueAt(row) instanceof Long value) {
            min = min == null ? value : (Long) Math.min(min, value);
            max = max == null ? value : (Long) Math.max(max, value);
          } else {
            nulls++;
          }
        }
        zones.add(new ZoneMap.Zone(min, max, nulls));
      }
      return Optional.of(new ZoneMap(ZONE_ROWS, zones));
    }

    @Override
    public VectorRows vectors(int ordinal) {
      return rows.vectors(ordinal);
    }

    @Override
    public Optional<SearcherPool> vectorIndex(long indexId) {
      return Optional.empty();
    }
  }

  private static Expression compare(String operator, @Nullable Long value) {
    return call(
        "int4" + operator + "(int4,int4)", column(0, SqlType.INT4), constant(value, SqlType.INT4));
  }

  @Test
  void zoneMapsNeverChangeTheAnswer() {
    SplittableRandom random = new SplittableRandom(31);
    String[] operators = {"eq", "ne", "lt", "le", "gt", "ge"};
    for (int round = 0; round < 60; round++) {
      List<SegmentSnapshot> zoned = new ArrayList<>();
      List<SegmentSnapshot> plain = new ArrayList<>();
      for (int segment = 1; segment <= 2; segment++) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        int count = random.nextInt(6000);
        for (int i = 0; i < count; i++) {
          boolean isNull = random.nextInt(20) == 0 || (i / ZONE_ROWS) % 5 == 4;
          rows.add(row(isNull ? null : (Object) (long) (i / 50 + random.nextInt(3)), "r" + i));
        }
        RowMask visible = RowMask.all(count);
        for (int i = 0; i < count; i++) {
          if (random.nextInt(4) == 0) {
            visible.remove(i);
          }
        }
        RowBatch batch = TestEngine.batch(TYPES, rows);
        zoned.add(new ZonedSegment(segment, batch, visible));
        plain.add(new MemorySegmentSnapshot(segment, batch.columns(), visible));
      }
      engine.tables.put(1L, TableSnapshot.of(zoned, List.of(0)));
      engine.tables.put(2L, TableSnapshot.of(plain, List.of(0)));
      long value = random.nextInt(130);
      Expression filter =
          switch (random.nextInt(5)) {
            case 0 -> new Expression.IsNull(column(0, SqlType.INT4));
            case 1 -> new Expression.Not(new Expression.IsNull(column(0, SqlType.INT4)));
            case 2 ->
                new Expression.AnyAll(
                    function("int4eq(int4,int4)"),
                    false,
                    column(0, SqlType.INT4),
                    constant(
                        ArrayValue.of(BaseType.INT4, value, null, value + 40),
                        SqlType.arrayOf(BaseType.INT4)));
            default ->
                new Expression.And(
                    List.of(
                        compare(operators[random.nextInt(6)], value),
                        compare(operators[random.nextInt(6)], value + random.nextInt(9) - 4)));
          };
      assertThat(engine.run(TestEngine.scan(1, TYPES, Optional.of(filter))))
          .isEqualTo(engine.run(TestEngine.scan(2, TYPES, Optional.of(filter))));
    }
  }

  @Test
  void blocksThatCannotMatchAreNotRead() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < 10_000; i++) {
      rows.add(row(i, "x"));
    }
    ZonedSegment segment = new ZonedSegment(1, TestEngine.batch(TYPES, rows), RowMask.all(10_000));
    engine.tables.put(1L, TableSnapshot.of(List.of(segment), List.of(0)));
    assertThat(engine.run(TestEngine.scan(1, TYPES, Optional.of(compare("eq", 5000L)))))
        .containsExactly(row(5000L, "x"));
    assertThat(segment.rowsRead).isLessThanOrEqualTo(ZONE_ROWS);
  }

  @Test
  void keysAreLookedUp() {
    engine.table(1, TYPES, List.of(row(1L, "one"), row(2L, "two")), List.of(row(3L, "three")));
    PlanNode lookup =
        new PlanNode.TableScan(
            1,
            1,
            List.of(1),
            List.of(SqlType.TEXT),
            true,
            Optional.empty(),
            List.of(new Expression.Parameter(0, SqlType.INT4)));
    assertThat(engine.run(lookup, 3L)).containsExactly(row("three", RowAddress.of(2, 0)));
    assertThat(engine.run(lookup, 2L)).containsExactly(row("two", RowAddress.of(1, 1)));
    assertThat(engine.run(lookup, 9L)).isEmpty();
    assertThat(engine.run(lookup, (Object) null)).isEmpty();
  }

  @Test
  void cancelledStatementsStop() {
    engine.table(1, TYPES, List.of(row(1L, "one")));
    CancelSwitch cancel = CancelSwitch.create();
    engine.cancel = cancel;
    cancel.cancel();
    assertThatThrownBy(() -> engine.run(TestEngine.scan(1, TYPES, Optional.empty())))
        .isInstanceOfSatisfying(
            QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.QUERY_CANCELED))
        .hasMessage("canceling statement due to user request");
    engine.cancel = CancelSwitch.withDeadline(() -> 100, 50);
    assertThatThrownBy(() -> engine.run(TestEngine.scan(1, TYPES, Optional.empty())))
        .hasMessage("canceling statement due to statement timeout");
  }

  @Test
  void setReturningFunctionsRunInLockStep() {
    Expression.Call series =
        new Expression.Call(
            function("generate_series(int4,int4)"),
            List.of(constant(1L, SqlType.INT4), column(0, SqlType.INT4)),
            SqlType.INT4);
    PlanNode project =
        new PlanNode.ProjectSet(
            TestEngine.values(List.of(SqlType.INT4), List.of(row(2L), row(0L), row(1L))),
            List.of(column(0, SqlType.INT4), series));
    assertThat(engine.run(project)).containsExactly(row(2L, 1L), row(2L, 2L), row(1L, 1L));
    PlanNode table =
        new PlanNode.TableFunction(
            List.of(series(1, 3), series(5, 6)),
            true,
            List.of(SqlType.INT4, SqlType.INT4, SqlType.INT8),
            RelationAlias.NONE);
    assertThat(engine.run(table))
        .containsExactly(row(1L, 5L, 1L), row(2L, 6L, 2L), row(3L, null, 3L));
  }

  private static Expression.Call series(long from, long to) {
    return new Expression.Call(
        function("generate_series(int4,int4)"),
        List.of(constant(from, SqlType.INT4), constant(to, SqlType.INT4)),
        SqlType.INT4);
  }

  @Test
  void singleRowPadsAndRefuses() {
    PlanNode none = TestEngine.values(TYPES, List.of());
    assertThat(engine.run(new PlanNode.SingleRow(none))).containsExactly(row(null, null));
    PlanNode two = TestEngine.values(TYPES, List.of(row(1L, "a"), row(2L, "b")));
    assertThatThrownBy(() -> engine.run(new PlanNode.SingleRow(two)))
        .hasMessage("more than one row returned by a subquery used as an expression");
  }

  @Test
  void sharedSubplansRunOnce() {
    PlanNode definition =
        new PlanNode.Project(
            TestEngine.values(List.of(SqlType.TEXT), List.of(row("a"), row("b"))),
            List.of(call("upper(text)", column(0, SqlType.TEXT))));
    PlanNode reader = new PlanNode.SharedScan(3, List.of(SqlType.TEXT), RelationAlias.NONE);
    PlanNode plan =
        new PlanNode.Shared(
            3,
            definition,
            new PlanNode.SetOperation(
                PlanNode.SetOperation.Kind.UNION, true, List.of(reader, reader)));
    assertThat(engine.run(plan)).containsExactly(row("A"), row("B"), row("A"), row("B"));
    assertThat(engine.library.calls).isEqualTo(2);
  }
}
