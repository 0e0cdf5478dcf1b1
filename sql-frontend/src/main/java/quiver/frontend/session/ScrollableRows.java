package quiver.frontend.session;

import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.rows.HeapCopies;
import quiver.frontend.transaction.Transaction;

/// The rows of a cursor declared SCROLL: kept as they are read, so that FETCH can go back. The
/// cursor stands before the first row (0), on a row (from 1), or behind the last. Used by the
/// session's thread only.
final class ScrollableRows {
  /// Rows one cursor keeps, in bytes.
  static final long KEPT_SIZE_BYTES_MAX = 256L << 20;

  private final StatementResult source;
  private final List<RowBatch> kept = new ArrayList<>();
  private long keptBytes;
  private long rowCount;
  private long position;

  ScrollableRows(StatementResult source) {
    this.source = source;
  }

  /// Reads until there are `count` rows, or all.
  private void read(long count) {
    while (rowCount < count) {
      List<RowBatch> more = source.take(Math.min(count - rowCount, RowBatch.ROW_COUNT_TARGET));
      if (more.isEmpty()) {
        return;
      }
      for (RowBatch batch : more) {
        for (Column column : batch.columns()) {
          keptBytes += Transaction.sizeBytes(column);
        }
        kept.add(HeapCopies.of(batch));
        rowCount += batch.rowCount();
      }
      if (keptBytes > KEPT_SIZE_BYTES_MAX) {
        throw new QuiverException(SqlState.OUT_OF_MEMORY, "out of memory")
            .withDetail(
                "A scrollable cursor can keep " + (KEPT_SIZE_BYTES_MAX >> 20) + " MB of rows.");
      }
    }
  }

  /// The number of the row it stands on, from 1.
  long position() {
    return position;
  }

  void readAll() {
    read(Long.MAX_VALUE);
  }

  /// The next rows.
  List<RowBatch> forward(long count) {
    if (count < 0) {
      return backward(-count);
    }
    if (count == 0) {
      return current();
    }
    long from = Math.min(position, Long.MAX_VALUE - 1);
    long wanted = count > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + count;
    read(wanted);
    long to = Math.min(wanted, rowCount);
    position = wanted > rowCount ? rowCount + 1 : wanted;
    return from < to ? rows(from, to) : List.of();
  }

  /// The rows before, nearest first.
  List<RowBatch> backward(long count) {
    if (count < 0) {
      return forward(-count);
    }
    if (count == 0) {
      return current();
    }
    long to = Math.max(0, Math.min(position - 1, rowCount));
    long from = Math.max(0, to - count);
    position = count > to ? 0 : from + 1;
    List<RowBatch> found = rows(from, to).reversed();
    List<RowBatch> reversed = new ArrayList<>();
    for (RowBatch batch : found) {
      int[] order = new int[batch.rowCount()];
      for (int i = 0; i < order.length; i++) {
        order[i] = order.length - 1 - i;
      }
      reversed.add(batch.gather(order, 0, order.length));
    }
    return reversed;
  }

  /// One row by number, from the end if negative; 0 is before the first.
  List<RowBatch> absolute(long number) {
    if (number < 0) {
      readAll();
      position = Math.max(0, rowCount + 1 + number);
    } else {
      read(number);
      position = Math.min(number, rowCount + 1);
    }
    return current();
  }

  /// One row by distance.
  List<RowBatch> relative(long distance) {
    read(Math.max(0, position + distance));
    position = Math.max(0, Math.min(position + distance, rowCount + 1));
    return current();
  }

  private List<RowBatch> current() {
    return position >= 1 && position <= rowCount ? rows(position - 1, position) : List.of();
  }

  /// Rows `from … to-1`, counted from 0.
  private List<RowBatch> rows(long from, long to) {
    List<RowBatch> found = new ArrayList<>();
    long start = 0;
    for (RowBatch batch : kept) {
      int first = (int) Math.max(0, Math.min(from - start, batch.rowCount()));
      int end = (int) Math.max(0, Math.min(to - start, batch.rowCount()));
      if (first < end) {
        found.add(batch.slice(first, end - first));
      }
      start += batch.rowCount();
    }
    return found;
  }
}
