package quiver.execution.operator;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.rows.RowOrder;
import quiver.execution.runtime.ExecutionContext;

/// LIMIT, OFFSET and WITH TIES.
final class LimitOperator implements BatchOperator {
  private final Operator input;
  private final Optional<RowOrder> ties;
  private long toSkip;
  private long remaining;
  private @Nullable RowBatch lastBatch;
  private int lastRow;

  LimitOperator(
      Operator input,
      Optional<CompiledExpression> limit,
      Optional<CompiledExpression> offset,
      Optional<RowOrder> ties,
      ExecutionContext context) {
    this.input = input;
    this.ties = ties;
    EvaluationScope scope = EvaluationScope.of(context);
    // PostgreSQL looks at OFFSET first.
    this.toSkip = offset.map(e -> offset(e.value(scope))).orElse(0L);
    this.remaining = limit.map(e -> limit(e.value(scope))).orElse(Long.MAX_VALUE);
  }

  /// The number of rows a LIMIT allows; NULL is no limit.
  static long limit(@Nullable Object value) {
    if (value == null) {
      return Long.MAX_VALUE;
    }
    if ((Long) value < 0) {
      throw new QuiverException(
          SqlState.INVALID_ROW_COUNT_IN_LIMIT_CLAUSE, "LIMIT must not be negative");
    }
    return (Long) value;
  }

  private static long offset(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    if ((Long) value < 0) {
      throw new QuiverException(
          SqlState.INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE, "OFFSET must not be negative");
    }
    return (Long) value;
  }

  @Override
  public Optional<RowBatch> next() {
    while (remaining > 0) {
      Optional<RowBatch> next = input.next();
      if (next.isEmpty()) {
        remaining = 0;
        lastBatch = null;
        return next;
      }
      RowBatch batch = next.get();
      if (toSkip >= batch.rowCount()) {
        toSkip -= batch.rowCount();
        continue;
      }
      int from = (int) toSkip;
      toSkip = 0;
      int count = (int) Math.min(batch.rowCount() - from, remaining);
      remaining -= count;
      if (remaining == 0 && ties.isPresent()) {
        lastBatch = batch;
        lastRow = from + count - 1;
        int tied = countTies(batch, lastRow + 1);
        if (lastRow + 1 + tied < batch.rowCount()) {
          lastBatch = null;
        }
        return Optional.of(cut(batch, from, count + tied));
      }
      return Optional.of(cut(batch, from, count));
    }
    return moreTies();
  }

  private static RowBatch cut(RowBatch batch, int from, int count) {
    return from == 0 && count == batch.rowCount() ? batch : batch.slice(from, count);
  }

  private Optional<RowBatch> moreTies() {
    if (lastBatch == null) {
      return Optional.empty();
    }
    Optional<RowBatch> next = input.next();
    if (next.isEmpty()) {
      lastBatch = null;
      return next;
    }
    int tied = countTies(next.get(), 0);
    if (tied < next.get().rowCount()) {
      lastBatch = null;
    }
    return tied == 0 ? Optional.empty() : Optional.of(cut(next.get(), 0, tied));
  }

  private int countTies(RowBatch batch, int from) {
    RowBatch last = lastBatch;
    if (last == null || ties.isEmpty()) {
      return 0;
    }
    int row = from;
    while (row < batch.rowCount() && ties.get().compare(last, lastRow, batch, row) == 0) {
      row++;
    }
    return row - from;
  }

  @Override
  public void close() {
    remaining = 0;
    lastBatch = null;
    input.close();
  }
}
