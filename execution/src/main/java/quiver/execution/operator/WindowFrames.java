package quiver.execution.operator;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.plan.WindowFrame;
import quiver.common.plan.WindowFrame.BoundKind;
import quiver.execution.function.FunctionContext;

/// The frame of each row of a sorted partition. Used by one thread.
final class WindowFrames {
  private final WindowFrame frame;
  private final Optional<RangeOffsets> ranges;
  private final FunctionContext functions;
  private final @Nullable Object startOffset;
  private final @Nullable Object endOffset;
  private final Optional<SortKey> key;
  private final RowBatch rows;
  private final int[] peerStart;
  private final int[] peerEnd;
  private final int[] group;
  private final int[] groupStarts;
  private int partitionStart;
  private int partitionEnd;

  /// @param rows sorted by partition and order
  /// @param peerStart per row, the first row of its peers
  /// @param peerEnd per row, the row after its last peer
  /// @param group per row, the number of its peer group; groups of a partition are consecutive
  /// @param groupStarts per group, its first row; one more entry at the end: the row count
  WindowFrames(
      PlanNode.Window window,
      Optional<RangeOffsets> ranges,
      FunctionContext functions,
      @Nullable Object startOffset,
      @Nullable Object endOffset,
      RowBatch rows,
      int[] peerStart,
      int[] peerEnd,
      int[] group,
      int[] groupStarts) {
    this.frame = window.frame();
    this.ranges = ranges;
    this.functions = functions;
    this.startOffset = startOffset;
    this.endOffset = endOffset;
    this.key = window.order().isEmpty() ? Optional.empty() : Optional.of(window.order().getFirst());
    this.rows = rows;
    this.peerStart = peerStart;
    this.peerEnd = peerEnd;
    this.group = group;
    this.groupStarts = groupStarts;
    check(frame.start(), startOffset, "starting");
    check(frame.end(), endOffset, "ending");
  }

  private void check(WindowFrame.Bound bound, @Nullable Object offset, String which) {
    if (bound.kind() != BoundKind.OFFSET_PRECEDING && bound.kind() != BoundKind.OFFSET_FOLLOWING) {
      return;
    }
    if (offset == null) {
      throw new QuiverException(
          SqlState.NULL_VALUE_NOT_ALLOWED, "frame %s offset must not be null", which);
    }
    if (frame.mode() == WindowFrame.Mode.RANGE) {
      ranges.ifPresent(r -> r.check(offset));
    } else if ((Long) offset < 0) {
      throw new QuiverException(
          SqlState.INVALID_PRECEDING_OR_FOLLOWING_SIZE,
          "frame %s offset must not be negative",
          which);
    }
  }

  void startPartition(int start, int end) {
    partitionStart = start;
    partitionEnd = end;
  }

  /// The first row of the frame, before exclusion.
  int start(int row) {
    return switch (frame.start().kind()) {
      case UNBOUNDED_PRECEDING -> partitionStart;
      case UNBOUNDED_FOLLOWING -> partitionEnd;
      case CURRENT_ROW -> frame.mode() == WindowFrame.Mode.ROWS ? row : peerStart[row];
      case OFFSET_PRECEDING -> shifted(row, startOffset, true, true);
      case OFFSET_FOLLOWING -> shifted(row, startOffset, false, true);
    };
  }

  /// The row after the last one of the frame, before exclusion; may lie before [#start].
  int end(int row) {
    return switch (frame.end().kind()) {
      case UNBOUNDED_PRECEDING -> partitionStart;
      case UNBOUNDED_FOLLOWING -> partitionEnd;
      case CURRENT_ROW -> frame.mode() == WindowFrame.Mode.ROWS ? row + 1 : peerEnd[row];
      case OFFSET_PRECEDING -> shifted(row, endOffset, true, false);
      case OFFSET_FOLLOWING -> shifted(row, endOffset, false, false);
    };
  }

  private int shifted(int row, @Nullable Object offset, boolean preceding, boolean start) {
    if (offset == null) {
      throw new IllegalStateException("unchecked offset");
    }
    return switch (frame.mode()) {
      case ROWS -> {
        long by = preceding ? -(Long) offset : (Long) offset;
        long target = saturatedAdd(row, by) + (start ? 0 : 1);
        yield (int) Math.clamp(target, partitionStart, (long) partitionEnd);
      }
      case GROUPS -> {
        long by = preceding ? -(Long) offset : (Long) offset;
        long target = saturatedAdd(group[row], by) + (start ? 0 : 1);
        int first = group[partitionStart];
        int last = group[partitionEnd - 1] + 1;
        yield groupStarts[(int) Math.clamp(target, first, (long) last)];
      }
      case RANGE -> inRange(row, offset, preceding, start);
    };
  }

  private static long saturatedAdd(long value, long by) {
    return Math.clamp(value + Math.clamp(by, -(1L << 40), 1L << 40), -(1L << 40), 1L << 40);
  }

  private int inRange(int row, Object offset, boolean preceding, boolean start) {
    SortKey sortKey = key.orElseThrow();
    Column column = rows.column(sortKey.column());
    Object base = column.valueAt(row);
    if (base == null) {
      // NULLs are peers of each other and at no distance from anything else.
      return start ? peerStart[row] : peerEnd[row];
    }
    int low = partitionStart;
    int high = partitionEnd;
    // The rows with values are one block beside the NULLs.
    if (column.isNull(low)) {
      low = peerEnd[low];
    } else if (column.isNull(high - 1)) {
      high = peerStart[high - 1];
    }
    boolean subtract = preceding != sortKey.descending();
    RangeOffsets offsets = ranges.orElseThrow();
    while (low < high) {
      int middle = (low + high) >>> 1;
      Object value = column.valueAt(middle);
      if (value == null) {
        throw new IllegalStateException("NULL among sorted values");
      }
      int sign = offsets.compare(functions, value, base, offset, subtract);
      int inOrder = sortKey.descending() ? -sign : sign;
      boolean before = start ? inOrder < 0 : inOrder <= 0;
      if (before) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Whether the frame is one piece that moves forward: its bounds never go back within a
  /// partition.
  boolean isMoving() {
    return frame.exclusion() == WindowFrame.Exclusion.NO_OTHERS;
  }

  /// The frame of a row as up to three pieces, exclusion applied: `pieces[2i]` to `pieces[2i+1]`.
  ///
  /// @return how many pieces
  int pieces(int row, int[] pieces) {
    int start = start(row);
    int end = Math.max(start, end(row));
    return switch (frame.exclusion()) {
      case NO_OTHERS -> add(pieces, 0, start, end);
      case CURRENT_ROW -> {
        int count = add(pieces, 0, start, Math.min(end, row));
        yield add(pieces, count, Math.max(start, row + 1), end);
      }
      case GROUP -> {
        int count = add(pieces, 0, start, Math.min(end, peerStart[row]));
        yield add(pieces, count, Math.max(start, peerEnd[row]), end);
      }
      case TIES -> {
        int count = add(pieces, 0, start, Math.min(end, peerStart[row]));
        count = add(pieces, count, Math.max(start, row), Math.min(end, row + 1));
        yield add(pieces, count, Math.max(start, peerEnd[row]), end);
      }
    };
  }

  private static int add(int[] pieces, int count, int from, int to) {
    if (from >= to) {
      return count;
    }
    pieces[2 * count] = from;
    pieces[2 * count + 1] = to;
    return count + 1;
  }
}
