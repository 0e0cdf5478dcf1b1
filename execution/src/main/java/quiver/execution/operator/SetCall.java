package quiver.execution.operator;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OutputColumn;
import quiver.common.type.SqlType;
import quiver.common.value.RecordValue;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.SetFunction;

/// A compiled call of a set-returning function; a scalar function counts as one row.
///
/// @param outputs the function's named columns; empty: one column
record SetCall(
    FunctionSignature function,
    SetFunction implementation,
    List<CompiledExpression> arguments,
    List<OutputColumn> outputs) {
  static SetCall compile(
      Expression.Call call, ExpressionCompiler compiler, FunctionLibrary library) {
    List<OutputColumn> outputs = FunctionRegistry.standard().outputColumns(call.function());
    if (call.function().kind() == FunctionKind.SET_RETURNING) {
      List<CompiledExpression> arguments = compiler.compileAll(call.arguments());
      List<SqlType> types = arguments.stream().map(CompiledExpression::type).toList();
      return new SetCall(
          call.function(),
          library.setReturning(call.function(), types, call.type()),
          arguments,
          outputs);
    }
    // The arguments of the function are one value: the result of the scalar call.
    SetFunction once =
        (context, values) -> Collections.singletonList(spread(values[0], outputs)).iterator();
    return new SetCall(call.function(), once, List.of(compiler.compile(call)), outputs);
  }

  private static @Nullable Object[] spread(@Nullable Object value, List<OutputColumn> outputs) {
    if (outputs.isEmpty()) {
      return new @Nullable Object[] {value};
    }
    return value instanceof RecordValue record
        ? record.values()
        : new @Nullable Object[outputs.size()];
  }

  int columnCount() {
    return Math.max(1, outputs.size());
  }

  /// The rows for one set of arguments.
  Iterator<@Nullable Object[]> rows(FunctionContext context, @Nullable Object[] values) {
    boolean setReturning = function.kind() == FunctionKind.SET_RETURNING;
    if (setReturning && function.strict()) {
      for (Object value : values) {
        if (value == null) {
          return Collections.emptyIterator();
        }
      }
    }
    return implementation.call(context, values);
  }

  /// The rows for row `row` of evaluated arguments.
  Iterator<@Nullable Object[]> rows(FunctionContext context, List<Column> columns, int row) {
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).valueAt(row);
    }
    return rows(context, values);
  }

  /// One row as one value: a function with several columns gives a record.
  @Nullable Object asValue(@Nullable Object[] row) {
    if (outputs.size() < 2) {
      return row[0];
    }
    List<String> names = outputs.stream().map(OutputColumn::name).toList();
    List<SqlType> types = outputs.stream().map(OutputColumn::type).toList();
    return new RecordValue(names, types, row);
  }
}
