package quiver.common.column;

/// Where a row version lives, in one `long`: segment id in the upper 40 bits, row number in the
/// lower 24. Every row version keeps its address from growing to sealed. Segment 0 stands for the
/// rows that a transaction has inserted and not yet committed.
public final class RowAddress {
  /// Rows a segment can have.
  public static final int ROWS_PER_SEGMENT_MAX = 1 << 24;

  private static final int ROW_BITS = 24;

  private RowAddress() {}

  public static long of(long segmentId, int row) {
    return (segmentId << ROW_BITS) | row;
  }

  public static long segmentId(long address) {
    return address >>> ROW_BITS;
  }

  public static int row(long address) {
    return (int) address & (ROWS_PER_SEGMENT_MAX - 1);
  }
}
