package quiver.execution.function;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.DatumOrder;

/// Functions over arrays.
final class ArrayFunctions {
  /// Elements an array may have (PostgreSQL's MaxArraySize for 8-byte pointers).
  private static final long ELEMENT_COUNT_MAX = 134_217_727;

  private ArrayFunctions() {}

  static void addTo(FunctionTable table) {
    shape(table);
    changes(table);
    searches(table);
    sets(table);
  }

  private static boolean hasDimension(ArrayValue array, int dimension) {
    return dimension >= 1 && dimension <= array.dimensionCount();
  }

  private static void shape(FunctionTable table) {
    table
        .all(
            "array_length",
            (_, a) ->
                hasDimension(Arguments.array(a, 0), Arguments.int4(a, 1))
                    ? (Long) (long) Arguments.array(a, 0).dimensions()[Arguments.int4(a, 1) - 1]
                    : null)
        .all(
            "array_lower",
            (_, a) ->
                hasDimension(Arguments.array(a, 0), Arguments.int4(a, 1))
                    ? (Long) (long) Arguments.array(a, 0).lowerBounds()[Arguments.int4(a, 1) - 1]
                    : null)
        .all(
            "array_upper",
            (_, a) ->
                hasDimension(Arguments.array(a, 0), Arguments.int4(a, 1))
                    ? (Long) (long) Arguments.array(a, 0).upperBound(Arguments.int4(a, 1) - 1)
                    : null)
        .all(
            "array_ndims",
            (_, a) ->
                Arguments.array(a, 0).dimensionCount() == 0
                    ? null
                    : (Long) (long) Arguments.array(a, 0).dimensionCount())
        .all("cardinality", (_, a) -> (long) Arguments.array(a, 0).size())
        .all("array_dims", (_, a) -> dimensions(Arguments.array(a, 0)))
        .all(
            "array_larger",
            (_, a) -> Arguments.array(a, 0).compareTo(Arguments.array(a, 1)) > 0 ? a[0] : a[1])
        .all(
            "array_smaller",
            (_, a) -> Arguments.array(a, 0).compareTo(Arguments.array(a, 1)) < 0 ? a[0] : a[1]);
  }

