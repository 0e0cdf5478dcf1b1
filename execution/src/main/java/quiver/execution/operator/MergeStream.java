package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import quiver.common.column.RowBatch;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.execution.rows.RowCollector;
import quiver.execution.rows.RowOrder;
import quiver.execution.source.BatchStream;

/// Several streams as one: in order when each stream is in that order (ties go to the earlier
/// stream), else one after the other. Closes the streams. Used by one thread.
public final class MergeStream implements BatchStream {
  private final List<BatchStream> streams;
  private final List<SqlType> types;
  private final RowOrder order;
  private final PriorityQueue<Cursor> heap;
  private boolean started;
  private int current;

  /// @param order empty: concatenate
  public MergeStream(List<BatchStream> streams, List<SortKey> order, List<SqlType> types) {
    this.streams = List.copyOf(streams);
    this.types = List.copyOf(types);
    this.order = new RowOrder(order, types);
    this.heap = new PriorityQueue<>(Math.max(1, streams.size()), this::compare);
  }

  /// A place in one stream.
  private static final class Cursor {
    private final int stream;
    private RowBatch batch;
    private int row;

    Cursor(int stream, RowBatch batch) {
      this.stream = stream;
      this.batch = batch;
    }
  }

  private int compare(Cursor a, Cursor b) {
    int sign = order.compare(a.batch, a.row, b.batch, b.row);
    return sign != 0 ? sign : Integer.compare(a.stream, b.stream);
  }

  @Override
  public Optional<RowBatch> next() {
    return order.keys().isEmpty() || streams.size() == 1 ? concatenate() : merge();
  }

  private Optional<RowBatch> concatenate() {
    while (current < streams.size()) {
      Optional<RowBatch> batch = streams.get(current).next();
      if (batch.isPresent()) {
        return batch;
      }
      current++;
    }
    return Optional.empty();
  }

  private Optional<RowBatch> merge() {
    if (!started) {
      started = true;
      for (int i = 0; i < streams.size(); i++) {
        int stream = i;
        streams.get(i).next().ifPresent(batch -> heap.add(new Cursor(stream, batch)));
      }
    }
    RowCollector rows = new RowCollector(types);
    while (!heap.isEmpty() && rows.rowCount() < RowBatch.ROW_COUNT_TARGET) {
      Cursor least = heap.remove();
      int end = runEnd(least, RowBatch.ROW_COUNT_TARGET - rows.rowCount());
      rows.append(least.batch.slice(least.row, end - least.row));
      least.row = end;
      advance(least);
    }
    return rows.rowCount() == 0 ? Optional.empty() : Optional.of(rows.take());
  }

  /// How far the cursor's rows stay in front of the next best cursor.
  private int runEnd(Cursor cursor, int rowCountMax) {
    int limit = Math.min(cursor.batch.rowCount(), cursor.row + rowCountMax);
    Cursor rival = heap.peek();
    if (rival == null) {
      return limit;
    }
    int start = cursor.row;
    cursor.row++;
    while (cursor.row < limit && compare(cursor, rival) < 0) {
      cursor.row++;
    }
    int end = cursor.row;
    cursor.row = start;
    return end;
  }

  private void advance(Cursor cursor) {
    if (cursor.row < cursor.batch.rowCount()) {
      heap.add(cursor);
      return;
    }
    Optional<RowBatch> next = streams.get(cursor.stream).next();
    if (next.isPresent()) {
      cursor.batch = next.get();
      cursor.row = 0;
      heap.add(cursor);
    }
  }

  @Override
  public void close() {
    List<RuntimeException> failures = new ArrayList<>();
    for (BatchStream stream : streams) {
      try {
        stream.close();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    current = streams.size();
    heap.clear();
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }
}
