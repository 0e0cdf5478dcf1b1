package quiver.execution.operator;

import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.rows.IndexSort;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.rows.RowCollector;
import quiver.execution.rows.RowOrder;
import quiver.execution.runtime.ExecutionContext;

/// ORDER BY: stable, in memory.
final class SortOperator implements BatchOperator {
  private final Operator input;
  private final RowOrder order;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final RowCollector collector;
  private final BatchQueue output = new BatchQueue();
  private boolean sorted;

  SortOperator(Operator input, RowOrder order, List<SqlType> types, ExecutionContext context) {
    this.input = input;
    this.order = order;
    this.context = context;
    this.memory = new MemoryAccount(context);
    this.collector = new RowCollector(types);
  }

  @Override
  public Optional<RowBatch> next() {
    if (!sorted) {
      sorted = true;
      sort();
    }
    return output.next();
  }

  private void sort() {
    for (var next = input.next(); next.isPresent(); next = input.next()) {
      context.cancel().check();
      collector.append(next.get());
      memory.setTo(collector.sizeBytes());
    }
    RowBatch rows = collector.take();
    // The sorted copy lives beside the rows for a moment.
    memory.setTo(2 * memory.heldBytes());
    int[] sortedRows = IndexSort.sorted(rows.rowCount(), order.within(rows));
    output.set(rows.gather(sortedRows, 0, rows.rowCount()));
    memory.setTo(memory.heldBytes() / 2);
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public void close() {
    sorted = true;
    output.clear();
    input.close();
    memory.close();
  }
}
