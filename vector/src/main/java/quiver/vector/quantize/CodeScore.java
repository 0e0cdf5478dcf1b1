package quiver.vector.quantize;

/// What a code estimates of its row `o` for a query `q`; smaller is nearer.
public enum CodeScore {
  /// `|o - q|²`; the base of a scan is `|centre - q|²`.
  SQUARED_L2,
  /// `-2 × <o, q>`; the base of a scan is `-2 × <centre, q>`.
  NEGATIVE_PRODUCT
}
