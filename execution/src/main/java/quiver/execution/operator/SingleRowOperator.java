package quiver.execution.operator;

import java.util.List;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.execution.rows.ColumnBuilder;

/// Exactly one row: a scalar subquery.
final class SingleRowOperator implements BatchOperator {
  private final Operator input;
  private final List<SqlType> types;
  private boolean done;

  SingleRowOperator(Operator input, List<SqlType> types) {
    this.input = input;
    this.types = types;
  }

  @Override
  public Optional<RowBatch> next() {
    if (done) {
      return Optional.empty();
    }
    done = true;
    Optional<RowBatch> first = input.next();
    if (first.isEmpty()) {
      List<Column> nulls = types.stream().map(type -> ColumnBuilder.repeat(type, null, 1)).toList();
      return Optional.of(new RowBatch(1, nulls));
    }
    if (first.get().rowCount() > 1 || input.next().isPresent()) {
      throw new QuiverException(
          SqlState.CARDINALITY_VIOLATION,
          "more than one row returned by a subquery used as an expression");
    }
    return first;
  }

  @Override
  public void close() {
    done = true;
    input.close();
  }
}
