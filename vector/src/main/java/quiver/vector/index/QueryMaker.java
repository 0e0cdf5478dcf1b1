package quiver.vector.index;

import java.util.Arrays;
import quiver.common.value.BitString;
import quiver.common.value.SparseVector;

/// Queries for measurements: a stored row finds its own neighbours too easily, so a query lies
/// half-way between a row and one of its neighbours.
public final class QueryMaker {
  private QueryMaker() {}

  /// Half-way between two queries of one kind: their mean; of bits, every second bit of each.
  public static VectorQuery between(VectorQuery a, VectorQuery b) {
    if (a instanceof VectorQuery.Dense(float[] x) && b instanceof VectorQuery.Dense(float[] y)) {
      float[] middle = new float[x.length];
      for (int i = 0; i < middle.length; i++) {
        middle[i] = (x[i] + y[i]) / 2;
      }
      return new VectorQuery.Dense(middle);
    }
    if (a instanceof VectorQuery.Bits(BitString x) && b instanceof VectorQuery.Bits(BitString y)) {
      byte[] bytes = x.bytes().clone();
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ((bytes[i] & 0x55) | (y.bytes()[i] & 0xaa));
      }
      return new VectorQuery.Bits(BitString.of(x.length(), bytes));
    }
    if (a instanceof VectorQuery.Sparse(SparseVector x)
        && b instanceof VectorQuery.Sparse(SparseVector y)) {
      return new VectorQuery.Sparse(mean(x, y));
    }
    throw new IllegalArgumentException(a + " and " + b);
  }

  private static SparseVector mean(SparseVector a, SparseVector b) {
    int[] indices = new int[a.count() + b.count()];
    float[] values = new float[indices.length];
    int count = 0;
    for (int i = 0, j = 0; i < a.count() || j < b.count(); ) {
      int x = i < a.count() ? a.indices()[i] : Integer.MAX_VALUE;
      int y = j < b.count() ? b.indices()[j] : Integer.MAX_VALUE;
      float sum = 0;
      if (x <= y) {
        sum += a.values()[i++] / 2;
      }
      if (y <= x) {
        sum += b.values()[j++] / 2;
      }
      if (sum != 0) {
        indices[count] = Math.min(x, y);
        values[count++] = sum;
      }
    }
    return SparseVector.of(
        a.dimension(), Arrays.copyOf(indices, count), Arrays.copyOf(values, count));
  }
}
