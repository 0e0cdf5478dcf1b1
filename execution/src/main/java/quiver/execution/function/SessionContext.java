package quiver.execution.function;

import java.util.Optional;
import java.util.random.RandomGenerator;
import quiver.common.catalog.CatalogImage;
import quiver.common.plan.SessionState;

/// What functions may read and do in the session that runs them. In a front end everything works;
/// on a query node only what needs no session (`state`, `catalog`, `random`). Used by the
/// statement's threads; safe for all of them.
public interface SessionContext {
  /// The address of a row that is not there.
  long NO_ROW = Long.MIN_VALUE;

  /// User, database, search path, timestamps and settings of the running statement.
  SessionState state();

  /// The catalog the statement was planned on.
  CatalogImage catalog();

  /// For what nobody must foresee: `gen_random_uuid()`.
  RandomGenerator random();

  /// `random()`: from 0 up to 1, the session's own sequence once it has asked for one.
  double nextRandom();

  /// `setseed`: begins the session's own sequence.
  void setSeed(double seed);

  /// `current_query`: what the client has sent.
  String currentQuery();

  /// The clock, for `clock_timestamp()`: microseconds since 2000-01-01 UTC.
  long clockMicros();

  /// Throws when the statement is cancelled or its deadline has passed.
  void checkCancelled();

  /// The product's version, for example `0.1.0`.
  String productVersion();

  /// When the server process started: microseconds since 2000-01-01 UTC.
  long serverStartMicros();

  /// A virtual relation's OID.
  Optional<Long> systemRelationOid(String schema, String name);

  /// The schema and name of a virtual relation.
  Optional<SystemRelationName> systemRelationName(long oid);

  /// SHOW: the value of a setting; empty when there is none of this name.
  Optional<String> setting(String name);

  /// `set_config`.
  ///
  /// @return the new value
  String setSetting(String name, String value, boolean local);

  /// `nextval`.
  long nextSequenceValue(long sequenceId);

  /// `currval`; empty when `nextval` was not called for it in this session.
  Optional<Long> currentSequenceValue(long sequenceId);

  /// `lastval`; empty when `nextval` was not called in this session.
  Optional<Long> lastSequenceValue();

  /// `setval`.
  void setSequenceValue(long sequenceId, long value, boolean isCalled);

  /// Where a sequence is, whichever session has used it.
  SequencePosition sequencePosition(long sequenceId);

  /// Where a sequence is.
  ///
  /// @param value the last one given out, or the first one to be
  /// @param isCalled whether `value` has been given out
  /// @param reserved values that can be given out without a commit
  record SequencePosition(long value, boolean isCalled, long reserved) {}

  /// Bytes that a table or index takes in memory and on disk; 0 for an unknown relation.
  long relationSizeBytes(long relationId);

  /// `quiver_index_recall`: the share of the true `k` nearest rows that a vector index finds, over
  /// `queryCount` queries made from rows of its table; NaN when there are no rows.
  double indexRecall(long indexId, int k, int queryCount);

  /// `quiver_txn_status`: what became of a transaction whose commit was not answered.
  String transactionStatus(String name);

  /// `pg_cancel_backend` and, with `terminate`, `pg_terminate_backend`.
  ///
  /// @return false when there is no such session
  boolean signalBackend(int pid, boolean terminate);

  /// Advisory locks of the server, held by the session or its transaction.
  AdvisoryLocks advisoryLocks();

  /// Rows that must be at COMMIT what they are now: FOR UPDATE, FOR SHARE.
  ///
  /// @param addresses of row versions of the table, one for each row of the query, [#NO_ROW] where
  ///   an outer join found none
  /// @param exclusive whether no other transaction may lock them
  void keepRows(long tableId, long[] addresses, boolean exclusive);

  /// The address of the row of a table that a cursor stands on: WHERE CURRENT OF.
  ///
  /// @throws quiver.common.error.QuiverException `34000`, `24000`
  long cursorRow(String cursor, long tableId);

  /// `pg_notify`.
  void notify(String channel, String payload);

  /// `pg_sleep`; returns early by an exception when the statement is cancelled.
  void sleep(double seconds);

  /// A relation's schema and name.
  record SystemRelationName(String schema, String name) {}

  /// PostgreSQL's advisory locks, by 64-bit key.
  interface AdvisoryLocks {
    /// Takes a lock.
    ///
    /// @param wait false: return at once
    /// @return whether the lock is held now
    boolean lock(long key, boolean shared, boolean transaction, boolean wait);

    /// Releases a session-level lock once.
    ///
    /// @return false when it was not held
    boolean unlock(long key, boolean shared);

    /// Releases every session-level lock.
    void unlockAll();
  }
}
