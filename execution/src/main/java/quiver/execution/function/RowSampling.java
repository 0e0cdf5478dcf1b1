package quiver.execution.function;

import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// TABLESAMPLE: whether a row, or the block it is in, is part of a sample.
final class RowSampling {
  /// Rows of a block, as a power of two.
  private static final int BLOCK_SHIFT = 7;

  private static final double HASH_RANGE = 0x1p53;

  private RowSampling() {}

  static boolean takes(
      @Nullable Long address, @Nullable Double seed, @Nullable Double percent, Boolean blocks) {
    if (percent == null) {
      throw new QuiverException(
          SqlState.INVALID_TABLESAMPLE_ARGUMENT, "TABLESAMPLE parameter cannot be null");
    }
    if (seed == null) {
      throw new QuiverException(
          SqlState.INVALID_TABLESAMPLE_REPEAT, "TABLESAMPLE REPEATABLE parameter cannot be null");
    }
    if (!(percent >= 0 && percent <= 100)) {
      throw new QuiverException(
          SqlState.INVALID_TABLESAMPLE_ARGUMENT, "sample percentage must be between 0 and 100");
    }
    long what = address == null ? 0 : blocks ? address >> BLOCK_SHIFT : address;
    long hash = mixed(mixed(what) ^ Double.doubleToLongBits(seed));
    return (hash >>> 11) / HASH_RANGE * 100 < percent;
  }

  // The finalizer of SplitMix64.
  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
