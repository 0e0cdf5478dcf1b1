package quiver.frontend.copy;

/// Reads decimal numbers from bytes. What it reads is correctly rounded; what it cannot read
/// quickly and exactly it leaves to the caller's slow path.
///
/// Source: Clinger, "How to read floating point numbers accurately" (1990): a mantissa below 2^53
/// times or divided by a power of ten up to 10^22 is one correctly rounded operation.
final class NumberScanner {
  private static final double[] POWERS = new double[23];

  /// Bits of a double's mantissa that a float does not have.
  private static final long FLOAT_TAIL_MASK = (1L << 29) - 1;

  private static final long FLOAT_TAIL_HALF = 1L << 28;
  private static final long MANTISSA_MAX = 1L << 53;
  private static final int DIGIT_COUNT_MAX = 18;

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private int at;
  private double value;

  /// Where the last number ended.
  int position() {
    return at;
  }

  /// The last number.
  double value() {
    return value;
  }

  /// Reads a number that begins at `from`.
  ///
  /// @return false if it is none, or too long for the fast path
  boolean scan(byte[] bytes, int from, int end) {
    int i = from;
    boolean negative = false;
    if (i < end && (bytes[i] == '-' || bytes[i] == '+')) {
      negative = bytes[i++] == '-';
    }
    long mantissa = 0;
    int first = i;
    int digit;
    while (i < end && (digit = bytes[i] - '0') >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      i++;
    }
    int digits = i - first;
    int exponent = 0;
    if (i < end && bytes[i] == '.') {
      int point = ++i;
      while (i < end && (digit = bytes[i] - '0') >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        i++;
      }
      exponent = point - i;
      digits += i - point;
    }
    if (digits == 0 || digits > DIGIT_COUNT_MAX) {
      return false;
    }
    if (i < end && (bytes[i] | 0x20) == 'e') {
      i++;
      boolean down = false;
      if (i < end && (bytes[i] == '-' || bytes[i] == '+')) {
        down = bytes[i++] == '-';
      }
      int begin = i;
      int power = 0;
      while (i < end && (digit = bytes[i] - '0') >= 0 && digit <= 9 && i - begin < 4) {
        power = power * 10 + digit;
        i++;
      }
      if (i == begin) {
        return false;
      }
      exponent += down ? -power : power;
    }
    if (mantissa > MANTISSA_MAX || exponent < -22 || exponent > 22) {
      return false;
    }
    double magnitude = exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
    value = negative ? -magnitude : magnitude;
    at = i;
    return true;
  }

  /// Whether [#value] rounds to the float that its text means: it does unless it lies exactly
  /// between two floats (then only the text can tell which side it came from) or outside their
  /// normal range.
  boolean isFloat() {
    double magnitude = Math.abs(value);
    return magnitude == 0
        || (magnitude >= Float.MIN_NORMAL
            && magnitude < Float.MAX_VALUE
            && (Double.doubleToRawLongBits(value) & FLOAT_TAIL_MASK) != FLOAT_TAIL_HALF);
  }
}
