package quiver.execution.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A [ScalarIndex] of terms: of the values a row's keys have, or of the parts of its arrays and
/// documents. Terms are hashes cut to [#TERM_BITS] bits: two that share them cost rows looked at in
/// vain.
public record TermIndex(Postings postings) implements ScalarIndex {
  /// Bits of a term, so that it and a row number fit a word.
  public static final int TERM_BITS = 40;

  /// A set of terms that is this many times as frequent as the rarest is left to the filter.
  private static final int SKIPPED_FACTOR = 16;

  /// The term of a hash.
  public static long term(long hash) {
    return hash >>> (Long.SIZE - TERM_BITS);
  }

  @Override
  public long estimate(IndexQuery query) {
    long least = Long.MAX_VALUE;
    for (long[] anyOf : sets(query)) {
      least = Math.min(least, count(anyOf));
    }
    return least;
  }

  private long count(long[] anyOf) {
    long count = 0;
    for (long hash : anyOf) {
      count += postings.count(term(hash));
    }
    return count;
  }

  @Override
  public int[] rows(IndexQuery query) {
    List<long[]> sets = new ArrayList<>(sets(query));
    sets.sort(Comparator.comparingLong(this::count));
    long least = Math.max(1, count(sets.getFirst()));
    int[] rows = rows(sets.getFirst());
    for (long[] anyOf : sets.subList(1, sets.size())) {
      if (rows.length == 0 || count(anyOf) > SKIPPED_FACTOR * least) {
        break;
      }
      rows = RowNumbers.intersection(rows, rows(anyOf));
    }
    return rows;
  }

  private int[] rows(long[] anyOf) {
    int[] rows = new int[(int) count(anyOf)];
    int at = 0;
    for (long hash : anyOf) {
      long term = term(hash);
      postings.copy(term, rows, at);
      at += postings.count(term);
    }
    return anyOf.length == 1 ? rows : RowNumbers.ascending(rows, at);
  }

  private static List<long[]> sets(IndexQuery query) {
    return switch (query) {
      case IndexQuery.Terms(List<long[]> anyOf) -> anyOf;
      case IndexQuery.Ranges ranges ->
          throw new IllegalArgumentException("terms have no ranges: " + ranges);
    };
  }

  @Override
  public Optional<Ordered> ordered() {
    return Optional.empty();
  }

  /// Collects terms of rows, in any order, and sorts them.
  public static final class Builder {
    private static final int ROW_BITS = Long.SIZE - TERM_BITS;
    private static final long ROW_MASK = (1L << ROW_BITS) - 1;

    private long[] entries = new long[64];
    private int count;

    /// @param row less than 2²⁴
    public void add(long hash, int row) {
      if (count == entries.length) {
        entries = Arrays.copyOf(entries, 2 * count);
      }
      entries[count++] = (hash & ~ROW_MASK) | row;
    }

    /// The entries, ascending by term (as signed words) and row, each once: a term in the upper
    /// bits, a row in the lower.
    public long[] sorted() {
      Arrays.sort(entries, 0, count);
      int kept = 0;
      for (int i = 0; i < count; i++) {
        if (kept == 0 || entries[kept - 1] != entries[i]) {
          entries[kept++] = entries[i];
        }
      }
      return Arrays.copyOf(entries, kept);
    }

    /// The term of an entry.
    public static long term(long entry) {
      return entry >>> ROW_BITS;
    }

    /// The row of an entry.
    public static int row(long entry) {
      return (int) (entry & ROW_MASK);
    }

    /// An index of what was added.
    public TermIndex build() {
      return new TermIndex(new SortedPostings(sorted()));
    }
  }

  /// Postings as the sorted entries of a [Builder].
  private record SortedPostings(long[] entries) implements Postings {
    private int from(long term) {
      long wanted = term << Builder.ROW_BITS;
      int at = Arrays.binarySearch(entries, wanted);
      return at < 0 ? -at - 1 : at;
    }

    @Override
    public int count(long term) {
      int from = from(term);
      long last = (term << Builder.ROW_BITS) | Builder.ROW_MASK;
      int to = Arrays.binarySearch(entries, from, entries.length, last);
      return (to < 0 ? -to - 1 : to + 1) - from;
    }

    @Override
    public void copy(long term, int[] rows, int at) {
      int from = from(term);
      for (int i = from; i < entries.length && Builder.term(entries[i]) == term; i++) {
        rows[at + i - from] = Builder.row(entries[i]);
      }
    }
  }
}
