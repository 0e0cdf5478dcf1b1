package quiver.execution.operator;

import java.util.Arrays;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.execution.function.SessionContext;
import quiver.execution.runtime.ExecutionContext;

/// Tells the session's transaction which stored rows it relies on as they pass.
final class LockRowsOperator implements BatchOperator {
  private final PlanNode.LockRows lock;
  private final Operator input;
  private final ExecutionContext context;

  LockRowsOperator(PlanNode.LockRows lock, Operator input, ExecutionContext context) {
    this.lock = lock;
    this.input = input;
    this.context = context;
  }

  @Override
  public Optional<RowBatch> next() {
    Optional<RowBatch> rows = input.next();
    if (rows.isPresent()) {
      for (PlanNode.RowLock each : lock.locks()) {
        context
            .functions()
            .session()
            .keepRows(
                each.tableId(), addresses(rows.get().column(each.column())), each.exclusive());
      }
    }
    return rows;
  }

  private static long[] addresses(Column column) {
    long[] addresses = Arrays.copyOf(((LongColumn) column).values(), column.rowCount());
    for (int row = 0; row < addresses.length; row++) {
      if (column.isNull(row)) {
        addresses[row] = SessionContext.NO_ROW;
      }
    }
    return addresses;
  }

  @Override
  public void close() {
    input.close();
  }
}
