package quiver.common.value;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.type.BaseType;

/// An array value of any number of dimensions. Immutable: nobody changes the arrays after it was
/// made. Ordered as PostgreSQL orders arrays: element by element, NULL last, then by count and
/// shape.
///
/// @param elements row-major, null for NULL; as many as the product of `dimensions`
/// @param dimensions length of each dimension; none for the empty array
/// @param lowerBounds subscript of the first element of each dimension, usually 1
public record ArrayValue(
    BaseType element, @Nullable Object[] elements, int[] dimensions, int[] lowerBounds)
    implements Comparable<ArrayValue> {
  /// Most dimensions PostgreSQL allows (its MAXDIM).
  public static final int DIMENSION_COUNT_MAX = 6;

  public ArrayValue {
    if (dimensions.length != lowerBounds.length) {
      throw new IllegalArgumentException(
          dimensions.length + " dimensions but " + lowerBounds.length + " lower bounds");
    }
  }

  /// The array without elements (and without dimensions).
  public static ArrayValue empty(BaseType element) {
    return new ArrayValue(element, new @Nullable Object[0], new int[0], new int[0]);
  }

  /// A one-dimensional array with lower bound 1; owns `elements` from now on.
  public static ArrayValue of(BaseType element, @Nullable Object... elements) {
    return withLowerBound(element, elements, 1);
  }

  /// A one-dimensional array with lower bound 1.
  public static ArrayValue of(BaseType element, List<? extends @Nullable Object> elements) {
    return of(element, elements.toArray());
  }

  /// A one-dimensional array; owns `elements` from now on.
  public static ArrayValue withLowerBound(
      BaseType element, @Nullable Object[] elements, int lowerBound) {
    return elements.length == 0
        ? empty(element)
        : new ArrayValue(element, elements, new int[] {elements.length}, new int[] {lowerBound});
  }

  public int dimensionCount() {
    return dimensions.length;
  }

  /// Number of elements over all dimensions.
  public int size() {
    return elements.length;
  }

  public boolean hasNulls() {
    for (Object element : elements) {
      if (element == null) {
        return true;
      }
    }
    return false;
  }

  /// Subscript of the last element of a dimension (from 0).
  public int upperBound(int dimension) {
    return lowerBounds[dimension] + dimensions[dimension] - 1;
  }

  /// The same elements and shape with other element values of type `newElement`.
  public ArrayValue withElements(BaseType newElement, @Nullable Object[] newElements) {
    return new ArrayValue(newElement, newElements, dimensions, lowerBounds);
  }

  @Override
  public int compareTo(ArrayValue other) {
    DatumOrder order = DatumOrder.of(element);
    int common = Math.min(elements.length, other.elements.length);
    for (int i = 0; i < common; i++) {
      int byElement = order.compareNullsLast(elements[i], other.elements[i]);
      if (byElement != 0) {
        return byElement;
      }
    }
    if (elements.length != other.elements.length) {
      return Integer.compare(elements.length, other.elements.length);
    }
    if (dimensions.length != other.dimensions.length) {
      return Integer.compare(dimensions.length, other.dimensions.length);
    }
    int byDimensions = Arrays.compare(dimensions, other.dimensions);
    return byDimensions != 0 ? byDimensions : Arrays.compare(lowerBounds, other.lowerBounds);
  }

  /// SQL equality, except that NULL elements equal each other (as in PostgreSQL's `array_eq`).
  @Override
  public boolean equals(Object other) {
    return other instanceof ArrayValue that
        && elements.length == that.elements.length
        && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    DatumOrder order = DatumOrder.of(element);
    int hash = 1;
    for (Object value : elements) {
      hash = 31 * hash + (value == null ? 0 : order.hash(value));
    }
    return hash;
  }

  @Override
  public String toString() {
    return Arrays.toString(elements);
  }
}
