package quiver.execution.operator;

import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.execution.expression.InputRows;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.OperatorStatistics;
import quiver.execution.runtime.StatisticsCollector;

/// Counts and times an operator, and reports when it is closed.
final class MeasuredOperator implements Operator {
  private final PlanNode node;
  private final StatisticsCollector collector;
  private final Operator operator;
  private long rows;
  private long batches;
  private long nanos;
  private long startupNanos = -1;
  private boolean reported;

  MeasuredOperator(
      PlanNode node,
      StatisticsCollector collector,
      OperatorFactory factory,
      ExecutionContext context) {
    this.node = node;
    this.collector = collector;
    long start = System.nanoTime();
    this.operator = factory.open(context);
    this.nanos = System.nanoTime() - start;
  }

  @Override
  public Optional<RowBatch> next() {
    long start = System.nanoTime();
    Optional<RowBatch> batch = operator.next();
    note(start);
    if (batch.isPresent()) {
      batches++;
      rows += batch.get().rowCount();
    }
    return batch;
  }

  @Override
  public Optional<InputRows> nextRows() {
    long start = System.nanoTime();
    Optional<InputRows> found = operator.nextRows();
    note(start);
    if (found.isPresent()) {
      batches++;
      rows += found.get().rowCount();
    }
    return found;
  }

  private void note(long start) {
    nanos += System.nanoTime() - start;
    if (startupNanos < 0) {
      startupNanos = nanos;
    }
  }

  @Override
  public void close() {
    operator.close();
    if (!reported) {
      reported = true;
      collector.add(
          node,
          new OperatorStatistics(
              rows,
              batches,
              nanos,
              startupNanos < 0 ? nanos : startupNanos,
              1,
              operator.memoryBytesMax(),
              operator.spilledBytes(),
              operator.details()));
    }
  }
}
