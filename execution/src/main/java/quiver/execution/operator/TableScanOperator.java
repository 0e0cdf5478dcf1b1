package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowAddress;
import quiver.common.column.RowMask;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.OperatorStatistics.Detail;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.TableSnapshot;

/// Visible rows of a table, block by block. Zone maps skip blocks, the filter reads its columns
/// first, the other columns are read only for rows that pass and only if somebody wants them.
final class TableScanOperator implements RowsOperator {
  /// Rows read at once: enough to amortise the calls, and the columns of a filter stay in the
  /// cache.
  static final int BLOCK_ROWS = 2048;

  private final PlanNode.TableScan scan;
  private final Optional<CompiledExpression> filter;
  private final ZoneFilter.Bound zones;
  private final ExecutionContext context;
  private final EvaluationScope scope;
  private final TableSnapshot snapshot;
  private final List<SegmentSnapshot> segments;
  private final long[] addresses;
  private final boolean byKey;
  private final Optional<IndexProbe.Bound> probe;
  private final Optional<IndexWalk.Bound> walk;
  private int segment;
  private int position;
  private int @Nullable [] picked;
  private int pickedSegment = -1;
  private long segmentsByIndex;
  private long rowsSkipped;
  private long rowsRemoved;

  TableScanOperator(
      PlanNode.TableScan scan,
      Optional<CompiledExpression> filter,
      ZoneFilter zones,
      List<CompiledExpression> keyEquals,
      Optional<IndexProbe> probe,
      Optional<IndexWalk> walk,
      ExecutionContext context) {
    this.scan = scan;
    this.filter = filter;
    this.context = context;
    this.scope = EvaluationScope.of(context);
    this.zones = zones.bind(scope);
    this.byKey = !keyEquals.isEmpty();
    this.probe = probe.map(one -> one.bind(scope));
    this.walk = walk.map(one -> one.bind(scope, filter));
    this.snapshot = context.tables().open(scan.tableId(), scan.tableVersion());
    try {
      this.segments = snapshot.segments();
      this.addresses = byKey ? lookUp(keyEquals) : new long[0];
    } catch (RuntimeException e) {
      snapshot.close();
      throw e;
    }
  }

  private long[] lookUp(List<CompiledExpression> keyEquals) {
    @Nullable Object[] key = new @Nullable Object[keyEquals.size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = keyEquals.get(i).value(scope);
      if (key[i] == null) {
        return new long[0];
      }
    }
    return snapshot.rowsWithKey(List.of(key));
  }

  @Override
  public int columnCount() {
    return scan.ordinals().size() + (scan.withAddress() ? 1 : 0);
  }

  @Override
  public Optional<InputRows> nextRows() {
    while (true) {
      context.cancel().check();
      Optional<InputRows> rows = byKey ? nextByKey() : nextBlock();
      if (rows.isEmpty() || filter.isEmpty()) {
        return rows;
      }
      int rowCount = rows.get().rowCount();
      int[] selected = new int[rowCount];
      int count = filter.get().selectTrue(rows.get(), scope, selected);
      rowsRemoved += rowCount - count;
      if (count == rowCount) {
        return rows;
      }
      if (count > 0) {
        return Optional.of(rows.get().select(selected, count));
      }
    }
  }

  private Optional<InputRows> nextByKey() {
    while (position < addresses.length) {
      long address = addresses[position++];
      for (SegmentSnapshot candidate : segments) {
        if (candidate.segmentId() == RowAddress.segmentId(address)) {
          int[] row = {RowAddress.row(address)};
          return Optional.of(
              SegmentRows.picked(candidate, scan.ordinals(), scan.columnTypes(), row, 1));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<InputRows> nextBlock() {
    while (segment < segments.size()) {
      SegmentSnapshot current = segments.get(segment);
      int[] rows = picked(current);
      if (rows != null) {
        Optional<InputRows> some = nextPicked(current, rows);
        if (some.isPresent()) {
          return some;
        }
        segment++;
        position = 0;
        continue;
      }
      int from = ZoneFilter.nextPossibleRow(zones, current, scan.ordinals(), position);
      rowsSkipped += from - position;
      if (from >= current.rowCount()) {
        segment++;
        position = 0;
        continue;
      }
      int end =
          Math.min(
              Math.min(from + BLOCK_ROWS, current.rowCount()),
              ZoneFilter.blockEnd(zones, current, scan.ordinals(), from));
      position = end;
      Optional<InputRows> some =
          visibleRows(current, scan.ordinals(), scan.columnTypes(), from, end);
      if (some.isPresent()) {
        return some;
      }
    }
    return Optional.empty();
  }

  /// The rows an index gives for the current segment; null: it is scanned.
  private int @Nullable [] picked(SegmentSnapshot current) {
    if ((probe.isPresent() || walk.isPresent()) && pickedSegment != segment) {
      pickedSegment = segment;
      picked = byIndex(current).orElse(null);
      segmentsByIndex += picked == null ? 0 : 1;
    }
    return picked;
  }

  private Optional<int[]> byIndex(SegmentSnapshot current) {
    if (walk.isPresent()) {
      long others = probe.map(one -> one.estimate(current)).orElse(Long.MAX_VALUE);
      Optional<int[]> first = walk.get().rows(current, others);
      if (first.isPresent()) {
        return first;
      }
    }
    return probe.flatMap(one -> one.rows(current));
  }

  private Optional<InputRows> nextPicked(SegmentSnapshot current, int[] rows) {
    int[] visible = new int[Math.min(BLOCK_ROWS, rows.length - position)];
    int count = 0;
    RowMask mask = current.visible();
    while (position < rows.length && count < visible.length) {
      int row = rows[position++];
      if (row < current.rowCount() && mask.contains(row)) {
        visible[count++] = row;
      }
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(
            SegmentRows.picked(current, scan.ordinals(), scan.columnTypes(), visible, count));
  }

  /// The visible rows among `from … end-1`; empty when there is none.
  static Optional<InputRows> visibleRows(
      SegmentSnapshot segment, List<Integer> ordinals, List<SqlType> types, int from, int end) {
    SegmentRows block = SegmentRows.block(segment, ordinals, types, from, end - from);
    if (segment.visibleCount() == segment.rowCount()) {
      return Optional.of(block);
    }
    RowMask visible = segment.visible();
    int[] rows = new int[end - from];
    int count = 0;
    for (int row = visible.nextRow(from); row < end; row = visible.nextRow(row + 1)) {
      rows[count++] = row - from;
    }
    if (count == 0) {
      return Optional.empty();
    }
    return Optional.of(count == end - from ? block : block.select(rows, count));
  }

  @Override
  public List<Detail> details() {
    List<Detail> details = new ArrayList<>();
    details.add(new Detail("Segments", String.valueOf(segments.size())));
    if (probe.isPresent() || walk.isPresent()) {
      details.add(new Detail("Segments by Index", String.valueOf(segmentsByIndex)));
    }
    walk.ifPresent(
        one -> details.add(new Detail("Index Entries Read", String.valueOf(one.entriesRead()))));
    details.addAll(
        List.of(
            new Detail("Rows Removed by Filter", String.valueOf(rowsRemoved)),
            new Detail("Rows Skipped by Zone Maps", String.valueOf(rowsSkipped))));
    return details;
  }

  @Override
  public void close() {
    segment = segments.size();
    position = addresses.length;
    snapshot.close();
  }
}
