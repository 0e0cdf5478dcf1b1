package quiver.execution.index;

import org.jspecify.annotations.Nullable;

/// Entries of an index in the order of their keys, and of their rows where keys are equal. Safe for
/// every thread.
public interface SortedRun {
  int count();

  /// Key `position` of entry `at`.
  @Nullable Object key(int at, int position);

  /// The row of entry `at`.
  int row(int at);
}
