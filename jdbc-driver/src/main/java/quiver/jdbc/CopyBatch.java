package quiver.jdbc;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import quiver.jdbc.sql.InsertText;
import quiver.jdbc.wire.CopyBuffer;
import quiver.jdbc.wire.CopyTarget;

/// The rows of a batch of one INSERT, sent by COPY. COPY is only a short cut: whatever goes wrong
/// with it is taken back, and the rows are sent as INSERTs, whose errors and counts are the truth.
/// Used by the statement's thread.
final class CopyBatch {
  /// Fewer rows are sent faster as they are.
  private static final int ROW_COUNT_MIN = 8;

  private static final @Nullable Binder[] NONE = new Binder[0];
  private static final String UNTYPED = "unspecified";

  /// A row of parameters.
  ///
  /// @param binders how each is given to a statement; often shared between rows
  record Row(@Nullable Binder[] binders, @Nullable Object[] values) {}

  private final RoutedConnection connection;
  private final InsertText insert;
  private final boolean isUntypedText;
  private List<Row> rows = new ArrayList<>();
  private @Nullable CopyTarget target;
  private long targetTransaction = -1;
  private volatile boolean isCopying;

  CopyBatch(RoutedConnection connection, InsertText insert) {
    this.connection = connection;
    this.insert = insert;
    this.isUntypedText = UNTYPED.equals(connection.settings().theirs().get("stringtype"));
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  int count() {
    return rows.size();
  }

  /// Whether rows are on their way now; asked by another thread that wants to cancel.
  boolean isCopying() {
    return isCopying;
  }

  boolean hasParameter(int index) {
    return index >= 1 && index <= insert.casts().size();
  }

  /// The rows, which are no longer here then.
  List<Row> take() {
    List<Row> taken = rows;
    rows = new ArrayList<>();
    return taken;
  }

  /// @return false if the row cannot be sent by COPY
  boolean add(@Nullable Binder[] binders, @Nullable Object[] values, int count) {
    if (count != insert.casts().size()) {
      return false;
    }
    @Nullable Binder[] last = rows.isEmpty() ? NONE : rows.get(rows.size() - 1).binders();
    boolean isSame = last.length == count;
    for (int i = 0; i < count; i++) {
      Binder binder = binders[i];
      if (binder == null || !binder.isValueEnough()) {
        return false;
      }
      isSame = isSame && binder.equals(last[i]);
    }
    rows.add(new Row(isSame ? last : Arrays.copyOf(binders, count), Arrays.copyOf(values, count)));
    return true;
  }

  /// Sends the rows.
  ///
  /// @return whether they are in the table; if not, nothing has happened
  /// @throws SQLException if INSERT must not be tried after it
  boolean copy() throws SQLException {
    BaseConnection current = connection.current();
    if (rows.size() < ROW_COUNT_MIN) {
      return false;
    }
    // A transaction that has not begun has nothing that a savepoint could keep.
    boolean isFirst = current.getTransactionState() == TransactionState.IDLE;
    if (current.getAutoCommit() && !isFirst) {
      // Somebody has written BEGIN himself: pgjdbc has no savepoints then.
      return false;
    }
    Savepoint savepoint = isFirst ? null : current.setSavepoint();
    try {
      boolean isDone = send(current);
      if (!isDone) {
        takeBack(current, savepoint);
      }
      if (savepoint != null) {
        current.releaseSavepoint(savepoint);
      }
      return isDone;
    } catch (SQLException e) {
      if (current.isClosed()) {
        throw e;
      }
      takeBack(current, savepoint);
      if ("57014".equals(e.getSQLState())) {
        throw e;
      }
      return false;
    }
  }

  /// @param savepoint null: back to the transaction's beginning
  private void takeBack(BaseConnection current, @Nullable Savepoint savepoint) throws SQLException {
    if (savepoint != null) {
      current.rollback(savepoint);
    } else if (!current.getAutoCommit()) {
      current.rollback();
      target = null;
    }
  }

  private boolean send(BaseConnection current) throws SQLException {
    CopyTarget target = target(current);
    boolean[] isUntyped = untyped(target);
    CopyIn copy = current.getCopyAPI().copyIn(target.sql());
    isCopying = true;
    try {
      CopyBuffer buffer = new CopyBuffer((bytes, length) -> copy.writeToCopy(bytes, 0, length));
      List<CopyTarget.Column> columns = target.columns();
      for (Row row : rows) {
        buffer.beginRow(columns.size());
        for (int i = 0; i < isUntyped.length; i++) {
          if (!columns.get(i).encoder().encode(row.values()[i], isUntyped[i], buffer)) {
            return false;
          }
        }
      }
      buffer.end();
      copy.endCopy();
      return true;
    } finally {
      isCopying = false;
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  /// Asks for the columns, once in a transaction: it fails at COMMIT if somebody changes the
  /// definition of a table that it has written. Without a transaction they may change any time.
  private CopyTarget target(BaseConnection current) throws SQLException {
    long transaction = connection.transactionNumber();
    CopyTarget known = target;
    if (known != null && targetTransaction == transaction && !current.getAutoCommit()) {
      return known;
    }
    known = CopyTarget.ask(current, insert.table(), insert.columns(), insert.casts().size());
    target = known;
    targetTransaction = transaction;
    return known;
  }

  /// Which parameters are texts that the column reads.
  ///
  /// @throws SQLException if a cast changes a value
  private boolean[] untyped(CopyTarget target) throws SQLException {
    boolean[] isUntyped = new boolean[insert.casts().size()];
    for (int i = 0; i < isUntyped.length; i++) {
      String cast = insert.casts().get(i);
      if (!cast.isEmpty() && !target.columns().get(i).encoder().isNamed(cast)) {
        throw new SQLException("a cast to " + cast + " is not for COPY", "0A000");
      }
      isUntyped[i] = isUntypedText || !cast.isEmpty();
    }
    return isUntyped;
  }
}
