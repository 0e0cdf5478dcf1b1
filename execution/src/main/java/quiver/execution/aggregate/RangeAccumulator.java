package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;
import quiver.common.value.MultirangeValue;
import quiver.common.value.RangeValue;

/// range_agg (all values of any range) and range_intersect_agg (those of every range), of ranges
/// and multiranges.
final class RangeAccumulator extends ObjectAccumulator<RangeAccumulator.State> {
  /// The stored form of a multirange is the same for all types.
  private static final SqlType STORED = SqlType.of(BaseType.INT4MULTIRANGE);

  private static final long RANGE_BYTES = 64;

  private final boolean intersect;
  private final boolean ranges;

  static final class State {
    private final List<RangeValue> collected = new ArrayList<>();
    private @Nullable MultirangeValue first;
  }

  /// @param ranges whether the result is to be a range
  RangeAccumulator(boolean intersect, boolean ranges) {
    this.intersect = intersect;
    this.ranges = ranges;
  }

  @Override
  State create() {
    return new State();
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    switch (arguments.getFirst().valueAt(row)) {
      case RangeValue range -> add(state, MultirangeValue.of(range));
      case MultirangeValue multirange -> add(state, multirange);
      case null, default -> {}
    }
  }

  private void add(State state, MultirangeValue value) {
    MultirangeValue known = state.first;
    if (known == null) {
      state.first = value;
    } else if (intersect) {
      state.first = known.intersect(value);
    } else {
      state.collected.addAll(value.ranges());
    }
    grow(RANGE_BYTES * (1 + value.ranges().size()));
  }

  private static @Nullable MultirangeValue all(State state) {
    MultirangeValue first = state.first;
    return first == null ? null : first.union(MultirangeValue.of(first.family(), state.collected));
  }

  @Override
  @Nullable Object result(State state) {
    MultirangeValue all = all(state);
    return all != null && ranges ? all.span() : all;
  }

  @Override
  public void write(int group, ByteWriter out) {
    State state = stateOrNull(group);
    MultirangeValue all = state == null ? null : all(state);
    out.putByte(all == null ? 0 : 1);
    if (all != null) {
      DatumCodec.write(out, STORED, all);
    }
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    if (in.get() != 0) {
      add(state(group), (MultirangeValue) DatumCodec.read(in, STORED));
    }
  }
}
