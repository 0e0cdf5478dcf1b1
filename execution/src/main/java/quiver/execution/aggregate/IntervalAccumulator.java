package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;
import quiver.common.value.Interval;

/// sum and avg of intervals.
final class IntervalAccumulator extends ObjectAccumulator<IntervalAccumulator.State> {
  private static final SqlType TYPE = SqlType.of(BaseType.INTERVAL);

  static final class State {
    private Interval sum = Interval.ZERO;
    private long count;
  }

  private final boolean average;

  IntervalAccumulator(boolean average) {
    this.average = average;
  }

  @Override
  State create() {
    grow(48);
    return new State();
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    if (arguments.getFirst().valueAt(row) instanceof Interval interval) {
      state.sum = Intervals.add(state.sum, interval);
      state.count++;
    }
  }

  @Override
  Object result(State state) {
    return average ? Intervals.divide(state.sum, (double) state.count) : state.sum;
  }

  @Override
  public void write(int group, ByteWriter out) {
    State state = stateOrNull(group);
    out.putLong(state == null ? 0 : state.count);
    if (state != null) {
      DatumCodec.write(out, TYPE, state.sum);
    }
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    long count = in.getLong();
    if (count > 0) {
      State state = state(group);
      state.count += count;
      state.sum = Intervals.add(state.sum, (Interval) DatumCodec.read(in, TYPE));
    }
  }
}
