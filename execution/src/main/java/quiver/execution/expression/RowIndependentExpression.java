package quiver.execution.expression;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.execution.rows.ColumnBuilder;

/// A value that is computed once per execution, when a row first needs it: constants, parameters,
/// outer columns, and calls over them that are not volatile.
final class RowIndependentExpression extends CompiledExpression {
  private final Function<EvaluationScope, @Nullable Object> compute;
  private final boolean cheap;

  private RowIndependentExpression(
      SqlType type, Function<EvaluationScope, @Nullable Object> compute, boolean cheap) {
    super(type);
    this.compute = compute;
    this.cheap = cheap;
  }

  static CompiledExpression constant(SqlType type, @Nullable Object value) {
    return new RowIndependentExpression(type, scope -> value, true);
  }

  static CompiledExpression parameter(SqlType type, int index) {
    return new RowIndependentExpression(type, scope -> scope.parameter(index), true);
  }

  static CompiledExpression outer(SqlType type, int applyId, int index) {
    return new RowIndependentExpression(type, scope -> scope.outer(applyId, index), true);
  }

  /// The value of an expression whose operands are all row-independent.
  static CompiledExpression folded(CompiledExpression expression) {
    return new RowIndependentExpression(expression.type(), expression::value, false);
  }

  @Override
  public boolean isRowIndependent() {
    return true;
  }

  @Override
  public @Nullable Object value(EvaluationScope scope) {
    if (cheap) {
      return compute.apply(scope);
    }
    return scope
        .<Optional<Object>>once(this, () -> Optional.ofNullable(compute.apply(scope)))
        .orElse(null);
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    return ColumnBuilder.repeat(type(), rowCount == 0 ? null : value(scope), rowCount);
  }

  @Override
  public int selectTrue(InputRows rows, EvaluationScope scope, int[] selected) {
    int rowCount = rows.rowCount();
    if (rowCount == 0 || !Boolean.TRUE.equals(value(scope))) {
      return 0;
    }
    for (int row = 0; row < rowCount; row++) {
      selected[row] = row;
    }
    return rowCount;
  }
}
