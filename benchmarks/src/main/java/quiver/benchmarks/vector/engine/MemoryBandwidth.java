package quiver.benchmarks.vector.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// How fast one thread reads and copies memory that no cache holds.
///
/// @param readBytesPerSecond comparing two equal areas with the JDK's vectorised intrinsic
/// @param copyBytesPerSecond bytes copied, each read once and written once
record MemoryBandwidth(double readBytesPerSecond, double copyBytesPerSecond) {
  private static final long AREA_BYTES = 256L << 20;
  private static final int ROUNDS = 7;

  /// The best of some rounds.
  static MemoryBandwidth measure() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocate(AREA_BYTES, 4096).fill((byte) 1);
      MemorySegment b = arena.allocate(AREA_BYTES, 4096).fill((byte) 1);
      long read = Long.MAX_VALUE;
      long copy = Long.MAX_VALUE;
      for (int i = 0; i < ROUNDS; i++) {
        long start = System.nanoTime();
        if (a.mismatch(b) >= 0) {
          throw new IllegalStateException("memory changed");
        }
        long middle = System.nanoTime();
        b.copyFrom(a);
        long end = System.nanoTime();
        read = Math.min(read, middle - start);
        copy = Math.min(copy, end - middle);
      }
      return new MemoryBandwidth(2e9 * AREA_BYTES / read, 1e9 * AREA_BYTES / copy);
    }
  }
}
