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
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.common.value.BitString;
import quiver.common.value.HalfVector;
import quiver.common.value.SparseVector;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.OperatorStatistics.Detail;
import quiver.execution.runtime.ParallelTasks;
import quiver.execution.search.ComputedDistance;
import quiver.execution.search.DistanceInterval;
import quiver.execution.search.NearestQuestion;
import quiver.execution.search.NearestSearch;
import quiver.execution.search.RowSequence;
import quiver.execution.search.SearchTarget;
import quiver.execution.search.SegmentReport;
import quiver.execution.search.StreamingSearch;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.TableSnapshot;
import quiver.vector.index.VectorQuery;

/// The nearest rows of a table: the filter makes a row mask of every segment, a [RowSequence] finds
/// the rows, and only then the other columns are read, for the winners, a batch at a time.
final class VectorSearchOperator implements BatchOperator {
  /// A filter over fewer rows is not worth a second thread.
  private static final int PARALLEL_ROWS_MIN = 16_384;

  private static final double NANOS_PER_MILLI = 1e6;

  private final PlanNode.VectorSearch search;
  private final Description description;
  private final ExecutionContext context;
  private final EvaluationScope scope;
  private final List<SearchTarget> targets = new ArrayList<>();
  private final double[] distances = new double[RowBatch.ROW_COUNT_TARGET];
  private final long[] places = new long[RowBatch.ROW_COUNT_TARGET];
  private @Nullable TableSnapshot snapshot;
  private @Nullable RowSequence found;
  private @Nullable RowsWithoutDistance others;
  private long remaining = Long.MAX_VALUE;
  private boolean started;
  private boolean closed;

  /// The compiled parts of a search.
  record Description(
      CompiledExpression query,
      Optional<CompiledExpression> distance,
      Optional<CompiledExpression> limit,
      Optional<CompiledExpression> min,
      Optional<CompiledExpression> max,
      Optional<CompiledExpression> filter,
      ZoneFilter zones) {}

  VectorSearchOperator(
      PlanNode.VectorSearch search, Description description, ExecutionContext context) {
    this.search = search;
    this.description = description;
    this.context = context;
    this.scope = EvaluationScope.of(context);
  }

  @Override
  public Optional<RowBatch> next() {
    if (!started) {
      started = true;
      start();
    }
    if (closed || remaining == 0) {
      return Optional.empty();
    }
    int count = found == null ? 0 : found.next(places, distances);
    boolean known = count > 0;
    if (!known) {
      count = others == null ? 0 : others.next(places, remaining);
    }
    remaining -= count;
    return count == 0 ? Optional.empty() : Optional.of(gather(count, known));
  }

  private void start() {
    remaining =
        description.limit().map(limit -> LimitOperator.limit(limit.value(scope))).orElse(remaining);
    Optional<DistanceInterval> interval = interval();
    if (remaining == 0 || interval.isEmpty()) {
      remaining = 0;
      return;
    }
    Object query = description.query().value(scope);
    if (query == null && search.range().isBounded()) {
      remaining = 0;
      return;
    }
    TableSnapshot opened = context.tables().open(search.tableId(), search.tableVersion());
    snapshot = opened;
    for (SegmentSnapshot segment : opened.segments()) {
      targets.add(target(segment));
    }
    Optional<ComputedDistance> computed =
        description
            .distance()
            .map(distance ->
                new ExpressionDistance(distance, search.ordinals(), search.columnTypes(), context));
    if (query != null) {
      NearestQuestion question =
          new NearestQuestion(
              target(query),
              search.metric(),
              search.vectorOrdinal(),
              computed,
              search.indexId(),
              interval.get(),
              remaining);
      found =
          search.limit().isEmpty() && !search.range().isBounded()
              ? new StreamingSearch(question, targets, context)
              : new NearestSearch(question, targets, context);
    }
    if (!search.range().isBounded()) {
      others =
          new RowsWithoutDistance(
              targets, search.vectorOrdinal(), computed, context, query == null);
    }
  }

  private static VectorQuery target(Object query) {
    return switch (query) {
      case float[] values -> new VectorQuery.Dense(values);
      case HalfVector halves -> new VectorQuery.Dense(halves.toFloats());
      case BitString bits -> new VectorQuery.Bits(bits);
      case SparseVector sparse -> new VectorQuery.Sparse(sparse);
      default -> throw new IllegalArgumentException("query " + query.getClass());
    };
  }

