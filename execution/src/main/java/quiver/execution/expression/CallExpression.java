package quiver.execution.expression;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.Nulls;
import quiver.common.function.FunctionSignature;
import quiver.common.type.SqlType;
import quiver.execution.function.ScalarFunction;
import quiver.execution.rows.ColumnBuilder;

/// A function called once per row.
final class CallExpression extends CompiledExpression {
  private final FunctionSignature signature;
  private final ScalarFunction function;
  private final List<CompiledExpression> arguments;

  CallExpression(
      FunctionSignature signature,
      ScalarFunction function,
      List<CompiledExpression> arguments,
      SqlType type) {
    super(type);
    this.signature = signature;
    this.function = function;
    this.arguments = List.copyOf(arguments);
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    int argumentCount = arguments.size();
    List<@Nullable Column> columns = new ArrayList<>(argumentCount);
    @Nullable Object[] constants = new @Nullable Object[argumentCount];
    Nulls nulls = Nulls.NONE;
    for (int i = 0; i < argumentCount; i++) {
      CompiledExpression argument = arguments.get(i);
      if (argument.isRowIndependent() && rowCount > 0) {
        constants[i] = argument.value(scope);
        columns.add(null);
        if (constants[i] == null && signature.strict()) {
          return ColumnBuilder.repeat(type(), null, rowCount);
        }
      } else {
        Column column = argument.evaluate(rows, scope);
        columns.add(column);
        nulls = NullWords.union(nulls, column.nulls(), rowCount);
      }
    }
    ColumnBuilder result = new ColumnBuilder(type(), rowCount);
    boolean strict = signature.strict();
    for (int row = 0; row < rowCount; row++) {
      if (strict && nulls.isNull(row)) {
        continue;
      }
      // A fresh array per call: functions may keep it.
      @Nullable Object[] values = constants.clone();
      for (int i = 0; i < argumentCount; i++) {
        Column column = columns.get(i);
        if (column != null) {
          values[i] = column.valueAt(row);
        }
      }
      result.set(row, function.call(scope.functions(), values));
    }
    return result.build(rowCount);
  }
}
