package quiver.common.format;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// UTF-8 from clients: invalid sequences and NUL are refused, not replaced.
public final class Utf8 {
  private Utf8() {}

  /// The text of `length` bytes from `offset`.
  ///
  /// @throws QuiverException `22021` when they are not valid UTF-8 or contain NUL
  public static String decode(byte[] bytes, int offset, int length) {
    boolean ascii = true;
    for (int i = offset; i < offset + length; i++) {
      byte b = bytes[i];
      if (b <= 0) {
        if (b == 0) {
          throw invalid(bytes, i, 1);
        }
        ascii = false;
      }
    }
    if (ascii) {
      return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }
    validate(bytes, offset, length);
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  public static byte[] encode(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void validate(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int first = bytes[i] & 0xff;
      int size = size(first);
      if (size > 1 || first >= 0x80) {
        if (i + size > end || !isValid(bytes, i, first, size)) {
          throw invalid(bytes, i, Math.min(size, end - i));
        }
      }
      i += size;
    }
  }

  private static int size(int first) {
    if ((first & 0xe0) == 0xc0) {
      return 2;
    }
    if ((first & 0xf0) == 0xe0) {
      return 3;
    }
    return (first & 0xf8) == 0xf0 ? 4 : 1;
  }

  private static boolean isValid(byte[] bytes, int at, int first, int size) {
    for (int i = 1; i < size; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return false;
      }
    }
    int second = size > 1 ? bytes[at + 1] & 0xff : 0;
    return switch (size) {
      case 2 -> first >= 0xc2;
      case 3 -> (first != 0xe0 || second >= 0xa0) && (first != 0xed || second < 0xa0);
      case 4 ->
          first <= 0xf4 && (first != 0xf0 || second >= 0x90) && (first != 0xf4 || second < 0x90);
      default -> false;
    };
  }

  private static QuiverException invalid(byte[] bytes, int at, int size) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < size; i++) {
      hex.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "0x%02x", bytes[at + i]));
    }
    return new QuiverException(
        SqlState.CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence for encoding \"UTF8\": %s",
        hex);
  }
}
