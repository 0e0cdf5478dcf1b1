package quiver.common.format;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.Bytes;

/// Text forms of `bytea`: hex (`\x0aff`) and escape (`a\\b\001`).
public final class ByteaText {
  private ByteaText() {}

  static Bytes parse(String text) {
    return text.startsWith("\\x") ? parseHex(text.substring(2)) : parseEscape(text);
  }

  /// Pairs of hex digits, white space between pairs allowed.
  public static Bytes parseHex(String digits) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(digits.length() / 2);
    int i = 0;
    while (i < digits.length()) {
      char c = digits.charAt(i);
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        i++;
        continue;
      }
      int high = hexDigit(digits, i++);
      if (i >= digits.length()) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE, "invalid hexadecimal data: odd number of digits");
      }
      bytes.write(high << 4 | hexDigit(digits, i++));
    }
    return Bytes.of(bytes.toByteArray());
  }

  private static int hexDigit(String digits, int index) {
    char c = digits.charAt(index);
    int value = c < 0x80 ? Character.digit(c, 16) : -1;
    if (value < 0) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "invalid hexadecimal digit: \"%s\"",
          new String(Character.toChars(digits.codePointAt(index))));
    }
    return value;
  }

  /// `\\` is a backslash, `\ooo` a byte in octal, everything else itself in UTF-8.
  public static Bytes parseEscape(String text) {
    byte[] source = Utf8.encode(text);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(source.length);
    for (int i = 0; i < source.length; i++) {
      if (source[i] != '\\') {
        bytes.write(source[i]);
      } else if (i + 1 < source.length && source[i + 1] == '\\') {
        bytes.write('\\');
        i++;
      } else if (i + 3 < source.length
          && source[i + 1] >= '0'
          && source[i + 1] <= '3'
          && isOctal(source[i + 2])
          && isOctal(source[i + 3])) {
        bytes.write(
            ((source[i + 1] - '0') << 6) | ((source[i + 2] - '0') << 3) | (source[i + 3] - '0'));
        i += 3;
      } else {
        throw new QuiverException(
            SqlState.INVALID_TEXT_REPRESENTATION, "invalid input syntax for type %s", "bytea");
      }
    }
    return Bytes.of(bytes.toByteArray());
  }

  private static boolean isOctal(byte b) {
    return b >= '0' && b <= '7';
  }

  static String format(Bytes value, ByteaOutput output) {
    return output == ByteaOutput.HEX
        ? "\\x" + HexFormat.of().formatHex(value.array())
        : formatEscape(value);
  }

  public static String formatEscape(Bytes value) {
    StringBuilder text = new StringBuilder(value.length());
    for (byte b : value.array()) {
      if (b == '\\') {
        text.append("\\\\");
      } else if (b < 0x20 || b > 0x7e) {
        text.append('\\').append((char) ('0' + (b >> 6 & 3))).append((char) ('0' + (b >> 3 & 7)));
        text.append((char) ('0' + (b & 7)));
      } else {
        text.append((char) b);
      }
    }
    return text.toString();
  }
}
