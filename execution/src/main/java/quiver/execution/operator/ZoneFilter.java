package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionSignature;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.DatumOrder;
import quiver.execution.expression.Comparison;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.ZoneMap;

/// What of a scan's filter can rule out a block by its minimum, maximum and NULL count: conjuncts
/// that compare a column with a bound value. Immutable.
final class ZoneFilter {
  private final List<Test> tests;

  private ZoneFilter(List<Test> tests) {
    this.tests = List.copyOf(tests);
  }

  /// One conjunct.
  ///
  /// @param column index of an input column
  private record Test(
      int column, SqlType type, Kind kind, Comparison operator, CompiledExpression value) {}

  private enum Kind {
    COMPARE,
    ANY,
    IS_NULL,
    IS_NOT_NULL
  }

  /// The tests with their values bound, for one execution.
  record Bound(List<BoundTest> tests) {
    /// Whether no test can rule out anything.
    boolean isEmpty() {
      return tests.isEmpty();
    }
  }

  private record BoundTest(
      int column, SqlType type, Kind kind, Comparison operator, List<Object> values) {}

  static ZoneFilter of(Optional<Expression> filter, int columnCount, ExpressionCompiler compiler) {
    List<Test> tests = new ArrayList<>();
    filter.ifPresent(condition -> collect(condition, compiler, tests));
    // The row address behind the table's columns has no zones.
    tests.removeIf(test -> test.column() >= columnCount);
    return new ZoneFilter(tests);
  }

  private static void collect(Expression condition, ExpressionCompiler compiler, List<Test> tests) {
    switch (condition) {
      case Expression.And(var terms) -> terms.forEach(term -> collect(term, compiler, tests));
      case Expression.Call call when call.arguments().size() == 2 -> compare(call, compiler, tests);
      case Expression.AnyAll any when !any.all() -> any(any, compiler, tests);
      case Expression.IsNull(Expression.InputColumn column) ->
          tests.add(nullTest(column, Kind.IS_NULL, compiler));
      case Expression.Not(Expression.IsNull(Expression.InputColumn column)) ->
          tests.add(nullTest(column, Kind.IS_NOT_NULL, compiler));
      default -> {}
    }
  }

  private static Test nullTest(
      Expression.InputColumn column, Kind kind, ExpressionCompiler compiler) {
    return new Test(
        column.index(),
        column.type(),
        kind,
        Comparison.EQ,
        compiler.compile(new Expression.Constant(null, column.type())));
  }

  private static void compare(Expression.Call call, ExpressionCompiler compiler, List<Test> tests) {
    Optional<Comparison> operator = Comparison.of(call.function());
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    if (operator.isEmpty() || !sameOrder(call.function())) {
      return;
    }
    if (left instanceof Expression.InputColumn column && isBound(right)) {
      tests.add(
          new Test(
              column.index(),
              column.type(),
              Kind.COMPARE,
              operator.get(),
              compiler.compile(right)));
    } else if (right instanceof Expression.InputColumn column && isBound(left)) {
      tests.add(
          new Test(
              column.index(),
              column.type(),
              Kind.COMPARE,
              operator.get().swapped(),
              compiler.compile(left)));
    }
  }

  private static void any(Expression.AnyAll any, ExpressionCompiler compiler, List<Test> tests) {
    Optional<Comparison> operator = Comparison.of(any.comparison());
    if (operator.filter(o -> o == Comparison.EQ).isPresent()
        && sameOrder(any.comparison())
        && any.left() instanceof Expression.InputColumn column
        && isBound(any.array())) {
      tests.add(
          new Test(
              column.index(),
              column.type(),
              Kind.ANY,
              Comparison.EQ,
              compiler.compile(any.array())));
    }
  }

  /// Whether both sides are ordered by the same rule, so that bounds of one can be held against
  /// values of the other.
  private static boolean sameOrder(FunctionSignature comparison) {
    SqlType a = comparison.arguments().get(0);
    SqlType b = comparison.arguments().get(1);
    return a.sameTypeAs(b)
        || (a.base().name().startsWith("INT") && b.base().name().startsWith("INT"))
        || (a.base().name().startsWith("FLOAT") && b.base().name().startsWith("FLOAT"));
  }