  /// The distances asked for; empty when a bound is NULL, which nothing satisfies.
  private Optional<DistanceInterval> interval() {
    double min = Double.NEGATIVE_INFINITY;
    double max = Double.NaN;
    if (description.min().isPresent()) {
      if (!(description.min().get().value(scope) instanceof Double value)) {
        return Optional.empty();
      }
      min = value;
    }
    if (description.max().isPresent()) {
      if (!(description.max().get().value(scope) instanceof Double value)) {
        return Optional.empty();
      }
      max = value;
    }
    return Optional.of(
        new DistanceInterval(
            min, search.range().minInclusive(), max, search.range().maxInclusive()));
  }

  private SearchTarget target(SegmentSnapshot segment) {
    if (description.filter().isEmpty()) {
      boolean all = segment.visibleCount() == segment.rowCount();
      return new SearchTarget(segment, all ? null : segment.visible(), segment.visibleCount());
    }
    RowMask allowed = filterMask(segment, description.filter().get());
    return new SearchTarget(segment, allowed, allowed.cardinality());
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
      InputRows rows =
          SegmentRows.block(segment, search.ordinals(), search.columnTypes(), start, end - start);
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

  private RowBatch gather(int count, boolean known) {
    List<Column> columns = new ArrayList<>();
    int segmentCount = targets.size();
    int[][] rows = new int[segmentCount][];
    int[][] positions = new int[segmentCount][];
    for (int segment = 0; segment < segmentCount; segment++) {
      int[] mine = new int[count];
      int mineCount = 0;
      for (int i = 0; i < count; i++) {
        if (RowSequence.target(places[i]) == segment) {
          mine[mineCount++] = i;
        }
      }
      positions[segment] = Arrays.copyOf(mine, mineCount);
      rows[segment] = new int[mineCount];
      for (int i = 0; i < mineCount; i++) {
        rows[segment][i] = RowSequence.row(places[mine[i]]);
      }
    }
    for (int column = 0; column < search.ordinals().size(); column++) {
      columns.add(gatherColumn(column, rows, positions, count));
    }
    if (search.withAddress()) {
      long[] addresses = new long[count];
      for (int i = 0; i < count; i++) {
        SearchTarget target = targets.get(RowSequence.target(places[i]));
        addresses[i] = RowAddress.of(target.segment().segmentId(), RowSequence.row(places[i]));
      }
      columns.add(new LongColumn(SqlType.INT8, count, addresses, Nulls.NONE));
    }
    columns.add(distanceColumn(count, known));
    return new RowBatch(count, columns);
  }

  private Column gatherColumn(int column, int[][] rows, int[][] positions, int count) {
    int ordinal = search.ordinals().get(column);
    ColumnBuilder builder = new ColumnBuilder(search.columnTypes().get(column), count);
    for (int segment = 0; segment < rows.length; segment++) {
      if (rows[segment].length == 0) {
        continue;
      }
      Column part =
          SegmentRows.gather(
              targets.get(segment).segment(), ordinal, rows[segment], rows[segment].length);
      if (rows[segment].length == count) {
        return part.as(search.columnTypes().get(column));
      }
      builder.scatter(part, positions[segment], rows[segment].length);
    }
    return builder.build(count);
  }

  private Column distanceColumn(int count, boolean known) {
    if (known) {
      return new DoubleColumn(SqlType.FLOAT8, count, Arrays.copyOf(distances, count), Nulls.NONE);
    }
    long[] nulls = new long[(count + 63) >>> 6];
    Arrays.fill(nulls, -1L);
    if ((count & 63) != 0) {
      nulls[nulls.length - 1] = (1L << count) - 1;
    }
    return new DoubleColumn(SqlType.FLOAT8, count, new double[count], Nulls.ofWords(nulls));
  }

  @Override
  public List<Detail> details() {
    List<Detail> details = new ArrayList<>();
    RowSequence from = found;
    if (from != null && context.statistics().isPresent()) {
      for (SegmentReport report : from.reports()) {
        String name = "Segment " + report.segmentId();
        details.add(new Detail(name, report.text()));
        details.add(
            new Detail(
                name + " Time",
                String.format(Locale.ROOT, "%.3f ms", report.nanos() / NANOS_PER_MILLI)));
      }
    }
    return details;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (found != null) {
      found.close();
    }
    if (snapshot != null) {
      snapshot.close();
    }
  }
}
