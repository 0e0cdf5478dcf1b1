package quiver.execution.function;

import java.util.List;
import quiver.common.column.Column;

/// A scalar function over whole columns. Stateless, safe for every thread.
@FunctionalInterface
public interface ColumnKernel {
  /// @param arguments one column per argument, each of `rowCount` rows
  /// @return a column of `rowCount` rows
  Column call(FunctionContext context, List<Column> arguments, int rowCount);
}
