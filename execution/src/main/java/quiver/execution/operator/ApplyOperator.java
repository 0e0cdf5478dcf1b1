package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.plan.JoinKind;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.rows.RowCollector;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.OuterRow;

/// Runs the right side once per left row, with that row bound.
final class ApplyOperator implements BatchOperator {
  private final PlanNode.Apply apply;
  private final Operator left;
  private final OperatorFactory right;
  private final Optional<CompiledExpression> condition;
  private final Optional<CompiledExpression> guard;
  private final ExecutionContext context;
  private final EvaluationScope scope;
  private final List<SqlType> rightTypes;
  private final RowCollector output;
  private @Nullable RowBatch batch;
  private int row;
  private @Nullable Operator inner;
  private boolean matched;
  private boolean done;

  ApplyOperator(
      PlanNode.Apply apply,
      Operator left,
      OperatorFactory right,
      Optional<CompiledExpression> condition,
      Optional<CompiledExpression> guard,
      ExecutionContext context) {
    this.apply = apply;
    this.left = left;
    this.right = right;
    this.condition = condition;
    this.guard = guard;
    this.context = context;
    this.scope = EvaluationScope.of(context);
    this.rightTypes = apply.right().outputTypes();
    this.output = new RowCollector(apply.outputTypes());
  }

  @Override
  public Optional<RowBatch> next() {
    while (!done && output.rowCount() < RowBatch.ROW_COUNT_TARGET) {
      context.cancel().check();
      step();
    }
    return output.rowCount() == 0 ? Optional.empty() : Optional.of(output.take());
  }

  private void step() {
    RowBatch current = batch;
    if (current == null) {
      Optional<RowBatch> next = left.next();
      if (next.isEmpty()) {
        done = true;
        return;
      }
      current = next.get();
      batch = current;
      row = 0;
    }
    Operator running = inner;
    if (running == null && !isWanted(current)) {
      matched = false;
      finishRow(current);
      if (++row == current.rowCount()) {
        batch = null;
      }
      return;
    }
    if (running == null) {
      running = right.open(context.with(context.bindings().withOuterRow(outerRow(current))));
      inner = running;
      matched = false;
    }
    Optional<RowBatch> rows = running.next();
    if (rows.isPresent() && !isDecided()) {
      join(current, rows.get());
    } else {
      running.close();
      inner = null;
      finishRow(current);
      if (++row == current.rowCount()) {
        batch = null;
      }
    }
  }

  private boolean isWanted(RowBatch current) {
    if (guard.isEmpty()) {
      return true;
    }
    int[] selected = new int[1];
    int[] rows = {row};
    return guard.get().selectTrue(InputRows.of(current).select(rows, 1), scope, selected) == 1;
  }

  private OuterRow outerRow(RowBatch current) {
    @Nullable Object[] values = new @Nullable Object[current.columns().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = current.column(i).valueAt(row);
    }
    return new OuterRow(apply.applyId(), values);
  }

  /// Whether further right rows cannot change what the left row gives.
  private boolean isDecided() {
    return matched && (apply.kind() == JoinKind.SEMI || apply.kind() == JoinKind.ANTI);
  }

  private void join(RowBatch current, RowBatch rows) {
    int count = rows.rowCount();
    int[] leftRows = new int[count];
    int[] rightRows = new int[count];
    for (int i = 0; i < count; i++) {
      leftRows[i] = row;
      rightRows[i] = i;
    }
    JoinedRows pairs = new JoinedRows(current, rows, leftRows, rightRows, count);
    if (condition.isPresent()) {
      int[] selected = new int[count];
      int selectedCount = condition.get().selectTrue(pairs, scope, selected);
      if (selectedCount == 0) {
        return;
      }
      pairs = pairs.select(selected, selectedCount);
    }
    matched = true;
    if (apply.kind() == JoinKind.INNER || apply.kind() == JoinKind.LEFT) {
      output.append(RowsOperator.materialize(pairs, current.columns().size() + rightTypes.size()));
    }
  }

  private void finishRow(RowBatch current) {
    switch (apply.kind()) {
      case INNER -> {}
      case LEFT -> {
        if (!matched) {
          List<Column> columns = new ArrayList<>(current.slice(row, 1).columns());
          JoinOperator.addNulls(rightTypes, 1, columns);
          output.append(new RowBatch(1, columns));
        }
      }
      case SEMI -> {
        if (matched) {
          output.append(current, row);
        }
      }
      case ANTI -> {
        if (!matched) {
          output.append(current, row);
        }
      }
      case RIGHT, FULL, NULL_AWARE_ANTI ->
          throw new IllegalStateException("apply of kind " + apply.kind());
    }
  }

  @Override
  public void close() {
    done = true;
    if (inner != null) {
      inner.close();
      inner = null;
    }
    batch = null;
    left.close();
  }
}
