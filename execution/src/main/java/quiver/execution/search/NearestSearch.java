package quiver.execution.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import quiver.common.column.RowMask;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.ParallelTasks;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

/// Finds the nearest rows of a table, or all within a distance: every segment by its index or by an
/// exact scan, large scans cut into ranges, all of it spread over the threads of the statement.
/// What one segment finds bounds the search of the others.
public final class NearestSearch implements RowSequence {
  /// Rows of an exact scan that are one task: between two of them the statement can be cancelled.
  private static final int SCAN_TASK_ROWS = 65_536;

  /// An exact scan of fewer rows is not worth a second thread.
  private static final int PARALLEL_ROWS_MIN = 16_384;

  /// Segments that one thread searches side by side before another thread is worth waking.
  private static final int GROUP_SEGMENTS_MIN = 4;

  /// With more rows wanted the walks are long, and each is a task of its own.
  private static final int TOGETHER_ROWS_MAX = 10_000;

  /// Rows looked at to guess how many are within a distance.
  private static final int SAMPLE_ROWS = 1_024;

  /// Above this share of rows within the distance a scan of all is cheaper than an index: an index
  /// search costs as much as scanning about 60 rows for each row it gives.
  private static final double INDEX_SHARE_MAX = 1.0 / 64;

  private final NearestQuestion question;
  private final List<SearchTarget> targets;
  private final ExecutionContext context;
  private final FoundRows found;
  private final DistanceBound bound;
  private final SegmentReport[] reports;
  private boolean searched;
  private int position;

  public NearestSearch(
      NearestQuestion question, List<SearchTarget> targets, ExecutionContext context) {
    this.question = question;
    this.targets = targets;
    this.context = context;
    this.found = new FoundRows(question.limit(), context.memory());
    this.bound =
        question.interval().hasMax()
            ? DistanceBound.of(question.interval().max())
            : DistanceBound.none();
    this.reports = new SegmentReport[targets.size()];
  }

  @Override
  public int next(long[] places, double[] distances) {
    if (!searched) {
      searched = true;
      searchAll();
    }
    int count = Math.min(places.length, found.size() - position);
    for (int i = 0; i < count; i++) {
      places[i] = found.place(position + i);
      distances[i] = found.distance(position + i);
    }
    position += count;
    return count;
  }

  @Override
  public void close() {
    found.release();
  }

