package quiver.common.vector;

/// A distance between two vectors of equal dimension, with pgvector's meaning: smaller is nearer.
///
/// Source: pgvector's operator table.
public enum DistanceMetric {
  /// Euclidean distance, operator `<->`.
  L2("<->", "l2"),
  /// Negative inner product, operator `<#>`.
  INNER_PRODUCT("<#>", "ip"),
  /// One minus cosine similarity, operator `<=>`; NaN when either vector is zero.
  COSINE("<=>", "cosine"),
  /// Manhattan distance, operator `<+>`.
  L1("<+>", "l1");

  private final String operator;
  private final String operatorClassInfix;

  DistanceMetric(String operator, String operatorClassInfix) {
    this.operator = operator;
    this.operatorClassInfix = operatorClassInfix;
  }

  /// The SQL operator, for example `<->`.
  public String operator() {
    return operator;
  }

  /// The operator class for a type, for example `vector_l2_ops`.
  public String operatorClass(String typeName) {
    return typeName + "_" + operatorClassInfix + "_ops";
  }
}
