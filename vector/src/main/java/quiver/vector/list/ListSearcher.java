package quiver.vector.list;

import quiver.common.vector.DistanceMetric;
import quiver.vector.index.Continuation;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.Reranker;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.index.Searcher;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeQuery;

/// Searches a [ListIndex]: reads the lists nearest to the query, or compares the rows of a small
/// filter, and gives the survivors their exact distances.
final class ListSearcher implements Searcher {
  /// Rows compared exactly between two looks at the next list.
  private static final int BATCH_ROWS = 256;

  /// More rows than this are taken from a heap: a sorted pool would move them too often.
  private static final int POOLED_K_MAX = 2_000;

  private static final int[] NO_ROWS = {};

  /// What the last search did, for the one that goes on.
  private enum Phase {
    READY,
    SCANNED,
    COMPARED_MASK,
    READ_LISTS,
    GOING_ON
  }

  private final ListIndex index;
  private final DistanceMetric metric;
  private final boolean coded;
  private final CodeQuery query;
  private final RotatedRow rotatedRow;
  private final float[] rotated;
  private final AllowedRows allowed = new AllowedRows();
  private final ProbeOrder order;
  private final CodeScanner scanner;
  private final Reranker exact;
  private final ExactSearch scan;
  private final ListCosts costs;
  private final ListContinuation continuation;
  private final Continuation scanContinuation = new Continuation();
  private final int[] batch = new int[BATCH_ROWS];
  private int[] candidates = new int[64];
  private Phase phase = Phase.READY;
  private int listsRead;
  private long exactCompared;

  ListSearcher(ListIndex index) {
    ListCodebook codebook = index.codebook();
    VectorKernel kernel = codebook.kernel();
    this.index = index;
    this.metric = index.metric();
    this.coded = codebook.isCoded();
    this.query = new CodeQuery(VectorKernels.codes(), codebook.rotation());
    this.rotatedRow = codebook.newRotatedRow();
    this.rotated = new float[codebook.rotation().rotatedDimension()];
    this.order = new ProbeOrder(codebook, index.directory());
    this.scanner = new CodeScanner(index, query, allowed);
    this.exact = new Reranker(kernel, metric, index.rows());
    this.scan = new ExactSearch(kernel, metric, index.dimension());
    this.costs = new ListCosts(index);
    this.continuation =
        new ListContinuation(new ListReader(index, query, allowed), order, allowed, exact);
  }

  @Override
  public SearchResult search(SearchRequest request) {
    exact.setQuery(request.query());
    allowed.set(request.filter());
    listsRead = 0;
    exactCompared = 0;
    phase = Phase.SCANNED;
    SearchResult result = find(request);
    switch (phase) {
      case READY -> throw new IllegalStateException("nothing was searched");
      case SCANNED -> scanContinuation.start(request, result);
      case COMPARED_MASK -> {
        order.start(query, 1);
        continuation.start(request.k(), result.rows(), 1);
      }
      case READ_LISTS -> continuation.start(request.k(), result.rows(), listsRead);
      case GOING_ON -> {}
    }
    return result;
  }

  @Override
  public SearchResult next(int k) {
    return switch (phase) {
      case READY -> throw new IllegalStateException("next before search");
      case SCANNED -> scanContinuation.next(k, this::find);
      case COMPARED_MASK, READ_LISTS, GOING_ON -> continuation.next(k);
    };
  }

  private SearchResult find(SearchRequest request) {
    int allowedCount =
        switch (request.filter()) {
          case RowFilter.AllRows ignored -> index.presentCount();
          case RowFilter.MaskedRows masked -> {
            ExactSearch.requireSameRows(index.rows(), masked);
            yield masked.cardinality();
          }
        };
    boolean filtered = !allowed.isEveryRow();
    if (!rotatedRow.rotate(request.query(), rotated, 0)) {
      return scan.search(index.rows(), request, "the query has no codes");
    }
    if (request.k() >= allowedCount) {
      return scan.search(index.rows(), request, "every allowed row is wanted");
    }
    if (filtered && allowedCount <= request.exactRowsMax()) {
      return scan.search(index.rows(), request, "few allowed rows");
    }
    query.setRotated(rotated, 0);
    double share = allowedCount / (double) Math.max(1, index.rowCount());
    int probes = Math.min(request.effort(), order.listCount());
    if (filtered
        && coded
        && request.k() <= POOLED_K_MAX
        && costs.maskIsCheaper(probes, allowedCount, share)) {
      return compareMask(request, (RowFilter.MaskedRows) request.filter());
    }
    order.start(query, probes);
    if (request.k() > POOLED_K_MAX) {
      phase = Phase.GOING_ON;
      continuation.start(request.k(), NO_ROWS, probes);
      return continuation.next(request.k());
    }
    phase = Phase.READ_LISTS;
    return readLists(request, probes, share);
  }

