package quiver.vector.kernel;

/// What a [VectorKernel] sums over the elements of two vectors. A distance in pgvector's sense is
/// made from these sums by [VectorDistance].
public enum KernelOperation {
  /// Sum of squared differences.
  SQUARED_L2,
  /// Sum of products.
  INNER_PRODUCT,
  /// Sum of absolute differences.
  L1
}
