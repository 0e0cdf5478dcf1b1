package quiver.frontend.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.execution.source.BatchStream;
import quiver.frontend.format.DatumFormat;

/// A statement that has begun to run: the rows it still has to give and the tag that ends it. Used
/// by the session's thread only.
final class StatementResult implements AutoCloseable {
  private final boolean returnsRows;
  private final List<OutputColumn> columns;
  private final TagRule tag;
  private BatchStream stream;
  private @Nullable RowBatch batch;
  private int at;
  private boolean exhausted;
  private boolean pastEnd;
  private long givenCount;

  /// Makes the command tag.
  interface TagRule {
    /// @param rowCount rows given since the last tag
    String tag(long rowCount);
  }

  StatementResult(
      boolean returnsRows, List<OutputColumn> columns, BatchStream stream, TagRule tag) {
    this.returnsRows = returnsRows;
    this.columns = columns;
    this.stream = stream;
    this.tag = tag;
  }

  /// A command without rows.
  static StatementResult done(String tag) {
    return new StatementResult(false, List.of(), BatchStream.empty(), count -> tag);
  }

  /// Rows that are there already.
  static StatementResult rows(List<OutputColumn> columns, List<RowBatch> rows, TagRule tag) {
    return new StatementResult(true, columns, BatchStream.of(rows), tag);
  }

  boolean returnsRows() {
    return returnsRows;
  }

  List<OutputColumn> columns() {
    return columns;
  }

  String tag(long rowCount) {
    return tag.tag(rowCount);
  }

  /// Gives rows to the client.
  ///
  /// @param countMax 0 for all
  /// @return how many were given
  long send(Client client, long countMax, int[] formats, DatumFormat format) {
    long sent = 0;
    while (countMax == 0 || sent < countMax) {
      if (!fill()) {
        break;
      }
      RowBatch rows = Objects.requireNonNull(batch);
      int count = rows.rowCount() - at;
      if (countMax != 0) {
        count = (int) Math.min(count, countMax - sent);
      }
      client.rows(rows, at, count, formats, format);
      at += count;
      sent += count;
    }
    return sent;
  }

  /// Passes over rows.
  long skip(long countMax) {
    long skipped = 0;
    while (skipped < countMax && fill()) {
      int count = (int) Math.min(Objects.requireNonNull(batch).rowCount() - at, countMax - skipped);
      at += count;
      skipped += count;
      givenCount += count;
    }
    return skipped;
  }

  /// Takes up to `countMax` rows.
  List<RowBatch> take(long countMax) {
    List<RowBatch> taken = new ArrayList<>();
    long count = 0;
    while (count < countMax && fill()) {
      RowBatch rows = Objects.requireNonNull(batch);
      int part = (int) Math.min(rows.rowCount() - at, countMax - count);
      taken.add(rows.slice(at, part));
      at += part;
      count += part;
      givenCount += part;
    }
    return taken;
  }

  /// Whether more rows were asked for than there are.
  boolean isPastEnd() {
    return pastEnd;
  }

  private boolean fill() {
    while (batch == null || at == batch.rowCount()) {
      if (exhausted) {
        pastEnd = true;
        return false;
      }
      Optional<RowBatch> next = stream.next();
      if (next.isEmpty()) {
        exhausted = true;
        pastEnd = true;
        batch = null;
        stream.close();
        return false;
      }
      batch = next.get();
      at = 0;
    }
    return true;
  }

  /// Rows given by [#take] and passed over by [#skip].
  long givenCount() {
    return givenCount;
  }

  /// Whether every row was given.
  boolean isExhausted() {
    return exhausted;
  }

  /// Reads what is left into memory, so that the result outlives its transaction.
  void materialise() {
    long givenBefore = givenCount;
    List<RowBatch> rest = take(Long.MAX_VALUE);
    givenCount = givenBefore;
    stream = BatchStream.of(rest);
    exhausted = false;
    batch = null;
    at = 0;
  }

  @Override
  public void close() {
    exhausted = true;
    batch = null;
    stream.close();
  }
}
