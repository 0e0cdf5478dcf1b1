package quiver.execution.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.function.FunctionSignature;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.execution.function.ScalarFunction;
import quiver.execution.rows.ColumnBuilder;

/// A function called with the elements of an array: how many there are is only known row by row.
final class VariadicCallExpression extends CompiledExpression {
  private final FunctionLibrary library;
  private final FunctionSignature signature;
  private final List<CompiledExpression> arguments;
  private final Map<Integer, ScalarFunction> functions = new ConcurrentHashMap<>();

  VariadicCallExpression(
      FunctionLibrary library,
      FunctionSignature signature,
      List<CompiledExpression> arguments,
      SqlType type) {
    super(type);
    this.library = library;
    this.signature = signature;
    this.arguments = List.copyOf(arguments);
  }

  private ScalarFunction function(int elementCount) {
    return functions.computeIfAbsent(
        elementCount,
        count -> {
          List<SqlType> types = new ArrayList<>();
          for (CompiledExpression argument : arguments.subList(0, arguments.size() - 1)) {
            types.add(argument.type());
          }
          for (int i = 0; i < count; i++) {
            types.add(arguments.getLast().type().element());
          }
          return library.scalar(signature, types, type());
        });
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    List<Column> columns = new ArrayList<>();
    for (CompiledExpression argument : arguments) {
      columns.add(argument.evaluate(rows, scope));
    }
    ColumnBuilder result = new ColumnBuilder(type(), rowCount);
    for (int row = 0; row < rowCount; row++) {
      if (columns.getLast().valueAt(row) instanceof ArrayValue array) {
        result.set(row, call(columns, row, array, scope));
      } else {
        result.set(row, null);
      }
    }
    return result.build(rowCount);
  }

  private @Nullable Object call(
      List<Column> columns, int row, ArrayValue array, EvaluationScope scope) {
    int fixed = columns.size() - 1;
    @Nullable Object[] values = new @Nullable Object[fixed + array.size()];
    boolean anyNull = false;
    for (int i = 0; i < values.length; i++) {
      values[i] = i < fixed ? columns.get(i).valueAt(row) : array.elements()[i - fixed];
      anyNull |= values[i] == null;
    }
    return anyNull && signature.strict()
        ? null
        : function(array.size()).call(scope.functions(), values);
  }
}
