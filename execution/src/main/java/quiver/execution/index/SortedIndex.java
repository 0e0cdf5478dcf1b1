package quiver.execution.index;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A [ScalarIndex] of one run.
public record SortedIndex(SortedRun run, KeyOrder order) implements ScalarIndex {
  @Override
  public long estimate(IndexQuery query) {
    long count = 0;
    for (KeyRange range : ranges(query)) {
      count += Math.max(0, end(range) - start(range));
    }
    return count;
  }

  @Override
  public int[] rows(IndexQuery query) {
    int[] found = new int[8];
    int count = 0;
    for (KeyRange range : ranges(query)) {
      int end = end(range);
      for (int at = start(range); at < end; at++) {
        if (count == found.length) {
          found = Arrays.copyOf(found, 2 * count);
        }
        found[count++] = run.row(at);
      }
    }
    return RowNumbers.ascending(found, count);
  }

  private static List<KeyRange> ranges(IndexQuery query) {
    return switch (query) {
      case IndexQuery.Ranges(List<KeyRange> ranges) -> ranges;
      case IndexQuery.Terms terms ->
          throw new IllegalArgumentException("a sorted index has no terms: " + terms);
    };
  }

  /// The first entry of a range.
  public int start(KeyRange range) {
    int low = 0;
    int high = run.count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (range.isAfter(run, order, middle)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The entry behind the last of a range.
  public int end(KeyRange range) {
    int low = 0;
    int high = run.count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (range.isBefore(run, order, middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  @Override
  public Optional<Ordered> ordered() {
    return Optional.of(new Ordered(List.of(this), 0, 0));
  }
}
