package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.RowBatch;
import quiver.common.plan.AggregateCall;
import quiver.common.type.SqlType;
import quiver.execution.aggregate.Accumulator;
import quiver.execution.aggregate.Accumulators;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.rows.ColumnBuilder;

/// An aggregate over the frames of one partition. A frame that only grows at its end is continued;
/// one that moves forward gives back what it leaves behind, if the aggregate can; the extremes of
/// moving frames come from a queue of candidates. Any other frame is computed afresh. Used by one
/// thread.
final class WindowAggregate {
  private final AggregateCall call;
  private final WindowFrames frames;
  private final Supplier<JsonConversion> json;
  private final List<Column> arguments = new ArrayList<>();
  private final List<SqlType> types = new ArrayList<>();
  private final @Nullable LongColumn filter;
  private final int[] added = new int[6];
  private int addedCount;
  private Accumulator accumulator;
  private @Nullable Object result;

  WindowAggregate(
      AggregateCall call, RowBatch rows, WindowFrames frames, Supplier<JsonConversion> json) {
    this.call = call;
    this.frames = frames;
    this.json = json;
    for (int argument : call.arguments()) {
      arguments.add(rows.column(argument));
      types.add(rows.column(argument).type());
    }
    this.filter = call.filter().map(f -> (LongColumn) rows.column(f)).orElse(null);
    this.accumulator = fresh();
  }

  private Accumulator fresh() {
    Accumulator empty = Accumulators.create(call.function(), types, json);
    empty.ensureGroups(1);
    return empty;
  }

  void evaluate(int start, int end, ColumnBuilder results) {
    Optional<MovingExtreme> extreme = extreme();
    if (extreme.isPresent()) {
      extreme.get().evaluate(start, end, frames, results);
      return;
    }
    int[] pieces = new int[6];
    result = accumulator.result(0);
    for (int row = start; row < end; row++) {
      int count = frames.pieces(row, pieces);
      if (!isAdded(pieces, count)) {
        continueWith(pieces, count);
        result = accumulator.result(0);
      }
      results.set(row, result);
    }
  }

  private Optional<MovingExtreme> extreme() {
    String name = call.function().name();
    boolean extreme = name.equals("min") || name.equals("max");
    return extreme && filter == null && frames.isMoving()
        ? Optional.of(new MovingExtreme(arguments.getFirst(), name.equals("max")))
        : Optional.empty();
  }

  private boolean isAdded(int[] pieces, int count) {
    return count == addedCount && Arrays.equals(pieces, 0, 2 * count, added, 0, 2 * count);
  }

  private void continueWith(int[] pieces, int count) {
    boolean grows = count == 1 && addedCount == 1 && pieces[0] == added[0] && pieces[1] >= added[1];
    boolean moves =
        count == 1
            && addedCount == 1
            && accumulator.canRemove()
            && pieces[0] >= added[0]
            && pieces[1] >= added[1]
            && pieces[0] < added[1];
    if (grows) {
      feed(added[1], pieces[1], true);
    } else if (moves) {
      feed(added[0], pieces[0], false);
      feed(added[1], pieces[1], true);
    } else {
      accumulator = fresh();
      for (int i = 0; i < count; i++) {
        feed(pieces[2 * i], pieces[2 * i + 1], true);
      }
    }
    System.arraycopy(pieces, 0, added, 0, 2 * count);
    addedCount = count;
  }

  private void feed(int from, int to, boolean in) {
    if (from >= to) {
      return;
    }
    int[] rows = new int[to - from];
    int count = 0;
    for (int row = from; row < to; row++) {
      if (filter == null || (!filter.isNull(row) && filter.values()[row] != 0)) {
        rows[count++] = row;
      }
    }
    List<Column> selected = new ArrayList<>(arguments.size());
    for (Column argument : arguments) {
      selected.add(argument.gather(rows, 0, count));
    }
    if (in) {
      accumulator.add(new int[count], selected, count);
    } else {
      accumulator.remove(new int[count], selected, count);
    }
  }
}
