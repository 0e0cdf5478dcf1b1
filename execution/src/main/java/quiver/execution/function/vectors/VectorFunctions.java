package quiver.execution.function.vectors;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.NumberText;
import quiver.common.format.TypeModifiers;
import quiver.common.format.VectorText;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.common.value.BitString;
import quiver.common.value.HalfVector;
import quiver.common.value.Numeric;
import quiver.common.value.SparseVector;
import quiver.common.vector.DistanceMetric;
import quiver.execution.function.ScalarFunction;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorArithmetic;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

/// pgvector's functions by signature key. Half and sparse vectors are widened to float32 first:
/// pgvector computes with them in float32 too. Source: vector.c, halfvec.c, sparsevec.c and
/// bitvec.c of pgvector, read for behaviour.
public final class VectorFunctions {
  private static final VectorKernel KERNEL = VectorKernels.best();

  private final Map<String, ScalarFunction> functions = new HashMap<>();

  private VectorFunctions() {}

  /// Implementations by signature key.
  public static Map<String, ScalarFunction> functions() {
    VectorFunctions all = new VectorFunctions();
    all.distances();
    all.comparisons();
    all.elements();
    all.bits();
    all.conversions();
    all.functions.putAll(VectorStates.functions());
    return Map.copyOf(all.functions);
  }

  /// A function of two vectors of equal dimension.
  private interface Distance {
    double between(float[] a, float[] b);
  }

  /// A comparison's answer from the sign of the ordering.
  private interface SignTest {
    boolean holds(int sign);
  }

  private void distances() {
    distance("l2_distance", (a, b) -> VectorDistance.between(KERNEL, DistanceMetric.L2, a, b));
    distance(
        "inner_product",
        (a, b) -> -VectorDistance.between(KERNEL, DistanceMetric.INNER_PRODUCT, a, b));
    distance(
        "cosine_distance", (a, b) -> VectorDistance.between(KERNEL, DistanceMetric.COSINE, a, b));
    distance("l1_distance", (a, b) -> VectorDistance.between(KERNEL, DistanceMetric.L1, a, b));
    for (String type : new String[] {"vector", "halfvec", "sparsevec"}) {
      pair(
          type + "_l2_squared_distance",
          type,
          (a, b) -> KERNEL.compute(KernelOperation.SQUARED_L2, a, 0, b, 0, a.length));
      pair(
          type + "_negative_inner_product",
          type,
          (a, b) -> VectorDistance.between(KERNEL, DistanceMetric.INNER_PRODUCT, a, b));
      if (!type.equals("sparsevec")) {
        pair(type + "_spherical_distance", type, VectorFunctions::spherical);
      }
    }
  }

  private static double spherical(float[] a, float[] b) {
    double product = KERNEL.compute(KernelOperation.INNER_PRODUCT, a, 0, b, 0, a.length);
    return Math.acos(Math.clamp(product, -1.0, 1.0)) / Math.PI;
  }

  private void distance(String name, Distance distance) {
    pair(name, "vector", distance);
    pair(name, "halfvec", distance);
    pair(name, "sparsevec", distance);
  }

  private void pair(String name, String type, Distance distance) {
    functions.put(
        name + "(" + type + "," + type + ")",
        (_, arguments) -> {
          float[][] both = floats(type, arguments);
          return distance.between(both[0], both[1]);
        });
  }

