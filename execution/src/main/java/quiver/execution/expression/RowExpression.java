package quiver.execution.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.common.value.RecordValue;
import quiver.execution.rows.ColumnBuilder;

/// `ROW(…)`, also one of a composite type, whose fields are of its types.
final class RowExpression extends CompiledExpression {
  private final List<CompiledExpression> fields;
  private final List<SqlType> types;
  private final List<String> names;

  /// @param names of the fields; empty: `f1`, `f2`, …
  RowExpression(List<CompiledExpression> fields, List<String> names, SqlType type) {
    super(type);
    this.fields = List.copyOf(fields);
    this.names =
        names.isEmpty()
            ? IntStream.rangeClosed(1, fields.size()).mapToObj(i -> "f" + i).toList()
            : List.copyOf(names);
    this.types =
        type.user()
            .compositeType()
            .map(each -> each.fields().stream().map(CompositeField::type).toList())
            .orElseGet(() -> fields.stream().map(CompiledExpression::type).toList());
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    List<Column> columns = new ArrayList<>(fields.size());
    for (CompiledExpression field : fields) {
      columns.add(field.evaluate(rows, scope));
    }
    ColumnBuilder result = new ColumnBuilder(type(), rowCount);
    for (int row = 0; row < rowCount; row++) {
      @Nullable Object[] values = new @Nullable Object[columns.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = columns.get(i).valueAt(row);
      }
      result.set(row, new RecordValue(names, types, values));
    }
    return result.build(rowCount);
  }
}
