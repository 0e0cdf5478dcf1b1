package quiver.execution.search;

/// The distances a search may return. NaN is above every number, as PostgreSQL orders it.
public record DistanceInterval(double min, boolean minInclusive, double max, boolean maxInclusive) {
  /// Every distance.
  public static final DistanceInterval ALL =
      new DistanceInterval(Double.NEGATIVE_INFINITY, true, Double.NaN, true);

  /// Whether there is an upper bound.
  boolean hasMax() {
    return !Double.isNaN(max);
  }

  boolean contains(double distance) {
    return !isBelow(distance) && !isAbove(distance);
  }

  private boolean isBelow(double distance) {
    return minInclusive ? distance < min : distance <= min;
  }

  boolean isAbove(double distance) {
    if (!hasMax()) {
      return false;
    }
    return maxInclusive ? !(distance <= max) : !(distance < max);
  }
}
