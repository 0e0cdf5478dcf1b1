package quiver.execution.expression;

import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;
import quiver.common.type.SqlType;

/// A cast that changes the name of a type and no value.
final class RelabelExpression extends CompiledExpression {
  private final CompiledExpression operand;

  RelabelExpression(CompiledExpression operand, SqlType type) {
    super(type);
    this.operand = operand;
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    return switch (operand.evaluate(rows, scope)) {
      case LongColumn c -> new LongColumn(type(), c.rowCount(), c.values(), c.nulls());
      case DoubleColumn c -> new DoubleColumn(type(), c.rowCount(), c.values(), c.nulls());
      case ObjectColumn c -> new ObjectColumn(type(), c.rowCount(), c.values(), c.nulls());
      case VectorColumn c ->
          new VectorColumn(type(), c.dimension(), c.rowCount(), c.rows(), c.nulls());
    };
  }
}
