package quiver.vector.index;

import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.parallel.ParallelLoop;

/// The rows a graph is built over and walked by, whatever form they are compared in.
interface GraphRows {
  int dimension();

  int rowCount();

  /// The rows that have a vector.
  RowMask present();

  /// A scorer for one thread.
  ///
  /// @param norms of every row under cosine, otherwise unused
  RowScorer newScorer(DistanceMetric metric, InverseNorms norms);

  /// One over the norm of every row, 0 for a zero vector; undefined for rows without a vector.
  float[] inverseNorms(ParallelLoop loop, BuildMonitor monitor);

  /// Rows that are equal.
  ///
  /// @param candidates ascending row numbers
  DuplicateRows duplicates(int[] candidates, ParallelLoop loop);
}
