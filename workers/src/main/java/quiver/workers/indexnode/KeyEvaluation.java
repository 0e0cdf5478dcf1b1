package quiver.workers.indexnode;

import java.util.ArrayList;
import java.util.List;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.format.FormatSettings;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.expression.InputRows;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.SessionContext;
import quiver.vector.index.BuildMonitor;
import quiver.workers.segment.SegmentRows;

/// Computes expressions of an index over the rows of a segment. They are immutable: no session is
/// there to be asked.
final class KeyEvaluation {
  private static final int BLOCK_ROWS = 1_024;

  private static final FunctionContext NO_SESSION =
      new FunctionContext() {
        @Override
        public SessionContext session() {
          throw new IllegalStateException("an index expression asked for its session");
        }

        @Override
        public FormatSettings format() {
          return FormatSettings.DEFAULT;
        }
      };

  private final TableDefinition table;
  private final SegmentRows rows;
  private final ExpressionCompiler compiler;
  private final BuildMonitor monitor;

  KeyEvaluation(
      TableDefinition table, SegmentRows rows, ExpressionCompiler compiler, BuildMonitor monitor) {
    this.table = table;
    this.rows = rows;
    this.compiler = compiler;
    this.monitor = monitor;
  }

  /// Takes the value of one row.
  interface Sink {
    void accept(int row, Object value);
  }

  /// The rows for which a condition is true.
  RowMask matching(IndexExpression condition) {
    RowMask mask = RowMask.none(rows.rowCount());
    forEachBlock(
        condition,
        (compiled, input, scope, from) -> {
          int[] selected = new int[input.rowCount()];
          int count = compiled.selectTrue(input, scope, selected);
          for (int i = 0; i < count; i++) {
            mask.add(from + selected[i]);
          }
        });
    return mask;
  }

  /// The values that are not NULL, of the rows of a mask, in row order.
  void values(IndexExpression expression, RowMask wanted, Sink sink) {
    forEachBlock(
        expression,
        (compiled, input, scope, from) -> {
          int[] selected = new int[input.rowCount()];
          int count = 0;
          for (int i = 0; i < selected.length; i++) {
            if (wanted.contains(from + i)) {
              selected[count++] = i;
            }
          }
          if (count > 0) {
            // Rows outside the mask are not computed: a partial index may be there to avoid errors.
            Column values = compiled.evaluate(input.select(selected, count), scope);
            deliver(values, from, selected, count, sink);
          }
        });
  }

  /// The values of a column that are not NULL, of the rows of a mask, in row order.
  void values(int ordinal, RowMask wanted, Sink sink) {
    for (int from = 0; from < rows.rowCount(); from += BLOCK_ROWS) {
      monitor.checkCancelled();
      int count = Math.min(BLOCK_ROWS, rows.rowCount() - from);
      Column values = rows.column(ordinal, from, count);
      for (int i = 0; i < count; i++) {
        Object value = wanted.contains(from + i) ? values.valueAt(i) : null;
        if (value != null) {
          sink.accept(from + i, value);
        }
      }
    }
  }

  private static void deliver(Column values, int from, int[] selected, int count, Sink sink) {
    for (int i = 0; i < count; i++) {
      Object value = values.valueAt(i);
      if (value != null) {
        sink.accept(from + selected[i], value);
      }
    }
  }

  private interface Block {
    void accept(CompiledExpression compiled, InputRows input, EvaluationScope scope, int from);
  }

  private void forEachBlock(IndexExpression expression, Block block) {
    CompiledExpression compiled = compiler.compile(expression.expression());
    EvaluationScope scope = new EvaluationScope(new Object[0], List.of(), NO_SESSION);
    for (int from = 0; from < rows.rowCount(); from += BLOCK_ROWS) {
      monitor.checkCancelled();
      int count = Math.min(BLOCK_ROWS, rows.rowCount() - from);
      List<Column> columns = new ArrayList<>();
      for (int columnId : expression.columnIds()) {
        columns.add(rows.column(table.ordinalOfId(columnId), from, count));
      }
      block.accept(compiled, InputRows.of(new RowBatch(count, columns)), scope, from);
    }
  }
}
