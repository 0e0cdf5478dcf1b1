package quiver.execution.function.vectors;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.VectorText;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.common.value.HalfVector;
import quiver.execution.function.ScalarFunction;

/// pgvector's functions over the state of `avg`: an array of the count and the sum of each element.
/// The aggregates themselves do not use them; programs may call them.
final class VectorStates {
  private VectorStates() {}

  /// Implementations by signature key.
  static Map<String, ScalarFunction> functions() {
    Map<String, ScalarFunction> functions = new HashMap<>();
    for (String type : new String[] {"vector", "halfvec"}) {
      functions.put(
          type + "_accum(_float8," + type + ")",
          (_, arguments) ->
              accumulate(type, state(arguments[0], type + "_accum"), floats(arguments[1])));
      functions.put(
          type + "_avg(_float8)",
          (_, arguments) -> average(type, state(arguments[0], type + "_avg")));
    }
    functions.put(
        "vector_combine(_float8,_float8)", (_, arguments) -> combine(arguments[0], arguments[1]));
    functions.put(
        "halfvec_combine(_float8,_float8)", (_, arguments) -> combine(arguments[0], arguments[1]));
    return functions;
  }

  private static float[] floats(@Nullable Object vector) {
    return vector instanceof HalfVector half
        ? half.toFloats()
        : (float[]) Objects.requireNonNull(vector);
  }

  private static double[] state(@Nullable Object argument, String function) {
    ArrayValue array = (ArrayValue) Objects.requireNonNull(argument);
    if (array.dimensionCount() != 1 || array.size() < 1 || array.hasNulls()) {
      throw new QuiverException(SqlState.DATA_EXCEPTION, "%s: expected state array", function);
    }
    double[] state = new double[array.size()];
    for (int i = 0; i < state.length; i++) {
      state[i] = (Double) Objects.requireNonNull(array.elements()[i]);
    }
    return state;
  }

  private static ArrayValue accumulate(String type, double[] state, float[] vector) {
    int dimension = state.length - 1;
    if (dimension > 0) {
      requireDimension(dimension, vector.length);
    } else {
      VectorText.checkDimension(vector.length, type);
    }
    double[] sums = new double[vector.length + 1];
    sums[0] = state[0] + 1;
    for (int i = 0; i < vector.length; i++) {
      sums[i + 1] = finite((dimension > 0 ? state[i + 1] : 0) + vector[i]);
    }
    return array(sums);
  }

  /// In pgvector both aggregates share one function, named after vectors.
  private static ArrayValue combine(@Nullable Object left, @Nullable Object right) {
    double[] a = state(left, "vector_combine");
    double[] b = state(right, "vector_combine");
    if (a[0] == 0 || b[0] == 0) {
      double[] one = a[0] == 0 ? b : a;
      if (one.length > 1) {
        VectorText.checkDimension(one.length - 1, "vector");
      }
      return array(one);
    }
    VectorText.checkDimension(a.length - 1, "vector");
    requireDimension(a.length - 1, b.length - 1);
    double[] sums = new double[a.length];
    sums[0] = a[0] + b[0];
    for (int i = 1; i < sums.length; i++) {
      sums[i] = finite(a[i] + b[i]);
    }
    return array(sums);
  }

  private static @Nullable Object average(String type, double[] state) {
    if (state[0] == 0) {
      return null;
    }
    VectorText.checkDimension(state.length - 1, type);
    float[] mean = new float[state.length - 1];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (state[i + 1] / state[0]);
      VectorText.checkElement(mean[i], type);
    }
    return type.equals("halfvec") ? VectorFunctions.half(mean, type) : mean;
  }

  private static void requireDimension(int expected, int actual) {
    if (expected != actual) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION, "expected %d dimensions, not %d", expected, actual);
    }
  }

  private static double finite(double sum) {
    if (Double.isInfinite(sum)) {
      throw new QuiverException(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
    }
    return sum;
  }

  private static ArrayValue array(double[] state) {
    @Nullable Object[] elements = new Object[state.length];
    for (int i = 0; i < state.length; i++) {
      elements[i] = state[i];
    }
    return ArrayValue.of(BaseType.FLOAT8, elements);
  }
}
