package quiver.common.value;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.RangeFamily;

/// A range: empty, or all values between two ends. Ranges of discrete types are kept as
/// `[lower,upper)`, so equal sets are equal values. Immutable; empty first, then by lower and upper
/// end.
public final class RangeValue implements Comparable<RangeValue> {
  private final RangeFamily family;
  private final boolean empty;
  private final RangeBound lower;
  private final RangeBound upper;

  private RangeValue(RangeFamily family, boolean empty, RangeBound lower, RangeBound upper) {
    this.family = family;
    this.empty = empty;
    this.lower = lower;
    this.upper = upper;
  }

  public static RangeValue empty(RangeFamily family) {
    return new RangeValue(
        family, true, new RangeBound(null, false, true), new RangeBound(null, false, false));
  }

  /// The range between two values; an absent one is infinitely far.
  ///
  /// @throws QuiverException `22000` when `lower` is above `upper`
  public static RangeValue of(
      RangeFamily family,
      @Nullable Object lower,
      boolean lowerInclusive,
      @Nullable Object upper,
      boolean upperInclusive) {
    return of(
        family,
        new RangeBound(lower, lowerInclusive, true),
        new RangeBound(upper, upperInclusive, false));
  }

  static RangeValue of(RangeFamily family, RangeBound lower, RangeBound upper) {
    int order = lower.compareValues(upper, family);
    if (order > 0) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "range lower bound must be less than or equal to range upper bound");
    }
    if (order == 0 && !(lower.inclusive() && upper.inclusive())) {
      return empty(family);
    }
    if (!family.discrete()) {
      return new RangeValue(family, false, lower, upper);
    }
    RangeBound from = lower.inclusive() ? lower : beyond(family, lower, true);
    RangeBound to = upper.inclusive() ? beyond(family, upper, false) : upper;
    return !from.infinite() && from.compareValues(to, family) >= 0 && !to.inclusive()
        ? empty(family)
        : new RangeValue(family, false, from, to);
  }

  /// The end one value further on; infinities and infinite dates stay.
  private static RangeBound beyond(RangeFamily family, RangeBound bound, boolean inclusive) {
    if (!(bound.value() instanceof Long value)
        || (family == RangeFamily.DATE && (value == Long.MAX_VALUE || value == Long.MIN_VALUE))) {
      return bound;
    }
    long max = family == RangeFamily.INT4 ? Integer.MAX_VALUE : Long.MAX_VALUE;
    if (value == max) {
      throw new QuiverException(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "%s out of range", family.subtype().sqlName());
    }
    return new RangeBound(value + 1, inclusive, bound.lower());
  }

  public RangeFamily family() {
    return family;
  }

  public boolean isEmpty() {
    return empty;
  }

  /// Empty for the empty range and one without lower end.
  public Optional<Object> lower() {
    return Optional.ofNullable(lower.value());
  }

  public Optional<Object> upper() {
    return Optional.ofNullable(upper.value());
  }

  public boolean lowerInclusive() {
    return lower.inclusive();
  }

  public boolean upperInclusive() {
    return upper.inclusive();
  }

  /// Whether there is no lower end, and the range is not empty.
  public boolean lowerInfinite() {
    return !empty && lower.infinite();
  }

  public boolean upperInfinite() {
    return !empty && upper.infinite();
  }

  int compareLower(RangeValue other) {
    return lower.compare(other.lower, family);
  }

  int compareUpper(RangeValue other) {
    return upper.compare(other.upper, family);
  }

  public boolean contains(RangeValue other) {
    return other.empty || (!empty && compareLower(other) <= 0 && compareUpper(other) >= 0);
  }

  public boolean containsValue(Object value) {
    return contains(of(family, value, true, value, true));
  }

  public boolean overlaps(RangeValue other) {
    return !empty
        && !other.empty
        && lower.compare(other.upper, family) <= 0
        && other.lower.compare(upper, family) <= 0;
  }

  public boolean isBefore(RangeValue other) {
    return !empty && !other.empty && upper.compare(other.lower, family) < 0;
  }

  public boolean isAdjacentTo(RangeValue other) {
    return !empty
        && !other.empty
        && (upper.meets(other.lower, family) || other.upper.meets(lower, family));
  }

  /// The smallest range with both.
  public RangeValue merge(RangeValue other) {
    if (empty || other.empty) {
      return empty ? other : this;
    }
    return new RangeValue(
        family,
        false,
        compareLower(other) <= 0 ? lower : other.lower,
        compareUpper(other) >= 0 ? upper : other.upper);
  }

  /// @throws QuiverException `22000` when there is a gap between them
  public RangeValue union(RangeValue other) {
    if (!empty && !other.empty && !overlaps(other) && !isAdjacentTo(other)) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION, "result of range union would not be contiguous");
    }
    return merge(other);
  }

  public RangeValue intersect(RangeValue other) {
    return overlaps(other)
        ? of(
            family,
            compareLower(other) >= 0 ? lower : other.lower,
            compareUpper(other) <= 0 ? upper : other.upper)
        : empty(family);
  }

  /// @throws QuiverException `22000` when the other lies within
  public RangeValue minus(RangeValue other) {
    if (!overlaps(other)) {
      return this;
    }
    if (compareLower(other) < 0 && compareUpper(other) > 0) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION, "result of range difference would not be contiguous");
    }
    return compareLower(other) < 0 ? before(other) : after(other);
  }

  /// What of this range is below the lower end of the other, if it has one.
  RangeValue before(RangeValue other) {
    return compareLower(other) < 0 ? of(family, lower, other.lower.flipped()) : empty(family);
  }

  /// What of this range is above the upper end of the other, if it has one.
  RangeValue after(RangeValue other) {
    return compareUpper(other) > 0 ? of(family, other.upper.flipped(), upper) : empty(family);
  }

  /// The range type.
  public BaseType type() {
    return family.range();
  }

  @Override
  public int compareTo(RangeValue other) {
    if (empty || other.empty) {
      return Boolean.compare(other.empty, empty);
    }
    int order = compareLower(other);
    return order != 0 ? order : compareUpper(other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RangeValue that && family == that.family && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return empty ? 0 : 31 * hash(lower) + hash(upper);
  }

  private int hash(RangeBound bound) {
    Object value = bound.value();
    int hash = value == null ? 0 : DatumOrder.of(family.subtype()).hash(value);
    return bound.inclusive() ? ~hash : hash;
  }
}
