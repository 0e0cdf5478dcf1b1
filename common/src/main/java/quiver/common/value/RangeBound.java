package quiver.common.value;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.type.RangeFamily;

/// One end of a range.
///
/// @param value absent where the range does not end
/// @param lower whether it is the lower end
record RangeBound(@Nullable Object value, boolean inclusive, boolean lower) {
  RangeBound {
    inclusive &= value != null;
  }

  boolean infinite() {
    return value == null;
  }

  /// The same place as the other end of a neighbour.
  RangeBound flipped() {
    return new RangeBound(value, !inclusive, !lower);
  }

  /// The order of the places on the axis, whatever they include.
  int compareValues(RangeBound other, RangeFamily family) {
    if (infinite() || other.infinite()) {
      if (infinite() && other.infinite()) {
        return lower == other.lower ? 0 : lower ? -1 : 1;
      }
      return infinite() ? (lower ? -1 : 1) : other.lower ? 1 : -1;
    }
    return DatumOrder.of(family.subtype())
        .compare(Objects.requireNonNull(value), Objects.requireNonNull(other.value));
  }

  /// As [#compareValues]; at the same value by what lies before the end.
  int compare(RangeBound other, RangeFamily family) {
    int order = compareValues(other, family);
    if (order != 0 || infinite() || other.infinite()) {
      return order;
    }
    if (!inclusive && !other.inclusive) {
      return lower == other.lower ? 0 : lower ? 1 : -1;
    }
    if (!inclusive) {
      return lower ? 1 : -1;
    }
    return other.inclusive ? 0 : other.lower ? -1 : 1;
  }

  /// Whether nothing lies between this upper and that lower end, and nothing in both.
  boolean meets(RangeBound next, RangeFamily family) {
    return !infinite()
        && !next.infinite()
        && compareValues(next, family) == 0
        && inclusive != next.inclusive;
  }
}
