package quiver.execution.operator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowBatch;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.Bytes;
import quiver.execution.aggregate.Accumulator;
import quiver.execution.aggregate.Accumulators;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.expression.InputRows;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.rows.GroupTable;
import quiver.execution.rows.IndexSort;
import quiver.execution.rows.RowCollector;
import quiver.execution.rows.RowOrder;

/// One aggregate call of one grouping set: FILTER, DISTINCT and ORDER BY around an accumulator.
/// Used by one thread.
final class AggregateSlot {
  private final AggregateCall call;
  private final List<SqlType> inputTypes;
  private final Accumulator accumulator;
  private final Optional<GroupTable> distinct;
  private final Optional<RowCollector> ordered;
  private int groupCount;
  private int[] distinctGroups = new int[0];

  AggregateSlot(
      AggregateCall call,
      List<SqlType> inputTypes,
      PlanNode.AggregatePhase phase,
      Supplier<JsonConversion> json) {
    this.call = call;
    this.inputTypes = inputTypes;
    this.accumulator = Accumulators.create(call.function(), argumentTypes(phase), json);
    List<SqlType> groupAndArguments = new ArrayList<>();
    groupAndArguments.add(SqlType.INT8);
    boolean rowsIn = phase != PlanNode.AggregatePhase.FINAL;
    if (rowsIn) {
      call.arguments().forEach(argument -> groupAndArguments.add(inputTypes.get(argument)));
    }
    this.distinct =
        rowsIn && call.distinct()
            ? Optional.of(new GroupTable(groupAndArguments))
            : Optional.empty();
    List<SqlType> buffered = new ArrayList<>(groupAndArguments);
    if (rowsIn) {
      call.order().forEach(key -> buffered.add(inputTypes.get(key.column())));
    }
    this.ordered =
        rowsIn && !call.order().isEmpty()
            ? Optional.of(new RowCollector(buffered))
            : Optional.empty();
  }

  /// States carry no types: the final phase takes them from the signature, and what is polymorphic
  /// there from the result.
  private List<SqlType> argumentTypes(PlanNode.AggregatePhase phase) {
    if (phase != PlanNode.AggregatePhase.FINAL) {
      return call.arguments().stream().map(inputTypes::get).toList();
    }
    return call.function().arguments().stream()
        .map(type -> type.isPseudo() ? call.type() : type)
        .toList();
  }

  void ensureGroups(int count) {
    if (count > groupCount) {
      groupCount = count;
      accumulator.ensureGroups(count);
    }
  }

  /// Adds rows to their groups.
  void add(InputRows rows, int[] groups) {
    int rowCount = rows.rowCount();
    InputRows kept = rows;
    int[] keptGroups = groups;
    if (call.filter().isPresent()) {
      LongColumn filter = (LongColumn) rows.column(call.filter().get());
      int[] selected = new int[rowCount];
      int count = 0;
      for (int row = 0; row < rowCount; row++) {
        if (!filter.isNull(row) && filter.values()[row] != 0) {
          selected[count++] = row;
        }
      }
      if (count < rowCount) {
        kept = rows.select(selected, count);
        keptGroups = pick(groups, selected, count);
      }
    }
    if (distinct.isPresent()) {
      addDistinct(distinct.get(), kept, keptGroups);
    } else {
      feed(kept, keptGroups);
    }
  }

  private static int[] pick(int[] groups, int[] selected, int count) {
    int[] picked = new int[count];
    for (int i = 0; i < count; i++) {
      picked[i] = groups[selected[i]];
    }
    return picked;
  }

