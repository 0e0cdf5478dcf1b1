package quiver.execution.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.execution.rows.ColumnBuilder;

/// `array[i]`, `array[i][j]`, and slices `array[from:to]`. Out of range gives NULL for an element
/// and an empty array for a slice.
final class SubscriptExpression extends CompiledExpression {
  private final CompiledExpression array;
  private final List<Bound> bounds;
  private final boolean slice;

  /// One subscript.
  ///
  /// @param at the index; empty for a slice
  record Bound(
      Optional<CompiledExpression> at,
      boolean isSlice,
      Optional<CompiledExpression> from,
      Optional<CompiledExpression> to) {}

  SubscriptExpression(CompiledExpression array, List<Bound> bounds, SqlType type) {
    super(type);
    this.array = array;
    this.bounds = List.copyOf(bounds);
    this.slice = bounds.stream().anyMatch(Bound::isSlice);
  }

  /// A missing bound, a NULL bound, or a number.
  private static final Object OPEN = new Object();

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    Column arrays = array.evaluate(rows, scope);
    List<Optional<Column>> lower = new ArrayList<>();
    List<Optional<Column>> upper = new ArrayList<>();
    for (Bound bound : bounds) {
      if (bound.isSlice()) {
        lower.add(bound.from().map(e -> e.evaluate(rows, scope)));
        upper.add(bound.to().map(e -> e.evaluate(rows, scope)));
      } else {
        lower.add(Optional.empty());
        upper.add(bound.at().map(e -> e.evaluate(rows, scope)));
      }
    }
    ColumnBuilder result = new ColumnBuilder(type(), rowCount);
    for (int row = 0; row < rowCount; row++) {
      if (arrays.valueAt(row) instanceof ArrayValue value) {
        result.set(row, slice ? slice(value, lower, upper, row) : element(value, upper, row));
      }
    }
    return result.build(rowCount);
  }

  private static @Nullable Object at(Optional<Column> column, int row) {
    return column.isEmpty() ? OPEN : column.get().valueAt(row);
  }

  private @Nullable Object element(ArrayValue value, List<Optional<Column>> indexes, int row) {
    if (value.dimensionCount() != indexes.size()) {
      return null;
    }
    int offset = 0;
    for (int i = 0; i < indexes.size(); i++) {
      if (!(at(indexes.get(i), row) instanceof Long index)
          || index < value.lowerBounds()[i]
          || index > value.upperBound(i)) {
        return null;
      }
      offset = offset * value.dimensions()[i] + (int) (index - value.lowerBounds()[i]);
    }
    return value.elements()[offset];
  }

  private @Nullable Object slice(
      ArrayValue value, List<Optional<Column>> lower, List<Optional<Column>> upper, int row) {
    int dimensionCount = value.dimensionCount();
    int[] from = new int[dimensionCount];
    int[] length = new int[dimensionCount];
    boolean empty = bounds.size() > dimensionCount;
    for (int i = 0; i < bounds.size(); i++) {
      Object low = bounds.get(i).isSlice() ? at(lower.get(i), row) : (Object) 1L;
      Object high = at(upper.get(i), row);
      if (low == null || high == null) {
        return null;
      }
      if (i < dimensionCount) {
        long first = Math.max(low instanceof Long l ? l : Long.MIN_VALUE, value.lowerBounds()[i]);
        long last = Math.min(high instanceof Long h ? h : Long.MAX_VALUE, value.upperBound(i));
        from[i] = (int) (first - value.lowerBounds()[i]);
        length[i] = (int) Math.max(0, last - first + 1);
        empty |= length[i] == 0;
      }
    }
    if (empty || dimensionCount == 0) {
      return ArrayValue.empty(value.element());
    }
    for (int i = bounds.size(); i < dimensionCount; i++) {
      length[i] = value.dimensions()[i];
    }
    return cut(value, from, length);
  }

  private static ArrayValue cut(ArrayValue value, int[] from, int[] length) {
    int count = 1;
    for (int n : length) {
      count *= n;
    }
    @Nullable Object[] elements = new @Nullable Object[count];
    int[] position = new int[length.length];
    for (int i = 0; i < count; i++) {
      int offset = 0;
      for (int d = 0; d < length.length; d++) {
        offset = offset * value.dimensions()[d] + from[d] + position[d];
      }
      elements[i] = value.elements()[offset];
      for (int d = length.length - 1; d >= 0 && ++position[d] == length[d]; d--) {
        position[d] = 0;
      }
    }
    int[] lowerBounds = new int[length.length];
    Arrays.fill(lowerBounds, 1);
    return new ArrayValue(value.element(), elements, length, lowerBounds);
  }
}
