package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionKind;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.rows.IndexSort;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.rows.RowCollector;
import quiver.execution.rows.RowOrder;
import quiver.execution.runtime.ExecutionContext;

/// Window functions: sorts all rows by partition and order, then walks each partition.
final class WindowOperator implements BatchOperator {
  private final Description description;
  private final PlanNode.Window window;
  private final Operator input;
  private final Supplier<JsonConversion> json;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final BatchQueue output = new BatchQueue();
  private boolean done;

  /// The compiled parts of a window.
  record Description(
      PlanNode.Window window,
      Optional<CompiledExpression> startOffset,
      Optional<CompiledExpression> endOffset,
      Optional<RangeOffsets> ranges) {}

  WindowOperator(
      Description description,
      Operator input,
      Supplier<JsonConversion> json,
      ExecutionContext context) {
    this.description = description;
    this.window = description.window();
    this.input = input;
    this.json = json;
    this.context = context;
    this.memory = new MemoryAccount(context);
  }

  @Override
  public Optional<RowBatch> next() {
    if (!done) {
      done = true;
      run();
    }
    return output.next();
  }

  private void run() {
    List<SqlType> types = window.input().outputTypes();
    RowCollector collector = new RowCollector(types);
    for (var next = input.next(); next.isPresent(); next = input.next()) {
      context.cancel().check();
      collector.append(next.get());
      memory.setTo(2 * collector.sizeBytes());
    }
    RowBatch unsorted = collector.take();
    if (unsorted.rowCount() == 0) {
      return;
    }
    List<SortKey> keys = new ArrayList<>();
    for (int partitionKey : window.partitionKeys()) {
      keys.add(new SortKey(partitionKey, false, false));
    }
    keys.addAll(window.order());
    RowBatch rows = unsorted;
    if (!keys.isEmpty()) {
      RowOrder order = new RowOrder(keys, types);
      int[] sorted = IndexSort.sorted(unsorted.rowCount(), order.within(unsorted));
      rows = unsorted.gather(sorted, 0, sorted.length);
    }
    output.set(evaluate(rows, types));
  }

  /// Sorted rows cut into partitions and peer groups.
  private record Peers(
      int[] partitionStarts, int[] peerStart, int[] peerEnd, int[] group, int[] groupStarts) {}

  private RowBatch evaluate(RowBatch rows, List<SqlType> types) {
    Peers peers = peers(rows, types);
    EvaluationScope scope = EvaluationScope.of(context);
    WindowFrames frames =
        new WindowFrames(
            window,
            description.ranges(),
            context.functions(),
            offset(description.startOffset(), scope),
            offset(description.endOffset(), scope),
            rows,
            peers.peerStart(),
            peers.peerEnd(),
            peers.group(),
            peers.groupStarts());
    List<Column> columns = new ArrayList<>(rows.columns());
    for (AggregateCall call : window.calls()) {
      columns.add(evaluate(call, rows, peers, frames));
    }
    return new RowBatch(rows.rowCount(), columns);
  }

  private static @Nullable Object offset(
      Optional<CompiledExpression> expression, EvaluationScope scope) {
    return expression.isEmpty() ? null : expression.get().value(scope);
  }

  private Peers peers(RowBatch rows, List<SqlType> types) {
    int count = rows.rowCount();
    RowOrder.IndexOrder partitionOrder =
        RowOrder.grouping(window.partitionKeys(), types).within(rows);
    RowOrder.IndexOrder peerOrder = new RowOrder(window.order(), types).within(rows);
    int[] partitionStarts = new int[count + 1];
    int[] groupStarts = new int[count + 1];
    int[] group = new int[count];
    int partitions = 0;
    int groups = 0;
    for (int row = 0; row < count; row++) {
      boolean newPartition = row == 0 || partitionOrder.compare(row - 1, row) != 0;
      if (newPartition) {
        partitionStarts[partitions++] = row;
      }
      if (newPartition || peerOrder.compare(row - 1, row) != 0) {
        groupStarts[groups++] = row;
      }
      group[row] = groups - 1;
    }
    partitionStarts[partitions] = count;
    groupStarts[groups] = count;
    int[] peerStart = new int[count];
    int[] peerEnd = new int[count];
    for (int row = 0; row < count; row++) {
      peerStart[row] = groupStarts[group[row]];
      peerEnd[row] = groupStarts[group[row] + 1];
    }
    return new Peers(
        Arrays.copyOf(partitionStarts, partitions + 1),
        peerStart,
        peerEnd,
        group,
        Arrays.copyOf(groupStarts, groups + 1));
  }

  private Column evaluate(AggregateCall call, RowBatch rows, Peers peers, WindowFrames frames) {
    ColumnBuilder result = new ColumnBuilder(call.type(), rows.rowCount());
    for (int p = 0; p + 1 < peers.partitionStarts().length; p++) {
      context.cancel().check();
      int start = peers.partitionStarts()[p];
      int end = peers.partitionStarts()[p + 1];
      frames.startPartition(start, end);
      if (call.function().kind() == FunctionKind.AGGREGATE) {
        new WindowAggregate(call, rows, frames, json).evaluate(start, end, result);
      } else {
        evaluateFunction(call, rows, peers, frames, start, end, result);
      }
    }
    return result.build(rows.rowCount());
  }

