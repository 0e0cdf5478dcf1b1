package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.OperatorStatistics.Detail;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.TableSnapshot;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

/// The nearest rows of a table: one search per segment, merged by distance and row address, and
/// only then the other columns, for the winners.
final class VectorSearchOperator implements BatchOperator {
  /// An exact scan of fewer rows is not worth a second thread.
  private static final int PARALLEL_ROWS_MIN = 16_384;

  private final PlanNode.VectorSearch search;
  private final Description description;
  private final ExecutionContext context;
  private final EvaluationScope scope;
  private final List<Detail> details = new ArrayList<>();
  private final BatchQueue output = new BatchQueue();
  private boolean done;

  /// The compiled parts of a search.
  record Description(
      CompiledExpression query,
      CompiledExpression limit,
      Optional<CompiledExpression> filter,
      ZoneFilter zones) {}

  VectorSearchOperator(
      PlanNode.VectorSearch search, Description description, ExecutionContext context) {
    this.search = search;
    this.description = description;
    this.context = context;
    this.scope = EvaluationScope.of(context);
  }

  /// A row found.
  ///
  /// @param distance empty in spirit when `known` is false: the vector or the query is NULL
  private record Winner(int segment, int row, double distance, boolean known) {}

  /// One segment with the rows that may be returned.
  ///
  /// @param allowed null: every row of the segment
  private record Target(SegmentSnapshot segment, @Nullable RowMask allowed, int allowedCount) {}

  @Override
  public Optional<RowBatch> next() {
    if (!done) {
      done = true;
      run();
    }
    return output.next();
  }

  private void run() {
    long limit = LimitOperator.limit(description.limit().value(scope));
    if (limit == 0) {
      return;
    }
    Object query = description.query().value(scope);
    try (TableSnapshot snapshot = context.tables().open(search.tableId(), search.tableVersion())) {
      List<Target> targets = new ArrayList<>();
      for (SegmentSnapshot segment : snapshot.segments()) {
        targets.add(target(segment));
      }
      List<Winner> winners = query == null ? List.of() : nearest(targets, (float[]) query, limit);
      if (winners.size() < limit) {
        winners = withoutDistance(targets, winners, query == null, limit);
      }
      output.set(gather(targets, winners));
    }
  }

  private Target target(SegmentSnapshot segment) {
    if (description.filter().isEmpty()) {
      boolean all = segment.visibleCount() == segment.rowCount();
      return new Target(segment, all ? null : segment.visible(), segment.visibleCount());
    }
    RowMask allowed = filterMask(segment, description.filter().get());
    return new Target(segment, allowed, allowed.cardinality());
  }

  /// The visible rows of a segment for which the filter is true.
  private RowMask filterMask(SegmentSnapshot segment, CompiledExpression filter) {
    int rowCount = segment.rowCount();
    List<int[]> ranges = ranges(rowCount);
    RowMask mask = RowMask.none(rowCount);
    if (ranges.size() == 1) {
      filterRange(segment, filter, scope, 0, rowCount, mask);
      return mask;
    }
    List<Runnable> tasks = new ArrayList<>();
    for (int[] range : ranges) {
      // Ranges begin at multiples of 64: no two tasks write the same word.
      tasks.add(() ->
          filterRange(segment, filter, EvaluationScope.of(context), range[0], range[1], mask));
    }
    ParallelTasks.run(context.cpu(), tasks);
    return mask;
  }

  private void filterRange(
      SegmentSnapshot segment,
      CompiledExpression filter,
      EvaluationScope rangeScope,
      int from,
      int to,
      RowMask mask) {
    ZoneFilter.Bound zones = description.zones().bind(rangeScope);
    int[] selected = new int[TableScanOperator.BLOCK_ROWS];
    RowMask visible = segment.visible();
    boolean allVisible = segment.visibleCount() == segment.rowCount();
    int position = from;
    while (position < to) {
      context.cancel().check();
      int start = ZoneFilter.nextPossibleRow(zones, segment, search.ordinals(), position);
      if (start >= to) {
        break;
      }
      int end =
          Math.min(
              Math.min(start + TableScanOperator.BLOCK_ROWS, to),
              ZoneFilter.blockEnd(zones, segment, search.ordinals(), start));
      InputRows rows = SegmentRows.block(segment, search.ordinals(), start, end - start);
      int count = filter.selectTrue(rows, rangeScope, selected);
      for (int i = 0; i < count; i++) {
        int row = start + selected[i];
        if (allVisible || visible.contains(row)) {
          mask.add(row);
        }
      }
      position = end;
    }
  }

