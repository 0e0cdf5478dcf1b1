package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.ByteWriter;
import quiver.common.value.HalfVector;

/// sum and avg of `vector` and `halfvec`, summed in double as pgvector's `avg` does (its `sum` adds
/// in float). A result that no float can hold is refused.
final class VectorAccumulator extends ObjectAccumulator<VectorAccumulator.State> {
  static final class State {
    private double[] sums = new double[0];
    private long count;
  }

  private final boolean average;
  private final boolean half;

  VectorAccumulator(boolean average, boolean half) {
    this.average = average;
    this.half = half;
  }

  @Override
  State create() {
    return new State();
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    Object value = arguments.getFirst().valueAt(row);
    float[] vector = value instanceof HalfVector halves ? halves.toFloats() : (float[]) value;
    if (vector == null) {
      return;
    }
    start(state, vector.length);
    for (int i = 0; i < vector.length; i++) {
      state.sums[i] += vector[i];
    }
    state.count++;
  }

  private void start(State state, int dimension) {
    if (state.count == 0) {
      state.sums = new double[dimension];
      grow(8L * dimension);
    } else if (state.sums.length != dimension) {
      throw mismatch(state.sums.length, dimension);
    }
  }

  /// pgvector's wording differs between the two.
  private QuiverException mismatch(int expected, int actual) {
    return average
        ? new QuiverException(
            SqlState.DATA_EXCEPTION, "expected %d dimensions, not %d", expected, actual)
        : new QuiverException(
            SqlState.DATA_EXCEPTION,
            "different %s dimensions %d and %d",
            half ? "halfvec" : "vector",
            expected,
            actual);
  }

  @Override
  @Nullable Object result(State state) {
    if (state.count == 0) {
      return null;
    }
    float[] vector = new float[state.sums.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (average ? state.sums[i] / state.count : state.sums[i]);
      if (Float.isInfinite(vector[i])) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
      }
    }
    return half ? toHalves(vector) : vector;
  }

  private static HalfVector toHalves(float[] vector) {
    short[] halves = new short[vector.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Float.floatToFloat16(vector[i]);
      if (Float.isInfinite(Float.float16ToFloat(halves[i]))) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
      }
    }
    return HalfVector.of(halves);
  }

  @Override
  public void write(int group, ByteWriter out) {
    State state = stateOrNull(group);
    if (state == null) {
      out.putLong(0);
      return;
    }
    out.putLong(state.count).putInt(state.sums.length);
    for (double sum : state.sums) {
      out.putDouble(sum);
    }
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    long count = in.getLong();
    if (count == 0) {
      return;
    }
    State state = state(group);
    int dimension = ByteWriter.length(in, 8);
    start(state, dimension);
    for (int i = 0; i < dimension; i++) {
      state.sums[i] += in.getDouble();
    }
    state.count += count;
  }
}
