package quiver.common.format;

import java.util.Locale;

/// `pg_lsn`: two hexadecimal numbers of 32 bits with a slash between.
final class LogPositionText {
  private static final int DIGITS_MAX = 8;

  private LogPositionText() {}

  static Long parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1 || slash > DIGITS_MAX || text.length() - slash - 1 > DIGITS_MAX) {
      throw NumberText.syntaxError("pg_lsn", text);
    }
    try {
      long high = Integer.parseUnsignedInt(text.substring(0, slash), 16);
      return high << 32
          | Integer.toUnsignedLong(Integer.parseUnsignedInt(text, slash + 1, text.length(), 16));
    } catch (NumberFormatException e) {
      throw NumberText.syntaxError("pg_lsn", text).withCause(e);
    }
  }

  static String format(long position) {
    String high = Long.toHexString(position >>> 32);
    return (high + "/" + Integer.toHexString((int) position)).toUpperCase(Locale.ROOT);
  }
}
