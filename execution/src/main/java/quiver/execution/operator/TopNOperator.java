package quiver.execution.operator;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.rows.IndexSort;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.rows.RowCollector;
import quiver.execution.rows.RowOrder;
import quiver.execution.runtime.ExecutionContext;

/// The first `limit` rows in an order. Keeps a buffer of at most twice the limit and drops rows
/// that come after the worst one kept so far before copying them.
final class TopNOperator implements BatchOperator {
  private static final int BUFFER_ROWS_MIN = 1024;

  private final Operator input;
  private final RowOrder order;
  private final int limit;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final RowCollector buffer;
  private final BatchQueue output = new BatchQueue();
  private @Nullable RowBatch best;
  private boolean done;

  TopNOperator(
      Operator input, RowOrder order, int limit, List<SqlType> types, ExecutionContext context) {
    this.input = input;
    this.order = order;
    this.limit = limit;
    this.context = context;
    this.memory = new MemoryAccount(context);
    this.buffer = new RowCollector(types);
  }

  @Override
  public Optional<RowBatch> next() {
    if (!done) {
      done = true;
      if (limit > 0) {
        collect();
      }
    }
    return output.next();
  }

  private void collect() {
    for (var next = input.next(); next.isPresent(); next = input.next()) {
      context.cancel().check();
      offer(next.get());
      if (buffer.rowCount() >= limit + (long) Math.max(limit, BUFFER_ROWS_MIN)) {
        cut();
      }
    }
    cut();
    if (best != null) {
      output.set(best);
    }
  }

  private void offer(RowBatch batch) {
    RowBatch known = best;
    if (known == null || known.rowCount() < limit) {
      buffer.append(batch);
    } else {
      int[] rows = new int[batch.rowCount()];
      int count = 0;
      for (int row = 0; row < batch.rowCount(); row++) {
        // Ties stay with the earlier row.
        if (order.compare(batch, row, known, limit - 1) < 0) {
          rows[count++] = row;
        }
      }
      if (count > 0) {
        buffer.append(batch, rows, count);
      }
    }
    memory.setTo(2 * buffer.sizeBytes());
  }

  private void cut() {
    RowBatch rows = buffer.take();
    RowBatch known = best;
    if (known != null) {
      if (rows.rowCount() == 0) {
        return;
      }
      // Rows kept so far come first, so that the stable sort lets them win ties.
      buffer.append(known);
      buffer.append(rows);
      rows = buffer.take();
    }
    int[] sorted = IndexSort.sorted(rows.rowCount(), order.within(rows));
    best = rows.gather(sorted, 0, Math.min(limit, sorted.length));
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public void close() {
    done = true;
    best = null;
    output.clear();
    input.close();
    memory.close();
  }
}