  /// Both arguments as float32, after the check that their dimensions agree.
  private static float[][] floats(String type, @Nullable Object[] arguments) {
    Object left = given(arguments, 0);
    Object right = given(arguments, 1);
    int leftDimension = dimension(left);
    int rightDimension = dimension(right);
    if (leftDimension != rightDimension) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "different %s dimensions %d and %d",
          type,
          leftDimension,
          rightDimension);
    }
    if (left instanceof SparseVector a && right instanceof SparseVector b) {
      return union(a, b);
    }
    return new float[][] {dense(left), dense(right)};
  }

  /// Two sparse vectors as dense ones over the positions where either has an element.
  private static float[][] union(SparseVector a, SparseVector b) {
    float[] left = new float[a.count() + b.count()];
    float[] right = new float[left.length];
    int count = 0;
    int i = 0;
    int j = 0;
    while (i < a.count() || j < b.count()) {
      int leftIndex = i < a.count() ? a.indices()[i] : Integer.MAX_VALUE;
      int rightIndex = j < b.count() ? b.indices()[j] : Integer.MAX_VALUE;
      if (leftIndex <= rightIndex) {
        left[count] = a.values()[i++];
      }
      if (rightIndex <= leftIndex) {
        right[count] = b.values()[j++];
      }
      count++;
    }
    return new float[][] {Arrays.copyOf(left, count), Arrays.copyOf(right, count)};
  }

  private static int dimension(Object vector) {
    return switch (vector) {
      case float[] dense -> dense.length;
      case HalfVector half -> half.dimension();
      case SparseVector sparse -> sparse.dimension();
      default -> throw new IllegalArgumentException("not a vector: " + vector.getClass());
    };
  }

  private static float[] dense(Object vector) {
    return switch (vector) {
      case float[] dense -> dense;
      case HalfVector half -> half.toFloats();
      case SparseVector sparse -> {
        VectorText.checkDimension(sparse.dimension(), "vector");
        float[] dense = new float[sparse.dimension()];
        for (int i = 0; i < sparse.count(); i++) {
          dense[sparse.indices()[i]] = sparse.values()[i];
        }
        yield dense;
      }
      default -> throw new IllegalArgumentException("not a vector: " + vector.getClass());
    };
  }

  private void comparisons() {
    for (String type : new String[] {"vector", "halfvec", "sparsevec"}) {
      comparison(type, "lt", sign -> sign < 0);
      comparison(type, "le", sign -> sign <= 0);
      comparison(type, "eq", sign -> sign == 0);
      comparison(type, "ne", sign -> sign != 0);
      comparison(type, "ge", sign -> sign >= 0);
      comparison(type, "gt", sign -> sign > 0);
      functions.put(
          type + "_cmp(" + type + "," + type + ")",
          (_, arguments) -> (long) compare(given(arguments, 0), given(arguments, 1)));
    }
  }

  private void comparison(String type, String suffix, SignTest test) {
    functions.put(
        type + "_" + suffix + "(" + type + "," + type + ")",
        (_, arguments) -> test.holds(compare(given(arguments, 0), given(arguments, 1))));
  }

  private static int compare(Object left, Object right) {
    int order =
        switch (left) {
          case float[] a -> compare(a, (float[]) right);
          case HalfVector a -> a.compareTo((HalfVector) right);
          case SparseVector a -> a.compareTo((SparseVector) right);
          default -> throw new IllegalArgumentException("not a vector: " + left.getClass());
        };
    return Integer.signum(order);
  }

  /// Like arrays: element by element, a prefix before the longer one. The elements are finite; -0
  /// equals 0.
  private static int compare(float[] a, float[] b) {
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      if (a[i] < b[i]) {
        return -1;
      }
      if (a[i] > b[i]) {
        return 1;
      }
    }
    return Integer.compare(a.length, b.length);
  }

  private void elements() {
    functions.put("vector_dims(vector)", (_, arguments) -> (long) dimension(given(arguments, 0)));
    functions.put("vector_dims(halfvec)", (_, arguments) -> (long) dimension(given(arguments, 0)));
    functions.put(
        "vector_norm(vector)", (_, arguments) -> VectorArithmetic.norm(dense(given(arguments, 0))));
    functions.put(
        "l2_norm(halfvec)", (_, arguments) -> VectorArithmetic.norm(dense(given(arguments, 0))));
    functions.put(
        "l2_norm(sparsevec)",
        (_, arguments) -> VectorArithmetic.norm(((SparseVector) given(arguments, 0)).values()));
    functions.put(
        "l2_normalize(vector)",
        (_, arguments) -> VectorArithmetic.normalize(dense(given(arguments, 0))));
    functions.put(
        "l2_normalize(halfvec)",
        (_, arguments) -> half(VectorArithmetic.normalize(dense(given(arguments, 0))), "halfvec"));
    functions.put(
        "l2_normalize(sparsevec)", (_, arguments) -> normalize((SparseVector) given(arguments, 0)));
    arithmetic("add", VectorArithmetic::add);
    arithmetic("sub", VectorArithmetic::subtract);
    arithmetic("mul", VectorArithmetic::multiply);
    functions.put(
        "vector_concat(vector,vector)",
        (_, arguments) -> concat(dense(given(arguments, 0)), dense(given(arguments, 1)), "vector"));
    functions.put(
        "halfvec_concat(halfvec,halfvec)",
        (_, arguments) ->
            half(
                concat(dense(given(arguments, 0)), dense(given(arguments, 1)), "halfvec"),
                "halfvec"));
    functions.put(
        "subvector(vector,int4,int4)",
        (_, arguments) ->
            subvector(
                dense(given(arguments, 0)), number(arguments, 1), number(arguments, 2), "vector"));
    functions.put(
        "subvector(halfvec,int4,int4)",
        (_, arguments) ->
            half(
                subvector(
                    dense(given(arguments, 0)),
                    number(arguments, 1),
                    number(arguments, 2),
                    "halfvec"),
                "halfvec"));
    functions.put("binary_quantize(vector)", (_, arguments) -> signs(dense(given(arguments, 0))));
    functions.put("binary_quantize(halfvec)", (_, arguments) -> signs(dense(given(arguments, 0))));
  }

  /// An element-wise function of two vectors.
  private interface Elementwise {
    float[] apply(float[] a, float[] b);
  }

  private void arithmetic(String suffix, Elementwise function) {
    functions.put(
        "vector_" + suffix + "(vector,vector)",
        (_, arguments) -> {
          float[][] both = floats("vector", arguments);
          return function.apply(both[0], both[1]);
        });
    functions.put(
        "halfvec_" + suffix + "(halfvec,halfvec)",
        (_, arguments) -> {
          float[][] both = floats("halfvec", arguments);
          HalfVector result = overflowChecked(function.apply(both[0], both[1]));
          if (suffix.equals("mul")) {
            requireNoUnderflow(both[0], both[1], result);
          }
          return result;
        });
  }

  private static HalfVector overflowChecked(float[] values) {
    short[] halves = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = Float.floatToFloat16(values[i]);
      if (Float.isInfinite(Float.float16ToFloat(halves[i]))) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
      }
    }
    return HalfVector.of(halves);
  }

  /// A product of numbers other than 0 is not 0.
  private static void requireNoUnderflow(float[] a, float[] b, HalfVector product) {
    float[] values = product.toFloats();
    for (int i = 0; i < values.length; i++) {
      if (values[i] == 0 && a[i] != 0 && b[i] != 0) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow");
      }
    }
  }

  /// Elements that become 0 are not stored.
  private static SparseVector normalize(SparseVector vector) {
    float[] values = VectorArithmetic.normalize(vector.values());
    int[] indices = new int[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] != 0) {
        indices[count] = vector.indices()[i];
        values[count++] = values[i];
      }
    }
    return SparseVector.of(
        vector.dimension(), Arrays.copyOf(indices, count), Arrays.copyOf(values, count));
  }

  private static SparseVector sparse(float[] dense) {
    SparseVector vector = SparseVector.ofDense(dense);
    VectorText.checkElementCount(vector.count());
    return vector;
  }

  private static float[] concat(float[] a, float[] b, String type) {
    VectorText.checkDimension(a.length + b.length, type);
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /// Elements `start … start+count-1`, from 1, as far as there are any.
  private static float[] subvector(float[] vector, long start, long count, String type) {
    if (count < 1) {
      throw noDimensions(type);
    }
    long end = Math.min(start + count, vector.length + 1L);
    long from = Math.max(start, 1);
    if (end <= from) {
      throw noDimensions(type);
    }
    return Arrays.copyOfRange(vector, (int) from - 1, (int) end - 1);
  }

  private static QuiverException noDimensions(String type) {
    return new QuiverException(SqlState.DATA_EXCEPTION, "%s must have at least 1 dimension", type);
  }

  private static BitString signs(float[] vector) {
    byte[] bytes = new byte[(vector.length + 7) / 8];
    for (int i = 0; i < vector.length; i++) {
      if (vector[i] > 0) {
        bytes[i >>> 3] |= (byte) (0x80 >>> (i & 7));
      }
    }
    return BitString.of(vector.length, bytes);
  }

  private void bits() {
    functions.put(
        "hamming_distance(bit,bit)",
        (_, arguments) -> {
          byte[][] both = bytes(arguments);
          int count = 0;
          for (int i = 0; i < both[0].length; i++) {
            count += Integer.bitCount((both[0][i] ^ both[1][i]) & 0xff);
          }
          return (double) count;
        });
    functions.put(
        "jaccard_distance(bit,bit)",
        (_, arguments) -> {
          byte[][] both = bytes(arguments);
          int common = 0;
          int any = 0;
          for (int i = 0; i < both[0].length; i++) {
            common += Integer.bitCount(both[0][i] & both[1][i] & 0xff);
            any += Integer.bitCount((both[0][i] | both[1][i]) & 0xff);
          }
          return common == 0 ? 1.0 : 1 - common / (double) any;
        });
  }

  private static byte[][] bytes(@Nullable Object[] arguments) {
    BitString left = (BitString) given(arguments, 0);
    BitString right = (BitString) given(arguments, 1);
    if (left.length() != right.length()) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "different bit lengths %d and %d",
          left.length(),
          right.length());
    }
    return new byte[][] {left.bytes(), right.bytes()};
  }

  private void conversions() {
    conversion("vector(vector,int4,bool)", value -> value);
    conversion("halfvec(halfvec,int4,bool)", value -> value);
    conversion("sparsevec(sparsevec,int4,bool)", value -> value);
    for (String array : new String[] {"_int4", "_float4", "_float8", "_numeric"}) {
      conversion(
          "array_to_vector(" + array + ",int4,bool)",
          value -> fromArray((ArrayValue) value, "vector"));
      conversion(
          "array_to_halfvec(" + array + ",int4,bool)",
          value -> half(fromArray((ArrayValue) value, "halfvec"), "halfvec"));
      conversion(
          "array_to_sparsevec(" + array + ",int4,bool)",
          value -> sparse(fromArray((ArrayValue) value, "sparsevec")));
    }
    conversion("vector_to_float4(vector,int4,bool)", value -> toArray(dense(value)));
    conversion("halfvec_to_float4(halfvec,int4,bool)", value -> toArray(dense(value)));
    conversion("vector_to_halfvec(vector,int4,bool)", value -> half(dense(value), "halfvec"));
    conversion("halfvec_to_vector(halfvec,int4,bool)", VectorFunctions::dense);
    conversion("vector_to_sparsevec(vector,int4,bool)", value -> sparse(dense(value)));
    conversion("sparsevec_to_vector(sparsevec,int4,bool)", VectorFunctions::dense);
    conversion("halfvec_to_sparsevec(halfvec,int4,bool)", value -> sparse(dense(value)));
    conversion(
        "sparsevec_to_halfvec(sparsevec,int4,bool)",
        value -> {
          VectorText.checkDimension(dimension(value), "halfvec");
          return half(dense(value), "halfvec");
        });
  }

  /// From one datum to another.
  private interface Conversion {
    Object convert(Object value);
  }

  private void conversion(String key, Conversion conversion) {
    functions.put(
        key,
        (_, arguments) -> {
          Object converted = conversion.convert(given(arguments, 0));
          long modifier = number(arguments, 1);
          if (modifier > 0 && !(converted instanceof ArrayValue)) {
            TypeModifiers.checkDimension((int) modifier, dimension(converted));
          }
          return converted;
        });
  }

  private static float[] fromArray(ArrayValue array, String type) {
    if (array.dimensionCount() > 1) {
      throw new QuiverException(SqlState.DATA_EXCEPTION, "array must be 1-D");
    }
    if (array.hasNulls()) {
      throw new QuiverException(SqlState.NULL_VALUE_NOT_ALLOWED, "array must not contain nulls");
    }
    VectorText.checkDimension(array.size(), type);
    float[] vector = new float[array.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] =
          switch (Objects.requireNonNull(array.elements()[i])) {
            case Long number -> number;
            case Double number -> number.floatValue();
            case Numeric number -> (float) number.doubleValue();
            case Object other -> throw new IllegalArgumentException("not a number: " + other);
          };
      VectorText.checkElement(vector[i], type);
    }
    return vector;
  }

  private static ArrayValue toArray(float[] vector) {
    Object[] elements = new Object[vector.length];
    for (int i = 0; i < vector.length; i++) {
      elements[i] = (double) vector[i];
    }
    return ArrayValue.of(BaseType.FLOAT4, elements);
  }

  static HalfVector half(float[] vector, String type) {
    short[] halves = new short[vector.length];
    for (int i = 0; i < vector.length; i++) {
      halves[i] = Float.floatToFloat16(vector[i]);
      if (Float.isInfinite(Float.float16ToFloat(halves[i]))) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
            "\"%s\" is out of range for type %s",
            NumberText.formatFloat(vector[i], 1),
            type);
      }
    }
    return HalfVector.of(halves);
  }

  private static Object given(@Nullable Object[] arguments, int index) {
    return Objects.requireNonNull(arguments[index], "a strict function was called with NULL");
  }

  private static long number(@Nullable Object[] arguments, int index) {
    return (Long) given(arguments, index);
  }
}
