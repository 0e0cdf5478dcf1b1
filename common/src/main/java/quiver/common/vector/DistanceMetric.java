package quiver.common.vector;

import java.util.List;
import java.util.Optional;

/// A distance between two vectors or bit strings of equal length, with pgvector's meaning: smaller
/// is nearer.
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
  L1("<+>", "l1"),
  /// Bits that differ, operator `<~>`.
  HAMMING("<~>", "hamming"),
  /// One minus the common part of the set bits, operator `<%>`.
  JACCARD("<%>", "jaccard");

  private final String operator;
  private final String operatorClassInfix;

  DistanceMetric(String operator, String operatorClassInfix) {
    this.operator = operator;
    this.operatorClassInfix = operatorClassInfix;
  }

  /// The metric of an operator class, for example of `halfvec_ip_ops`.
  public static Optional<DistanceMetric> ofOperatorClass(String operatorClass) {
    for (DistanceMetric metric : values()) {
      if (operatorClass.endsWith("_" + metric.operatorClassInfix + "_ops")) {
        return Optional.of(metric);
      }
    }
    return Optional.empty();
  }

  /// The metrics that compare vectors of numbers.
  public static List<DistanceMetric> ofNumbers() {
    return List.of(L2, INNER_PRODUCT, COSINE, L1);
  }

  /// Whether it compares bit strings.
  public boolean isOfBits() {
    return this == HAMMING || this == JACCARD;
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
