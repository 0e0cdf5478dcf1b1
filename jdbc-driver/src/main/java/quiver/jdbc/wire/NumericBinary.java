package quiver.jdbc.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/// A `numeric` in binary, 2 bytes each: count of digits to the base 10,000, weight of the first
/// one, sign, digits after the point, the digits.
final class NumericBinary {
  private static final int BASE_DIGITS = 4;
  private static final int NEGATIVE = 0x4000;
  private static final int LENGTH_MAX = 4_000;

  private NumericBinary() {}

  /// @return false for a number too long to be worth it
  static boolean put(BigDecimal number, CopyBuffer out) {
    BigDecimal plain = number.scale() < 0 ? number.setScale(0) : number;
    int scale = plain.scale();
    BigInteger unscaled = plain.unscaledValue().abs();
    if (scale > LENGTH_MAX || unscaled.bitLength() > LENGTH_MAX) {
      return false;
    }
    int padding = (BASE_DIGITS - scale % BASE_DIGITS) % BASE_DIGITS;
    String digits = unscaled.multiply(BigInteger.TEN.pow(padding)).toString();
    int missing = (BASE_DIGITS - digits.length() % BASE_DIGITS) % BASE_DIGITS;
    digits = "0".repeat(missing) + digits;
    int groupCount = digits.length() / BASE_DIGITS;
    int weight = groupCount - (scale + padding) / BASE_DIGITS - 1;
    int first = 0;
    while (first < groupCount && group(digits, first) == 0) {
      first++;
    }
    int last = groupCount;
    while (last > first && group(digits, last - 1) == 0) {
      last--;
    }
    boolean isZero = first == last;
    ByteBuffer field = out.field(8 + 2 * (last - first));
    field
        .putShort((short) (last - first))
        .putShort((short) (isZero ? 0 : weight - first))
        .putShort((short) (plain.signum() < 0 ? NEGATIVE : 0))
        .putShort((short) scale);
    for (int i = first; i < last; i++) {
      field.putShort((short) group(digits, i));
    }
    return true;
  }

  private static int group(String digits, int index) {
    int start = index * BASE_DIGITS;
    return Integer.parseInt(digits, start, start + BASE_DIGITS, 10);
  }
}
