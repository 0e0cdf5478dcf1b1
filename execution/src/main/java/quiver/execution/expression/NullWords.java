package quiver.execution.expression;

import quiver.common.column.Nulls;

/// Set operations on [Nulls].
final class NullWords {
  private NullWords() {}

  /// NULL where either is.
  static Nulls union(Nulls a, Nulls b, int rowCount) {
    if (!a.any()) {
      return b;
    }
    if (!b.any()) {
      return a;
    }
    long[] words = new long[(rowCount + 63) >>> 6];
    for (int i = 0; i < words.length; i++) {
      words[i] =
          (i < a.words().length ? a.words()[i] : 0) | (i < b.words().length ? b.words()[i] : 0);
    }
    return Nulls.ofWords(words);
  }
}
