package quiver.jdbc;

import java.sql.SQLException;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import quiver.jdbc.sql.StatementText;
import quiver.jdbc.wire.CopyBuffer;
import quiver.jdbc.wire.CopyTarget;
import quiver.jdbc.wire.VectorTypes;

/// Rows on their way into a table by binary COPY. [#row] blocks while the server is behind, so that
/// no more than some 100 KiB wait in the program. Closed before [#finish], it takes back what is
/// not committed. Used by one thread.
///
/// Values are what `setObject` takes: numbers, `String` (read by the server's rules for json, jsonb
/// and vector columns), `byte[]`, `UUID`, `java.time`, `float[]`, `HalfVector`, `SparseVector`,
/// `BitVector`; null is NULL.
public final class BulkWriter implements AutoCloseable {
  private static final StatementText COPY = StatementText.of("COPY");

  private final RoutedConnection connection;
  private final BulkLoad load;
  private final BaseConnection current;
  private final CopyTarget target;
  private @Nullable CopyIn copy;
  private @Nullable CopyBuffer buffer;
  private long rows;
  private long rowsInCopy;
  private long bytesBefore;
  private long committedRows;
  private boolean isDone;

  BulkWriter(RoutedConnection connection, BulkLoad load) throws SQLException {
    this.connection = connection;
    this.load = load;
    this.target =
        connection.run(
            StatementText.of(CopyTarget.QUERY),
            CopyTarget.QUERY,
            () -> CopyTarget.ask(connection.current(), load.table(), load.columns(), 0));
    this.current = connection.current();
    if (load.rowsPerCommit() > 0 && !isAutoCommit()) {
      throw new SQLException("rowsPerCommit needs autocommit", "25001");
    }
    begin();
  }

  private boolean isAutoCommit() throws SQLException {
    return current.getAutoCommit() && current.getTransactionState() == TransactionState.IDLE;
  }

  @SuppressWarnings("ReferenceEquality") // another object is another connection
  private void begin() throws SQLException {
    CopyIn begun =
        connection.run(
            COPY,
            "",
            () -> {
              if (connection.current() != current) {
                throw LostConnection.unrepeatable("a bulk load");
              }
              return current.getCopyAPI().copyIn(target.sql());
            });
    copy = begun;
    buffer = new CopyBuffer((bytes, length) -> begun.writeToCopy(bytes, 0, length));
    rowsInCopy = 0;
  }

  /// Takes a row.
  ///
  /// @param values one for each column of the load
  /// @throws SQLException `42804` if a value does not fit its column, `22023` for too many or too
  ///   few values; anything the server says of this row or one before it, with the row's number
  public void row(@Nullable Object... values) throws SQLException {
    CopyBuffer out = buffer;
    if (out == null || isDone) {
      throw new SQLException("the bulk load has ended", "55000");
    }
    if (values.length != target.columns().size()) {
      throw fail(
          new SQLException(
              "row "
                  + (rows + 1)
                  + " has "
                  + values.length
                  + " values instead of "
                  + target.columns().size(),
              "22023"));
    }
    try {
      out.beginRow(values.length);
    } catch (SQLException e) {
      throw fail(e);
    }
    for (int i = 0; i < values.length; i++) {
      Object value = values[i] == null ? null : VectorTypes.toBulkValue(values[i]);
      CopyTarget.Column column = target.columns().get(i);
      if (!column.encoder().encode(value, true, out)) {
        throw fail(
            new SQLException(
                "row "
                    + (rows + 1)
                    + ": column \""
                    + column.name()
                    + "\" cannot be sent a "
                    + (value == null ? "null" : value.getClass().getTypeName()),
                "42804"));
      }
    }
    rows++;
    rowsInCopy++;
    if (load.progressRows() > 0 && rows % load.progressRows() == 0) {
      report();
    }
    if (rowsInCopy == load.rowsPerCommit()) {
      end();
      begin();
    }
  }

  /// Takes rows one after the other until there are no more.
  public void rows(Iterator<@Nullable Object[]> source) throws SQLException {
    while (source.hasNext()) {
      row(source.next());
    }
  }

  /// Takes the rows of a stream, in its order, and closes it.
  public void rows(Stream<@Nullable Object[]> source) throws SQLException {
    try (source) {
      rows(source.iterator());
    }
  }

  /// Sends the rest and waits until the server has stored all of it; with autocommit it is
  /// committed then.
  ///
  /// @return how many rows have been taken
  public long finish() throws SQLException {
    if (!isDone) {
      end();
      isDone = true;
      report();
    }
    return rows;
  }

  private void end() throws SQLException {
    CopyBuffer out = buffer;
    CopyIn running = copy;
    if (out == null || running == null) {
      return;
    }
    boolean isCommitting = isAutoCommit();
    try {
      out.end();
      running.endCopy();
    } catch (SQLException e) {
      throw fail(e);
    }
    bytesBefore += out.sizeBytes();
    committedRows += isCommitting ? rowsInCopy : 0;
    copy = null;
    buffer = null;
  }

  private void report() {
    long bytes = bytesBefore + (buffer == null ? 0 : buffer.sizeBytes());
    load.progressConsumer().accept(new BulkProgress(rows, bytes, committedRows));
  }

  /// Gives the load up; what is thrown names the row of the whole load.
  private SQLException fail(SQLException cause) {
    SQLException told = cause;
    long line = line(cause);
    if (line > 0) {
      told =
          new SQLException(
              "row " + (rows - rowsInCopy + line) + ": " + cause.getMessage(),
              cause.getSQLState(),
              cause);
    }
    try {
      close();
    } catch (SQLException e) {
      told.addSuppressed(e);
    }
    return told;
  }

  /// The line of the COPY that the server complains about; 0 if it does not say.
  private static long line(SQLException e) {
    ServerErrorMessage message = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    String where = message == null ? null : message.getWhere();
    int start = where == null ? -1 : where.indexOf(", line ");
    if (where == null || start < 0) {
      return 0;
    }
    int end = start + 7;
    while (end < where.length() && Character.isDigit(where.charAt(end))) {
      end++;
    }
    return end == start + 7 ? 0 : Long.parseLong(where, start + 7, end, 10);
  }

  /// Ends the load. What has not been finished is not stored.
  @Override
  public void close() throws SQLException {
    CopyIn running = copy;
    copy = null;
    buffer = null;
    isDone = true;
    if (running != null && running.isActive()) {
      try {
        running.cancelCopy();
      } catch (SQLException e) {
        if (current.isClosed()) {
          throw e;
        }
        // The server has ended it already, with an error that has been thrown.
      }
    }
    connection.noteTransaction();
  }
}
