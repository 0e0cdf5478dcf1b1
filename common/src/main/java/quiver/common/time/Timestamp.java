package quiver.common.time;

/// A timestamp of the timestamp oracle, in one `long`: milliseconds since 1970 in the upper 46
/// bits, a counter in the lower 18. Larger is later.
public final class Timestamp {
  /// Bits of the counter.
  public static final int LOGICAL_BITS = 18;

  private Timestamp() {}

  public static long of(long epochMillis, int counter) {
    return (epochMillis << LOGICAL_BITS) | counter;
  }

  public static long epochMillis(long timestamp) {
    return timestamp >>> LOGICAL_BITS;
  }

  public static int counter(long timestamp) {
    return (int) timestamp & ((1 << LOGICAL_BITS) - 1);
  }
}
