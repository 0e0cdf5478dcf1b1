package quiver.vector.index;

/// What a search did, for EXPLAIN ANALYZE. After [Searcher#next]: what the continuation did.
///
/// @param strategy how the rows were found
/// @param reason why that strategy, one clause
/// @param nodesVisited graph nodes whose neighbours were read, or lists that were read
/// @param distancesComputed vectors compared with the query in full precision, to walk or to scan
/// @param codesScored distances estimated from codes
/// @param reranked candidates that got their exact distance after the walk
public record SearchStatistics(
    Strategy strategy,
    String reason,
    long nodesVisited,
    long distancesComputed,
    long codesScored,
    long reranked) {

  /// A search without codes.
  public SearchStatistics(
      Strategy strategy, String reason, long nodesVisited, long distancesComputed) {
    this(strategy, reason, nodesVisited, distancesComputed, 0, 0);
  }

  /// How rows were found.
  public enum Strategy {
    /// Every row compared.
    EXACT_SCAN("exact"),
    /// Every row of the filter compared.
    MASK_SCAN("mask scan"),
    /// Every row's code compared, the nearest re-ranked.
    CODE_SCAN("code scan"),
    /// The codes of every row of the filter compared, the nearest re-ranked.
    CODE_MASK_SCAN("code mask scan"),
    /// Graph search, every row may be returned.
    GRAPH("graph"),
    /// Graph search through all rows, returning those of the filter.
    GRAPH_FILTERED("graph then filter"),
    /// Graph search over the filter's rows, stepping over other rows to their neighbours.
    GRAPH_TWO_HOP("filtered graph"),
    /// The lists nearest to the query, every row may be returned.
    LISTS("lists"),
    /// The lists nearest to the query, returning rows of the filter.
    LISTS_FILTERED("filtered lists");

    private final String label;

    Strategy(String label) {
      this.label = label;
    }

    /// As EXPLAIN prints it.
    public String label() {
      return label;
    }
  }
}
