package quiver.jdbc.vector;

/// The conversions between `float` and binary16, which Java has from 20 on only.
final class HalfFloat {
  private static final int EXPONENT_BIAS_DIFFERENCE = 127 - 15;
  private static final int INFINITY_BITS = 0x7c00;

  private HalfFloat() {}

  /// Rounds to nearest, ties to even.
  static short fromFloat(float number) {
    int bits = Float.floatToRawIntBits(number);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    int exponent = (magnitude >>> 23) - EXPONENT_BIAS_DIFFERENCE;
    if (exponent >= 31) {
      return (short) (sign | INFINITY_BITS);
    }
    if (exponent < -10) {
      return (short) sign;
    }
    int significand = magnitude & 0x7fffff;
    int shift = 13;
    if (exponent <= 0) {
      significand |= 0x800000;
      shift = 14 - exponent;
      exponent = 0;
    }
    int half = exponent << 10 | significand >>> shift;
    int rest = significand & ((1 << shift) - 1);
    int tie = 1 << (shift - 1);
    if (rest > tie || (rest == tie && (half & 1) == 1)) {
      half++;
    }
    return (short) (sign | half);
  }

  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >>> 10 & 0x1f;
    int significand = half & 0x3ff;
    if (exponent == 31) {
      return Float.intBitsToFloat(sign | 0x7f800000 | significand << 13);
    }
    if (exponent == 0) {
      float small = significand * 0x1p-24f;
      return sign == 0 ? small : -small;
    }
    return Float.intBitsToFloat(
        sign | ((exponent + EXPONENT_BIAS_DIFFERENCE) << 23) | (significand << 13));
  }
}
