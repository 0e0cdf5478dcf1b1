package quiver.vector.list;

/// What the ways of a filtered search cost, in nanoseconds measured on 384 dimensions (AMD EPYC Zen
/// 5, AVX-512), and how many lists a filter needs.
final class ListCosts {
  /// Below this share of allowed rows they are put in the order of the lists, so that blocks
  /// without any are skipped; above it each row near enough is looked up.
  private static final double DENSE_SHARE_MIN = 0.05;

  /// Allowed rows to be expected near the query before their number says something.
  private static final double OBSERVED_MIN = 6;

  /// A row's code, in a block scanned at once.
  private static final double CODE_NANOS = 3;

  /// Looking up which rows of a block are allowed, a row.
  private static final double LOOKUP_NANOS = 1;

  /// A row's int8 vector, which comes from memory: 8 ns if it came from a cache.
  private static final double INT8_NANOS = 95;

  /// A row in full precision, which comes from memory.
  private static final double ROW_NANOS = 145;

  /// Where allowed rows are thinner than this among the nearest, against all, they are far away.
  private static final double CORRELATION_MIN = 0.3;

  /// A search of lists besides reading them: the query's codes, the centroids.
  private static final double SEARCH_NANOS = 30_000;

  /// A row of the lists nearest to the query, some of which are compared by int8.
  private static final double NEAR_ROW_NANOS = 4.5;

  private static final int ROWS_PER_BLOCK = 32;

  private final ListIndex index;

  ListCosts(ListIndex index) {
    this.index = index;
  }

  /// Lists to read without codes under a filter of this share: the nearest allowed rows are farther
  /// than the nearest rows, in as many dimensions as real data has.
  static int probesUnder(double share, int probes, int listCount) {
    double factor = 1 / Math.sqrt(Math.max(share, 1e-6));
    return (int) Math.min(listCount, Math.ceil(probes * factor));
  }

  /// Whether comparing every allowed row is expected to cost no more than reading lists.
  boolean maskIsSmall(int probes, int allowedCount, double share) {
    double rows = (double) probes / index.listCount() * index.header().codedRowCount();
    double further = rows * (1 / Math.sqrt(Math.max(share, 1e-6)) - 1);
    double lists = SEARCH_NANOS + rows * NEAR_ROW_NANOS + further * codeNanos(share);
    return maskNanos(allowedCount, share) <= lists;
  }

  /// Whether allowed rows lie so close that a comparison by int8 costs less.
  static boolean isDense(double share) {
    return share >= DENSE_SHARE_MIN;
  }

  /// What a filtered search leaves out, of what an unfiltered one does: less where its rows are so
  /// far away that [ProbeLimit] is less sure.
  static double leftOut(double share) {
    return isDense(share) ? 0.9 : 0.5;
  }

  /// How much denser allowed rows may be among some rows near the query than among all, two rows
  /// given to chance; 1 when too few were seen to tell.
  ///
  /// @param share of allowed rows among all
  static double correlation(double share, long seen, long seenAllowed) {
    double expected = share * seen;
    return expected < OBSERVED_MIN ? 1 : (seenAllowed + 2) / expected;
  }

  /// Whether the allowed rows are so far from the query that all of them are compared.
  static boolean isFar(double correlation) {
    return correlation < CORRELATION_MIN;
  }

  private static double maskNanos(int allowedCount, double share) {
    return allowedCount * (isDense(share) ? INT8_NANOS : ROW_NANOS);
  }

  /// A row of lists that are read under a filter.
  private static double codeNanos(double share) {
    return isDense(share)
        ? CODE_NANOS
        : LOOKUP_NANOS + CODE_NANOS * (1 - Math.pow(1 - share, ROWS_PER_BLOCK));
  }

  /// Whether comparing every allowed row costs less than reading on.
  ///
  /// @param listsRead so far
  /// @param correlation of being allowed and being near
  /// @param margin how much cheaper: what is found in the next lists may end the search sooner
  boolean maskIsCheaper(
      ProbeLimit farthest, int listsRead, int allowedCount, double correlation, double margin) {
    if (isFar(correlation)) {
      return true;
    }
    double all = Math.max(1, index.header().codedRowCount());
    double share = allowedCount / all;
    double rows = Math.max(0, farthest.rowsToRead() - all * listsRead / index.listCount());
    double lists = rows * codeNanos(share) + rows / all * allowedCount * INT8_NANOS;
    return margin * maskNanos(allowedCount, share) < lists;
  }
}
