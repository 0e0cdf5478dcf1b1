package quiver.vector.index;

import quiver.common.vector.DistanceMetric;

/// An immutable index over the vectors of one segment, safe for every thread; searching needs a
/// [Searcher].
public interface VectorIndex {
  /// The kind of index, as in `CREATE INDEX … USING`.
  String kind();

  DistanceMetric metric();

  int dimension();

  /// Rows of the segment, indexed or not.
  int rowCount();

  /// Memory the index itself needs, without the rows, in bytes.
  long sizeBytes();

  /// What [SearchRequest#effort] counts.
  default EffortUnit effortUnit() {
    return EffortUnit.CANDIDATES;
  }

  /// What a search's effort counts.
  enum EffortUnit {
    /// Candidates kept, as `hnsw.ef_search`.
    CANDIDATES,
    /// Lists read, as `ivfflat.probes`.
    LISTS
  }

  /// Whether its searchers are [SteppedSearcher]s.
  default boolean isStepped() {
    return false;
  }

  /// A searcher with scratch of its own.
  Searcher newSearcher();

  /// Memory one searcher holds between searches with the default effort, in bytes.
  long searcherBytes();
}
