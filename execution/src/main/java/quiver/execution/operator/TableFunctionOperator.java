package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.runtime.ExecutionContext;

/// Set-returning functions side by side; the shorter ones are padded with NULL.
final class TableFunctionOperator implements BatchOperator {
  private final List<SetCall> calls;
  private final boolean ordinality;
  private final List<SqlType> types;
  private final ExecutionContext context;
  private List<Iterator<@Nullable Object[]>> iterators = List.of();
  private boolean started;
  private boolean done;
  private long rowNumber;

  TableFunctionOperator(
      List<SetCall> calls, boolean ordinality, List<SqlType> types, ExecutionContext context) {
    this.calls = calls;
    this.ordinality = ordinality;
    this.types = types;
    this.context = context;
  }

  private void start() {
    EvaluationScope scope = EvaluationScope.of(context);
    iterators = new ArrayList<>();
    for (SetCall call : calls) {
      @Nullable Object[] values = new @Nullable Object[call.arguments().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = call.arguments().get(i).value(scope);
      }
      iterators.add(call.rows(context.functions(), values));
    }
  }

  @Override
  public Optional<RowBatch> next() {
    context.cancel().check();
    if (!started) {
      started = true;
      start();
    }
    List<ColumnBuilder> builders = new ArrayList<>(types.size());
    for (SqlType type : types) {
      builders.add(new ColumnBuilder(type, 16));
    }
    int count = 0;
    while (!done && count < RowBatch.ROW_COUNT_TARGET) {
      if (appendRow(builders)) {
        count++;
      } else {
        done = true;
      }
    }
    if (count == 0) {
      return Optional.empty();
    }
    List<Column> columns = new ArrayList<>(builders.size());
    for (ColumnBuilder builder : builders) {
      columns.add(builder.build(count));
    }
    return Optional.of(new RowBatch(count, columns));
  }

  private boolean appendRow(List<ColumnBuilder> builders) {
    boolean any = false;
    for (Iterator<@Nullable Object[]> iterator : iterators) {
      any |= iterator.hasNext();
    }
    if (!any) {
      return false;
    }
    int column = 0;
    for (int i = 0; i < calls.size(); i++) {
      int width = calls.get(i).columnCount();
      @Nullable Object[] row =
          iterators.get(i).hasNext() ? iterators.get(i).next() : new @Nullable Object[width];
      for (int j = 0; j < width; j++) {
        builders.get(column++).append(row[j]);
      }
    }
    if (ordinality) {
      builders.get(column).append(++rowNumber);
    }
    return true;
  }

  @Override
  public void close() {
    started = true;
    done = true;
    iterators = List.of();
  }
}
