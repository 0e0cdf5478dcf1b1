package quiver.execution.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Entries whose first keys are given and whose next key lies between bounds.
///
/// @param prefix values of the first keys; null: the key is NULL
/// @param lower smallest value of the next key; null: none
/// @param upper largest value of the next key; null: none
/// @param notNull whether the next key must not be NULL; so with a bound
public record KeyRange(
    List<@Nullable Object> prefix, @Nullable Bound lower, @Nullable Bound upper, boolean notNull) {
  /// One end.
  public record Bound(Object value, boolean inclusive) {}

  public KeyRange {
    prefix = Collections.unmodifiableList(new ArrayList<>(prefix));
    notNull = notNull || lower != null || upper != null;
  }

  /// Entries whose first keys are these.
  public static KeyRange ofPrefix(List<@Nullable Object> prefix) {
    return new KeyRange(prefix, null, null, false);
  }

  /// Whether entry `at` lies before the range.
  boolean isAfter(SortedRun run, KeyOrder order, int at) {
    int sign = comparePrefix(run, order, at);
    if (sign != 0 || !notNull) {
      return sign < 0;
    }
    KeyOrder.Key key = order.keys().get(prefix.size());
    Object value = run.key(at, prefix.size());
    if (value == null) {
      return key.nullsFirst();
    }
    Bound start = key.descending() ? upper : lower;
    if (start == null) {
      return false;
    }
    int against = order.compare(prefix.size(), value, start.value());
    return against < 0 || (against == 0 && !start.inclusive());
  }

  /// Whether entry `at` lies behind the range.
  boolean isBefore(SortedRun run, KeyOrder order, int at) {
    int sign = comparePrefix(run, order, at);
    if (sign != 0 || !notNull) {
      return sign > 0;
    }
    KeyOrder.Key key = order.keys().get(prefix.size());
    Object value = run.key(at, prefix.size());
    if (value == null) {
      return !key.nullsFirst();
    }
    Bound end = key.descending() ? lower : upper;
    if (end == null) {
      return false;
    }
    int against = order.compare(prefix.size(), value, end.value());
    return against > 0 || (against == 0 && !end.inclusive());
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
}