  private static void evaluateFunction(
      AggregateCall call,
      RowBatch rows,
      Peers peers,
      WindowFrames frames,
      int start,
      int end,
      ColumnBuilder result) {
    switch (call.function().name()) {
      case "row_number" -> {
        for (int row = start; row < end; row++) {
          result.set(row, (long) (row - start + 1));
        }
      }
      case "rank" -> {
        for (int row = start; row < end; row++) {
          result.set(row, (long) (peers.peerStart()[row] - start + 1));
        }
      }
      case "dense_rank" -> {
        for (int row = start; row < end; row++) {
          result.set(row, (long) (peers.group()[row] - peers.group()[start] + 1));
        }
      }
      case "percent_rank" -> {
        for (int row = start; row < end; row++) {
          result.set(
              row,
              end - start == 1
                  ? 0.0
                  : (double) (peers.peerStart()[row] - start) / (end - start - 1));
        }
      }
      case "cume_dist" -> {
        for (int row = start; row < end; row++) {
          result.set(row, (double) (peers.peerEnd()[row] - start) / (end - start));
        }
      }
      case "ntile" -> tile(rows.column(call.arguments().getFirst()), start, end, result);
      case "lag" -> shift(call, rows, start, end, -1, result);
      case "lead" -> shift(call, rows, start, end, 1, result);
      case "first_value", "last_value", "nth_value" ->
          frameValue(call, rows, frames, start, end, result);
      default ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "window function %s is not supported",
              call.function().key());
    }
  }

  private static void tile(Column column, int start, int end, ColumnBuilder result) {
    if (!(column.valueAt(start) instanceof Long buckets)) {
      for (int row = start; row < end; row++) {
        result.set(row, null);
      }
      return;
    }
    if (buckets <= 0) {
      throw new QuiverException(
          SqlState.INVALID_ARGUMENT_FOR_NTILE_FUNCTION,
          "argument of ntile must be greater than zero");
    }
    long size = (end - start) / buckets;
    long larger = (end - start) % buckets;
    for (int row = start; row < end; row++) {
      long position = (long) row - start;
      long inLarger = larger * (size + 1);
      result.set(
          row,
          position < inLarger
              ? position / (size + 1) + 1
              : larger + (position - inLarger) / Math.max(1, size) + 1);
    }
  }

  private static void shift(
      AggregateCall call, RowBatch rows, int start, int end, int direction, ColumnBuilder result) {
    Column values = rows.column(call.arguments().get(0));
    Optional<Column> offsets =
        call.arguments().size() > 1
            ? Optional.of(rows.column(call.arguments().get(1)))
            : Optional.empty();
    Optional<Column> defaults =
        call.arguments().size() > 2
            ? Optional.of(rows.column(call.arguments().get(2)))
            : Optional.empty();
    for (int row = start; row < end; row++) {
      Object offset = offsets.isEmpty() ? (Object) 1L : offsets.get().valueAt(row);
      if (!(offset instanceof Long by)) {
        result.set(row, null);
        continue;
      }
      long target = row + direction * by;
      if (target >= start && target < end) {
        result.copy(values, (int) target, row);
      } else if (defaults.isPresent()) {
        result.copy(defaults.get(), row, row);
      } else {
        result.set(row, null);
      }
    }
  }

  private static void frameValue(
      AggregateCall call,
      RowBatch rows,
      WindowFrames frames,
      int start,
      int end,
      ColumnBuilder result) {
    Column values = rows.column(call.arguments().getFirst());
    String name = call.function().name();
    int[] pieces = new int[6];
    for (int row = start; row < end; row++) {
      int count = frames.pieces(row, pieces);
      long position = 0;
      if (name.equals("nth_value")) {
        Object nth = rows.column(call.arguments().get(1)).valueAt(row);
        if (!(nth instanceof Long n)) {
          result.set(row, null);
          continue;
        }
        if (n <= 0) {
          throw new QuiverException(
              SqlState.INVALID_ARGUMENT_FOR_NTH_VALUE_FUNCTION,
              "argument of nth_value must be greater than zero");
        }
        position = n - 1;
      }
      if (count == 0) {
        result.set(row, null);
      } else if (name.equals("last_value")) {
        result.copy(values, pieces[2 * count - 1] - 1, row);
      } else {
        setNth(values, pieces, count, position, row, result);
      }
    }
  }

  private static void setNth(
      Column values, int[] pieces, int count, long position, int row, ColumnBuilder result) {
    long left = position;
    for (int i = 0; i < count; i++) {
      int length = pieces[2 * i + 1] - pieces[2 * i];
      if (left < length) {
        result.copy(values, pieces[2 * i] + (int) left, row);
        return;
      }
      left -= length;
    }
    result.set(row, null);
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public void close() {
    done = true;
    output.clear();
    input.close();
    memory.close();
  }
}
