package quiver.execution.index;

import java.util.List;

/// Finds the rows of one segment by index keys. Safe for every thread.
public interface ScalarIndex {
  /// At most how many rows [#rows] gives. Cost: a few binary searches.
  long estimate(IndexQuery query);

  /// Rows that may be what is asked for, ascending; every such row is among them, whether it is
  /// visible or not.
  int[] rows(IndexQuery query);

  /// The entries in key order, in one or more runs which together cover the rows; empty: this index
  /// has no order.
  List<SortedRun> runs();
}
