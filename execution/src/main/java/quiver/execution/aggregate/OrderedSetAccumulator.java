package quiver.execution.aggregate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.DatumOrder;
import quiver.common.value.Interval;
import quiver.execution.rows.ColumnSizes;

/// percentile_cont, percentile_disc and mode. Rows arrive in the order of WITHIN GROUP.
final class OrderedSetAccumulator extends ObjectAccumulator<OrderedSetAccumulator.State> {
  /// Which function.
  enum Kind {
    CONTINUOUS,
    DISCRETE,
    MODE
  }

  static final class State {
    private final List<Object> values = new ArrayList<>();
    private @Nullable Object fraction;
  }

  private final Kind kind;
  private final SqlType valueType;

  /// @param valueType of the values in order
  OrderedSetAccumulator(Kind kind, SqlType valueType) {
    this.kind = kind;
    this.valueType = valueType;
  }

  @Override
  State create() {
    grow(64);
    return new State();
  }

  @Override
  boolean counts(List<Column> arguments, int row) {
    return !arguments.getLast().isNull(row);
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    Object value = arguments.getLast().valueAt(row);
    if (value == null) {
      return;
    }
    if (kind != Kind.MODE) {
      state.fraction = arguments.getFirst().valueAt(row);
    }
    state.values.add(value);
    grow(ColumnSizes.ofDatum(value));
  }

  @Override
  @Nullable Object result(State state) {
    if (kind == Kind.MODE) {
      return mode(state.values);
    }
    Object fraction = state.fraction;
    if (fraction instanceof ArrayValue fractions) {
      @Nullable Object[] results = new @Nullable Object[fractions.size()];
      for (int i = 0; i < results.length; i++) {
        results[i] = percentile(state.values, fractions.elements()[i]);
      }
      return fractions.withElements(valueType.base(), results);
    }
    return percentile(state.values, fraction);
  }

  private Object mode(List<Object> values) {
    DatumOrder order = DatumOrder.of(valueType);
    Object best = values.getFirst();
    int bestCount = 0;
    int from = 0;
    for (int i = 1; i <= values.size(); i++) {
      if (i == values.size() || !order.equal(values.get(from), values.get(i))) {
        if (i - from > bestCount) {
          bestCount = i - from;
          best = values.get(from);
        }
        from = i;
      }
    }
    return best;
  }

  private @Nullable Object percentile(List<Object> values, @Nullable Object fraction) {
    if (fraction == null) {
      return null;
    }
    double p = (Double) fraction;
    if (!(p >= 0 && p <= 1)) {
      throw new QuiverException(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
          "percentile value %s is not between 0 and 1",
          p == Math.rint(p) ? String.valueOf((long) p) : String.valueOf(p));
    }
    int count = values.size();
    if (kind == Kind.DISCRETE) {
      return values.get(Math.max(0, (int) Math.ceil(p * count) - 1));
    }
    double position = p * (count - 1);
    int low = (int) Math.floor(position);
    int high = (int) Math.ceil(position);
    return low == high
        ? values.get(low)
        : interpolate(values.get(low), values.get(high), position - low);
  }

  private static Object interpolate(Object low, Object high, double proportion) {
    if (low instanceof Interval a && high instanceof Interval b) {
      return Intervals.add(a, Intervals.multiply(Intervals.subtract(b, a), proportion));
    }
    double a = (Double) low;
    return a + proportion * ((Double) high - a);
  }
}