  /// The int8 vectors of all allowed rows.
  private SearchResult compareMask(SearchRequest request, RowFilter.MaskedRows masked) {
    phase = Phase.COMPARED_MASK;
    scanner.start(request.k(), limit(request), 1);
    scanner.compareRows(index.rows().present().words(), masked.mask().words());
    exact.begin(request.k());
    int survivors = survivors();
    exact.offer(candidates, survivors);
    offerUncoded();
    return exact.finish(
        statistics(Strategy.CODE_MASK_SCAN, "few allowed rows", scanner.int8Scored(), survivors));
  }

  private SearchResult readLists(SearchRequest request, int probes, double share) {
    scanner.start(request.k(), limit(request), share);
    exact.begin(request.k());
    int wanted = probes;
    while (listsRead < wanted) {
      int list = order.list(listsRead++);
      if (coded) {
        scanner.scan(list, order.base(list), order.distance(list));
      } else {
        compareList(list);
      }
      if (listsRead == wanted && wanted < order.listCount()) {
        wanted = furtherLists(request, probes, share, wanted);
      }
    }
    int survivors = 0;
    if (coded) {
      survivors = survivors();
      exact.offer(candidates, survivors);
    }
    offerUncoded();
    Strategy strategy = allowed.isEveryRow() ? Strategy.LISTS : Strategy.LISTS_FILTERED;
    String reason = allowed.isEveryRow() ? "no filter" : "many rows allowed";
    return exact.finish(statistics(strategy, reason, scanner.codesScored(), survivors));
  }

  /// How many lists to read in all, when `wanted` have been read: more under a filter, whose rows
  /// lie farther away, and more while fewer than `k` rows were found.
  private int furtherLists(SearchRequest request, int probes, double share, int wanted) {
    int found = coded ? scanner.size() : exact.size();
    int next = wanted;
    if (!allowed.isEveryRow()) {
      next = Math.max(next, ListCosts.probesUnder(share, probes, order.listCount()));
    }
    if (found < request.k() && request.bound().get() == Double.POSITIVE_INFINITY) {
      next = Math.max(next, 2 * wanted);
    }
    next = Math.min(next, order.listCount());
    order.prepare(next);
    return next;
  }

  private void compareList(int list) {
    int count = 0;
    for (int position = index.start(list); position < index.end(list); position++) {
      int row = index.row(position);
      if (allowed.contains(row)) {
        batch[count++] = row;
        if (count == BATCH_ROWS) {
          exact.offer(batch, count);
          exactCompared += count;
          count = 0;
        }
      }
    }
    exact.offer(batch, count);
    exactCompared += count;
  }

  private int survivors() {
    if (candidates.length < scanner.size()) {
      candidates = new int[Math.max(scanner.size(), 2 * candidates.length)];
    }
    return scanner.survivors(candidates);
  }

  /// Rows without codes are compared always; under cosine they are zero vectors, of use only when
  /// there is nothing else.
  private void offerUncoded() {
    if (metric == DistanceMetric.COSINE && exact.worst() < Double.POSITIVE_INFINITY) {
      return;
    }
    int count = 0;
    for (int i = 0; i < index.header().uncodedRowCount(); i++) {
      int row = index.uncodedRow(i);
      if (allowed.contains(row)) {
        batch[count++] = row;
      }
      if (count == BATCH_ROWS || i + 1 == index.header().uncodedRowCount()) {
        exact.offer(batch, count);
        exactCompared += count;
        count = 0;
      }
    }
  }

  private float limit(SearchRequest request) {
    return ListReader.score(metric, request.bound().get());
  }

  private SearchStatistics statistics(
      Strategy strategy, String reason, long codesScored, int survivors) {
    return new SearchStatistics(strategy, reason, listsRead, exactCompared, codesScored, survivors);
  }
}
