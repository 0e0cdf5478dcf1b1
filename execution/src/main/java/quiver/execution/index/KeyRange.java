package quiver.execution.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Entries whose first keys are given and whose next keys lie between bounds.
///
/// @param prefix values of the first keys; null: the key is NULL
/// @param lower smallest value of the next key; null: none
/// @param upper largest value of the next key; null: none
/// @param notNull whether the next key must not be NULL; so with a bound
/// @param start where the next keys begin, in the order of the index; null: anywhere
/// @param end where they end; null: nowhere
public record KeyRange(
    List<@Nullable Object> prefix,
    @Nullable Bound lower,
    @Nullable Bound upper,
    boolean notNull,
    @Nullable RowBound start,
    @Nullable RowBound end) {
  /// One end.
  public record Bound(Object value, boolean inclusive) {}

  /// One end that several keys make, compared key by key in the order of the index.
  ///
  /// @param values of the keys after the prefix
  public record RowBound(List<Object> values, boolean inclusive) {
    public RowBound {
      values = List.copyOf(values);
    }
  }

  public KeyRange {
    prefix = Collections.unmodifiableList(new ArrayList<>(prefix));
    notNull = notNull || lower != null || upper != null;
  }

  /// A range bounded by the first key after the prefix.
  public KeyRange(
      List<@Nullable Object> prefix,
      @Nullable Bound lower,
      @Nullable Bound upper,
      boolean notNull) {
    this(prefix, lower, upper, notNull, null, null);
  }

  /// Entries whose first keys are these.
  public static KeyRange ofPrefix(List<@Nullable Object> prefix) {
    return new KeyRange(prefix, null, null, false);
  }

  /// Whether entry `at` lies before the range.
  boolean isAfter(SortedRun run, KeyOrder order, int at) {
    int sign = comparePrefix(run, order, at);
    if (sign != 0) {
      return sign < 0;
    }
    if (start != null) {
      int against = compareRow(start, run, order, at);
      if (against < 0 || (against == 0 && !start.inclusive())) {
        return true;
      }
    }
    return notNull && isBeforeBounds(run, order, at);
  }

  private boolean isBeforeBounds(SortedRun run, KeyOrder order, int at) {
    KeyOrder.Key key = order.keys().get(prefix.size());
    Object value = run.key(at, prefix.size());
    if (value == null) {
      return key.nullsFirst();
    }
    Bound first = key.descending() ? upper : lower;
    if (first == null) {
      return false;
    }
    int against = order.compare(prefix.size(), value, first.value());
    return against < 0 || (against == 0 && !first.inclusive());
  }

  /// Whether entry `at` lies behind the range.
  boolean isBefore(SortedRun run, KeyOrder order, int at) {
    int sign = comparePrefix(run, order, at);
    if (sign != 0) {
      return sign > 0;
    }
    if (end != null) {
      int against = compareRow(end, run, order, at);
      if (against > 0 || (against == 0 && !end.inclusive())) {
        return true;
      }
    }
    return notNull && isBehindBounds(run, order, at);
  }

  private boolean isBehindBounds(SortedRun run, KeyOrder order, int at) {
    KeyOrder.Key key = order.keys().get(prefix.size());
    Object value = run.key(at, prefix.size());
    if (value == null) {
      return !key.nullsFirst();
    }
    Bound last = key.descending() ? lower : upper;
    if (last == null) {
      return false;
    }
    int against = order.compare(prefix.size(), value, last.value());
    return against > 0 || (against == 0 && !last.inclusive());
  }

  private int comparePrefix(SortedRun run, KeyOrder order, int at) {
    for (int i = 0; i < prefix.size(); i++) {
      int sign = order.compare(i, run.key(at, i), prefix.get(i));
      if (sign != 0) {
        return sign;
      }
    }
    return 0;
  }

  private int compareRow(RowBound bound, SortedRun run, KeyOrder order, int at) {
    for (int i = 0; i < bound.values().size(); i++) {
      int key = prefix.size() + i;
      int sign = order.compare(key, run.key(at, key), bound.values().get(i));
      if (sign != 0) {
        return sign;
      }
    }
    return 0;
  }
}
