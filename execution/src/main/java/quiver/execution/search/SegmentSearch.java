package quiver.execution.search;

import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.runtime.ExecutionContext;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearcherPool;

/// A search of one segment that can be continued. Used by one thread at a time.
final class SegmentSearch implements AutoCloseable {
  /// Rows asked of an index first when nothing says how many there are.
  static final int FIRST_ROWS = 64;

  private final NearestQuestion question;
  private final ExecutionContext context;
  private final SearchTarget target;
  private final SearcherPool.Lease lease;
  private final int effort;
  private boolean started;
  private SegmentReport report;

  private SegmentSearch(
      NearestQuestion question,
      ExecutionContext context,
      SearchTarget target,
      SearcherPool.Lease lease,
      int effort) {
    this.question = question;
    this.context = context;
    this.target = target;
    this.lease = lease;
    this.effort = effort;
    this.report = SegmentReport.none(target.segment().segmentId(), target.allowedCount());
  }

  /// The segment's index; empty when it has none.
  static Optional<SearcherPool> index(NearestQuestion question, SearchTarget target) {
    return question.indexId().flatMap(id -> target.segment().vectorIndex(id));
  }

  static SegmentSearch open(
      SearcherPool index, SearchTarget target, NearestQuestion question, ExecutionContext context) {
    if (question.computed().isEmpty()) {
      checkDimension(index.index().dimension(), question.query());
    }
    long wanted = question.limit() < Long.MAX_VALUE ? question.limit() : FIRST_ROWS;
    int effort = context.settings().search().effort(index, wanted);
    return new SegmentSearch(question, context, target, index.lease(), effort);
  }

  static void checkDimension(int dimension, float[] query) {
    if (query.length != dimension) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "different vector dimensions %d and %d",
          dimension,
          query.length);
    }
  }

  /// The next `k` rows, the first ones at the first call; fewer when no more are below the bound.
  SearchResult next(int k, DistanceBound bound) {
    long started = System.nanoTime();
    SearchResult result;
    if (this.started) {
      result = lease.searcher().next(k);
    } else {
      this.started = true;
      result =
          lease
              .searcher()
              .search(
                  new SearchRequest(
                      question.target(),
                      k,
                      effort,
                      target.filter(),
                      SearchRequest.EXACT_ROWS_DEFAULT,
                      bound));
    }
    if (question.computed().isPresent()) {
      result = question.computed().get().exact(context, target.segment(), result);
    }
    SearchStatistics statistics = result.statistics();
    report = report.plus(statistics, effort, System.nanoTime() - started);
    return result;
  }

  int effort() {
    return effort;
  }

  SegmentReport report() {
    return report;
  }

  @Override
  public void close() {
    lease.close();
  }
}
