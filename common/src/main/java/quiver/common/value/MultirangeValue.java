package quiver.common.value;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import quiver.common.type.RangeFamily;

/// A set of values as ranges: in order, none empty, with a gap between each two. Immutable; ordered
/// range by range.
public final class MultirangeValue implements Comparable<MultirangeValue> {
  private final RangeFamily family;
  private final List<RangeValue> ranges;

  private MultirangeValue(RangeFamily family, List<RangeValue> ranges) {
    this.family = family;
    this.ranges = List.copyOf(ranges);
  }

  /// The values of any of the ranges.
  public static MultirangeValue of(RangeFamily family, Collection<RangeValue> ranges) {
    List<RangeValue> sorted = new ArrayList<>(ranges);
    sorted.removeIf(RangeValue::isEmpty);
    Collections.sort(sorted);
    List<RangeValue> joined = new ArrayList<>();
    for (RangeValue range : sorted) {
      RangeValue last = joined.isEmpty() ? RangeValue.empty(family) : joined.getLast();
      if (last.overlaps(range) || last.isAdjacentTo(range)) {
        joined.set(joined.size() - 1, last.merge(range));
      } else {
        joined.add(range);
      }
    }
    return new MultirangeValue(family, joined);
  }

  public static MultirangeValue of(RangeValue range) {
    return of(range.family(), List.of(range));
  }

  public RangeFamily family() {
    return family;
  }

  public List<RangeValue> ranges() {
    return ranges;
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /// The smallest range with all of them.
  public RangeValue span() {
    return isEmpty() ? RangeValue.empty(family) : ranges.getFirst().merge(ranges.getLast());
  }

  public boolean contains(MultirangeValue other) {
    return other.ranges.stream().allMatch(this::contains);
  }

  private boolean contains(RangeValue wanted) {
    return ranges.stream().anyMatch(range -> range.contains(wanted));
  }

  public boolean containsValue(Object value) {
    return contains(RangeValue.of(family, value, true, value, true));
  }

  public boolean overlaps(MultirangeValue other) {
    return ranges.stream().anyMatch(range -> other.ranges.stream().anyMatch(range::overlaps));
  }

  public boolean isBefore(MultirangeValue other) {
    return !isEmpty() && !other.isEmpty() && ranges.getLast().isBefore(other.ranges.getFirst());
  }

  public boolean isAdjacentTo(MultirangeValue other) {
    return !isEmpty() && !other.isEmpty() && (isJustBefore(other) || other.isJustBefore(this));
  }

  private boolean isJustBefore(MultirangeValue other) {
    RangeValue last = ranges.getLast();
    RangeValue next = other.ranges.getFirst();
    return last.compareTo(next) < 0 && last.isAdjacentTo(next);
  }

  /// Whether nothing of this is above everything of the other.
  public boolean endsNoLaterThan(MultirangeValue other) {
    return !isEmpty() && !other.isEmpty() && span().compareUpper(other.span()) <= 0;
  }

  /// Whether nothing of this is below everything of the other.
  public boolean startsNoEarlierThan(MultirangeValue other) {
    return !isEmpty() && !other.isEmpty() && span().compareLower(other.span()) >= 0;
  }

  public MultirangeValue union(MultirangeValue other) {
    List<RangeValue> all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    return of(family, all);
  }

  public MultirangeValue intersect(MultirangeValue other) {
    List<RangeValue> common = new ArrayList<>();
    for (RangeValue range : ranges) {
      other.ranges.forEach(cut -> common.add(range.intersect(cut)));
    }
    return of(family, common);
  }

  public MultirangeValue minus(MultirangeValue other) {
    List<RangeValue> left = ranges;
    for (RangeValue cut : other.ranges) {
      List<RangeValue> parts = new ArrayList<>();
      for (RangeValue range : left) {
        if (range.overlaps(cut)) {
          parts.add(range.before(cut));
          parts.add(range.after(cut));
        } else {
          parts.add(range);
        }
      }
      left = parts;
    }
    return of(family, left);
  }

  @Override
  public int compareTo(MultirangeValue other) {
    int common = Math.min(ranges.size(), other.ranges.size());
    for (int i = 0; i < common; i++) {
      int order = ranges.get(i).compareTo(other.ranges.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(ranges.size(), other.ranges.size());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MultirangeValue that
        && family == that.family
        && ranges.equals(that.ranges);
  }

  @Override
  public int hashCode() {
    return ranges.hashCode();
  }
}
