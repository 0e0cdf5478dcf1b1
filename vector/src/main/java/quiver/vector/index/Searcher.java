package quiver.vector.index;

/// Searches one index with scratch memory of its own. Used by one thread at a time; handed out by a
/// [SearcherPool].
public interface Searcher {
  /// The `k` nearest rows the filter allows, fewer only when fewer exist below the request's bound.
  /// Allocates the result and nothing else in steady state.
  ///
  /// @throws quiver.common.error.QuiverException `22000` if the query has another dimension
  SearchResult search(SearchRequest request);

  /// The next `k` rows after those already returned for the last [#search], in order; fewer only
  /// when no more exist below the bound. Goes on where that search stopped: what it has visited is
  /// not visited again. A row found late that is nearer than one already returned comes first in
  /// this result (pgvector's relaxed order). No row is returned twice, and whoever calls this until
  /// nothing comes gets every allowed row.
  ///
  /// @throws IllegalStateException before the first search
  SearchResult next(int k);
}
