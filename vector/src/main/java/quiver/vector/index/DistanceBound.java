package quiver.vector.index;

import java.util.concurrent.atomic.AtomicLong;

/// The distance above which rows are of no use to a statement: the distance of the worst of the `k`
/// rows found so far in all segments, or the radius of a range query. It only falls. Shared by the
/// searches of one statement in all threads.
public final class DistanceBound {
  private final AtomicLong bits;

  private DistanceBound(double distance) {
    this.bits = new AtomicLong(Double.doubleToRawLongBits(distance));
  }

  /// A bound that excludes nothing yet; it is [#lower]ed by the one who made it.
  public static DistanceBound none() {
    return new DistanceBound(Double.POSITIVE_INFINITY);
  }

  /// Rows at a distance above `distance` are of no use.
  public static DistanceBound of(double distance) {
    return new DistanceBound(distance);
  }

  /// The distance up to which rows are wanted, as pgvector's value; never NaN.
  public double get() {
    return Double.longBitsToDouble(bits.getOpaque());
  }

  /// Lowers the bound; a larger distance or NaN changes nothing.
  public void lower(double distance) {
    for (long seen = bits.get(); distance < Double.longBitsToDouble(seen); seen = bits.get()) {
      if (bits.compareAndSet(seen, Double.doubleToRawLongBits(distance))) {
        return;
      }
    }
  }
}
