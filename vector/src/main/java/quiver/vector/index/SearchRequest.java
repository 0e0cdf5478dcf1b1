package quiver.vector.index;

/// One nearest-neighbour question to one segment.
///
/// @param target what rows are compared with
/// @param k how many rows are wanted, at least 1; may be more than there are
/// @param effort in the index's own [VectorIndex#effortUnit]: candidates a graph keeps
///   (`hnsw.ef_search`; raised to `k` when smaller) or lists that are read (`ivfflat.probes`)
/// @param filter which rows may be returned
/// @param exactRowsMax filters with at most this many rows are scanned without asking the index,
///   row by row or by codes; above it the index compares costs
/// @param bound rows above it may be left out, so that fewer than `k` may come back. It may fall
///   while the search runs; a searcher reads it and never lowers it. A graph must not stop on it
///   before it has reached the neighbourhood of the query: a walk begins far away
public record SearchRequest(
    VectorQuery target,
    int k,
    int effort,
    RowFilter filter,
    int exactRowsMax,
    DistanceBound bound) {
  /// Below this many rows a scan costs no more than a graph search.
  public static final int EXACT_ROWS_DEFAULT = 1_000;

  /// pgvector's default `hnsw.ef_search`.
  public static final int EFFORT_DEFAULT = 40;

  public SearchRequest {
    if (k < 1 || effort < 1 || exactRowsMax < 0) {
      throw new IllegalArgumentException(
          "k " + k + ", effort " + effort + ", exactRowsMax " + exactRowsMax);
    }
  }

  /// A question about dense vectors.
  public SearchRequest(
      float[] query, int k, int effort, RowFilter filter, int exactRowsMax, DistanceBound bound) {
    this(new VectorQuery.Dense(query), k, effort, filter, exactRowsMax, bound);
  }

  /// The dense vector that rows are compared with.
  public float[] query() {
    return ((VectorQuery.Dense) target).values();
  }

  /// A question without a bound.
  public SearchRequest(float[] query, int k, int effort, RowFilter filter, int exactRowsMax) {
    this(query, k, effort, filter, exactRowsMax, DistanceBound.none());
  }

  /// A question over every row with default effort.
  public static SearchRequest of(float[] query, int k) {
    return of(new VectorQuery.Dense(query), k);
  }

  /// As the other, about any kind of key.
  public static SearchRequest of(VectorQuery target, int k) {
    return new SearchRequest(
        target, k, EFFORT_DEFAULT, RowFilter.all(), EXACT_ROWS_DEFAULT, DistanceBound.none());
  }

  /// The same question for another number of rows.
  public SearchRequest withK(int newK) {
    return new SearchRequest(target, newK, effort, filter, exactRowsMax, bound);
  }

  /// The same question with another effort.
  public SearchRequest withEffort(int newEffort) {
    return new SearchRequest(target, k, newEffort, filter, exactRowsMax, bound);
  }

  /// The same question over other rows.
  public SearchRequest withFilter(RowFilter newFilter) {
    return new SearchRequest(target, k, effort, newFilter, exactRowsMax, bound);
  }

  /// The same question with another bound under which a filter is scanned.
  public SearchRequest withExactRowsMax(int newExactRowsMax) {
    return new SearchRequest(target, k, effort, filter, newExactRowsMax, bound);
  }

  /// The same question with another bound on distances.
  public SearchRequest withBound(DistanceBound newBound) {
    return new SearchRequest(target, k, effort, filter, exactRowsMax, newBound);
  }
}
