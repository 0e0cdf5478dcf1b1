package quiver.execution.operator;

import java.util.Arrays;
import java.util.Optional;
import quiver.common.column.RowMask;
import quiver.common.plan.IndexAccess;
import quiver.common.plan.PlanNode;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.index.IndexQuery;
import quiver.execution.index.KeyRange;
import quiver.execution.index.ScalarIndex;
import quiver.execution.index.SortedIndex;
import quiver.execution.source.SegmentSnapshot;

/// Reads a sorted index from one end until it has the first rows of a segment that pass a scan's
/// filter. Immutable.
final class IndexWalk {
  /// Entries looked at before the segment is scanned instead, as a part of its rows: a walk that
  /// finds nothing costs little beside the scan.
  private static final int WALKED_PART = 32;

  private static final int BLOCK_ENTRIES_MIN = 16;

  private final PlanNode.TableScan scan;
  private final IndexAccess.Order order;
  private final IndexProbe probe;
  private final CompiledExpression limit;

  IndexWalk(PlanNode.TableScan scan, IndexAccess.Order order, ExpressionCompiler compiler) {
    this.scan = scan;
    this.order = order;
    this.probe = new IndexProbe(order.access(), compiler);
    this.limit = compiler.compile(order.limit());
  }

  Bound bind(EvaluationScope scope, Optional<CompiledExpression> filter) {
    return new Bound(
        scan,
        order.backward(),
        probe.bind(scope),
        LimitOperator.limit(limit.value(scope)),
        filter,
        scope);
  }

  /// The walk with its values bound, for one execution. Used by one thread.
  static final class Bound {
    private final PlanNode.TableScan scan;
    private final boolean backward;
    private final IndexProbe.Bound range;
    private final long limit;
    private final Optional<CompiledExpression> filter;
    private final EvaluationScope scope;
    private long entriesRead;

    private Bound(
        PlanNode.TableScan scan,
        boolean backward,
        IndexProbe.Bound range,
        long limit,
        Optional<CompiledExpression> filter,
        EvaluationScope scope) {
      this.scan = scan;
      this.backward = backward;
      this.range = range;
      this.limit = limit;
      this.filter = filter;
      this.scope = scope;
    }

    /// Entries looked at so far.
    long entriesRead() {
      return entriesRead;
    }

    /// The first rows of a segment and maybe others, ascending; empty when another way is better.
    ///
    /// @param others rows that another index leaves, or a number beyond the segment's
    Optional<int[]> rows(SegmentSnapshot segment, long others) {
      if (range.none()) {
        return Optional.of(new int[0]);
      }
      if (range.query().isEmpty() || !(range.query().get() instanceof IndexQuery.Ranges ranges)) {
        return Optional.empty();
      }
      Optional<ScalarIndex> index = segment.scalarIndex(range.indexId());
      Optional<ScalarIndex.Ordered> ordered = index.flatMap(ScalarIndex::ordered);
      if (ordered.isEmpty()) {
        return Optional.empty();
      }
      long within = index.get().estimate(ranges);
      long budget = segment.rowCount() / WALKED_PART;
      if (Math.min(limit, within) > budget || others < expected(segment, within, others)) {
        return Optional.empty();
      }
      return new Walk(segment, budget + (ordered.get().to() - ordered.get().from()))
          .rows(ordered.get(), ranges);
    }

    /// Entries a walk looks at if rows that pass are spread evenly.
    private long expected(SegmentSnapshot segment, long within, long others) {
      double passing = Math.min(1.0, (double) others / segment.rowCount());
      return (long) Math.min((double) within, limit / Math.max(passing, 1e-9));
    }

    /// One walk over one segment.
    private final class Walk {
      private final SegmentSnapshot segment;
      private final RowMask visible;
      private long budget;
      private int[] found = new int[BLOCK_ENTRIES_MIN];
      private int foundCount;

      Walk(SegmentSnapshot segment, long budget) {
        this.segment = segment;
        this.visible = segment.visible();
        this.budget = budget;
      }

      Optional<int[]> rows(ScalarIndex.Ordered ordered, IndexQuery.Ranges ranges) {
        for (KeyRange range : ranges.ranges()) {
          for (SortedIndex run : ordered.runs()) {
            if (!walk(run, range)) {
              return Optional.empty();
            }
          }
        }
        for (int row = ordered.from(); row < ordered.to(); row++) {
          add(row);
        }
        Arrays.sort(found, 0, foundCount);
        return Optional.of(Arrays.copyOf(found, foundCount));
      }

      /// Whether the first rows of a range of a run were found before the budget ran out.
      private boolean walk(SortedIndex index, KeyRange range) {
        int at = index.start(range);
        int end = index.end(range);
        long missing = limit;
        int size = (int) Math.max(BLOCK_ENTRIES_MIN, Math.min(limit, TableScanOperator.BLOCK_ROWS));
        while (at < end && missing > 0) {
          if (budget <= 0) {
            return false;
          }
          int block = Math.min(size, end - at);
          budget -= block;
          entriesRead += block;
          int from = backward ? end - block : at;
          missing -= pass(index, from, block, missing);
          at = backward ? at : at + block;
          end = backward ? end - block : end;
          size = Math.min(2 * size, TableScanOperator.BLOCK_ROWS);
        }
        return true;
      }

      /// Adds those of a block's rows that are visible and pass; says how many.
      private int pass(SortedIndex index, int from, int count, long missing) {
        int[] rows = new int[count];
        int rowCount = 0;
        for (int i = 0; i < count; i++) {
          int row = index.run().row(backward ? from + count - 1 - i : from + i);
          if (row < segment.rowCount() && visible.contains(row)) {
            rows[rowCount++] = row;
          }
        }
        int[] passing = passing(rows, rowCount);
        int added = 0;
        int passingCount = filter.isPresent() ? passing.length : rowCount;
        for (int i = 0; i < passingCount && added < missing; i++) {
          add(filter.isPresent() ? rows[passing[i]] : rows[i]);
          added++;
        }
        return added;
      }

      private int[] passing(int[] rows, int count) {
        if (filter.isEmpty() || count == 0) {
          return new int[0];
        }
        int[] selected = new int[count];
        int passing =
            filter
                .get()
                .selectTrue(
                    SegmentRows.picked(segment, scan.ordinals(), scan.columnTypes(), rows, count),
                    scope,
                    selected);
        return Arrays.copyOf(selected, passing);
      }

      private void add(int row) {
        if (foundCount == found.length) {
          found = Arrays.copyOf(found, 2 * foundCount);
        }
        found[foundCount++] = row;
      }
    }
  }
}
