package quiver.vector.index;

import quiver.common.column.RowMask;

/// Which rows a search may return.
public sealed interface RowFilter {
  /// Every row that has a vector.
  static RowFilter all() {
    return AllRows.INSTANCE;
  }

  /// The rows of `mask` that have a vector. Counts the mask once; keep the filter to search several
  /// times with it.
  static RowFilter of(RowMask mask) {
    return new MaskedRows(mask, mask.cardinality());
  }

  /// No restriction.
  enum AllRows implements RowFilter {
    INSTANCE
  }

  /// @param mask visible rows that pass the statement's filter; not changed while a search runs
  /// @param cardinality how many rows the mask contains
  record MaskedRows(RowMask mask, int cardinality) implements RowFilter {}
}
