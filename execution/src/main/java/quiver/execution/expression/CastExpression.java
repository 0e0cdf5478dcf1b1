package quiver.execution.expression;

import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.execution.rows.ColumnBuilder;

/// A conversion, row by row; NULL stays NULL.
final class CastExpression extends CompiledExpression {
  private final CompiledExpression operand;
  private final FunctionLibrary.Conversion conversion;

  CastExpression(CompiledExpression operand, SqlType type, FunctionLibrary.Conversion conversion) {
    super(type);
    this.operand = operand;
    this.conversion = conversion;
  }

  /// Whether every datum of `from` is a datum of `to` as it is, in the same layout.
  static boolean isRelabel(SqlType from, SqlType to) {
    if (from.base() == BaseType.RECORD && !from.isBuiltIn()) {
      return from.sameTypeAs(to);
    }
    if (from.layout() != to.layout() || from.array() || to.array()) {
      return from.sameTypeAs(to)
          && from.layout() == to.layout()
          && (to.modifier() == SqlType.NO_MODIFIER || to.modifier() == from.modifier());
    }
    if (from.base() == to.base()) {
      return to.modifier() == SqlType.NO_MODIFIER || to.modifier() == from.modifier();
    }
    return switch (to.base()) {
      case INT8 -> from.base() == BaseType.INT4 || from.base() == BaseType.INT2;
      case INT4 -> from.base() == BaseType.INT2;
      case FLOAT8 -> from.base() == BaseType.FLOAT4;
      case TEXT -> from.base() == BaseType.VARCHAR;
      default -> false;
    };
  }

  static boolean isIntegerToDouble(SqlType from, SqlType to) {
    return !from.array()
        && !to.array()
        && to.base() == BaseType.FLOAT8
        && (from.base() == BaseType.INT2
            || from.base() == BaseType.INT4
            || from.base() == BaseType.INT8);
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    Column column = operand.evaluate(rows, scope);
    int rowCount = column.rowCount();
    if (column instanceof LongColumn longs && isIntegerToDouble(operand.type(), type())) {
      double[] doubles = new double[rowCount];
      for (int row = 0; row < rowCount; row++) {
        doubles[row] = longs.values()[row];
      }
      return new DoubleColumn(type(), rowCount, doubles, longs.nulls());
    }
    ColumnBuilder result = new ColumnBuilder(type(), rowCount);
    for (int row = 0; row < rowCount; row++) {
      Object value = column.valueAt(row);
      if (value != null) {
        result.set(row, conversion.convert(scope.functions(), value));
      }
    }
    return result.build(rowCount);
  }
}