  private void addDistinct(GroupTable seen, InputRows rows, int[] groups) {
    int rowCount = rows.rowCount();
    List<Column> key = new ArrayList<>();
    key.add(groupColumn(groups, rowCount));
    call.arguments().forEach(argument -> key.add(rows.column(argument)));
    if (distinctGroups.length < rowCount) {
      distinctGroups = new int[rowCount];
    }
    int known = seen.count();
    seen.assign(key, rowCount, distinctGroups);
    int[] first = new int[rowCount];
    int count = 0;
    for (int row = 0; row < rowCount; row++) {
      // Entries are numbered in order of appearance.
      if (distinctGroups[row] == known) {
        known++;
        first[count++] = row;
      }
    }
    if (count > 0) {
      feed(rows.select(first, count), pick(groups, first, count));
    }
  }

  private static LongColumn groupColumn(int[] groups, int rowCount) {
    long[] values = new long[rowCount];
    for (int row = 0; row < rowCount; row++) {
      values[row] = groups[row];
    }
    return new LongColumn(SqlType.INT8, rowCount, values, Nulls.NONE);
  }

  private void feed(InputRows rows, int[] groups) {
    int rowCount = rows.rowCount();
    List<Column> arguments = new ArrayList<>(call.arguments().size());
    for (int argument : call.arguments()) {
      arguments.add(rows.column(argument));
    }
    if (ordered.isEmpty()) {
      accumulator.add(groups, arguments, rowCount);
      return;
    }
    List<Column> buffered = new ArrayList<>();
    buffered.add(groupColumn(groups, rowCount));
    buffered.addAll(arguments);
    call.order().forEach(key -> buffered.add(rows.column(key.column())));
    ordered.get().append(new RowBatch(rowCount, buffered));
  }

  /// Adds states that [#states] made.
  void merge(Column states, int[] groups) {
    for (int row = 0; row < states.rowCount(); row++) {
      if (states.valueAt(row) instanceof Bytes bytes) {
        accumulator.merge(
            groups[row], ByteBuffer.wrap(bytes.array()).order(ByteOrder.LITTLE_ENDIAN));
      }
    }
  }

  /// Every row has been added.
  void finish() {
    ordered.ifPresent(this::feedInOrder);
  }

  private void feedInOrder(RowCollector collector) {
    RowBatch rows = collector.take();
    int argumentCount = call.arguments().size();
    List<SortKey> keys = new ArrayList<>();
    keys.add(new SortKey(0, false, false));
    for (int i = 0; i < call.order().size(); i++) {
      SortKey key = call.order().get(i);
      keys.add(new SortKey(1 + argumentCount + i, key.descending(), key.nullsFirst()));
    }
    RowOrder order = new RowOrder(keys, rows.columns().stream().map(Column::type).toList());
    int[] sorted = IndexSort.sorted(rows.rowCount(), order.within(rows));
    int[] groups = new int[sorted.length];
    long[] groupOf = ((LongColumn) rows.column(0)).values();
    for (int i = 0; i < sorted.length; i++) {
      groups[i] = (int) groupOf[sorted[i]];
    }
    List<Column> arguments = new ArrayList<>(argumentCount);
    for (int i = 0; i < argumentCount; i++) {
      arguments.add(rows.column(1 + i).gather(sorted, 0, sorted.length));
    }
    accumulator.add(groups, arguments, sorted.length);
  }

  Column results(int from, int count) {
    ColumnBuilder builder = new ColumnBuilder(call.type(), count);
    for (int group = from; group < from + count; group++) {
      builder.append(accumulator.result(group));
    }
    return builder.build(count);
  }

  Column states(int from, int count) {
    ColumnBuilder builder = new ColumnBuilder(PlanNode.STATE_TYPE, count);
    for (int group = from; group < from + count; group++) {
      ByteWriter out = new ByteWriter(32);
      accumulator.write(group, out);
      builder.append(Bytes.of(out.toBytes()));
    }
    return builder.build(count);
  }

  long sizeBytes() {
    return accumulator.sizeBytes()
        + distinct.map(GroupTable::sizeBytes).orElse(0L)
        + ordered.map(RowCollector::sizeBytes).orElse(0L);
  }
}
