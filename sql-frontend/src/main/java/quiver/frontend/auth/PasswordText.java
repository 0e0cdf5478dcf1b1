package quiver.frontend.auth;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/// SASLprep (RFC 4013): passwords that look the same are the same. What it does not allow is taken
/// byte by byte, as PostgreSQL does.
final class PasswordText {
  private PasswordText() {}

  static byte[] prepared(String password) {
    if (password.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      return password.getBytes(StandardCharsets.US_ASCII);
    }
    StringBuilder mapped = new StringBuilder();
    password
        .codePoints()
        .filter(c -> !isNothing(c))
        .forEach(c -> mapped.appendCodePoint(isSpace(c) ? ' ' : c));
    String normal = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
    boolean isAllowed = !normal.isEmpty() && normal.codePoints().noneMatch(PasswordText::isBad);
    return (isAllowed ? normal : password).getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isNothing(int c) {
    return c == 0xad
        || c == 0x34f
        || c == 0x1806
        || (c >= 0x180b && c <= 0x180d)
        || (c >= 0x200b && c <= 0x200d)
        || c == 0x2060
        || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xfeff;
  }

  private static boolean isSpace(int c) {
    return c != ' ' && Character.getType(c) == Character.SPACE_SEPARATOR;
  }

  private static boolean isBad(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> c >= 0xfff9 && c <= 0xffff;
    };
  }
}
