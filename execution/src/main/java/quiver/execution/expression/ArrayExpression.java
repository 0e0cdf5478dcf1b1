package quiver.execution.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.execution.rows.ColumnBuilder;

/// `ARRAY[…]`, of elements or of arrays of one shape.
final class ArrayExpression extends CompiledExpression {
  private final List<CompiledExpression> elements;
  private final boolean nested;

  ArrayExpression(List<CompiledExpression> elements, SqlType type) {
    super(type);
    this.elements = List.copyOf(elements);
    this.nested = !elements.isEmpty() && elements.getFirst().type().array();
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    List<Column> columns = new ArrayList<>(elements.size());
    for (CompiledExpression element : elements) {
      columns.add(element.evaluate(rows, scope));
    }
    ColumnBuilder result = new ColumnBuilder(type(), rowCount);
    for (int row = 0; row < rowCount; row++) {
      @Nullable Object[] values = new @Nullable Object[columns.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = columns.get(i).valueAt(row);
      }
      result.set(row, nested ? nest(values) : ArrayValue.of(type().base(), values));
    }
    return result.build(rowCount);
  }

  private ArrayValue nest(@Nullable Object[] values) {
    List<@Nullable Object> flat = new ArrayList<>();
    ArrayValue first = null;
    boolean hasEmpty = false;
    int count = 0;
    for (Object value : values) {
      if (!(value instanceof ArrayValue array) || array.size() == 0) {
        hasEmpty = true;
        continue;
      }
      if (first == null) {
        first = array;
      } else if (!Arrays.equals(first.dimensions(), array.dimensions())
          || !Arrays.equals(first.lowerBounds(), array.lowerBounds())) {
        throw mismatch();
      }
      Collections.addAll(flat, array.elements());
      count++;
    }
    if (first == null) {
      return ArrayValue.empty(type().base());
    }
    if (hasEmpty) {
      throw mismatch();
    }
    int depth = first.dimensionCount();
    if (depth == ArrayValue.DIMENSION_COUNT_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "number of array dimensions (%d) exceeds the maximum allowed (%d)",
          depth + 1,
          ArrayValue.DIMENSION_COUNT_MAX);
    }
    int[] dimensions = new int[depth + 1];
    int[] lowerBounds = new int[depth + 1];
    dimensions[0] = count;
    lowerBounds[0] = 1;
    System.arraycopy(first.dimensions(), 0, dimensions, 1, depth);
    System.arraycopy(first.lowerBounds(), 0, lowerBounds, 1, depth);
    return new ArrayValue(type().base(), flat.toArray(), dimensions, lowerBounds);
  }

  private static QuiverException mismatch() {
    return new QuiverException(
        SqlState.ARRAY_SUBSCRIPT_ERROR,
        "multidimensional arrays must have array expressions with matching dimensions");
  }
}