  private static @Nullable String dimensions(ArrayValue array) {
    if (array.dimensionCount() == 0) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < array.dimensionCount(); i++) {
      text.append('[').append(array.lowerBounds()[i]).append(':');
      text.append(array.upperBound(i)).append(']');
    }
    return text.toString();
  }

  private static QuiverException dataException(String message) {
    return QuiverException.ofMessage(SqlState.DATA_EXCEPTION, message);
  }

  private static BaseType elementType(CallTypes types, int index) {
    SqlType type = types.argument(index);
    return type.base();
  }

  private static void changes(FunctionTable table) {
    table
        .allTyped(
            "array_append",
            types -> (_, a) -> insert((ArrayValue) a[0], a[1], elementType(types, 0), false))
        .allTyped(
            "array_prepend",
            types -> (_, a) -> insert((ArrayValue) a[1], a[0], elementType(types, 1), true))
        .all("array_cat", (_, a) -> concat((ArrayValue) a[0], (ArrayValue) a[1]))
        .all("array_remove", (_, a) -> remove((ArrayValue) a[0], a[1]))
        .all(
            "array_replace",
            (_, a) -> {
              ArrayValue array = (ArrayValue) a[0];
              if (array == null) {
                return null;
              }
              IntPredicate matches = matches(array, a[1]);
              @Nullable Object[] replaced = array.elements().clone();
              for (int i = 0; i < replaced.length; i++) {
                replaced[i] = matches.test(i) ? a[2] : replaced[i];
              }
              return array.withElements(array.element(), replaced);
            })
        .oneTyped(
            "array_fill(anyelement,_int4)",
            types -> (_, a) -> fill(types.argument(0).base(), a[0], a[1], null))
        .oneTyped(
            "array_fill(anyelement,_int4,_int4)",
            types ->
                (_, a) -> {
                  if (a[2] == null) {
                    throw nullDimension();
                  }
                  return fill(types.argument(0).base(), a[0], a[1], a[2]);
                })
        .all("trim_array", (_, a) -> trim(Arguments.array(a, 0), Arguments.int4(a, 1)));
  }

  private static ArrayValue insert(
      @Nullable ArrayValue array, @Nullable Object element, BaseType type, boolean first) {
    if (array == null || array.size() == 0) {
      return ArrayValue.of(type, new @Nullable Object[] {element});
    }
    if (array.dimensionCount() != 1) {
      throw dataException("argument must be empty or one-dimensional array");
    }
    int size = array.size();
    @Nullable Object[] elements = new @Nullable Object[size + 1];
    System.arraycopy(array.elements(), 0, elements, first ? 1 : 0, size);
    elements[first ? 0 : size] = element;
    return ArrayValue.withLowerBound(array.element(), elements, array.lowerBounds()[0]);
  }

  private static @Nullable ArrayValue concat(
      @Nullable ArrayValue left, @Nullable ArrayValue right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    if (left.size() == 0) {
      return right;
    }
    if (right.size() == 0) {
      return left;
    }
    int leftCount = left.dimensionCount();
    int rightCount = right.dimensionCount();
    if (Math.abs(leftCount - rightCount) > 1) {
      throw incompatible(
          "Arrays of "
              + leftCount
              + " and "
              + rightCount
              + " dimensions are not compatible for concatenation.");
    }
    ArrayValue outer = leftCount >= rightCount ? left : right;
    int[] dimensions = outer.dimensions().clone();
    int innerFrom = leftCount == rightCount ? 1 : 0;
    for (int i = 1; i < dimensions.length; i++) {
      int leftLength =
          left.dimensions()[leftCount == rightCount ? i : i - (leftCount < rightCount ? 1 : 0)];
      int rightLength =
          right.dimensions()[leftCount == rightCount ? i : i - (rightCount < leftCount ? 1 : 0)];
      if (leftLength != rightLength) {
        throw incompatible(
            leftCount == rightCount
                ? "Arrays with differing element dimensions are not compatible for concatenation."
                : "Arrays with differing dimensions are not compatible for concatenation.");
      }
    }
    dimensions[0] =
        innerFrom == 1 ? left.dimensions()[0] + right.dimensions()[0] : outer.dimensions()[0] + 1;
    @Nullable Object[] elements = Arrays.copyOf(left.elements(), left.size() + right.size());
    System.arraycopy(right.elements(), 0, elements, left.size(), right.size());
    return new ArrayValue(left.element(), elements, dimensions, outer.lowerBounds());
  }

  private static QuiverException incompatible(String detail) {
    return new QuiverException(
            SqlState.ARRAY_SUBSCRIPT_ERROR, "cannot concatenate incompatible arrays")
        .withDetail(detail);
  }

  private static IntPredicate matches(ArrayValue array, @Nullable Object wanted) {
    DatumOrder order = DatumOrder.of(array.element());
    return i -> {
      Object element = array.elements()[i];
      return (element == null || wanted == null)
          ? element == null && wanted == null
          : order.equal(element, wanted);
    };
  }

  private static @Nullable ArrayValue remove(@Nullable ArrayValue array, @Nullable Object element) {
    if (array == null) {
      return null;
    }
    if (array.dimensionCount() > 1) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "removing elements from multidimensional arrays is not supported");
    }
    IntPredicate matches = matches(array, element);
    List<@Nullable Object> kept = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!matches.test(i)) {
        kept.add(array.elements()[i]);
      }
    }
    return kept.isEmpty()
        ? ArrayValue.empty(array.element())
        : ArrayValue.withLowerBound(array.element(), kept.toArray(), array.lowerBounds()[0]);
  }

  private static QuiverException nullDimension() {
    return new QuiverException(
        SqlState.NULL_VALUE_NOT_ALLOWED, "dimension array or low bound array cannot be null");
  }

  private static ArrayValue fill(
      BaseType type,
      @Nullable Object element,
      @Nullable Object dimensionArray,
      @Nullable Object boundArray) {
    if (dimensionArray == null) {
      throw nullDimension();
    }
    int[] dimensions = integers((ArrayValue) dimensionArray);
    int[] bounds = new int[dimensions.length];
    Arrays.fill(bounds, 1);
    if (boundArray != null) {
      bounds = integers((ArrayValue) boundArray);
      if (bounds.length != dimensions.length) {
        throw new QuiverException(
                SqlState.ARRAY_SUBSCRIPT_ERROR, "wrong number of array subscripts")
            .withDetail("Low bound array has different size than dimensions array.");
      }
    }
    long count = dimensions.length == 0 ? 0 : 1;
    for (int length : dimensions) {
      count *= Math.max(0, length);
      if (length < 0 || count > ELEMENT_COUNT_MAX) {
        throw new QuiverException(
            SqlState.PROGRAM_LIMIT_EXCEEDED,
            "array size exceeds the maximum allowed (%d)",
            ELEMENT_COUNT_MAX);
      }
    }
    if (count == 0) {
      return ArrayValue.empty(type);
    }
    @Nullable Object[] elements = new @Nullable Object[(int) count];
    Arrays.fill(elements, element);
    return new ArrayValue(type, elements, dimensions, bounds);
  }

  private static int[] integers(ArrayValue array) {
    if (array.dimensionCount() > 1) {
      throw new QuiverException(SqlState.ARRAY_SUBSCRIPT_ERROR, "wrong number of array subscripts")
          .withDetail("Dimension array must be one dimensional.");
    }
    if (array.size() > ArrayValue.DIMENSION_COUNT_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "number of array dimensions (%d) exceeds the maximum allowed (%d)",
          array.size(),
          ArrayValue.DIMENSION_COUNT_MAX);
    }
    int[] integers = new int[array.size()];
    for (int i = 0; i < integers.length; i++) {
      Object element = array.elements()[i];
      if (element == null) {
        throw new QuiverException(
            SqlState.NULL_VALUE_NOT_ALLOWED, "dimension values cannot be null");
      }
      integers[i] = (int) (long) (Long) element;
    }
    return integers;
  }

  private static ArrayValue trim(ArrayValue array, int count) {
    int length = array.dimensionCount() == 0 ? 0 : array.dimensions()[0];
    if (count < 0 || count > length) {
      throw new QuiverException(
          SqlState.ARRAY_SUBSCRIPT_ERROR,
          "number of elements to trim must be between 0 and %d",
          length);
    }
    if (count == length) {
      return ArrayValue.empty(array.element());
    }
    int[] dimensions = array.dimensions().clone();
    int[] bounds = new int[dimensions.length];
    Arrays.fill(bounds, 1);
    dimensions[0] = length - count;
    int size = array.size() / length * dimensions[0];
    return new ArrayValue(
        array.element(), Arrays.copyOf(array.elements(), size), dimensions, bounds);
  }

  private static void searches(FunctionTable table) {
    table
        .all(
            "array_position",
            (_, a) -> {
              ArrayValue array = (ArrayValue) a[0];
              if (array == null) {
                return null;
              }
              checkSearch(array);
              if (array.size() == 0) {
                return null;
              }
              long lower = array.lowerBounds()[0];
              long from = lower;
              if (a.length > 2) {
                if (a[2] == null) {
                  throw new QuiverException(
                      SqlState.NULL_VALUE_NOT_ALLOWED, "initial position must not be null");
                }
                from = Math.max(lower, (Long) a[2]);
              }
              IntPredicate matches = matches(array, a[1]);
              for (int i = (int) (from - lower); i < array.size(); i++) {
                if (matches.test(i)) {
                  return i + lower;
                }
              }
              return null;
            })
        .all(
            "array_positions",
            (_, a) -> {
              ArrayValue array = (ArrayValue) a[0];
              if (array == null) {
                return null;
              }
              checkSearch(array);
              IntPredicate matches = matches(array, a[1]);
              List<Object> positions = new ArrayList<>();
              for (int i = 0; i < array.size(); i++) {
                if (matches.test(i)) {
                  positions.add((long) i + array.lowerBounds()[0]);
                }
              }
              return ArrayValue.of(BaseType.INT4, positions.toArray());
            });
  }

  private static void checkSearch(ArrayValue array) {
    if (array.dimensionCount() > 1) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "searching for elements in multidimensional arrays is not supported");
    }
  }

  private static void sets(FunctionTable table) {
    table
        .all("arraycontains", (_, a) -> contains(Arguments.array(a, 0), Arguments.array(a, 1)))
        .all("arraycontained", (_, a) -> contains(Arguments.array(a, 1), Arguments.array(a, 0)))
        .all("arrayoverlap", (_, a) -> overlaps(Arguments.array(a, 0), Arguments.array(a, 1)));
  }

  private static boolean has(ArrayValue array, Object wanted, DatumOrder order) {
    for (Object element : array.elements()) {
      if (element != null && order.equal(element, wanted)) {
        return true;
      }
    }
    return false;
  }

  /// NULL elements are contained nowhere.
  private static boolean contains(ArrayValue whole, ArrayValue part) {
    DatumOrder order = DatumOrder.of(whole.element());
    for (Object element : part.elements()) {
      if (element == null || !has(whole, element, order)) {
        return false;
      }
    }
    return true;
  }

  private static boolean overlaps(ArrayValue left, ArrayValue right) {
    DatumOrder order = DatumOrder.of(left.element());
    for (Object element : left.elements()) {
      if (element != null && has(right, element, order)) {
        return true;
      }
    }
    return false;
  }
}
