package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.execution.expression.InputRows;
import quiver.execution.rows.ColumnSizes;
import quiver.execution.rows.HeapCopies;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.SharedRows;

/// A body that may read a subplan several times; the subplan runs once, when first read.
final class SharedOperator implements Operator {
  private final MemoryAccount memory;
  private final Operator body;

  SharedOperator(
      int id, OperatorFactory definition, OperatorFactory body, ExecutionContext context) {
    this.memory = new MemoryAccount(context);
    SharedRows rows = new SharedRows(id, () -> run(definition, context));
    this.body = body.open(context.with(context.bindings().withShared(rows)));
  }

  private List<RowBatch> run(OperatorFactory definition, ExecutionContext context) {
    List<RowBatch> batches = new ArrayList<>();
    try (Operator operator = definition.open(context)) {
      for (var next = operator.next(); next.isPresent(); next = operator.next()) {
        memory.add(ColumnSizes.of(next.get()));
        // The subplan's segments may go before the rows do.
        batches.add(HeapCopies.of(next.get()));
      }
    }
    return batches;
  }

  @Override
  public Optional<RowBatch> next() {
    return body.next();
  }

  @Override
  public Optional<InputRows> nextRows() {
    return body.nextRows();
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public void close() {
    body.close();
    memory.close();
  }
}
