package quiver.vector.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.kernel.VectorKernel;

/// Searches an [HnswIndex]: chooses between the graph and an exact scan, walks, re-ranks.
final class HnswSearcher implements Searcher {
  /// Above this share of allowed rows a walk through all rows finds them soon enough; below it,
  /// comparing the others is wasted.
  private static final double TWO_HOP_SHARE_MAX = 0.4;

  /// A two-hop walk sees a thinner graph: it needs more candidates for the same recall.
  private static final int TWO_HOP_EFFORT_FACTOR = 2;

  /// Allowed rows, spread over the segment, that a two-hop walk starts from besides the entry.
  private static final int SEED_COUNT = 16;

  /// Candidates re-ranked beyond `k`: the walk's float cosine may misplace near ties.
  private static final int RERANK_MARGIN = 8;

  private final HnswIndex index;
  private final SearchCosts costs;
  private final HnswGraph graph;
  private final RowScorer scorer;
  private final GraphTraversal traversal;
  private final ResumableWalk walk;
  private final Reranker reranker;
  private final ExactSearch exact;
  private final int[] seeds = new int[SEED_COUNT];
  private int[] candidates = new int[128];
  private final Continuation continuation = new Continuation();
  private @Nullable SearchRequest walked;
  private int[] firstRows = new int[0];
  private @Nullable RowMask returned;

  HnswSearcher(HnswIndex index, SearchCosts costs) {
    this.costs = costs;
    VectorKernel kernel = index.kernel();
    this.index = index;
    this.graph = index.graph();
    this.scorer = new FloatRowScorer(kernel, index.metric(), index.rows(), index.norms());
    this.traversal = new GraphTraversal(graph, scorer, index.rowCount());
    this.walk = new ResumableWalk(graph, scorer, index.metric(), index.rowCount());
    this.reranker = new Reranker(kernel, index.metric(), index.rows());
    this.exact = new ExactSearch(kernel, index.metric(), index.dimension());
  }

  @Override
  public SearchResult search(SearchRequest request) {
    walked = null;
    returned = null;
    SearchResult result = find(request);
    if (result.statistics().strategy() == Strategy.GRAPH) {
      walked = request;
      firstRows = result.rows();
    } else {
      continuation.start(request, result);
    }
    return result;
  }

  @Override
  public SearchResult next(int k) {
    SearchRequest request = walked;
    return request == null ? continuation.next(k, this::find) : walkOn(request.withK(k));
  }

  /// Goes on with the walk of the last search; scans what it cannot reach.
  private SearchResult walkOn(SearchRequest request) {
    RowMask seen = returned;
    if (seen == null) {
      seen = RowMask.none(index.rowCount());
      add(firstRows, seen);
      returned = seen;
    }
    RowMask given = seen;
    walk.resume(Math.max(request.effort(), request.k()), node -> isGiven(node, given));
    int count = candidates(request, walk.pool(), given);
    SearchResult result;
    if (count < request.k() && !walk.isBounded()) {
      RowMask rest = RowMask.all(index.rowCount());
      rest.removeAll(given);
      result =
          exact.search(
              index.rows(),
              request.withFilter(RowFilter.of(rest)),
              "the graph search found too few rows");
    } else {
      SearchStatistics statistics =
          new SearchStatistics(
              Strategy.GRAPH,
              "further rows",
              walk.nodesVisited(),
              walk.distancesComputed(),
              0,
              count);
      result = reranker.rerank(candidates, count, request.k(), statistics);
    }
    add(result.rows(), given);
    return result;
  }

  private static void add(int[] rows, RowMask to) {
    for (int row : rows) {
      to.add(row);
    }
  }

  /// Whether every row of the node was returned.
  private boolean isGiven(int node, RowMask given) {
    int row = node;
    while (row != HnswFile.NO_ROW && given.contains(row)) {
      row = graph.nextDuplicate(row);
    }
    return row == HnswFile.NO_ROW;
  }

