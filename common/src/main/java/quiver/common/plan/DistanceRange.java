package quiver.common.plan;

import java.util.Optional;
import quiver.common.expression.Expression;

/// The distances a search may return: float8 expressions without input columns. A NULL bound, and a
/// row without a distance, match nothing.
public record DistanceRange(
    Optional<Expression> min,
    boolean minInclusive,
    Optional<Expression> max,
    boolean maxInclusive) {
  /// Every distance, and rows that have none.
  public static final DistanceRange ALL =
      new DistanceRange(Optional.empty(), true, Optional.empty(), true);

  /// Whether it excludes anything.
  public boolean isBounded() {
    return min.isPresent() || max.isPresent();
  }
}
