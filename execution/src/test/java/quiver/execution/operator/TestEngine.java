package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.runtime.Bindings;
import quiver.execution.runtime.CancelSignal;
import quiver.execution.runtime.CpuPool;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.ExecutionSettings;
import quiver.execution.runtime.GatherSource;
import quiver.execution.runtime.QueryMemory;
import quiver.execution.runtime.StatisticsCollector;
import quiver.execution.source.BatchStream;
import quiver.execution.source.MemorySegmentSnapshot;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.SystemRelations;
import quiver.execution.source.TableSnapshot;

/// Runs plans over tables in memory.
final class TestEngine {
  final TestLibrary library = new TestLibrary();
  final FragmentExecutor executor = new FragmentExecutor(library);
  final Map<Long, TableSnapshot> tables = new HashMap<>();
  ExecutionSettings settings = ExecutionSettings.DEFAULT;
  QueryMemory memory = new QueryMemory(1L << 30);
  CancelSignal cancel = CancelSignal.NEVER;
  CpuPool cpu = CpuPool.callerOnly();
  Optional<StatisticsCollector> statistics = Optional.empty();

  ExecutionContext context(@Nullable Object... parameters) {
    return new ExecutionContext(
        Bindings.ofParameters(parameters),
        () -> {
          throw new IllegalStateException("no session");
        },
        settings,
        memory,
        cancel,
        cpu,
        (tableId, tableVersion) -> {
          TableSnapshot table = tables.get(tableId);
          if (table == null) {
            throw new IllegalStateException("no table " + tableId);
          }
          return table;
        },
        gatherLocally(),
        SystemRelations.none(),
        statistics);
  }

  private GatherSource gatherLocally() {
    return (gather, context) -> executor.execute(gather.fragment(), context);
  }

  /// The rows of a plan, each a list of datums.
  List<List<@Nullable Object>> run(PlanNode plan, @Nullable Object... parameters) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (BatchStream stream = executor.execute(plan, context(parameters))) {
      for (var next = stream.next(); next.isPresent(); next = stream.next()) {
        rows.addAll(rows(next.get()));
      }
    }
    return rows;
  }

  static List<List<@Nullable Object>> rows(RowBatch batch) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int row = 0; row < batch.rowCount(); row++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (Column column : batch.columns()) {
        values.add(column.valueAt(row));
      }
      rows.add(values);
    }
    return rows;
  }

  static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  static RowBatch batch(List<SqlType> types, List<List<@Nullable Object>> rows) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      ColumnBuilder builder = new ColumnBuilder(types.get(i), rows.size());
      for (List<@Nullable Object> row : rows) {
        builder.append(row.get(i));
      }
      columns.add(builder.build(rows.size()));
    }
    return new RowBatch(rows.size(), columns);
  }

  /// A table of one segment per list of rows, with ids from 1.
  @SafeVarargs
  final void table(long id, List<SqlType> types, List<List<@Nullable Object>>... segments) {
    List<SegmentSnapshot> all = new ArrayList<>();
    for (List<List<@Nullable Object>> rows : segments) {
      all.add(
          new MemorySegmentSnapshot(
              all.size() + 1, batch(types, rows).columns(), RowMask.all(rows.size())));
    }
    tables.put(id, TableSnapshot.of(all, List.of(0)));
  }

  static PlanNode.TableScan scan(long table, List<SqlType> types, Optional<Expression> filter) {
    List<Integer> ordinals = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      ordinals.add(i);
    }
    return new PlanNode.TableScan(table, 1, ordinals, types, false, filter, List.of());
  }

  /// Rows as a plan.
  static PlanNode values(List<SqlType> types, List<List<@Nullable Object>> rows) {
    List<List<Expression>> expressions = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      List<Expression> items = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        items.add(new Expression.Constant(row.get(i), types.get(i)));
      }
      expressions.add(items);
    }
    return new PlanNode.Values(expressions, types);
  }

  static Expression column(int index, SqlType type) {
    return new Expression.InputColumn(index, type);
  }

  static Expression constant(@Nullable Object value, SqlType type) {
    return new Expression.Constant(value, type);
  }

  static FunctionSignature function(String key) {
    return FunctionRegistry.standard().function(key).orElseThrow(() -> new AssertionError(key));
  }

  static Expression.Call call(String key, Expression... arguments) {
    FunctionSignature function = function(key);
    return new Expression.Call(function, List.of(arguments), function.result());
  }

  static AggregateCall aggregate(String key, SqlType type, Integer... arguments) {
    return new AggregateCall(
        function(key), List.of(arguments), false, Optional.empty(), List.of(), type);
  }
}
