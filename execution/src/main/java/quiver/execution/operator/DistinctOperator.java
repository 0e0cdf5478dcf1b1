package quiver.execution.operator;

import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.rows.GroupTable;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.runtime.ExecutionContext;

/// The first of equal rows, as they come.
final class DistinctOperator implements BatchOperator {
  private final Operator input;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final GroupTable table;

  DistinctOperator(Operator input, List<SqlType> types, ExecutionContext context) {
    this.input = input;
    this.context = context;
    this.memory = new MemoryAccount(context);
    this.table = new GroupTable(types);
  }

  @Override
  public Optional<RowBatch> next() {
    while (true) {
      context.cancel().check();
      Optional<RowBatch> next = input.next();
      if (next.isEmpty()) {
        return next;
      }
      RowBatch batch = next.get();
      int known = table.count();
      int[] groups = new int[batch.rowCount()];
      table.assign(batch.columns(), batch.rowCount(), groups);
      memory.setTo(table.sizeBytes());
      int[] first = new int[batch.rowCount()];
      int count = 0;
      for (int row = 0; row < batch.rowCount(); row++) {
        if (groups[row] == known) {
          known++;
          first[count++] = row;
        }
      }
      if (count > 0) {
        return Optional.of(batch.gather(first, 0, count));
      }
    }
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public void close() {
    input.close();
    memory.close();
  }
}
