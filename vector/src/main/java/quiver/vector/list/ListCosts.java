package quiver.vector.list;

/// What the ways of a filtered search cost, in nanoseconds measured on 384 dimensions (AMD EPYC Zen
/// 5, AVX-512), and how many lists a filter needs.
final class ListCosts {
  /// A row's code, in a block scanned at once.
  private static final double CODE_NANOS = 3;

  /// Looking up whether a row is allowed, and skipping its block.
  private static final double LOOKUP_NANOS = 1.2;

  /// A row's int8 vector, found by its number.
  private static final double INT8_NANOS = 25;

  private static final int ROWS_PER_BLOCK = 32;

  private final ListIndex index;

  ListCosts(ListIndex index) {
    this.index = index;
  }

  /// Lists to read under a filter of this share: the nearest allowed rows are farther than the
  /// nearest rows, in as many dimensions as real data has.
  static int probesUnder(double share, int probes, int listCount) {
    double factor = 1 / Math.sqrt(Math.max(share, 1e-6));
    return (int) Math.min(listCount, Math.ceil(probes * factor));
  }

  /// Whether comparing every allowed row costs less than reading lists.
  boolean maskIsCheaper(int probes, int allowedCount, double share) {
    double rows =
        (double) probesUnder(share, probes, index.listCount())
            / index.listCount()
            * index.header().codedRowCount();
    double blockShare = 1 - Math.pow(1 - share, ROWS_PER_BLOCK);
    double lists = rows * (LOOKUP_NANOS + CODE_NANOS * blockShare);
    return allowedCount * INT8_NANOS < lists;
  }
}
