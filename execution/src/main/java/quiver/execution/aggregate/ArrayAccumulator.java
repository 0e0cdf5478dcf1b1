package quiver.execution.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.execution.rows.ColumnSizes;

/// array_agg: every value, NULL included, in order of arrival; arrays of one shape become an array
/// of one more dimension.
final class ArrayAccumulator extends ObjectAccumulator<ArrayAccumulator.State> {
  static final class State {
    private final List<@Nullable Object> elements = new ArrayList<>();
    private @Nullable ArrayValue shape;
    private int count;
  }

  private final BaseType element;
  private final boolean nested;

  /// @param nested whether the values are arrays themselves
  ArrayAccumulator(BaseType element, boolean nested) {
    this.element = element;
    this.nested = nested;
  }

  @Override
  State create() {
    grow(64);
    return new State();
  }

  @Override
  boolean counts(List<Column> arguments, int row) {
    return true;
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    Object value = arguments.getFirst().valueAt(row);
    state.count++;
    grow(ColumnSizes.ofDatum(value));
    if (!nested) {
      state.elements.add(value);
      return;
    }
    if (!(value instanceof ArrayValue array)) {
      throw new QuiverException(SqlState.NULL_VALUE_NOT_ALLOWED, "cannot accumulate null arrays");
    }
    if (array.size() == 0) {
      throw new QuiverException(SqlState.ARRAY_SUBSCRIPT_ERROR, "cannot accumulate empty arrays");
    }
    ArrayValue shape = state.shape;
    if (shape == null) {
      state.shape = array;
    } else if (!Arrays.equals(shape.dimensions(), array.dimensions())) {
      throw new QuiverException(
          SqlState.ARRAY_SUBSCRIPT_ERROR, "cannot accumulate arrays of different dimensionality");
    }
    Collections.addAll(state.elements, array.elements());
  }

  @Override
  Object result(State state) {
    ArrayValue shape = state.shape;
    if (shape == null) {
      return ArrayValue.of(element, state.elements);
    }
    int[] dimensions = new int[shape.dimensionCount() + 1];
    int[] lowerBounds = new int[dimensions.length];
    dimensions[0] = state.count;
    lowerBounds[0] = 1;
    System.arraycopy(shape.dimensions(), 0, dimensions, 1, shape.dimensionCount());
    System.arraycopy(shape.lowerBounds(), 0, lowerBounds, 1, shape.dimensionCount());
    return new ArrayValue(element, state.elements.toArray(), dimensions, lowerBounds);
  }
}
