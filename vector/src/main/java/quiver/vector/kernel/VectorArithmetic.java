package quiver.vector.kernel;

import java.util.Objects;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The element functions of pgvector's `vector` type. Inputs are not modified.
///
/// Source: pgvector's vector.c.
public final class VectorArithmetic {
  private VectorArithmetic() {}

  private interface ElementFunction {
    float apply(float a, float b);
  }

  /// `a + b`.
  ///
  /// @throws QuiverException `22000` if the dimensions differ, `22003` on overflow
  public static float[] add(float[] a, float[] b) {
    return checkOverflow(map(a, b, (x, y) -> x + y));
  }

  /// `a - b`.
  ///
  /// @throws QuiverException `22000` if the dimensions differ, `22003` on overflow
  public static float[] subtract(float[] a, float[] b) {
    return checkOverflow(map(a, b, (x, y) -> x - y));
  }

  /// `a * b`, element by element.
  ///
  /// @throws QuiverException `22000` if the dimensions differ, `22003` on overflow, or on underflow
  ///   of a product of two numbers that are not zero
  public static float[] multiply(float[] a, float[] b) {
    float[] product = checkOverflow(map(a, b, (x, y) -> x * y));
    for (int i = 0; i < product.length; i++) {
      if (product[i] == 0 && a[i] != 0 && b[i] != 0) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow");
      }
    }
    return product;
  }

  /// The Euclidean norm, summed in double.
  public static double norm(float[] a) {
    return norm(a, 0, a.length);
  }

  /// The Euclidean norm of `dimension` elements from `offset`, summed in double.
  public static double norm(float[] a, int offset, int dimension) {
    Objects.checkFromIndexSize(offset, dimension, a.length);
    double sum = 0;
    for (int i = offset; i < offset + dimension; i++) {
      sum += (double) a[i] * a[i];
    }
    return Math.sqrt(sum);
  }

  /// `a` scaled to norm 1; a zero vector stays zero.
  ///
  /// @throws QuiverException `22003` on overflow
  public static float[] normalize(float[] a) {
    float[] result = new float[a.length];
    double norm = norm(a);
    if (norm > 0) {
      for (int i = 0; i < a.length; i++) {
        result[i] = (float) (a[i] / norm);
      }
    }
    return checkOverflow(result);
  }

  private static float[] map(float[] a, float[] b, ElementFunction function) {
    if (a.length != b.length) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION, "different vector dimensions %d and %d", a.length, b.length);
    }
    float[] result = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = function.apply(a[i], b[i]);
    }
    return result;
  }

  private static float[] checkOverflow(float[] values) {
    for (float value : values) {
      if (Float.isInfinite(value)) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
      }
    }
    return values;
  }
}
