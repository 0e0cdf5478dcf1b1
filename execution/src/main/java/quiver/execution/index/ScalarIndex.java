package quiver.execution.index;

import java.util.List;
import java.util.Optional;

/// Finds the rows of one segment by index keys. Safe for every thread.
public interface ScalarIndex {
  /// At most how many rows [#rows] gives. Cost: a few binary searches.
  long estimate(IndexQuery query);

  /// Rows that may be what is asked for, ascending; every such row is among them, whether it is
  /// visible or not.
  int[] rows(IndexQuery query);

  /// The entries in key order; empty: this index has no order.
  Optional<Ordered> ordered();

  /// Rows in the order of their keys.
  ///
  /// @param runs each in order by itself
  /// @param from first of the rows that are in no run
  /// @param to the row behind the last of them
  record Ordered(List<SortedIndex> runs, int from, int to) {
    public Ordered {
      runs = List.copyOf(runs);
    }
  }
}
