package quiver.jdbc.vector;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// A `sparsevec`: a vector of which only the numbers other than zero are kept. Immutable. Indexes
/// count from 0 here; the server's text counts from 1.
///
/// ```java
/// statement.setObject(1, SparseVector.of(Map.of(0, 1f, 700, 0.5f), 1_000));
/// ```
public final class SparseVector {
  private final int dimension;
  private final int[] indices;
  private final float[] values;

  private SparseVector(int dimension, int[] indices, float[] values) {
    this.dimension = dimension;
    this.indices = indices;
    this.values = values;
  }

  /// Keeps the numbers that are not zero.
  public static SparseVector of(float... numbers) {
    Map<Integer, Float> kept = new TreeMap<>();
    for (int i = 0; i < numbers.length; i++) {
      kept.put(i, numbers[i]);
    }
    return of(kept, numbers.length);
  }

  /// @param numbers by index from 0; zeros are left out
  /// @throws IllegalArgumentException if an index is not below the dimension
  public static SparseVector of(Map<Integer, Float> numbers, int dimension) {
    Map<Integer, Float> ordered = new TreeMap<>(numbers);
    ordered.values().removeIf(number -> number == 0);
    int[] indices = new int[ordered.size()];
    float[] values = new float[indices.length];
    int count = 0;
    for (Map.Entry<Integer, Float> entry : ordered.entrySet()) {
      indices[count] = entry.getKey();
      values[count++] = entry.getValue();
    }
    return of(dimension, indices, values);
  }

  /// @param indices from 0, ascending; copied
  /// @param values as many as indices; copied
  /// @throws IllegalArgumentException if the indices do not ascend or are not below the dimension
  public static SparseVector of(int dimension, int[] indices, float[] values) {
    if (indices.length != values.length) {
      throw new IllegalArgumentException(
          indices.length + " indices do not fit " + values.length + " values");
    }
    int previous = -1;
    for (int index : indices) {
      if (index <= previous || index >= dimension) {
        throw new IllegalArgumentException(
            "index " + index + " must be above " + previous + " and below " + dimension);
      }
      previous = index;
    }
    return new SparseVector(dimension, indices.clone(), values.clone());
  }

  /// The number of dimensions, with those that are zero.
  public int dimension() {
    return dimension;
  }

  /// Where the numbers other than zero are, from 0, ascending; a copy.
  public int[] indices() {
    return indices.clone();
  }

  /// The numbers other than zero in the order of their indices; a copy.
  public float[] values() {
    return values.clone();
  }

  /// A new array of all numbers.
  public float[] toFloats() {
    float[] numbers = new float[dimension];
    for (int i = 0; i < indices.length; i++) {
      numbers[indices[i]] = values[i];
    }
    return numbers;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseVector that
        && dimension == that.dimension
        && Arrays.equals(indices, that.indices)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * dimension + Arrays.hashCode(indices)) + Arrays.hashCode(values);
  }

  /// As the server writes it, for example `{1:1,701:0.5}/1000`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < indices.length; i++) {
      text.append(i == 0 ? "" : ",").append(indices[i] + 1).append(':');
      VectorText.append(text, values[i]);
    }
    return text.append("}/").append(dimension).toString();
  }
}
