package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.runtime.ExecutionContext;

/// Set-returning functions in a select list: they run in lock step for each input row until all
/// have ended; scalar items repeat.
final class ProjectSetOperator implements BatchOperator {
  private final Operator input;
  private final List<Item> items;
  private final List<SqlType> types;
  private final ExecutionContext context;
  private final EvaluationScope scope;
  private List<List<Column>> evaluated = List.of();
  private List<Iterator<@Nullable Object[]>> iterators = List.of();
  private int row;
  private int rowCount;
  private boolean inRow;
  private boolean done;

  /// A select item: a set-returning call or a scalar expression.
  record Item(Optional<SetCall> call, Optional<CompiledExpression> scalar) {}

  ProjectSetOperator(
      Operator input, List<Item> items, List<SqlType> types, ExecutionContext context) {
    this.input = input;
    this.items = items;
    this.types = types;
    this.context = context;
    this.scope = EvaluationScope.of(context);
  }

  @Override
  public Optional<RowBatch> next() {
    context.cancel().check();
    List<ColumnBuilder> builders = new ArrayList<>(types.size());
    for (SqlType type : types) {
      builders.add(new ColumnBuilder(type, 16));
    }
    int count = 0;
    while (count < RowBatch.ROW_COUNT_TARGET && advance()) {
      emit(builders);
      count++;
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

  /// Moves to the next output row; false at the end.
  private boolean advance() {
    while (!done) {
      if (inRow) {
        for (Iterator<@Nullable Object[]> iterator : iterators) {
          if (iterator.hasNext()) {
            return true;
          }
        }
        inRow = false;
        row++;
      }
      if (row < rowCount) {
        startRow();
      } else {
        nextBatch();
      }
    }
    return false;
  }

  private void nextBatch() {
    context.cancel().check();
    Optional<InputRows> rows = input.nextRows();
    if (rows.isEmpty()) {
      done = true;
      return;
    }
    row = 0;
    rowCount = rows.get().rowCount();
    evaluated = new ArrayList<>(items.size());
    for (Item item : items) {
      List<CompiledExpression> expressions =
          item.call().map(SetCall::arguments).orElseGet(() -> List.of(item.scalar().orElseThrow()));
      List<Column> columns = new ArrayList<>(expressions.size());
      for (CompiledExpression expression : expressions) {
        columns.add(expression.evaluate(rows.get(), scope));
      }
      evaluated.add(columns);
    }
  }

  private void startRow() {
    iterators = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).call().isPresent()) {
        iterators.add(items.get(i).call().get().rows(context.functions(), evaluated.get(i), row));
      }
    }
    inRow = true;
  }

  private void emit(List<ColumnBuilder> builders) {
    int next = 0;
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).call().isEmpty()) {
        builders.get(i).append(evaluated.get(i).getFirst(), row);
        continue;
      }
      Iterator<@Nullable Object[]> iterator = iterators.get(next++);
      builders
          .get(i)
          .append(iterator.hasNext() ? items.get(i).call().get().asValue(iterator.next()) : null);
    }
  }

  @Override
  public void close() {
    done = true;
    input.close();
  }
}
