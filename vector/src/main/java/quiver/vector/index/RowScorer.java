package quiver.vector.index;

/// What a graph walks by: a score for each row against one query, smaller is nearer. Scores of one
/// scorer are comparable with each other, also across queries, and with nothing else: a scorer may
/// work on codes. [Reranker] turns the winners into distances. Used by one thread.
interface RowScorer {
  /// Compares with `query` from now on.
  void setQuery(float[] query);

  /// Compares with an indexed row from now on.
  void setQueryRow(int row);

  /// @param rows the first `count` are scored
  /// @param scores output, at least `count` long
  void score(int[] rows, int count, float[] scores);
}
