package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.PlanNode;
import quiver.common.plan.PlanNode.AggregatePhase;
import quiver.common.type.SqlType;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.expression.InputRows;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.rows.GroupTable;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.runtime.ExecutionContext;

/// Hash aggregation in memory, one hash table per grouping set.
final class AggregateOperator implements BatchOperator {
  private final PlanNode.Aggregate aggregate;
  private final Operator input;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final List<GroupingSet> sets = new ArrayList<>();
  private boolean consumed;
  private int set;
  private int position;

  AggregateOperator(
      PlanNode.Aggregate aggregate,
      Operator input,
      Supplier<JsonConversion> json,
      ExecutionContext context) {
    this.aggregate = aggregate;
    this.input = input;
    this.context = context;
    this.memory = new MemoryAccount(context);
    List<SqlType> inputTypes = aggregate.input().outputTypes();
    for (List<Integer> positions : aggregate.groupingSets()) {
      List<SqlType> types =
          positions.stream().map(p -> inputTypes.get(aggregate.keys().get(p))).toList();
      List<AggregateSlot> slots = new ArrayList<>();
      for (AggregateCall call : aggregate.calls()) {
        slots.add(new AggregateSlot(call, inputTypes, aggregate.phase(), json));
      }
      sets.add(new GroupingSet(positions, new GroupTable(types), slots));
    }
  }

  /// One hash table with its states.
  ///
  /// @param positions of the set's keys in `aggregate.keys()`
  private record GroupingSet(List<Integer> positions, GroupTable table, List<AggregateSlot> slots) {
    /// Groups to emit: without keys there is one, even without rows.
    int groupCount() {
      return positions.isEmpty() ? 1 : table.count();
    }

    long sizeBytes() {
      long bytes = table.sizeBytes();
      for (AggregateSlot slot : slots) {
        bytes += slot.sizeBytes();
      }
      return bytes;
    }
  }

  @Override
  public Optional<RowBatch> next() {
    if (!consumed) {
      consumed = true;
      consume();
    }
    while (set < sets.size()) {
      GroupingSet current = sets.get(set);
      int count = Math.min(RowBatch.ROW_COUNT_TARGET, current.groupCount() - position);
      if (count > 0) {
        RowBatch batch = emit(current, position, count);
        position += count;
        return Optional.of(batch);
      }
      set++;
      position = 0;
    }
    return Optional.empty();
  }

  private void consume() {
    int[] groups = new int[RowBatch.ROW_COUNT_TARGET];
    for (var next = input.nextRows(); next.isPresent(); next = input.nextRows()) {
      context.cancel().check();
      InputRows rows = next.get();
      if (groups.length < rows.rowCount()) {
        groups = new int[rows.rowCount()];
      }
      long bytes = 0;
      for (GroupingSet grouping : sets) {
        add(grouping, rows, groups);
        bytes += grouping.sizeBytes();
      }
      memory.setTo(bytes);
    }
    for (GroupingSet grouping : sets) {
      for (AggregateSlot slot : grouping.slots()) {
        slot.ensureGroups(grouping.groupCount());
        slot.finish();
      }
    }
  }

  private void add(GroupingSet grouping, InputRows rows, int[] groups) {
    if (grouping.positions().isEmpty()) {
      Arrays.fill(groups, 0, rows.rowCount(), 0);
    } else {
      List<Column> keys = new ArrayList<>(grouping.positions().size());
      for (int position : grouping.positions()) {
        keys.add(rows.column(aggregate.keys().get(position)));
      }
      grouping.table().assign(keys, rows.rowCount(), groups);
    }
    for (int i = 0; i < grouping.slots().size(); i++) {
      AggregateSlot slot = grouping.slots().get(i);
      slot.ensureGroups(grouping.groupCount());
      if (aggregate.phase() == AggregatePhase.FINAL) {
        slot.merge(rows.column(aggregate.keys().size() + i), groups);
      } else {
        slot.add(rows, groups);
      }
    }
  }

  private RowBatch emit(GroupingSet grouping, int from, int count) {
    List<Column> columns = new ArrayList<>();
    for (int key = 0; key < aggregate.keys().size(); key++) {
      int index = grouping.positions().indexOf(key);
      columns.add(
          index >= 0
              ? grouping.table().key(index, from, count)
              : ColumnBuilder.repeat(aggregate.outputTypes().get(key), null, count));
    }
    for (AggregateSlot slot : grouping.slots()) {
      columns.add(
          aggregate.phase() == AggregatePhase.PARTIAL
              ? slot.states(from, count)
              : slot.results(from, count));
    }
    if (sets.size() > 1) {
      columns.add(ColumnBuilder.repeat(SqlType.INT8, groupingBits(grouping), count));
    }
    return new RowBatch(count, columns);
  }

  /// GROUPING() of all keys: a bit is set when the key is not in the set, the first key's highest.
  private long groupingBits(GroupingSet grouping) {
    long bits = 0;
    for (int key = 0; key < aggregate.keys().size(); key++) {
      bits = bits << 1 | (grouping.positions().contains(key) ? 0 : 1);
    }
    return bits;
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public void close() {
    consumed = true;
    set = sets.size();
    input.close();
    memory.close();
  }
}
