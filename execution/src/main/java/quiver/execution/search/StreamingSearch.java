package quiver.execution.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowMask;
import quiver.execution.runtime.ExecutionContext;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

/// All rows of a table in about the order of their distance, found as they are asked for: every
/// segment's search goes on when its rows are used up. A row that is found late comes late, or not
/// at all where the session wants strict order.
public final class StreamingSearch implements RowSequence {
  private static final int ROUND_ROWS_MAX = 8_192;

  private final NearestQuestion question;
  private final ExecutionContext context;
  private final List<Stream> streams = new ArrayList<>();
  private double last = Double.NEGATIVE_INFINITY;

  public StreamingSearch(
      NearestQuestion question, List<SearchTarget> targets, ExecutionContext context) {
    this.question = question;
    this.context = context;
    for (SearchTarget target : targets) {
      streams.add(new Stream(target));
    }
  }

  @Override
  public int next(long[] places, double[] distances) {
    boolean strict = context.settings().search().strictOrder();
    int count = 0;
    while (count < places.length) {
      int nearest = nearest(count == 0);
      if (nearest < 0) {
        break;
      }
      Stream stream = streams.get(nearest);
      double distance = stream.distance();
      if (!strict || !(distance < last)) {
        places[count] = RowSequence.place(nearest, stream.row());
        distances[count++] = distance;
        last = distance;
      }
      stream.position++;
    }
    return count;
  }

  /// The stream with the nearest row.
  ///
  /// @param refill whether streams may search on; otherwise -1 as soon as one would have to
  private int nearest(boolean refill) {
    int nearest = -1;
    for (int i = 0; i < streams.size(); i++) {
      Stream stream = streams.get(i);
      if (stream.isUsedUp()) {
        if (!refill && !stream.exhausted) {
          return -1;
        }
        if (!stream.refill()) {
          continue;
        }
      }
      if (nearest < 0
          || Double.compare(stream.distance() + 0.0, streams.get(nearest).distance() + 0.0) < 0) {
        nearest = i;
      }
    }
    return nearest;
  }

  @Override
  public List<SegmentReport> reports() {
    return streams.stream().map(stream -> stream.report).toList();
  }

  @Override
  public void close() {
    streams.forEach(Stream::close);
  }

  /// The rows of one segment.
  private final class Stream {
    private final SearchTarget target;
    private final Optional<SearcherPool> index;
    private @Nullable SegmentSearch search;
    private @Nullable RowMask given;
    private SegmentReport report;
    private long reservedBytes;
    private int[] rows = new int[0];
    private double[] distances = new double[0];
    private int position;
    private int givenCount;
    private int roundRows = SegmentSearch.FIRST_ROWS;
    private boolean exhausted;

    Stream(SearchTarget target) {
      this.target = target;
      this.index = SegmentSearch.index(question, target);
      this.report = SegmentReport.none(target.segment().segmentId(), target.allowedCount());
      this.exhausted = target.allowedCount() == 0;
    }

    boolean isUsedUp() {
      return position == rows.length;
    }

    double distance() {
      return distances[position];
    }

    int row() {
      return rows[position];
    }

    /// Searches on; false when there is nothing more.
    boolean refill() {
      if (exhausted) {
        return false;
      }
      context.cancel().check();
      if (index.isPresent()
          && givenCount < target.allowedCount()
          && (search == null || search.mayGoOn(givenCount))) {
        searchOn(index.get());
      } else {
        scanRest();
      }
      position = 0;
      return rows.length > 0;
    }

    private void searchOn(SearcherPool pool) {
      SegmentSearch open = search;
      if (open == null) {
        open = SegmentSearch.open(pool, target, question, context);
        search = open;
        roundRows = Math.max(SegmentSearch.FIRST_ROWS, open.effort());
      }
      int k = Math.min(roundRows, target.allowedCount());
      take(open.next(k, DistanceBound.none()));
      report = open.report();
      exhausted = rows.length < k;
      roundRows = Math.min(2 * roundRows, ROUND_ROWS_MAX);
      remember();
    }

    private void take(SearchResult result) {
      rows = result.rows();
      distances = result.distances();
      givenCount += rows.length;
    }

    private void remember() {
      RowMask mask = given;
      if (mask == null) {
        mask = RowMask.none(target.segment().rowCount());
        given = mask;
      }
      for (int row : rows) {
        mask.add(row);
      }
    }

    private void scanRest() {
      RowMask allowed = target.allowed();
      RowMask rest = allowed == null ? RowMask.all(target.segment().rowCount()) : allowed.copy();
      if (given != null) {
        rest.removeAll(given);
      }
      RowFilter.MaskedRows filter = new RowFilter.MaskedRows(rest, rest.cardinality());
      reservedBytes = 2L * filter.cardinality() * (Double.BYTES + Integer.BYTES);
      context.memory().reserve(reservedBytes);
      long started = System.nanoTime();
      int k = Math.max(1, filter.cardinality());
      SearchResult result =
          question.computed().isPresent()
              ? question.computed().get().nearest(context, target.segment(), rest, k, "no index")
              : exact(filter, k);
      report = report.plus(result.statistics(), 0, System.nanoTime() - started);
      take(result);
      exhausted = true;
    }

    private SearchResult exact(RowFilter.MaskedRows filter, int k) {
      VectorRows vectors = target.segment().vectors(question.vectorOrdinal());
      SegmentSearch.checkDimension(vectors.dimension(), question.query());
      SearchRequest all = SearchRequest.of(question.query(), k).withFilter(filter);
      return new ExactSearch(VectorKernels.best(), question.metric(), vectors.dimension())
          .search(vectors, all);
    }

    void close() {
      rows = Arrays.copyOf(rows, 0);
      distances = Arrays.copyOf(distances, 0);
      position = 0;
      exhausted = true;
      context.memory().release(reservedBytes);
      reservedBytes = 0;
      if (search != null) {
        search.close();
        search = null;
      }
    }
  }
}
