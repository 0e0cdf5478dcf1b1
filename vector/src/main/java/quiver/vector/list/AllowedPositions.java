package quiver.vector.list;

import java.util.Arrays;
import quiver.common.column.RowMask;
import quiver.vector.quantize.CodeBlock;

/// The rows of a filter by their positions in the lists, where those of a block lie side by side:
/// blocks without any are skipped, and rows are compared in the order in which they lie in memory.
/// Used by one thread.
final class AllowedPositions {
  private final ListIndex index;
  private long[] words = new long[0];

  AllowedPositions(ListIndex index) {
    this.index = index;
  }

  /// Takes over the rows of `allowed` that have codes.
  void set(RowMask allowed) {
    int wordCount = (index.header().codedRowCount() >>> 6) + 2;
    if (words.length < wordCount) {
      words = new long[wordCount];
    } else {
      Arrays.fill(words, 0);
    }
    long[] allowedWords = allowed.words();
    for (int word = 0; word < allowedWords.length; word++) {
      for (long bits = allowedWords[word]; bits != 0; bits &= bits - 1) {
        int position = index.position((word << 6) + Long.numberOfTrailingZeros(bits));
        if (position >= 0) {
          words[position >>> 6] |= 1L << position;
        }
      }
    }
  }

  /// The allowed rows of the block that begins at `position`, a bit for each lane.
  ///
  /// @param end the position behind the block's list
  int lanes(int position, int end) {
    int word = position >>> 6;
    int shift = position & 63;
    long bits = words[word] >>> shift;
    if (shift > CodeBlock.ROW_COUNT) {
      bits |= words[word + 1] << (64 - shift);
    }
    int left = end - position;
    return left >= CodeBlock.ROW_COUNT ? (int) bits : (int) bits & ((1 << left) - 1);
  }

  /// How many positions of `[from, to)` are allowed.
  int count(int from, int to) {
    int count = 0;
    for (int at = from; at < to; ) {
      int next = Math.min(to, (at | 63) + 1);
      long bits = words[at >>> 6] >>> at;
      int length = next - at;
      count += Long.bitCount(length == Long.SIZE ? bits : bits & ((1L << length) - 1));
      at = next;
    }
    return count;
  }

  /// The allowed positions, a bit each.
  long[] words() {
    return words;
  }
}