  private SearchResult find(SearchRequest request) {
    reranker.setQuery(request.query());
    long allowedCount =
        switch (request.filter()) {
          case RowFilter.AllRows ignored -> index.indexedRowCount();
          case RowFilter.MaskedRows masked -> {
            ExactSearch.requireSameRows(index.rows(), masked);
            yield masked.cardinality();
          }
        };
    int effort = Math.max(request.effort(), request.k());
    if (reranker.isUndefined()) {
      return exact.search(index.rows(), request, "the query is a zero vector");
    }
    if (request.k() >= allowedCount) {
      return exact.search(index.rows(), request, "every allowed row is wanted");
    }
    double rowsPerSearch =
        effort * costs.rowsPerCandidate()
            + (request.filter() instanceof RowFilter.AllRows ? 0 : costs.rowsPerFilteredSearch());
    if (allowedCount <= Math.max(request.exactRowsMax(), rowsPerSearch)) {
      return exact.search(index.rows(), request, "few allowed rows");
    }
    traversal.resetCounters();
    scorer.setQuery(request.query());
    int entry = baseEntry();
    return switch (request.filter()) {
      case RowFilter.AllRows ignored -> {
        walk.begin(entry, effort, request.bound());
        yield finish(request, walk.pool(), Strategy.GRAPH, "no filter");
      }
      case RowFilter.MaskedRows masked ->
          findFiltered(request, masked.mask(), allowedCount, entry, effort);
    };
  }

  private int baseEntry() {
    if (graph.levelCount() == 0) {
      return index.entryRow();
    }
    return graph.upperRow(traversal.descend(0, graph.levelCount(), 1));
  }

  private SearchResult findFiltered(
      SearchRequest request, RowMask allowed, long allowedCount, int entry, int effort) {
    long distancesMax =
        costs.rowsPerComparison() == 0
            ? Long.MAX_VALUE
            : (long) (allowedCount / costs.rowsPerComparison());
    boolean finished;
    Strategy strategy;
    String reason;
    if (allowedCount > TWO_HOP_SHARE_MAX * index.rowCount()) {
      strategy = Strategy.GRAPH_FILTERED;
      reason = "many rows allowed";
      finished = traversal.searchFiltered(entry, effort, allowed, distancesMax);
    } else {
      strategy = Strategy.GRAPH_TWO_HOP;
      reason = "some rows allowed";
      int seedCount = chooseSeeds(allowed);
      finished =
          traversal.searchTwoHop(
              entry, seeds, seedCount, TWO_HOP_EFFORT_FACTOR * effort, allowed, distancesMax);
    }
    if (!finished) {
      return exact.search(index.rows(), request, "the graph search came to cost more than a scan");
    }
    return finish(request, traversal.results(), strategy, reason);
  }

  /// Rows of the mask spread evenly over the segment. Only nodes of the graph: the first row of its
  /// duplicates.
  private int chooseSeeds(RowMask allowed) {
    int count = 0;
    int rowCount = index.rowCount();
    if (graph.hasDuplicates()) {
      return 0;
    }
    for (int i = 0; i < SEED_COUNT; i++) {
      int row = allowed.nextRow((int) ((long) i * rowCount / SEED_COUNT));
      if (row < rowCount && isNode(row)) {
        seeds[count++] = row;
      }
    }
    return count;
  }

  private boolean isNode(int row) {
    return index.rows().present().contains(row)
        && (index.metric() != DistanceMetric.COSINE || index.norms().get(row) != 0);
  }

  /// Re-ranks the nearest candidates; scans when the walk found too few.
  private SearchResult finish(
      SearchRequest request, CandidatePool found, Strategy strategy, String reason) {
    int count = candidates(request, found, null);
    boolean walkedFreely = strategy == Strategy.GRAPH;
    if (count < request.k() && !(walkedFreely && walk.isBounded())) {
      return exact.search(index.rows(), request, "the graph search found too few rows");
    }
    long visited = traversal.nodesVisited() + (walkedFreely ? walk.nodesVisited() : 0);
    long compared = traversal.distancesComputed() + (walkedFreely ? walk.distancesComputed() : 0);
    return reranker.rerank(
        candidates,
        count,
        request.k(),
        new SearchStatistics(strategy, reason, visited, compared, 0, count));
  }

  /// Collects the nearest allowed rows into [#candidates], some more than wanted.
  ///
  /// @param given rows to leave out
  private int candidates(SearchRequest request, CandidatePool found, @Nullable RowMask given) {
    int wanted = (int) Math.min((long) request.k() + RERANK_MARGIN, Integer.MAX_VALUE);
    int count = 0;
    for (int i = 0; i < found.size() && count < wanted; i++) {
      for (int row = found.node(i);
          row != HnswFile.NO_ROW && count < wanted;
          row = graph.nextDuplicate(row)) {
        if (isAllowed(request.filter(), row) && (given == null || !given.contains(row))) {
          if (count == candidates.length) {
            candidates = Arrays.copyOf(candidates, 2 * count);
          }
          candidates[count++] = row;
        }
      }
    }
    return count;
  }

  private static boolean isAllowed(RowFilter filter, int row) {
    return switch (filter) {
      case RowFilter.AllRows ignored -> true;
      case RowFilter.MaskedRows masked -> masked.mask().contains(row);
    };
  }
}
