package quiver.vector.list;

import quiver.common.column.RowMask;
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

  /// Lists read between two looks at the nearest rows found.
  private static final int LISTS_AT_ONCE = 4;

  /// How many times cheaper comparing all allowed rows must be to give up lists.
  private static final double FIRST_MARGIN = 2.5;

  private static final double LATER_MARGIN = 1.25;

  private static final int[] NO_ROWS = {};

  /// What the last search did, for the one that goes on.
  private enum Phase {
    READY,
    SCANNED,
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
  private final Int8Candidates candidates;
  private final Reranker exact;
  private final ExactSearch scan;
  private final ListCosts costs;
  private final ProbeLimit farthest;
  private final ListContinuation continuation;
  private final Continuation scanContinuation = new Continuation();
  private final int[] batch = new int[BATCH_ROWS];
  private int[] rowsLeft = new int[64];
  private Phase phase = Phase.READY;
  private int listsRead;
  private long exactCompared;
  private long rowsRead;

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
    this.candidates = scanner.candidates();
    this.exact = new Reranker(kernel, metric, index.rows());
    this.scan = new ExactSearch(kernel, metric, index.dimension());
    this.costs = new ListCosts(index);
    this.farthest = new ProbeLimit(order, metric);
    this.continuation =
        new ListContinuation(new ListReader(index, query, allowed), order, allowed, exact);
  }

  @Override
  public SearchResult search(SearchRequest request) {
    exact.setQuery(request.query());
    allowed.set(request.filter());
    listsRead = 0;
    exactCompared = 0;
    rowsRead = 0;
    phase = Phase.SCANNED;
    SearchResult result = find(request);
    switch (phase) {
      case READY -> throw new IllegalStateException("nothing was searched");
      case SCANNED -> scanContinuation.start(request, result);
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
      case READ_LISTS, GOING_ON -> continuation.next(k);
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
    if (!rotatedRow.rotate(request.query(), rotated, 0)) {
      return scan.search(index.rows(), request, "the query has no codes");
    }
    if (request.k() >= allowedCount) {
      return scan.search(index.rows(), request, "every allowed row is wanted");
    }
    if (!allowed.isEveryRow() && allowedCount <= request.exactRowsMax()) {
      return scan.search(index.rows(), request, "few allowed rows");
    }
    int probes = Math.min(request.effort(), order.listCount());
    double share = allowedCount / (double) Math.max(1, index.rowCount());
    if (!allowed.isEveryRow()
        && coded
        && request.exactRowsMax() > 0
        && costs.maskIsSmall(probes, allowedCount, share)) {
      return scan.search(index.rows(), request, "a scan of the allowed rows costs less");
    }
    query.setRotated(rotated, 0);
    order.start(query, probes);
    if (request.k() > POOLED_K_MAX) {
      phase = Phase.GOING_ON;
      continuation.start(request.k(), NO_ROWS, probes);
      return continuation.next(request.k());
    }
    phase = Phase.READ_LISTS;
    return readLists(request, probes, allowedCount, share);
  }

  private SearchResult readLists(
      SearchRequest request, int probes, int allowedCount, double share) {
    boolean comparesMask = false;
    exact.begin(request.k());
    if (coded) {
      scanner.start(request.k(), limit(request));
      if (request.filter() instanceof RowFilter.MaskedRows masked) {
        comparesMask = !beginFiltered(masked.mask(), probes, share);
      }
    }
    int wanted = comparesMask ? 0 : probes;
    while (listsRead < wanted) {
      int list = order.list(listsRead++);
      if (coded) {
        scanner.scan(list, order.base(list), order.distance(list));
      } else {
        compareList(list);
      }
      if (listsRead == wanted && wanted < order.listCount()) {
        if (isFarWithoutCodes(probes, share)) {
          comparesMask = true;
          break;
        }
        comparesMask =
            coded && !allowed.isEveryRow() && isMaskCheaper(request, probes, allowedCount, share);
        wanted = comparesMask ? wanted : furtherLists(request, probes, share, wanted);
      }
    }
    if (comparesMask) {
      if (!coded || !ListCosts.isDense(share)) {
        phase = Phase.SCANNED;
        return scan.search(index.rows(), request, "the allowed rows are far away");
      }
      scanner.compareAllowed(((RowFilter.MaskedRows) request.filter()).mask());
    }
    int survivors = 0;
    if (coded) {
      candidates.flush();
      survivors = survivors();
      exact.offer(rowsLeft, survivors);
    }
    offerUncoded();
    return exact.finish(statistics(comparesMask, survivors));
  }

  private boolean isFarWithoutCodes(int probes, double share) {
    return !coded
        && !allowed.isEveryRow()
        && listsRead == probes
        && ListCosts.isFar(ListCosts.correlation(share, rowsRead, exactCompared));
  }

  /// Prepares for a filter; false when its rows are seen to be far away.
  private boolean beginFiltered(RowMask mask, int probes, double share) {
    if (!ListCosts.isDense(share)) {
      scanner.skipBlocks(mask);
      for (int at = 0; at < probes; at++) {
        scanner.countAllowed(order.list(at));
      }
      if (ListCosts.isFar(scanner.correlation(share))) {
        return false;
      }
    }
    scanner.observe(true);
    return true;
  }

  /// Whether comparing all allowed rows costs less than the lists that are to be read; judged when
  /// the lists that an unfiltered search reads have been, and after some more.
  private boolean isMaskCheaper(SearchRequest request, int probes, int allowedCount, double share) {
    double correlation = scanner.correlation(share);
    double margin = LATER_MARGIN;
    if (listsRead == probes) {
      candidates.flush();
      farthest.start(
          list -> index.end(list) - index.start(list),
          index.squaredRadius(),
          query.squaredNorm(),
          probes,
          request.k(),
          candidates.observedNearest(),
          candidates.observedKth(),
          ListCosts.leftOut(share) * Math.min(1, correlation));
      scanner.observe(false);
      margin = candidates.size() < request.k() ? 1 : FIRST_MARGIN;
    }
    candidates.flush();
    farthest.update(candidates.nearest(), candidates.kth());
    return costs.maskIsCheaper(farthest, listsRead, allowedCount, correlation, margin);
  }

  /// How many lists to read in all, when `wanted` have been read: under a filter, whose rows lie
  /// farther away, as far as an unfiltered search goes; more while fewer than `k` rows were found.
  private int furtherLists(SearchRequest request, int probes, double share, int wanted) {
    int found = coded ? candidates.size() : exact.size();
    if (allowed.isEveryRow() || !coded) {
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
    order.prepare(farthest.listsToRead());
    int last = Math.min(order.listCount(), wanted + Math.max(LISTS_AT_ONCE, wanted / 4));
    int next = wanted;
    while (next < last
        && next < order.preparedCount()
        && farthest.includes(order.base(order.list(next)))) {
      next++;
    }
    return next;
  }

  private void compareList(int list) {
    rowsRead += index.end(list) - index.start(list);
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
    if (rowsLeft.length < candidates.size()) {
      rowsLeft = new int[Math.max(candidates.size(), 2 * rowsLeft.length)];
    }
    return candidates.survivors(rowsLeft);
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

  private SearchStatistics statistics(boolean comparedMask, int survivors) {
    if (comparedMask) {
      return new SearchStatistics(
          Strategy.CODE_MASK_SCAN,
          "the allowed rows are far away",
          listsRead,
          exactCompared,
          scanner.codesScored() + candidates.compared(),
          survivors);
    }
    boolean every = allowed.isEveryRow();
    return new SearchStatistics(
        every ? Strategy.LISTS : Strategy.LISTS_FILTERED,
        every ? "no filter" : "many rows allowed",
        listsRead,
        exactCompared,
        scanner.codesScored(),
        survivors);
  }
}