  private void searchAll() {
    List<Integer> largestFirst = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      SearchTarget target = targets.get(i);
      reports[i] = SegmentReport.none(target.segment().segmentId(), target.allowedCount());
      if (target.allowedCount() > 0) {
        largestFirst.add(i);
      }
    }
    largestFirst.sort(Comparator.comparingInt(i -> -targets.get(i).allowedCount()));
    List<Runnable> tasks = new ArrayList<>();
    List<Integer> together = largestFirst.stream().filter(this::canWalkBesideOthers).toList();
    if (together.size() > 1) {
      addGroups(together, tasks);
      largestFirst.removeAll(together);
    }
    for (int i : largestFirst) {
      addTasks(i, tasks);
    }
    ParallelTasks.run(context.cpu(), tasks);
    found.sort();
  }

  @Override
  public List<SegmentReport> reports() {
    return List.of(reports);
  }

  /// Whether the segment's index is walked step by step, and once is enough.
  private boolean canWalkBesideOthers(int at) {
    return question.limit() > 0
        && question.limit() <= TOGETHER_ROWS_MAX
        && question.interval().min() == Double.NEGATIVE_INFINITY
        && question.computed().isEmpty()
        && SegmentSearch.index(question, targets.get(at))
            .filter(pool -> pool.index().isStepped())
            .isPresent();
  }

  /// Spreads segments over as few groups as keep the threads busy, each searched by one thread.
  private void addGroups(List<Integer> together, List<Runnable> tasks) {
    int groupCount =
        Math.clamp(together.size() / GROUP_SEGMENTS_MIN, 1, context.cpu().parallelism());
    List<List<Integer>> groups = new ArrayList<>();
    for (int i = 0; i < groupCount; i++) {
      groups.add(new ArrayList<>());
    }
    for (int i = 0; i < together.size(); i++) {
      groups.get(i % groupCount).add(together.get(i));
    }
    for (List<Integer> group : groups) {
      tasks.add(() -> searchTogether(group));
    }
  }

  private void searchTogether(List<Integer> group) {
    context.cancel().check();
    List<SegmentSearch> searches = new ArrayList<>();
    try {
      for (int at : group) {
        SearchTarget target = targets.get(at);
        SearcherPool index = SegmentSearch.index(question, target).orElseThrow();
        searches.add(SegmentSearch.open(index, target, question, context));
      }
      List<SearchResult> results =
          SegmentSearch.searchTogether(searches, (int) question.limit(), bound);
      for (int i = 0; i < results.size(); i++) {
        offer(group.get(i), results.get(i));
        reports[group.get(i)] = searches.get(i).report();
      }
    } finally {
      searches.forEach(SegmentSearch::close);
    }
  }

  private void addTasks(int at, List<Runnable> tasks) {
    SearchTarget target = targets.get(at);
    Optional<SearcherPool> index = SegmentSearch.index(question, target);
    if (index.isPresent() && isSelective(target)) {
      tasks.add(() -> searchIndex(at, index.get()));
    } else {
      addScan(at, index.isPresent() ? "many rows within the distance" : "no index", tasks);
    }
  }

  /// Whether few enough rows are within the distance; always when a limit says how many are wanted.
  private boolean isSelective(SearchTarget target) {
    if (question.limit() < Long.MAX_VALUE
        || question.computed().isPresent()
        || target.allowedCount() <= SAMPLE_ROWS) {
      return true;
    }
    VectorRows vectors = vectors(target);
    RowMask allowed = target.allowed();
    int rowCount = vectors.rowCount();
    RowMask sample = RowMask.none(rowCount);
    int sampled = 0;
    for (int i = 0; i < SAMPLE_ROWS; i++) {
      int row = (int) ((long) i * rowCount / SAMPLE_ROWS);
      row = allowed == null ? row : allowed.nextRow(row);
      if (row < rowCount && !sample.contains(row)) {
        sample.add(row);
        sampled++;
      }
    }
    SearchResult within =
        exact(vectors)
            .search(
                vectors, request(sampled).withFilter(new RowFilter.MaskedRows(sample, sampled)));
    return within.count() <= INDEX_SHARE_MAX * sampled;
  }

  private VectorRows vectors(SearchTarget target) {
    VectorRows vectors = target.segment().vectors(question.vectorOrdinal());
    SegmentSearch.checkDimension(vectors.dimension(), question.query());
    return vectors;
  }

  private ExactSearch exact(VectorRows vectors) {
    return new ExactSearch(VectorKernels.best(), question.metric(), vectors.dimension());
  }

  private SearchRequest request(int k) {
    return SearchRequest.of(question.query(), Math.max(1, k)).withBound(bound);
  }

  // ---- by index

  private void searchIndex(int at, SearcherPool index) {
    SearchTarget target = targets.get(at);
    try (SegmentSearch search = SegmentSearch.open(index, target, question, context)) {
      boolean limited = question.limit() < Long.MAX_VALUE;
      long wanted = Math.min(question.limit(), target.allowedCount());
      int k = (int) (limited ? wanted : Math.max(SegmentSearch.FIRST_ROWS, search.effort()));
      int inInterval = 0;
      while (true) {
        context.cancel().check();
        SearchResult result = round(search, k);
        int taken = offer(at, result);
        inInterval += taken;
        boolean exhausted = result.count() < k;
        boolean beyond =
            taken == 0 && result.count() > 0 && question.interval().isAbove(result.distances()[0]);
        if (exhausted || beyond || (limited && inInterval >= wanted)) {
          break;
        }
        k = (int) Math.min(2L * k, target.allowedCount());
      }
      reports[at] = search.report();
    }
  }

  /// The next rows of a segment; the first with less effort when others have found enough rows and
  /// it turns out to have few that are nearer.
  private SearchResult round(SegmentSearch search, int k) {
    double worst = found.bound();
    if (search.isStarted() || worst == Double.POSITIVE_INFINITY || !search.canSketch(k)) {
      return search.next(k, bound);
    }
    SearchResult sketch = search.sketch(k, bound);
    int nearer = 0;
    for (double distance : sketch.distances()) {
      nearer += distance < worst ? 1 : 0;
    }
    return nearer * 4 > k * 3 ? search.again(k, bound) : sketch;
  }

  /// Keeps the rows within the interval; gives their number.
  private int offer(int at, SearchResult result) {
    int taken = 0;
    for (int i = 0; i < result.count(); i++) {
      double distance = result.distances()[i];
      if (question.interval().contains(distance)) {
        found.offer(distance, FoundRows.place(at, result.rows()[i]));
        taken++;
      }
    }
    bound.lower(found.bound());
    return taken;
  }

  // ---- by exact scan

  private void addScan(int at, String reason, List<Runnable> tasks) {
    SearchTarget target = targets.get(at);
    int rowCount = target.segment().rowCount();
    Scan scan = scan(target);
    boolean alone = rowCount < 2 * PARALLEL_ROWS_MIN || context.cpu().parallelism() == 1;
    int share = (rowCount + context.cpu().parallelism() - 1) / context.cpu().parallelism();
    int size =
        alone
            ? SCAN_TASK_ROWS
            : Math.clamp((share + 63L) / 64 * 64, PARALLEL_ROWS_MIN, SCAN_TASK_ROWS);
    for (int from = 0; from < rowCount; from += size) {
      int first = from;
      int end = Math.min(rowCount, from + size);
      tasks.add(() -> scan.run(at, first, end, reason));
    }
  }

  /// Compares the rows of a range of one segment.
  private interface Scan {
    void run(int at, int from, int to, String reason);
  }

  private Scan scan(SearchTarget target) {
    if (question.computed().isPresent()) {
      ComputedDistance distance = question.computed().get();
      return (at, from, to, reason) -> scanComputed(at, distance, from, to, reason);
    }
    VectorRows vectors = vectors(target);
    return (at, from, to, reason) -> scan(at, vectors, from, to, reason);
  }

  private void scanComputed(int at, ComputedDistance distance, int from, int to, String reason) {
    long started = System.nanoTime();
    SearchTarget target = targets.get(at);
    RowMask allowed = target.allowed();
    long computed =
        distance.scan(
            context,
            target.segment(),
            allowed == null ? RowMask.all(target.segment().rowCount()) : allowed,
            from,
            to,
            (row, value) -> {
              if (question.interval().contains(value)) {
                found.offer(value, FoundRows.place(at, row));
              }
            });
    bound.lower(found.bound());
    long nanos = System.nanoTime() - started;
    SearchStatistics statistics =
        new SearchStatistics(
            allowed == null
                ? SearchStatistics.Strategy.EXACT_SCAN
                : SearchStatistics.Strategy.MASK_SCAN,
            reason,
            0,
            computed);
    synchronized (reports) {
      reports[at] = reports[at].plus(statistics, 0, nanos);
    }
  }

  private void scan(int at, VectorRows vectors, int from, int to, String reason) {
    context.cancel().check();
    long started = System.nanoTime();
    SearchTarget target = targets.get(at);
    // Rows below the interval take no place of those within.
    boolean all = question.interval().min() > Double.NEGATIVE_INFINITY;
    int k = all ? to - from : (int) Math.min(question.limit(), (long) to - from);
    SearchResult result =
        exact(vectors)
            .searchRange(vectors, request(k).withFilter(target.filter()), from, to, reason);
    offer(at, result);
    long nanos = System.nanoTime() - started;
    synchronized (reports) {
      reports[at] = reports[at].plus(result.statistics(), 0, nanos);
    }
  }
}
