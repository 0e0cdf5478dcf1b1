package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
import quiver.execution.spill.SpillFile;
import quiver.execution.spill.SpillPartitions;

/// Hash aggregation, one hash table per grouping set. A plain GROUP BY whose groups outgrow the
/// work memory keeps those it has and writes the rows of new groups to files.
final class AggregateOperator implements BatchOperator {
  private final PlanNode.Aggregate aggregate;
  private final Operator input;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final Supplier<JsonConversion> json;
  private final boolean maySpill;
  private final int level;
  private final List<GroupingSet> sets = new ArrayList<>();
  private @Nullable SpillPartitions spilled;
  private int partition;
  private @Nullable AggregateOperator child;
  private long spilledBytes;
  private boolean consumed;
  private int set;
  private int position;

  AggregateOperator(
      PlanNode.Aggregate aggregate,
      Operator input,
      Supplier<JsonConversion> json,
      ExecutionContext context) {
    this(aggregate, input, json, 0, context);
  }

  /// @param level how often the rows have been spread over files already
  private AggregateOperator(
      PlanNode.Aggregate aggregate,
      Operator input,
      Supplier<JsonConversion> json,
      int level,
      ExecutionContext context) {
    this.aggregate = aggregate;
    this.input = input;
    this.context = context;
    this.memory = new MemoryAccount(context);
    this.json = json;
    this.level = level;
    List<SqlType> inputTypes = aggregate.input().outputTypes();
    this.maySpill =
        context.settings().spillDirectory().isPresent()
            && aggregate.groupingSets().size() == 1
            && !aggregate.keys().isEmpty()
            && level < SpillPartitions.LEVEL_MAX
            && SpillFile.canHold(inputTypes);
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
    return nextOfPartitions();
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
        if (spilled == null) {
          add(grouping, rows, groups);
        } else {
          addKnown(grouping, spilled, rows, groups);
        }
        bytes += grouping.sizeBytes();
      }
      memory.setTo(bytes);
      if (maySpill && spilled == null && memory.isOverWorkMemory()) {
        spilled = startSpilling();
      }
    }
    for (GroupingSet grouping : sets) {
      for (AggregateSlot slot : grouping.slots()) {
        slot.ensureGroups(grouping.groupCount());
        slot.finish();
      }
    }
  }

  private SpillPartitions startSpilling() {
    List<SqlType> types = aggregate.input().outputTypes();
    return new SpillPartitions(
        context.settings().spillDirectory().orElseThrow(),
        types,
        aggregate.keys(),
        aggregate.keys().stream().map(types::get).toList(),
        level);
  }

  /// Adds the rows whose groups are in memory; the others go to files, so that every group is
  /// either here or there as a whole.
  private void addKnown(GroupingSet grouping, SpillPartitions files, InputRows rows, int[] groups) {
    int rowCount = rows.rowCount();
    grouping.table().find(keys(grouping, rows), rowCount, groups);
    int[] here = new int[rowCount];
    int[] there = new int[rowCount];
    int hereCount = 0;
    int thereCount = 0;
    for (int row = 0; row < rowCount; row++) {
      if (groups[row] == GroupTable.ABSENT) {
        there[thereCount++] = row;
      } else {
        groups[hereCount] = groups[row];
        here[hereCount++] = row;
      }
    }
    if (thereCount > 0) {
      files.append(neededColumns(rows.select(there, thereCount)));
    }
    if (hereCount > 0) {
      feed(grouping, rows.select(here, hereCount), groups);
    }
  }

  /// The columns the aggregation reads; the others are NULL.
  private RowBatch neededColumns(InputRows rows) {
    Set<Integer> needed = new HashSet<>(aggregate.keys());
    for (AggregateCall call : aggregate.calls()) {
      needed.addAll(call.arguments());
      call.filter().ifPresent(needed::add);
      call.order().forEach(key -> needed.add(key.column()));
    }
    List<SqlType> types = aggregate.input().outputTypes();
    for (int i = 0; aggregate.phase() == AggregatePhase.FINAL && i < types.size(); i++) {
      needed.add(i);
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(
          needed.contains(i)
              ? rows.column(i)
              : ColumnBuilder.repeat(types.get(i), null, rows.rowCount()));
    }
    return new RowBatch(rows.rowCount(), columns);
  }

  /// Groups that went to files, one file after the other.
  private Optional<RowBatch> nextOfPartitions() {
    SpillPartitions files = spilled;
    if (files == null) {
      return Optional.empty();
    }
    if (partition == 0 && child == null) {
      sets.clear();
      spilledBytes += files.sizeBytes();
      memory.setTo(0);
    }
    while (true) {
      AggregateOperator running = child;
      if (running == null) {
        if (partition == SpillPartitions.PARTITION_COUNT) {
          return Optional.empty();
        }
        Operator rows = new SourceOperator(files.file(partition++).read(), context.cancel());
        running = new AggregateOperator(aggregate, rows, json, level + 1, context);
        child = running;
      }
      Optional<RowBatch> batch = running.next();
      if (batch.isPresent()) {
        return batch;
      }
      closeChild();
    }
  }

  private void closeChild() {
    AggregateOperator running = child;
    if (running != null) {
      running.close();
      spilledBytes += running.spilledBytes();
      child = null;
    }
  }

  private List<Column> keys(GroupingSet grouping, InputRows rows) {
    List<Column> keys = new ArrayList<>(grouping.positions().size());
    for (int position : grouping.positions()) {
      keys.add(rows.column(aggregate.keys().get(position)));
    }
    return keys;
  }

  private void add(GroupingSet grouping, InputRows rows, int[] groups) {
    if (grouping.positions().isEmpty()) {
      Arrays.fill(groups, 0, rows.rowCount(), 0);
    } else {
      grouping.table().assign(keys(grouping, rows), rows.rowCount(), groups);
    }
    feed(grouping, rows, groups);
  }

  private void feed(GroupingSet grouping, InputRows rows, int[] groups) {
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
    if (aggregate.groupingSets().size() > 1) {
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
  public long spilledBytes() {
    return spilledBytes;
  }

  @Override
  public void close() {
    consumed = true;
    sets.clear();
    closeChild();
    partition = SpillPartitions.PARTITION_COUNT;
    if (spilled != null) {
      spilled.close();
    }
    input.close();
    memory.close();
  }
}
