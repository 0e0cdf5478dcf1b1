package quiver.vector.index;

/// What a graph walks by: a score for each row against one query, smaller is nearer. Scores of one
/// scorer are comparable with each other, also across queries, and with nothing else: a scorer may
/// work on codes. [Reranker] turns the winners into distances. Used by one thread.
interface RowScorer {
  /// Compares with `query` from now on.
  void setQuery(float[] query);

  /// Compares with `query` from now on.
  ///
  /// @throws quiver.common.error.QuiverException `22000` if it has another length than the rows
  default void setQuery(VectorQuery query) {
    setQuery(((VectorQuery.Dense) query).values());
  }

  /// Whether every distance to the query is NaN: a zero vector under cosine.
  default boolean isUndefined() {
    return false;
  }

  /// Compares with an indexed row from now on.
  void setQueryRow(int row);

  /// @param rows the first `count` are scored
  /// @param scores output, at least `count` long
  void score(int[] rows, int count, float[] scores);
}
