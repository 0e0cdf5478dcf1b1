package quiver.common.format;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.Numeric;

/// Text forms of integers, floats and numerics.
public final class NumberText {
  private static final int EXPONENT_DIGITS_MAX = 9;

  /// Between these Java writes no exponent, and so does PostgreSQL.
  private static final double PLAIN_MIN = 1e-3;

  private static final double PLAIN_MAX = 1e7;
  private static final double FLOAT_PLAIN_MAX = 1e6;

  private NumberText() {}

  static QuiverException syntaxError(String typeName, String text) {
    return new QuiverException(
        SqlState.INVALID_TEXT_REPRESENTATION,
        "invalid input syntax for type %s: \"%s\"",
        typeName,
        text);
  }

  static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /// Without the white space C's `isspace` knows, at both ends.
  static String trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /// An integer between `min` and `max`.
  public static long parseInteger(String text, String typeName, long min, long max) {
    int at = 0;
    int end = text.length();
    while (at < end && isSpace(text.charAt(at))) {
      at++;
    }
    while (end > at && isSpace(text.charAt(end - 1))) {
      end--;
    }
    boolean negative = false;
    if (at < end && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      negative = text.charAt(at) == '-';
      at++;
    }
    if (at >= end) {
      throw syntaxError(typeName, text);
    }
    long value = 0;
    boolean overflow = false;
    for (; at < end; at++) {
      int digit = text.charAt(at) - '0';
      if (digit < 0 || digit > 9) {
        throw syntaxError(typeName, text);
      }
      if (value < (Long.MIN_VALUE + digit) / 10) {
        overflow = true;
      } else {
        value = value * 10 - digit;
      }
    }
    overflow |= !negative && value == Long.MIN_VALUE;
    long signed = negative ? value : -value;
    if (overflow || signed < min || signed > max) {
      throw new QuiverException(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
          "value \"%s\" is out of range for type %s",
          text,
          typeName);
    }
    return signed;
  }

  /// An OID: unsigned 32 bits; a negative number wraps around as in PostgreSQL.
  static long parseOid(String text, String typeName) {
    String trimmed = trim(text);
    try {
      long value = Long.parseLong(trimmed);
      if (value > 0xffff_ffffL || value < Integer.MIN_VALUE) {
        throw new QuiverException(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
            "value \"%s\" is out of range for type %s",
            text,
            typeName);
      }
      return value & 0xffff_ffffL;
    } catch (NumberFormatException e) {
      throw syntaxError(typeName, text).withCause(e);
    }
  }

  /// An unsigned number of 64 bits.
  static long parseUnsigned(String text, String typeName) {
    try {
      return Long.parseUnsignedLong(trim(text));
    } catch (NumberFormatException e) {
      throw syntaxError(typeName, text).withCause(e);
    }
  }

