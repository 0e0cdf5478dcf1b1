package quiver.execution.search;

import java.util.List;

/// Rows found, handed out in order. Used by one thread.
public interface RowSequence extends AutoCloseable {
  /// Puts the next rows into the arrays, at most as many as they are long; 0 at the end.
  ///
  /// @param places output, see [#target] and [#row]
  int next(long[] places, double[] distances);

  /// What was done in each segment so far.
  List<SegmentReport> reports();

  @Override
  void close();

  /// The index of a place's target.
  static int target(long place) {
    return FoundRows.target(place);
  }

  /// The row number of a place.
  static int row(long place) {
    return FoundRows.row(place);
  }

  /// The place of a row.
  static long place(int target, int row) {
    return FoundRows.place(target, row);
  }
}
