package quiver.execution.index;

import java.util.Optional;

/// The texts a LIKE pattern can match, as a range: text is ordered by code point.
public final class LikePrefix {
  private LikePrefix() {}

  /// The characters that every match begins with.
  public static String of(String pattern) {
    StringBuilder prefix = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '%' || c == '_') {
        break;
      }
      if (c == '\\') {
        i++;
        if (i == pattern.length()) {
          break;
        }
      }
      prefix.append(pattern.charAt(i));
    }
    // Half a character is no prefix.
    int length = prefix.length();
    if (length > 0 && Character.isHighSurrogate(prefix.charAt(length - 1))) {
      prefix.setLength(length - 1);
    }
    return prefix.toString();
  }

  /// The smallest text above all that begin with `prefix`; empty when there is none.
  public static Optional<String> after(String prefix) {
    int end = prefix.length();
    while (end > 0) {
      int last = prefix.codePointBefore(end);
      end -= Character.charCount(last);
      if (last < Character.MAX_CODE_POINT) {
        int next = last + 1;
        if (next >= Character.MIN_SURROGATE && next <= Character.MAX_SURROGATE) {
          next = Character.MAX_SURROGATE + 1;
        }
        return Optional.of(prefix.substring(0, end) + Character.toString(next));
      }
    }
    return Optional.empty();
  }
}
