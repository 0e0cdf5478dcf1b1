package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.execution.rows.ColumnSizes;
import quiver.execution.rows.GroupTable;
import quiver.execution.rows.HeapCopies;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.SharedRows;

/// WITH RECURSIVE: hands out the rows of a round as they come and keeps them for the next one.
final class RecursiveUnionOperator implements BatchOperator {
  private final PlanNode.RecursiveUnion union;
  private final OperatorFactory step;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final @Nullable GroupTable seen;
  private List<RowBatch> round = new ArrayList<>();
  private long roundBytes;
  private @Nullable Operator running;

  RecursiveUnionOperator(
      PlanNode.RecursiveUnion union,
      OperatorFactory base,
      OperatorFactory step,
      ExecutionContext context) {
    this.union = union;
    this.step = step;
    this.context = context;
    this.memory = new MemoryAccount(context);
    this.seen = union.distinct() ? new GroupTable(union.outputTypes()) : null;
    this.running = base.open(context);
  }

  @Override
  public Optional<RowBatch> next() {
    for (Operator current = running; current != null; current = running) {
      context.cancel().check();
      Optional<RowBatch> next = current.next();
      if (next.isEmpty()) {
        current.close();
        running = nextRound();
        continue;
      }
      RowBatch rows = firstOfEach(next.get());
      if (rows.rowCount() > 0) {
        keep(rows);
        return Optional.of(rows);
      }
    }
    return Optional.empty();
  }

  private void keep(RowBatch rows) {
    roundBytes += ColumnSizes.of(rows);
    memory.setTo(roundBytes + (seen == null ? 0 : seen.sizeBytes()));
    round.add(HeapCopies.of(rows));
  }

  private @Nullable Operator nextRound() {
    if (round.isEmpty()) {
      return null;
    }
    List<RowBatch> last = round;
    round = new ArrayList<>();
    roundBytes = 0;
    SharedRows rows = new SharedRows(union.id(), () -> last);
    return step.open(context.with(context.bindings().withShared(rows)));
  }

  private RowBatch firstOfEach(RowBatch batch) {
    GroupTable table = seen;
    if (table == null) {
      return batch;
    }
    int known = table.count();
    int[] groups = new int[batch.rowCount()];
    table.assign(batch.columns(), batch.rowCount(), groups);
    int[] first = new int[batch.rowCount()];
    int count = 0;
    for (int row = 0; row < batch.rowCount(); row++) {
      if (groups[row] == known) {
        known++;
        first[count++] = row;
      }
    }
    return batch.gather(first, 0, count);
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public void close() {
    Operator current = running;
    if (current != null) {
      current.close();
      running = null;
    }
    memory.close();
  }
}
