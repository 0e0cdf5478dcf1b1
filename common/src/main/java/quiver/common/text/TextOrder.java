package quiver.common.text;

/// The order of texts: the `C` collation.
public final class TextOrder {
  private TextOrder() {}

  /// By code point, which is also the order of the UTF-8 bytes. `String.compareTo` goes by UTF-16
  /// units and puts U+E000…U+FFFF after the supplementary characters.
  public static int compare(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean aSurrogate = Character.isSurrogate(a);
        boolean bSurrogate = Character.isSurrogate(b);
        return aSurrogate == bSurrogate ? Character.compare(a, b) : aSurrogate ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
