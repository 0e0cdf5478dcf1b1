package quiver.benchmarks.cluster;

import java.util.Arrays;

/// Times of one kind of statement. Used by one thread.
final class Latencies {
  private final long[] nanos;
  private int count;

  Latencies(int capacity) {
    this.nanos = new long[capacity];
  }

  void add(long time) {
    nanos[count++] = time;
  }

  /// Milliseconds that a share of the statements did not exceed.
  ///
  /// @param share from 0 to 1
  double millis(double share) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.min(count - 1, (int) (share * count))] / 1e6;
  }
}