  /// Only values that cannot fail: an error of a folded expression belongs to the first row.
  private static boolean isBound(Expression expression) {
    return switch (expression) {
      case Expression.Constant ignored -> true;
      case Expression.Parameter ignored -> true;
      case Expression.OuterColumn ignored -> true;
      default -> false;
    };
  }

  Bound bind(EvaluationScope scope) {
    List<BoundTest> bound = new ArrayList<>();
    for (Test test : tests) {
      bound.add(
          new BoundTest(
              test.column(), test.type(), test.kind(), test.operator(), values(test, scope)));
    }
    return new Bound(bound);
  }

  private static List<Object> values(Test test, EvaluationScope scope) {
    Object value = test.value().value(scope);
    if (test.kind() != Kind.ANY) {
      return value == null ? List.of() : List.of(value);
    }
    List<Object> members = new ArrayList<>();
    if (value instanceof ArrayValue array) {
      for (Object element : array.elements()) {
        if (element != null) {
          members.add(element);
        }
      }
    }
    return members;
  }

  /// Where the rows that may pass end or begin again: the first row at or after `from` in a block
  /// that no test rules out; `rowCount` when there is none.
  static int nextPossibleRow(
      Bound bound, SegmentSnapshot segment, List<Integer> ordinals, int from) {
    int row = from;
    boolean moved = true;
    while (moved && row < segment.rowCount()) {
      moved = false;
      for (BoundTest test : bound.tests()) {
        int next = skip(test, segment, ordinals.get(test.column()), row);
        if (next > row) {
          row = next;
          moved = true;
        }
      }
    }
    return Math.min(row, segment.rowCount());
  }

  /// The first row at or after `from` where a block begins, of the finest zones any test has.
  static int blockEnd(Bound bound, SegmentSnapshot segment, List<Integer> ordinals, int from) {
    int end = segment.rowCount();
    for (BoundTest test : bound.tests()) {
      Optional<ZoneMap> zones = segment.zones(ordinals.get(test.column()));
      if (zones.isPresent()) {
        long size = zones.get().rowsPerBlock();
        end = (int) Math.min(end, (from / size + 1) * size);
      }
    }
    return end;
  }

  private static int skip(BoundTest test, SegmentSnapshot segment, int ordinal, int row) {
    Optional<ZoneMap> zones = segment.zones(ordinal);
    if (zones.isEmpty()) {
      return row;
    }
    int size = zones.get().rowsPerBlock();
    int block = row / size;
    int next = row;
    while (block < zones.get().zones().size()
        && next < segment.rowCount()
        && excludes(
            test,
            zones.get().zones().get(block),
            Math.min(size, segment.rowCount() - block * size))) {
      block++;
      next = (int) Math.min(segment.rowCount(), (long) block * size);
    }
    return next;
  }

  private static boolean excludes(BoundTest test, ZoneMap.Zone zone, int rowCount) {
    return switch (test.kind()) {
      case IS_NULL -> zone.nullCount() == 0;
      case IS_NOT_NULL -> zone.nullCount() == rowCount;
      case COMPARE, ANY -> zone.nullCount() == rowCount || !mayHoldAny(test, zone);
    };
  }

  private static boolean mayHoldAny(BoundTest test, ZoneMap.Zone zone) {
    DatumOrder order = DatumOrder.of(test.type());
    for (Object value : test.values()) {
      if (mayHold(test.operator(), order, zone.min(), zone.max(), value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayHold(
      Comparison operator,
      DatumOrder order,
      @Nullable Object min,
      @Nullable Object max,
      Object value) {
    if (min == null || max == null) {
      return true;
    }
    return switch (operator) {
      case EQ -> order.compare(min, value) <= 0 && order.compare(max, value) >= 0;
      case NE -> order.compare(min, value) != 0 || order.compare(max, value) != 0;
      case LT -> order.compare(min, value) < 0;
      case LE -> order.compare(min, value) <= 0;
      case GT -> order.compare(max, value) > 0;
      case GE -> order.compare(max, value) >= 0;
    };
  }
}