  /// The end of the longest number C's `strtod` would read at `from`; `from` when there is none.
  static int floatEnd(String text, int from) {
    int at = from;
    if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      at++;
    }
    String rest = text.substring(at, Math.min(text.length(), at + 8)).toLowerCase(Locale.ROOT);
    if (rest.equals("infinity")) {
      return at + 8;
    }
    if (rest.startsWith("inf") || rest.startsWith("nan")) {
      return at + 3;
    }
    boolean hex = rest.startsWith("0x");
    int digitsStart = hex ? at + 2 : at;
    int digits = 0;
    at = digitsStart;
    boolean point = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '.' && !point) {
        point = true;
      } else if (hex ? Character.digit(c, 16) >= 0 && c < 0x80 : c >= '0' && c <= '9') {
        digits++;
      } else {
        break;
      }
      at++;
    }
    if (digits == 0) {
      return hex ? digitsStart - 1 : from;
    }
    if (at < text.length() && (text.charAt(at) | 0x20) == (hex ? 'p' : 'e')) {
      int exponent = at + 1;
      if (exponent < text.length()
          && (text.charAt(exponent) == '-' || text.charAt(exponent) == '+')) {
        exponent++;
      }
      int exponentStart = exponent;
      while (exponent < text.length()
          && text.charAt(exponent) >= '0'
          && text.charAt(exponent) <= '9') {
        exponent++;
      }
      if (exponent > exponentStart) {
        at = exponent;
      }
    }
    return at;
  }

  /// The value of a number that [#floatEnd] delimited.
  static double parseDouble(String number) {
    String lower = number.toLowerCase(Locale.ROOT);
    boolean negative = lower.startsWith("-");
    String unsigned = lower.startsWith("-") || lower.startsWith("+") ? lower.substring(1) : lower;
    if (unsigned.startsWith("nan")) {
      return Double.NaN;
    }
    if (unsigned.startsWith("inf")) {
      return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (unsigned.startsWith("0x") && unsigned.indexOf('p') < 0) {
      unsigned += "p0";
    }
    double value = Double.parseDouble(unsigned);
    return negative ? -value : value;
  }

  /// As [#parseDouble], rounded once to float32.
  static float parseFloat(String number) {
    String lower = number.toLowerCase(Locale.ROOT);
    if (lower.contains("n") || lower.contains("x")) {
      return (float) parseDouble(number);
    }
    return Float.parseFloat(number);
  }

  /// Whether a number that became zero has a digit other than 0, that is: it is too small.
  static boolean isUnderflow(String number) {
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      if (c == 'e' || c == 'E' || c == 'p' || c == 'P') {
        return false;
      }
      if (c > '0' && c <= '9') {
        return true;
      }
    }
    return false;
  }

  /// `double precision`, or `real` (widened) with `single`.
  public static double parseFloating(String text, boolean single) {
    String typeName = single ? "real" : "double precision";
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    int end = floatEnd(text, start);
    String number = text.substring(start, end);
    if (end == start || !trim(text.substring(end)).isEmpty()) {
      throw syntaxError(typeName, text);
    }
    double value = single ? parseFloat(number) : parseDouble(number);
    boolean infinite = Double.isInfinite(value) && !number.toLowerCase(Locale.ROOT).contains("n");
    if (infinite || (value == 0 && isUnderflow(number))) {
      throw new QuiverException(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
          "\"%s\" is out of range for type %s",
          number,
          typeName);
    }
    return value;
  }

  public static Numeric parseNumeric(String text) {
    String trimmed = trim(text);
    switch (trimmed.toLowerCase(Locale.ROOT)) {
      case "nan" -> {
        return Numeric.NAN;
      }
      case "infinity", "+infinity", "inf", "+inf" -> {
        return Numeric.POSITIVE_INFINITY;
      }
      case "-infinity", "-inf" -> {
        return Numeric.NEGATIVE_INFINITY;
      }
      default -> {}
    }
    int end = floatEnd(trimmed, 0);
    // What BigDecimal reads has no letters but that of the exponent.
    boolean hasLetters =
        trimmed.chars().anyMatch(c -> Character.isLetter(c) && c != 'e' && c != 'E');
    if (end == 0 || end < trimmed.length() || hasLetters) {
      throw syntaxError("numeric", text);
    }
    int exponentAt = Math.max(trimmed.indexOf('e'), trimmed.indexOf('E'));
    if (exponentAt >= 0 && trimmed.length() - exponentAt > EXPONENT_DIGITS_MAX + 1) {
      throw syntaxError("numeric", text);
    }
    return Numeric.of(new BigDecimal(trimmed));
  }

  /// The cast of text written by PostgreSQL's rules: shortest form that reads back equal, or `15 +
  /// extraFloatDigits` significant digits when `extraFloatDigits` is not above 0.
  public static String formatDouble(double value, int extraFloatDigits) {
    if (!Double.isFinite(value)) {
      return special(value);
    }
    if (extraFloatDigits <= 0) {
      return rounded(value, Math.max(1, 15 + extraFloatDigits));
    }
    if (value == (long) value && Math.abs(value) < 1e15 && (value != 0 || 1 / value > 0)) {
      return Long.toString((long) value);
    }
    double magnitude = Math.abs(value);
    if (magnitude >= PLAIN_MIN && magnitude < PLAIN_MAX) {
      return withoutPointZero(Double.toString(value));
    }
    BigDecimal digits = shortest(value);
    return layout(digits, isNegative(value), 15);
  }

  /// As [#formatDouble] for `real`.
  public static String formatFloat(float value, int extraFloatDigits) {
    if (!Float.isFinite(value)) {
      return special(value);
    }
    if (extraFloatDigits <= 0) {
      return rounded(value, Math.max(1, 6 + extraFloatDigits));
    }
    if (value == (int) value && Math.abs(value) < 1e6f && (value != 0 || 1 / value > 0)) {
      return Integer.toString((int) value);
    }
    float magnitude = Math.abs(value);
    if (magnitude >= PLAIN_MIN && magnitude < FLOAT_PLAIN_MAX) {
      return withoutPointZero(Float.toString(value));
    }
    return layout(shortest(value), isNegative(value), 6);
  }

  private static String withoutPointZero(String plain) {
    return plain.endsWith(".0") ? plain.substring(0, plain.length() - 2) : plain;
  }

  private static String special(double value) {
    return Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  }

  private static boolean isNegative(double value) {
    return Double.doubleToRawLongBits(value) < 0;
  }

  private static String rounded(double value, int digits) {
    BigDecimal exact = new BigDecimal(Math.abs(value));
    BigDecimal decimal = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    return layout(decimal, isNegative(value), digits);
  }

  /// Java's shortest form has at least two digits; PostgreSQL's may have one. Java also accepts a
  /// decimal exactly half way between two doubles, PostgreSQL does not.
  private static BigDecimal shortest(double value) {
    double magnitude = Math.abs(value);
    BigDecimal decimal = new BigDecimal(Double.toString(magnitude)).stripTrailingZeros();
    if (decimal.precision() == 2) {
      BigDecimal one = decimal.round(new MathContext(1, RoundingMode.HALF_EVEN));
      if (one.doubleValue() == magnitude) {
        return one.stripTrailingZeros();
      }
    }
    if (magnitude >= 0x1p53 && magnitude < 1e45) {
      BigDecimal exact = new BigDecimal(magnitude);
      BigDecimal halfUp =
          new BigDecimal(Math.nextUp(magnitude)).subtract(exact).divide(BigDecimal.valueOf(2));
      BigDecimal halfDown =
          exact.subtract(new BigDecimal(Math.nextDown(magnitude))).divide(BigDecimal.valueOf(2));
      for (int digits = decimal.precision();
          isHalfWay(decimal, exact, halfUp, halfDown) && digits < 18;
          digits++) {
        decimal = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      }
    }
    return decimal;
  }

  private static boolean isHalfWay(
      BigDecimal decimal, BigDecimal exact, BigDecimal halfUp, BigDecimal halfDown) {
    BigDecimal distance = decimal.subtract(exact);
    return distance.signum() > 0
        ? distance.compareTo(halfUp) >= 0
        : distance.negate().compareTo(halfDown) >= 0;
  }

  private static BigDecimal shortest(float value) {
    float magnitude = Math.abs(value);
    BigDecimal decimal = new BigDecimal(Float.toString(magnitude)).stripTrailingZeros();
    if (decimal.precision() == 2) {
      BigDecimal one = decimal.round(new MathContext(1, RoundingMode.HALF_EVEN));
      if (one.floatValue() == magnitude) {
        return one.stripTrailingZeros();
      }
    }
    if (magnitude >= 0x1p24f && magnitude < 1e25f) {
      BigDecimal exact = new BigDecimal(magnitude);
      BigDecimal halfUp =
          new BigDecimal(Math.nextUp(magnitude)).subtract(exact).divide(BigDecimal.valueOf(2));
      BigDecimal halfDown =
          exact.subtract(new BigDecimal(Math.nextDown(magnitude))).divide(BigDecimal.valueOf(2));
      for (int digits = decimal.precision();
          isHalfWay(decimal, exact, halfUp, halfDown) && digits < 10;
          digits++) {
        decimal = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      }
    }
    return decimal;
  }

  /// As C's `%g`: with an exponent when it is below -4 or at least `exponentMax`.
  private static String layout(BigDecimal decimal, boolean negative, int exponentMax) {
    if (decimal.signum() == 0) {
      return negative ? "-0" : "0";
    }
    BigDecimal stripped = decimal.stripTrailingZeros();
    String digits = stripped.unscaledValue().toString();
    int exponent = digits.length() - stripped.scale() - 1;
    StringBuilder text = new StringBuilder();
    text.append(negative ? "-" : "");
    if (exponent < -4 || exponent >= exponentMax) {
      text.append(digits.charAt(0));
      if (digits.length() > 1) {
        text.append('.').append(digits, 1, digits.length());
      }
      text.append('e').append(exponent < 0 ? '-' : '+');
      int magnitude = Math.abs(exponent);
      return text.append(magnitude < 10 ? "0" : "").append(magnitude).toString();
    }
    return text.append(stripped.toPlainString()).toString();
  }
}
