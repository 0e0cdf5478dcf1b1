package quiver.execution.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.SearchSettings;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.SharedSearch;
import quiver.vector.index.SteppedSearcher;
import quiver.vector.index.VectorIndex;

/// A search of one segment that can be continued. Used by one thread at a time.
final class SegmentSearch implements AutoCloseable {
  /// Rows asked of an index first when nothing says how many there are.
  static final int FIRST_ROWS = 64;

  /// What a search that can go on holds for each row it has seen: its place in a queue and a mark.
  private static final int BYTES_PER_SEEN = 16;

  private final NearestQuestion question;
  private final ExecutionContext context;
  private final SearchTarget target;
  private final SearcherPool.Lease lease;
  private final VectorIndex index;
  private final int effort;
  private boolean started;
  private SegmentReport report;

  private SegmentSearch(
      NearestQuestion question,
      ExecutionContext context,
      SearchTarget target,
      SearcherPool.Lease lease,
      VectorIndex index,
      int effort) {
    this.question = question;
    this.context = context;
    this.target = target;
    this.lease = lease;
    this.index = index;
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
    return new SegmentSearch(question, context, target, index.lease(), index.index(), effort);
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
    return started ? measured(effort, () -> lease.searcher().next(k)) : first(k, bound, effort);
  }

  /// The first `k` rows at half the effort: enough where other segments have nearer rows and few of
  /// this one will be among the nearest. [#next] goes on from there, [#again] starts anew.
  SearchResult sketch(int k, DistanceBound bound) {
    return first(k, bound, Math.max(1, effort / 2));
  }

  /// The first `k` rows at full effort, after a [#sketch].
  SearchResult again(int k, DistanceBound bound) {
    return first(k, bound, effort);
  }

  /// Whether half the effort is less work.
  boolean canSketch(int k) {
    return effort > k
        && question.computed().isEmpty()
        && index.effortUnit() == VectorIndex.EffortUnit.CANDIDATES;
  }

  /// Whether the settings let the index give more rows: pgvector's limits of iterative scans.
  ///
  /// @param given rows it has given
  boolean mayGoOn(int given) {
    SearchSettings settings = context.settings().search();
    Optional<SearchStatistics> did = report.statistics();
    if (index.effortUnit() == VectorIndex.EffortUnit.LISTS) {
      return did.isEmpty() || did.get().nodesVisited() < settings.listsMax();
    }
    long seen = did.map(some -> some.distancesComputed() + some.codesScored()).orElse(0L);
    return given < settings.scannedRowsMax() && seen * BYTES_PER_SEEN < settings.scanMemoryBytes();
  }

  /// Searches segments side by side in this thread for the rows wanted, at most `limit`; a result
  /// for each. Each is reported to have taken an equal share of the time.
  ///
  /// @param searches not started, of indexes whose searchers take steps
  static List<SearchResult> searchTogether(
      List<SegmentSearch> searches, int limit, DistanceBound bound) {
    long begun = System.nanoTime();
    List<SteppedSearcher> searchers = new ArrayList<>();
    List<SearchRequest> requests = new ArrayList<>();
    for (SegmentSearch search : searches) {
      search.started = true;
      searchers.add((SteppedSearcher) search.lease.searcher());
      int k = Math.min(limit, search.target.allowedCount());
      requests.add(search.request(k, bound, search.effort));
    }
    SharedSearch shared = new SharedSearch();
    shared.reset(limit, bound);
    List<SearchResult> results = shared.search(searchers, requests);
    long nanos = (System.nanoTime() - begun) / searches.size();
    for (int i = 0; i < results.size(); i++) {
      SegmentSearch search = searches.get(i);
      search.report = search.report.plus(results.get(i).statistics(), search.effort, nanos);
    }
    return results;
  }

  private SearchResult first(int k, DistanceBound bound, int roundEffort) {
    started = true;
    SearchRequest request = request(k, bound, roundEffort);
    return measured(roundEffort, () -> lease.searcher().search(request));
  }

  private SearchRequest request(int k, DistanceBound bound, int roundEffort) {
    return new SearchRequest(
        question.target(),
        k,
        roundEffort,
        target.filter(),
        SearchRequest.EXACT_ROWS_DEFAULT,
        bound);
  }

  private SearchResult measured(int roundEffort, Supplier<SearchResult> search) {
    long begun = System.nanoTime();
    SearchResult result = search.get();
    if (question.computed().isPresent()) {
      result = question.computed().get().exact(context, target.segment(), result);
    }
    report = report.plus(result.statistics(), roundEffort, System.nanoTime() - begun);
    return result;
  }

  boolean isStarted() {
    return started;
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