  /// Ranges of rows for the threads of this statement, beginning at multiples of 64.
  private List<int[]> ranges(int rowCount) {
    int parts = Math.clamp((long) rowCount / PARALLEL_ROWS_MIN, 1, context.cpu().parallelism());
    int size = ((rowCount + parts - 1) / parts + 63) / 64 * 64;
    List<int[]> ranges = new ArrayList<>();
    for (int from = 0; from < rowCount; from += size) {
      ranges.add(new int[] {from, Math.min(rowCount, from + size)});
    }
    if (ranges.isEmpty()) {
      ranges.add(new int[] {0, 0});
    }
    return ranges;
  }

  private List<Winner> nearest(List<Target> targets, float[] query, long limit) {
    List<Winner> found = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      context.cancel().check();
      Target target = targets.get(i);
      if (target.allowedCount() == 0) {
        continue;
      }
      int k = (int) Math.min(limit, target.allowedCount());
      SearchResult result = search(target, query, k);
      describe(target, result.statistics());
      for (int j = 0; j < result.count(); j++) {
        found.add(new Winner(i, result.rows()[j], result.distances()[j], true));
      }
    }
    if (targets.size() > 1) {
      found.sort((a, b) -> compare(targets, a, b));
    }
    return found.size() > limit ? found.subList(0, (int) limit) : found;
  }

  private static int compare(List<Target> targets, Winner a, Winner b) {
    int sign = DatumOrder.compareDoubles(a.distance(), b.distance());
    return sign != 0 ? sign : Long.compare(address(targets, a), address(targets, b));
  }

  private static long address(List<Target> targets, Winner winner) {
    return RowAddress.of(targets.get(winner.segment()).segment().segmentId(), winner.row());
  }

  private SearchResult search(Target target, float[] query, int k) {
    RowMask allowed = target.allowed();
    RowFilter filter =
        allowed == null
            ? RowFilter.all()
            : new RowFilter.MaskedRows(allowed, target.allowedCount());
    SearchRequest request =
        new SearchRequest(
            query,
            k,
            Math.max(1, context.settings().searchEffort()),
            filter,
            SearchRequest.EXACT_ROWS_DEFAULT);
    Optional<SearcherPool> index = search.indexId().flatMap(id -> target.segment().vectorIndex(id));
    if (index.isPresent()) {
      checkDimension(index.get().index().dimension(), query);
      try (SearcherPool.Lease lease = index.get().lease()) {
        return lease.searcher().search(request);
      }
    }
    VectorRows vectors = target.segment().vectors(search.vectorOrdinal());
    checkDimension(vectors.dimension(), query);
    return exact(vectors, request);
  }

  private static void checkDimension(int dimension, float[] query) {
    if (query.length != dimension) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "different vector dimensions %d and %d",
          dimension,
          query.length);
    }
  }

  private SearchResult exact(VectorRows vectors, SearchRequest request) {
    List<int[]> ranges = ranges(vectors.rowCount());
    if (ranges.size() == 1) {
      return new ExactSearch(VectorKernels.best(), search.metric(), vectors.dimension())
          .search(vectors, request);
    }
    @Nullable SearchResult[] parts = new @Nullable SearchResult[ranges.size()];
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      int part = i;
      tasks.add(() ->
          parts[part] =
              new ExactSearch(VectorKernels.best(), search.metric(), vectors.dimension())
                  .searchRange(vectors, request, ranges.get(part)[0], ranges.get(part)[1]));
    }
    ParallelTasks.run(context.cpu(), tasks);
    List<SearchResult> results = new ArrayList<>();
    for (SearchResult part : parts) {
      if (part != null) {
        results.add(part);
      }
    }
    return ExactSearch.merge(results, request.k());
  }

  private void describe(Target target, SearchStatistics statistics) {
    if (context.statistics().isEmpty()) {
      return;
    }
    details.add(
        new Detail(
            "Segment " + target.segment().segmentId(),
            String.format(
                Locale.ROOT,
                "strategy=%s (%s) candidates=%d visited=%d distances=%d",
                statistics.strategy(),
                statistics.reason(),
                target.allowedCount(),
                statistics.nodesVisited(),
                statistics.distancesComputed())));
  }

  /// Fills up with rows that have no distance: those whose vector is NULL, or, for a NULL query,
  /// any.
  private List<Winner> withoutDistance(
      List<Target> targets, List<Winner> found, boolean nullQuery, long limit) {
    List<Winner> winners = new ArrayList<>(found);
    for (int i = 0; i < targets.size() && winners.size() < limit; i++) {
      Target target = targets.get(i);
      RowMask allowed = target.allowed();
      RowMask rows = allowed == null ? RowMask.all(target.segment().rowCount()) : allowed.copy();
      if (!nullQuery) {
        rows.removeAll(target.segment().vectors(search.vectorOrdinal()).present());
      }
      int rowCount = rows.rowCount();
      for (int row = rows.nextRow(0);
          row < rowCount && winners.size() < limit;
          row = rows.nextRow(row + 1)) {
        winners.add(new Winner(i, row, 0, false));
      }
    }
    return winners;
  }

  private RowBatch gather(List<Target> targets, List<Winner> winners) {
    int count = winners.size();
    List<Column> columns = new ArrayList<>();
    int segmentCount = targets.size();
    int[][] rows = new int[segmentCount][];
    int[][] positions = new int[segmentCount][];
    for (int segment = 0; segment < segmentCount; segment++) {

      int[] mine = new int[count];
      int mineCount = 0;
      for (int i = 0; i < count; i++) {
        if (winners.get(i).segment() == segment) {
          mine[mineCount++] = i;
        }
      }
      positions[segment] = Arrays.copyOf(mine, mineCount);
      rows[segment] = new int[mineCount];
      for (int i = 0; i < mineCount; i++) {
        rows[segment][i] = winners.get(mine[i]).row();
      }
    }
    for (int column = 0; column < search.ordinals().size(); column++) {
      columns.add(gatherColumn(targets, column, rows, positions, count));
    }
    if (search.withAddress()) {
      long[] addresses = new long[count];
      for (int i = 0; i < count; i++) {
        addresses[i] = address(targets, winners.get(i));
      }
      columns.add(new LongColumn(SqlType.INT8, count, addresses, Nulls.NONE));
    }
    columns.add(distances(winners));
    return new RowBatch(count, columns);
  }

  private Column gatherColumn(
      List<Target> targets, int column, int[][] rows, int[][] positions, int count) {
    int ordinal = search.ordinals().get(column);
    ColumnBuilder builder = new ColumnBuilder(search.columnTypes().get(column), count);
    for (int segment = 0; segment < rows.length; segment++) {
      if (rows[segment].length == 0) {
        continue;
      }
      Column part =
          targets.get(segment).segment().gather(ordinal, rows[segment], 0, rows[segment].length);
      if (rows[segment].length == count) {
        return part;
      }
      builder.scatter(part, positions[segment], rows[segment].length);
    }
    return builder.build(count);
  }

  private static Column distances(List<Winner> winners) {
    int count = winners.size();
    double[] distances = new double[count];
    long[] nulls = new long[(count + 63) >>> 6];
    for (int i = 0; i < count; i++) {
      distances[i] = winners.get(i).distance();
      if (!winners.get(i).known()) {
        nulls[i >>> 6] |= 1L << i;
      }
    }
    return new DoubleColumn(SqlType.FLOAT8, count, distances, Nulls.ofWords(nulls));
  }

  @Override
  public List<Detail> details() {
    return List.copyOf(details);
  }

  @Override
  public void close() {
    done = true;
    output.clear();
  }
}
