package quiver.vector.list;

import quiver.vector.index.RowFilter;

/// The rows a search may return, as words to look up. Used by one thread.
final class AllowedRows {
  private static final long[] NONE = {};

  private long[] words = NONE;
  private boolean all = true;

  void set(RowFilter filter) {
    switch (filter) {
      case RowFilter.AllRows ignored -> {
        all = true;
        words = NONE;
      }
      case RowFilter.MaskedRows masked -> {
        all = false;
        words = masked.mask().words();
      }
    }
  }

  boolean isEveryRow() {
    return all;
  }

  boolean contains(int row) {
    return all || (words[row >>> 6] & (1L << row)) != 0;
  }
}
