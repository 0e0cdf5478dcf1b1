package quiver.common.format;

/// Reads float32 numbers out of a longer text, one after the other; each as C's `strtof` reads it.
/// For one thread.
///
/// Most numbers are a mantissa below 2^53 over a power of ten that a double holds exactly: one
/// division gives the correctly rounded double (Clinger's fast path). It becomes the correctly
/// rounded float unless it lies within an ulp of the middle between two floats; such numbers, and
/// all unusual ones, go the slow way through [Float#parseFloat].
final class FloatReader {
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private static final long MANTISSA_MAX = 1L << 53;
  private static final int EXPONENT_MAX = 22;

  /// Bits of a double's mantissa below those of a float's.
  private static final long LOW_BITS = (1L << 29) - 1;

  private static final long MIDDLE = 1L << 28;

  private final String text;
  private int end;

  FloatReader(String text) {
    this.text = text;
  }

  /// Where the last number ended; where it should have begun when there was none.
  int end() {
    return end;
  }

  /// The number that begins at `from`; see [#end].
  float read(int from) {
    int length = text.length();
    int at = from;
    boolean negative = false;
    if (at < length && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      negative = text.charAt(at++) == '-';
    }
    long mantissa = 0;
    int digits = 0;
    int exponent = 0;
    boolean point = false;
    while (at < length) {
      char c = text.charAt(at);
      if (c >= '0' && c <= '9') {
        if (mantissa >= MANTISSA_MAX / 10 - 1) {
          return readSlowly(from);
        }
        mantissa = mantissa * 10 + (c - '0');
        digits++;
        exponent -= point ? 1 : 0;
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
      at++;
    }
    if (digits == 0 || (at < length && isUnusual(text.charAt(at)))) {
      return readSlowly(from);
    }
    if (exponent < -EXPONENT_MAX || mantissa == 0) {
      return readSlowly(from);
    }
    double value = mantissa / POWERS_OF_TEN[-exponent];
    long low = Double.doubleToRawLongBits(value) & LOW_BITS;
    boolean tooSmallForNormal = value < Float.MIN_NORMAL;
    if (Math.abs(low - MIDDLE) <= 1 || tooSmallForNormal || value > Float.MAX_VALUE) {
      return readSlowly(from);
    }
    end = at;
    return negative ? (float) -value : (float) value;
  }

  /// An exponent, a hexadecimal number, a word.
  private static boolean isUnusual(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private float readSlowly(int from) {
    end = NumberText.floatEnd(text, from);
    return end == from ? 0 : NumberText.parseFloat(text.substring(from, end));
  }
}
