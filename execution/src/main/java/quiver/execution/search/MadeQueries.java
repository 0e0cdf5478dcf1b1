package quiver.execution.search;

import quiver.common.value.BitString;
import quiver.common.value.HalfVector;
import quiver.common.value.SparseVector;
import quiver.vector.index.QueryMaker;
import quiver.vector.index.VectorQuery;

/// Queries made of stored vectors, to measure recall with.
public final class MadeQueries {
  private MadeQueries() {}

  /// A vector half-way between two of the same type: `float[]`, [HalfVector], [BitString] or
  /// [SparseVector].
  public static Object between(Object left, Object right) {
    return switch (QueryMaker.between(query(left), query(right))) {
      case VectorQuery.Dense(float[] values) ->
          left instanceof HalfVector ? halves(values) : values;
      case VectorQuery.Bits(BitString bits) -> bits;
      case VectorQuery.Sparse(SparseVector sparse) -> sparse;
    };
  }

  private static HalfVector halves(float[] values) {
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Float.floatToFloat16(values[i]);
    }
    return HalfVector.of(halves);
  }

  private static VectorQuery query(Object vector) {
    return switch (vector) {
      case float[] values -> new VectorQuery.Dense(values);
      case HalfVector halves -> new VectorQuery.Dense(halves.toFloats());
      case BitString bits -> new VectorQuery.Bits(bits);
      case SparseVector sparse -> new VectorQuery.Sparse(sparse);
      default -> throw new IllegalArgumentException("vector " + vector.getClass());
    };
  }
}
