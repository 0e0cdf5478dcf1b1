package quiver.vector.list;

import java.lang.foreign.MemorySegment;
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
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Searches [GrowingLists] together with the rows they were made from: call [#setRows] with the
/// rows as they are before each search. Effort counts lists. Used by one thread at a time.
public final class GrowingListSearcher implements Searcher {
  private final GrowingLists lists;
  private final DistanceMetric metric;
  private final boolean coded;
  private final CodeQuery query;
  private final RotatedRow rotatedRow;
  private final float[] rotated;
  private final AllowedRows allowed = new AllowedRows();
  private final ProbeOrder order;
  private final GrowingListReader reader;
  private final Reranker exact;
  private final ExactSearch scan;
  private final ListContinuation continuation;
  private final Continuation scanContinuation = new Continuation();
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private final int[] batch = new int[CodeBlock.ROW_COUNT];
  private VectorRows rows;
  private boolean searched;
  private boolean byLists;
  private float threshold;
  private int listsRead;
  private long seen;
  private long seenAllowed;
  private long codesScored;
  private long exactCompared;

  GrowingListSearcher(GrowingLists lists) {
    ListCodebook codebook = lists.codebook();
    VectorKernel kernel = codebook.kernel();
    this.lists = lists;
    this.metric = codebook.metric();
    this.coded = codebook.isCoded();
    this.query = new CodeQuery(VectorKernels.codes(), codebook.rotation());
    this.rotatedRow = codebook.newRotatedRow();
    this.rotated = new float[codebook.rotation().rotatedDimension()];
    this.order = new ProbeOrder(codebook, lists.directory());
    this.reader = new GrowingListReader(lists, query, allowed);
    this.rows = VectorRows.of(codebook.dimension(), 0, MemorySegment.NULL, RowMask.none(0));
    this.exact = new Reranker(kernel, metric, rows);
    this.scan = new ExactSearch(kernel, metric, codebook.dimension());
    this.continuation = new ListContinuation(reader, order, allowed, exact);
  }

  /// Searches these rows from now on: all below `newRows.rowCount()` that have a vector have been
  /// appended.
  public void setRows(VectorRows newRows) {
    rows = newRows;
    exact.setRows(newRows);
    reader.setRowCount(newRows.rowCount());
  }

  @Override
  public SearchResult search(SearchRequest request) {
    exact.setQuery(request.query());
    allowed.set(request.filter());
    searched = true;
    byLists = false;
    SearchResult result = find(request);
    if (byLists) {
      continuation.start(request.k(), result.rows(), listsRead);
    } else {
      scanContinuation.start(request, result);
    }
    return result;
  }

  @Override
  public SearchResult next(int k) {
    if (!searched) {
      throw new IllegalStateException("next before search");
    }
    return byLists ? continuation.next(k) : scanContinuation.next(k, this::find);
  }

  private SearchResult find(SearchRequest request) {
    int allowedCount =
        switch (request.filter()) {
          case RowFilter.AllRows ignored -> rows.rowCount();
          case RowFilter.MaskedRows masked -> {
            ExactSearch.requireSameRows(rows, masked);
            yield masked.cardinality();
          }
        };
    if (request.k() >= allowedCount || allowedCount <= request.exactRowsMax()) {
      return scan.search(rows, request, "few rows");
    }
    if (!rotatedRow.rotate(request.query(), rotated, 0)) {
      return scan.search(rows, request, "the query has no codes");
    }
    byLists = true;
    query.setRotated(rotated, 0);
    double share = allowedCount / (double) rows.rowCount();
    int probes = Math.min(request.effort(), order.listCount());
    order.start(query, probes);
    return readLists(request, probes, share);
  }

  private SearchResult readLists(SearchRequest request, int probes, double share) {
    listsRead = 0;
    seen = 0;
    seenAllowed = 0;
    codesScored = 0;
    exactCompared = 0;
    exact.begin(request.k());
    lower(request);
    int wanted = probes;
    while (listsRead < wanted) {
      readList(order.list(listsRead++), request);
      if (listsRead == wanted && wanted < order.listCount()) {
        if (listsRead == probes && !allowed.isEveryRow()) {
          if (ListCosts.isFar(ListCosts.correlation(share, seen, seenAllowed))) {
            byLists = false;
            return scan.search(rows, request, "the allowed rows are far away");
          }
          wanted = ListCosts.probesUnder(share, probes, order.listCount());
        } else if (exact.size() < request.k()) {
          wanted = Math.min(order.listCount(), 2 * wanted);
        }
        order.prepare(wanted);
      }
    }
    if (metric != DistanceMetric.COSINE || exact.size() < request.k()) {
      for (int i = 0; i < reader.uncodedCount(); i++) {
        batch[0] = reader.uncodedRow(i);
        if (reader.isWanted(batch[0])) {
          exact.offer(batch, 1);
          exactCompared++;
        }
      }
    }
    return exact.finish(
        new SearchStatistics(
            allowed.isEveryRow() ? Strategy.LISTS : Strategy.LISTS_FILTERED,
            "growing rows",
            listsRead,
            coded ? 0 : exactCompared,
            codesScored,
            coded ? exactCompared : 0));
  }

  /// Sets the score above which rows are of no use.
  private void lower(SearchRequest request) {
    double distance = Math.min(exact.worst(), request.bound().get());
    // A little more: the scores of codes are rounded otherwise than distances.
    threshold = ListReader.score(metric, distance);
    threshold += Math.abs(threshold) * 1e-5f;
  }

  private void readList(int list, SearchRequest request) {
    CodeBlock layout = lists.layout();
    int length = lists.length(list);
    int[] blocks = lists.blocks(list);
    float base = order.base(list);
    float distance = order.distance(list);
    float slack = CodeQuery.errorBound(lists.maxFactor(list), distance);
    for (int at = 0; at * CodeBlock.ROW_COUNT < length; at++) {
      MemorySegment slab = lists.slab(blocks[at]);
      long offset = lists.offset(blocks[at]);
      int left = length - at * CodeBlock.ROW_COUNT;
      int lanes = left >= CodeBlock.ROW_COUNT ? -1 : (1 << left) - 1;
      if (coded) {
        lanes &= query.scan(slab, offset, base, threshold + slack, estimates);
        codesScored += CodeBlock.ROW_COUNT;
      }
      int count = 0;
      for (int bits = lanes; bits != 0; bits &= bits - 1) {
        int lane = Integer.numberOfTrailingZeros(bits);
        int row = layout.row(slab, offset, lane);
        if (isNearEnough(slab, offset, lane, distance)) {
          seen++;
          if (reader.isWanted(row)) {
            batch[count++] = row;
          }
        }
      }
      seenAllowed += count;
      if (count > 0) {
        exact.offer(batch, count);
        exactCompared += count;
        lower(request);
      }
    }
  }

  private boolean isNearEnough(MemorySegment slab, long offset, int lane, float distance) {
    if (!coded) {
      return true;
    }
    float error = CodeQuery.errorBound(lists.layout().factor(slab, offset, lane), distance);
    return estimates[lane] - error < threshold;
  }
}
