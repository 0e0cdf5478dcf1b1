package quiver.vector.index;

import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.SearchStatistics.Strategy;

/// Searches a [KeyGraphIndex]: the graph, or every allowed key when those are few.
final class KeyGraphSearcher implements Searcher {
  private static final int BATCH_ROWS = 256;

  /// Rows compared in the time a search needs for each candidate it keeps.
  private static final int ROWS_PER_CANDIDATE = 40;

  /// Comparisons after which a filtered walk gives way to a scan, as a share of the allowed rows.
  private static final int ROWS_PER_COMPARISON = 4;

  private final KeyGraphIndex index;
  private final KeyRows rows;
  private final DistanceMetric metric;
  private final HnswGraph graph;
  private final RowScorer scorer;
  private final GraphTraversal traversal;
  private final NearestRows nearest = new NearestRows();
  private final int[] rowNumbers = new int[BATCH_ROWS];
  private final float[] scores = new float[BATCH_ROWS];
  private final Continuation continuation = new Continuation();

  KeyGraphSearcher(KeyGraphIndex index) {
    this.index = index;
    this.rows = index.rows();
    this.metric = index.metric();
    this.graph = index.graph();
    this.scorer = rows.newScorer(metric, index.norms());
    this.traversal = new GraphTraversal(graph, scorer, index.rowCount());
  }

  @Override
  public SearchResult search(SearchRequest request) {
    SearchResult result = find(request);
    continuation.start(request, result);
    return result;
  }

  @Override
  public SearchResult next(int k) {
    return continuation.next(k, this::find);
  }

  private SearchResult find(SearchRequest request) {
    scorer.setQuery(request.target());
    long allowed =
        request.filter() instanceof RowFilter.MaskedRows masked
            ? masked.cardinality()
            : index.indexedRowCount();
    int effort = Math.max(request.effort(), request.k());
    if (scorer.isUndefined()) {
      return scan(request, "the query is a zero vector");
    }
    if (request.k() >= allowed || index.entryRow() == HnswFile.NO_ROW) {
      return scan(request, "every allowed row is wanted");
    }
    if (allowed <= Math.max(request.exactRowsMax(), (long) effort * ROWS_PER_CANDIDATE)) {
      return scan(request, "few allowed rows");
    }
    traversal.resetCounters();
    int entry =
        graph.levelCount() == 0
            ? index.entryRow()
            : graph.upperRow(traversal.descend(0, graph.levelCount(), 1));
    if (request.filter() instanceof RowFilter.MaskedRows masked) {
      if (!traversal.searchFiltered(entry, effort, masked.mask(), allowed / ROWS_PER_COMPARISON)) {
        return scan(request, "the graph search came to cost more than a scan");
      }
      return finish(request, traversal.results(), Strategy.GRAPH_FILTERED, "rows are filtered");
    }
    traversal.search(0, entry, effort);
    return finish(request, traversal.pool(), Strategy.GRAPH, "no filter");
  }

  private SearchResult finish(
      SearchRequest request, CandidatePool found, Strategy strategy, String reason) {
    nearest.reset(request.k());
    for (int i = 0; i < found.size(); i++) {
      for (int row = found.node(i); row != HnswFile.NO_ROW; row = graph.nextDuplicate(row)) {
        if (isAllowed(request.filter(), row)) {
          nearest.offer(found.score(i), row);
        }
      }
    }
    if (nearest.size() < request.k()) {
      return scan(request, "the graph search found too few rows");
    }
    return result(
        new SearchStatistics(
            strategy, reason, traversal.nodesVisited(), traversal.distancesComputed()));
  }

  private static boolean isAllowed(RowFilter filter, int row) {
    return !(filter instanceof RowFilter.MaskedRows masked) || masked.mask().contains(row);
  }

  private SearchResult scan(SearchRequest request, String reason) {
    RowMask candidates = rows.present();
    Strategy strategy = Strategy.EXACT_SCAN;
    if (request.filter() instanceof RowFilter.MaskedRows masked) {
      candidates = candidates.copy();
      candidates.retainAll(masked.mask());
      strategy = Strategy.MASK_SCAN;
    }
    nearest.reset(request.k());
    long compared = 0;
    int count = 0;
    for (int row = candidates.nextRow(0);
        row < rows.rowCount();
        row = candidates.nextRow(row + 1)) {
      rowNumbers[count++] = row;
      compared++;
      if (count == BATCH_ROWS) {
        offer(count);
        count = 0;
      }
    }
    offer(count);
    return result(new SearchStatistics(strategy, reason, 0, compared));
  }

  private void offer(int count) {
    scorer.score(rowNumbers, count, scores);
    boolean undefined = scorer.isUndefined();
    for (int i = 0; i < count; i++) {
      int row = rowNumbers[i];
      boolean zero = metric == DistanceMetric.COSINE && index.norms().get(row) == 0;
      nearest.offer(undefined || zero ? Double.NaN : scores[i], row);
    }
  }

  private SearchResult result(SearchStatistics statistics) {
    int[] found = new int[nearest.size()];
    double[] distances = new double[found.length];
    nearest.drain(found, distances);
    if (metric == DistanceMetric.L2) {
      for (int i = 0; i < distances.length; i++) {
        distances[i] = Math.sqrt(distances[i]);
      }
    }
    return new SearchResult(found, distances, statistics);
  }
}
