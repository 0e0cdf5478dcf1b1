package quiver.vector.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import quiver.vector.kernel.CodeKernel;

/// Rotated vectors as int8 with one step size for all coordinates. Only rotated: without the
/// rotation a few large coordinates would use up the range. Values beyond ±127 steps are clipped,
/// and -128 never occurs.
///
/// @param step the value of one unit
public record Int8Quantizer(float step) {
  static final int MAX = 127;

  /// Coordinates that may be clipped, as a share.
  private static final double CLIPPED_SHARE = 0.0002;

  public Int8Quantizer {
    if (!(step > 0)) {
      throw new IllegalArgumentException("step " + step);
    }
  }

  /// Chooses the step so that hardly any of `values` is clipped.
  ///
  /// @param values rotated coordinates of some rows; sorted by magnitude afterwards
  public static Int8Quantizer train(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    Arrays.sort(values);
    float max = values.length == 0 ? 0 : values[(int) ((1 - CLIPPED_SHARE) * (values.length - 1))];
    if (values.length > 0 && max == 0) {
      max = values[values.length - 1];
    }
    return new Int8Quantizer(Math.max(max / MAX, Float.MIN_NORMAL));
  }

  /// Bytes of an int8 vector, padded with zeros.
  public static int vectorBytes(int rotatedDimension) {
    return (rotatedDimension + CodeKernel.INT8_STEP - 1) & -CodeKernel.INT8_STEP;
  }

  /// Writes a vector; the padding is left alone.
  ///
  /// @param rotated `dimension` floats from `offset`
  public void encode(
      float[] rotated, int offset, int dimension, MemorySegment target, long targetOffset) {
    float inverse = 1 / step;
    for (int i = 0; i < dimension; i++) {
      float scaled = rotated[offset + i] * inverse;
      float clipped = Math.min(MAX, Math.max(-MAX, scaled));
      byte value = (byte) (clipped + Math.copySign(0.5f, clipped));
      target.set(ValueLayout.JAVA_BYTE, targetOffset + i, value);
    }
  }
}
