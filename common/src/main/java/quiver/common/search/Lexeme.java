package quiver.common.search;

import java.util.Arrays;

/// A normalized word of a document and where it stands in it.
///
/// @param positions ascending, each `position << 2 | weight`; empty when positions are not known.
///   Not modified after construction, never compared by the record's `equals`
public record Lexeme(String word, int[] positions) {
  /// Positions beyond are taken for this one.
  public static final int POSITION_MAX = 16_383;

  /// Positions kept of one lexeme.
  public static final int POSITION_COUNT_MAX = 255;

  /// Bytes of one word.
  public static final int WORD_BYTES_MAX = 2_047;

  private static final int[] NONE = {};

  public static Lexeme withoutPositions(String word) {
    return new Lexeme(word, NONE);
  }

  /// One entry of [#positions].
  public static int entry(int position, Weight weight) {
    return Math.min(position, POSITION_MAX) << 2 | weight.level();
  }

  public boolean hasPositions() {
    return positions.length > 0;
  }

  public int position(int index) {
    return positions[index] >>> 2;
  }

  public Weight weight(int index) {
    return Weight.ofLevel(positions[index] & 3);
  }

  /// Sorts positions, drops repeated ones (the greatest weight stays) and those over the limit.
  static int[] normalized(int[] entries) {
    int[] sorted = entries.clone();
    Arrays.sort(sorted);
    int count = 0;
    for (int entry : sorted) {
      if (count > 0 && sorted[count - 1] >>> 2 == entry >>> 2) {
        sorted[count - 1] = entry;
      } else if (count == POSITION_COUNT_MAX
          || (count > 0 && sorted[count - 1] >>> 2 == POSITION_MAX)) {
        break;
      } else {
        sorted[count++] = entry;
      }
    }
    return Arrays.copyOf(sorted, count);
  }
}
