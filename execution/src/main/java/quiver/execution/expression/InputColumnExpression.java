package quiver.execution.expression;

import quiver.common.column.Column;
import quiver.common.type.SqlType;

/// A column of the input as it is.
final class InputColumnExpression extends CompiledExpression {
  private final int index;

  InputColumnExpression(int index, SqlType type) {
    super(type);
    this.index = index;
  }

  int index() {
    return index;
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    return rows.column(index);
  }
}
