package quiver.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/// A connection to one of several front ends, which it may change when that one goes away. Had by
/// `connection.unwrap(QuiverConnection.class)`.
///
/// Like any JDBC connection it is used by one thread at a time; `cancel`, `abort` and `close` may
/// come from another one.
public interface QuiverConnection extends Connection {
  /// Runs work in a transaction and commits it. After `40001` (another transaction was faster),
  /// `40P01`, or the loss of the front end before COMMIT was sent, all of it is run again, after a
  /// random pause that doubles, as often as the property `transactionRetries` says. It is not run
  /// again after `08007`: then COMMIT was on its way and what became of it is unknown.
  ///
  /// ```java
  /// long left = connection.unwrap(QuiverConnection.class).inTransaction(c -> {
  ///   try (var update = c.prepareStatement("UPDATE stock SET n = n - 1 WHERE id = ? RETURNING n")) {
  ///     update.setLong(1, id);
  ///     try (var rows = update.executeQuery()) {
  ///       rows.next();
  ///       return rows.getLong(1);
  ///     }
  ///   }
  /// });
  /// ```
  ///
  /// @throws SQLException what the last run threw; `25001` if a transaction is open already
  <T> T inTransaction(TransactionWork<T> work) throws SQLException;

  /// The same for a transaction that commits once, however often it is repeated: so it is run again
  /// after `08007`, too. If an earlier run turns out to have committed, this returns what that run
  /// returned.
  ///
  /// @param idempotencyKey names the transaction among all of this role, for at least a day; see
  ///   `docs/guarantees.md`
  /// @throws SQLException what the last run threw; `25Q01` if the transaction had committed before
  ///   this was called, or if it is not known which run has
  <T> T inTransaction(String idempotencyKey, TransactionWork<T> work) throws SQLException;

  /// Prepares to load many rows over binary COPY.
  ///
  /// @param table the name as SQL writes it, with its schema if it needs one
  /// @param columns their names as SQL writes them; none: all columns in their order
  BulkLoad bulkLoad(String table, String... columns);

  /// Host and port of the front end it is connected to now.
  String frontEnd();
}
