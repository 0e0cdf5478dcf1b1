package quiver.frontend.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The numbers of `random()`: anybody's until `setseed`, from then on those that follow from the
/// seed, the same that PostgreSQL 15 gives. Safe for all threads of a statement.
///
/// Source: xoroshiro128** of Blackman and Vigna, seeded by splitmix64.
final class RandomSequence {
  private static final double MANTISSA = (1L << 52) - 1;

  @GuardedBy("this")
  private @Nullable State state;

  /// The generator's two words.
  private record State(long first, long second) {}

  /// Begins anew.
  ///
  /// @param value from -1 to 1
  synchronized void seed(double value) {
    long seed = (long) (MANTISSA * value);
    long step = 0x9E3779B97F4A7C15L;
    state = new State(mixed(seed + step), mixed(seed + 2 * step));
  }

  private static long mixed(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /// The next number.
  ///
  /// @param others of these, as long as there is no seed
  synchronized double next(RandomGenerator others) {
    State now = state;
    if (now == null) {
      return others.nextDouble();
    }
    long first = now.first();
    long both = now.second() ^ first;
    long bits = Long.rotateLeft(first * 5, 7) * 9;
    state = new State(Long.rotateLeft(first, 24) ^ both ^ (both << 16), Long.rotateLeft(both, 37));
    return Math.scalb((double) (bits >>> 12), -52);
  }
}
