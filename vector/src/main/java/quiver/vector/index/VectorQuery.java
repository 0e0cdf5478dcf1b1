package quiver.vector.index;

import quiver.common.value.BitString;
import quiver.common.value.SparseVector;

/// What rows are compared with.
public sealed interface VectorQuery {
  /// A dense vector, for `vector` and `halfvec` keys.
  ///
  /// @param values finite; not modified, not kept after the search and its continuations
  record Dense(float[] values) implements VectorQuery {}

  /// For `bit` keys.
  record Bits(BitString value) implements VectorQuery {}

  /// For `sparsevec` keys.
  record Sparse(SparseVector value) implements VectorQuery {}
}
