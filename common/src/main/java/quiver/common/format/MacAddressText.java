package quiver.common.format;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Addresses of `macaddr`, kept as a number of 48 bits.
final class MacAddressText {
  private static final int OCTET_COUNT = 6;

  private static final Pattern OCTETS =
      Pattern.compile("([0-9a-f]{1,2})([:-])((?:[0-9a-f]{1,2}\\2){4})([0-9a-f]{1,2})");

  private static final Pattern GROUPS =
      Pattern.compile(
          "[0-9a-f]{6}[:-][0-9a-f]{6}|[0-9a-f]{4}([.-])[0-9a-f]{4}\\1[0-9a-f]{4}|[0-9a-f]{12}");

  private MacAddressText() {}

  static Long parse(String text) {
    String lower = NumberText.trim(text).toLowerCase(Locale.ROOT);
    Matcher octets = OCTETS.matcher(lower);
    if (octets.matches()) {
      long address = 0;
      for (String octet : lower.split("[:-]", -1)) {
        address = address << 8 | Long.parseLong(octet, 16);
      }
      return address;
    }
    if (GROUPS.matcher(lower).matches()) {
      return Long.parseLong(lower.replaceAll("[:.-]", ""), 16);
    }
    throw NumberText.syntaxError("macaddr", text);
  }

  static String format(long address) {
    StringBuilder text = new StringBuilder();
    for (int i = OCTET_COUNT - 1; i >= 0; i--) {
      text.append(text.isEmpty() ? "" : ":")
          .append(String.format(Locale.ROOT, "%02x", (address >> (8 * i)) & 0xff));
    }
    return text.toString();
  }
}
