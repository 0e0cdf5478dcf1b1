package quiver.common.column;

/// Which rows of a column are NULL.
public final class Nulls {
  /// No row is NULL.
  public static final Nulls NONE = new Nulls(new long[0]);

  private final long[] words;

  private Nulls(long[] words) {
    this.words = words;
  }

  /// NULL where a bit is set: bit `row & 63` of word `row >>> 6`; missing words mean not NULL. Owns
  /// `words` from now on.
  public static Nulls ofWords(long[] words) {
    for (long word : words) {
      if (word != 0) {
        return new Nulls(words);
      }
    }
    return NONE;
  }

  /// The first `rowCount` rows are NULL.
  public static Nulls all(int rowCount) {
    return ofWords(RowMask.all(rowCount).words());
  }

  public boolean isNull(int row) {
    int word = row >>> 6;
    return word < words.length && (words[word] & (1L << row)) != 0;
  }

  /// Whether any row is NULL.
  public boolean any() {
    return words.length != 0;
  }

  /// The words as given to [#ofWords]; not to be changed.
  public long[] words() {
    return words;
  }

  public Nulls gather(int[] rows, int from, int count) {
    if (!any()) {
      return NONE;
    }
    long[] gathered = new long[(count + 63) >>> 6];
    for (int i = 0; i < count; i++) {
      if (isNull(rows[from + i])) {
        gathered[i >>> 6] |= 1L << i;
      }
    }
    return ofWords(gathered);
  }

  public Nulls slice(int from, int count) {
    if (!any()) {
      return NONE;
    }
    long[] sliced = new long[(count + 63) >>> 6];
    for (int i = 0; i < count; i++) {
      if (isNull(from + i)) {
        sliced[i >>> 6] |= 1L << i;
      }
    }
    return ofWords(sliced);
  }
}
