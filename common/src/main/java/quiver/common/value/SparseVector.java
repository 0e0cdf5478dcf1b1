package quiver.common.value;

import java.util.Arrays;

/// A pgvector `sparsevec`: the non-zero elements of a vector of `dimension` elements. Immutable;
/// ordered like the dense vector it stands for.
///
/// Indices count from 0 and ascend (the text form counts from 1).
public final class SparseVector implements Comparable<SparseVector> {
  private final int dimension;
  private final int[] indices;
  private final float[] values;

  private SparseVector(int dimension, int[] indices, float[] values) {
    this.dimension = dimension;
    this.indices = indices;
    this.values = values;
  }

  /// Owns both arrays from now on.
  ///
  /// @param indices ascending, from 0, each below `dimension`
  /// @param values as many as `indices`, none zero
  public static SparseVector of(int dimension, int[] indices, float[] values) {
    if (indices.length != values.length) {
      throw new IllegalArgumentException(
          indices.length + " indices but " + values.length + " values");
    }
    return new SparseVector(dimension, indices, values);
  }

  /// The non-zero elements of a dense vector.
  public static SparseVector ofDense(float[] dense) {
    int count = 0;
    for (float value : dense) {
      if (value != 0) {
        count++;
      }
    }
    int[] indices = new int[count];
    float[] values = new float[count];
    int at = 0;
    for (int i = 0; i < dense.length; i++) {
      if (dense[i] != 0) {
        indices[at] = i;
        values[at++] = dense[i];
      }
    }
    return new SparseVector(dense.length, indices, values);
  }

  public int dimension() {
    return dimension;
  }

  /// How many elements are stored.
  public int count() {
    return indices.length;
  }

  /// Not to be changed.
  public int[] indices() {
    return indices;
  }

  /// Not to be changed.
  public float[] values() {
    return values;
  }

  @Override
  public int compareTo(SparseVector other) {
    int mine = 0;
    int theirs = 0;
    while (mine < indices.length || theirs < other.indices.length) {
      int myIndex = mine < indices.length ? indices[mine] : Integer.MAX_VALUE;
      int theirIndex = theirs < other.indices.length ? other.indices[theirs] : Integer.MAX_VALUE;
      int index = Math.min(myIndex, theirIndex);
      if (index >= Math.min(dimension, other.dimension)) {
        break;
      }
      float myValue = myIndex == index ? values[mine++] : 0;
      float theirValue = theirIndex == index ? other.values[theirs++] : 0;
      if (myValue != theirValue) {
        return myValue < theirValue ? -1 : 1;
      }
    }
    return Integer.compare(dimension, other.dimension);
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
}
