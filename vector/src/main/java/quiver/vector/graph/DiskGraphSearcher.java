package quiver.vector.graph;

import java.util.Arrays;
import quiver.common.column.RowMask;
import quiver.vector.index.CandidatePool;
import quiver.vector.index.Continuation;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.index.Searcher;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Searches a [DiskGraphIndex]: walks its records, or scans the rows where that reads less.
final class DiskGraphSearcher implements Searcher {
  /// Rows scanned in the time of one step of a walk: both wait for the disk, a scan reads ahead.
  private static final double ROWS_PER_STEP = 8;

  private final DiskGraphIndex index;
  private final VectorMapping mapping;
  private final CodeQuery query;
  private final DiskGraphWalk walk;
  private final EntryPoints entries;
  private final CandidatePool entered = new CandidatePool();
  private final ExactSearch exact;
  private final float[] mapped;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private final Continuation continuation = new Continuation();

  DiskGraphSearcher(DiskGraphIndex index) {
    this.index = index;
    this.mapping = index.file().header().mapping();
    this.query = new CodeQuery(VectorKernels.codes(), index.rotation());
    this.walk = new DiskGraphWalk(index, query);
    this.entries = index.entryPoints();
    this.exact = new ExactSearch(index.kernel(), index.metric(), index.dimension());
    this.mapped = new float[mapping.mappedDimension()];
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
    int indexed = index.file().header().indexedRowCount();
    long allowedCount =
        switch (request.filter()) {
          case RowFilter.AllRows ignored -> indexed;
          case RowFilter.MaskedRows masked -> {
            ExactSearch.requireSameRows(index.rows(), masked);
            yield masked.cardinality();
          }
        };
    int effort = Math.max(request.effort(), request.k());
    if (request.query().length != index.dimension() || request.k() >= allowedCount) {
      return exact.search(index.rows(), request, "every allowed row is wanted");
    }
    if (allowedCount <= request.exactRowsMax()) {
      return exact.search(index.rows(), request, "few allowed rows");
    }
    if (!mapping.mapQuery(request.query(), mapped)) {
      return exact.search(index.rows(), request, "codes cannot tell rows apart for this query");
    }
    query.set(mapped, 0);
    boolean filtered = request.filter() instanceof RowFilter.MaskedRows;
    // As many candidates as hold `effort` allowed ones, if these were spread evenly.
    double widened = filtered ? effort * (double) indexed / allowedCount : effort;
    if (filtered && widened * ROWS_PER_STEP > allowedCount) {
      return exact.search(index.rows(), request, "a scan of the allowed rows costs less");
    }
    int entry = entries.nearestOne(index.kernel(), query, estimates, entered);
    walk.start(request.query(), entry, (int) widened, effort);
    for (int row = walk.next(); row != CandidatePool.NO_NODE; row = walk.next()) {
      if (isAnyAllowed(row, request.filter())) {
        walk.keep();
      }
    }
    return finish(request);
  }

  private boolean isAnyAllowed(int first, RowFilter filter) {
    for (int row = first; row != CodeGraphFile.NO_ROW; row = index.nextDuplicate(row)) {
      if (isAllowed(row, filter)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAllowed(int row, RowFilter filter) {
    return switch (filter) {
      case RowFilter.AllRows ignored -> true;
      case RowFilter.MaskedRows(RowMask mask, int ignored) -> mask.contains(row);
    };
  }

  private SearchResult finish(SearchRequest request) {
    int[] rows = new int[request.k()];
    double[] distances = new double[request.k()];
    int count = 0;
    CandidatePool found = walk.found();
    for (int i = 0; i < found.size() && count < rows.length; i++) {
      double distance = walk.distance(found.node(i));
      for (int row = walk.row(found.node(i));
          row != CodeGraphFile.NO_ROW && count < rows.length;
          row = index.nextDuplicate(row)) {
        if (isAllowed(row, request.filter())) {
          insert(rows, distances, count++, row, distance);
        }
      }
    }
    if (count < request.k() && request.bound().get() == Double.POSITIVE_INFINITY) {
      return exact.search(index.rows(), request, "the graph search found too few rows");
    }
    boolean filtered = request.filter() instanceof RowFilter.MaskedRows;
    return new SearchResult(
        Arrays.copyOf(rows, count),
        Arrays.copyOf(distances, count),
        new SearchStatistics(
            filtered ? Strategy.GRAPH_FILTERED : Strategy.GRAPH,
            "records on disk",
            walk.expandedCount(),
            walk.expandedCount(),
            walk.codesScored(),
            0));
  }

  /// Scores are rounded otherwise than distances: neighbours in the order may swap.
  private static void insert(int[] rows, double[] distances, int at, int row, double distance) {
    int place = at;
    for (;
        place > 0
            && (distances[place - 1] > distance
                || (distances[place - 1] == distance && rows[place - 1] > row));
        place--) {
      rows[place] = rows[place - 1];
      distances[place] = distances[place - 1];
    }
    rows[place] = row;
    distances[place] = distance;
  }
}
