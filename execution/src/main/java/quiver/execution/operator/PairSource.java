package quiver.execution.operator;

import quiver.common.column.RowBatch;

/// Finds pairs of rows that may join: the part in which hash join and nested loop differ. Used by
/// one thread.
interface PairSource {
  /// Pairs asked for at once.
  int PAIR_COUNT_MAX = 2048;

  /// Begins a new batch of left rows.
  void start(RowBatch left);

  /// The next pairs, at most [#PAIR_COUNT_MAX]; 0 when the batch is done.
  int next(int[] leftRows, int[] rightRows);
}
