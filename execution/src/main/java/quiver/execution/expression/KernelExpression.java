package quiver.execution.expression;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.execution.function.ColumnKernel;

/// A function that works on whole columns.
final class KernelExpression extends CompiledExpression {
  private final ColumnKernel kernel;
  private final List<CompiledExpression> arguments;

  KernelExpression(ColumnKernel kernel, List<CompiledExpression> arguments, SqlType type) {
    super(type);
    this.kernel = kernel;
    this.arguments = List.copyOf(arguments);
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    List<Column> columns = new ArrayList<>(arguments.size());
    for (CompiledExpression argument : arguments) {
      columns.add(argument.evaluate(rows, scope));
    }
    return kernel.call(scope.functions(), columns, rows.rowCount());
  }
}
