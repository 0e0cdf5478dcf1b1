package quiver.vector.index;

/// What a search did, for EXPLAIN ANALYZE.
///
/// @param strategy how the rows were found
/// @param reason why that strategy, one clause
/// @param nodesVisited graph nodes whose neighbours were read
/// @param distancesComputed vectors compared with the query
public record SearchStatistics(
    Strategy strategy, String reason, long nodesVisited, long distancesComputed) {

  /// How rows were found.
  public enum Strategy {
    /// Every row compared.
    EXACT_SCAN,
    /// Every row of the filter compared.
    MASK_SCAN,
    /// Graph search, every row may be returned.
    GRAPH,
    /// Graph search through all rows, returning those of the filter.
    GRAPH_FILTERED,
    /// Graph search over the filter's rows, stepping over other rows to their neighbours.
    GRAPH_TWO_HOP
  }
}
