package quiver.rpc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SessionState;

/// A query node as front ends see it. Thread-safe; calls block.
public interface QueryNodeService {
  /// Runs a leaf fragment over a share of its table's rows, at one snapshot. The stream must be
  /// closed; it holds its segments until then.
  ///
  /// @throws quiver.common.error.QuiverException [Share#refused] if this node cannot tell its share
  ///   from the others' at that snapshot: ask one node for [Share#ALL]
  RowStream execute(FragmentRequest request);

  /// Which keys exist at a snapshot.
  @Idempotent
  KeyMatches lookupKeys(KeyRequest request);

  /// How far it has read each channel it follows.
  @Idempotent
  default List<Progress> progress() {
    return List.of();
  }

  /// @param appliedTimestamp what was committed at or before it can be read
  /// @param unreadCount records of the log after that
  record Progress(String channel, long appliedTimestamp, long unreadCount) {}

  /// Keys to look for.
  ///
  /// @param uniqueIndex the index whose keys they are; empty: the primary key
  /// @param keys one column per key of the index, in order; no NULLs in primary keys
  /// @param excluded sorted addresses to treat as deleted (the transaction's own deletes)
  /// @param withRows whether the rows found are wanted
  /// @param definition the table as the transaction has changed it, if it has
  /// @param share the rows of the table to look at
  record KeyRequest(
      long tableId,
      int tableVersion,
      Optional<Long> uniqueIndex,
      long snapshot,
      RowBatch keys,
      long[] excluded,
      boolean withRows,
      Optional<TableDefinition> definition,
      Share share) {
    /// Keys among all rows of a table.
    public KeyRequest(
        long tableId,
        int tableVersion,
        Optional<Long> uniqueIndex,
        long snapshot,
        RowBatch keys,
        long[] excluded,
        boolean withRows,
        Optional<TableDefinition> definition) {
      this(
          tableId,
          tableVersion,
          uniqueIndex,
          snapshot,
          keys,
          excluded,
          withRows,
          definition,
          Share.ALL);
    }

    /// Keys of a table that the transaction has not changed.
    public KeyRequest(
        long tableId,
        int tableVersion,
        Optional<Long> uniqueIndex,
        long snapshot,
        RowBatch keys,
        long[] excluded,
        boolean withRows) {
      this(
          tableId, tableVersion, uniqueIndex, snapshot, keys, excluded, withRows, Optional.empty());
    }

    /// The same keys among other rows.
    public KeyRequest withShare(Share other) {
      return new KeyRequest(
          tableId,
          tableVersion,
          uniqueIndex,
          snapshot,
          keys,
          excluded,
          withRows,
          definition,
          other);
    }
  }

  /// What was found.
  ///
  /// @param addresses per key, the address of its visible row version, or [#ABSENT]
  /// @param rows whole rows of the keys that were found, in order; empty unless wanted
  record KeyMatches(long[] addresses, Optional<RowBatch> rows) {}

  /// No row has the key.
  long ABSENT = -1;

  /// A leaf fragment to run.
  ///
  /// @param snapshot rows committed at or before it are visible; the node waits until it has them
  /// @param excluded per table, addresses of row versions the transaction itself has deleted;
  ///   sorted
  /// @param parameters datums of the statement's parameters
  /// @param outer values of outer columns by `applyId`, when the fragment is below an Apply
  /// @param session what functions and settings of the session the fragment may read
  /// @param analyze whether to collect statistics
  /// @param definitions tables as the transaction has changed them, where it has
  /// @param share the rows of the fragment's table to read
  record FragmentRequest(
      PlanNode fragment,
      long snapshot,
      Map<Long, long[]> excluded,
      List<@Nullable Object> parameters,
      Map<Integer, List<@Nullable Object>> outer,
      SessionState session,
      boolean analyze,
      Cancellation cancellation,
      Map<Long, TableDefinition> definitions,
      Share share) {
    /// A fragment over all rows of its table.
    public FragmentRequest(
        PlanNode fragment,
        long snapshot,
        Map<Long, long[]> excluded,
        List<@Nullable Object> parameters,
        Map<Integer, List<@Nullable Object>> outer,
        SessionState session,
        boolean analyze,
        Cancellation cancellation,
        Map<Long, TableDefinition> definitions) {
      this(
          fragment,
          snapshot,
          excluded,
          parameters,
          outer,
          session,
          analyze,
          cancellation,
          definitions,
          Share.ALL);
    }

    /// A fragment of a transaction that has defined nothing.
    public FragmentRequest(
        PlanNode fragment,
        long snapshot,
        Map<Long, long[]> excluded,
        List<@Nullable Object> parameters,
        Map<Integer, List<@Nullable Object>> outer,
        SessionState session,
        boolean analyze,
        Cancellation cancellation) {
      this(
          fragment,
          snapshot,
          excluded,
          parameters,
          outer,
          session,
          analyze,
          cancellation,
          Map.of());
    }

    /// The same fragment over other rows.
    public FragmentRequest withShare(Share other) {
      return new FragmentRequest(
          fragment,
          snapshot,
          excluded,
          parameters,
          outer,
          session,
          analyze,
          cancellation,
          definitions,
          other);
    }
  }

  /// Batches of a running fragment; used by one thread at a time.
  interface RowStream extends AutoCloseable {
    Optional<RowBatch> next();

    /// Whether it is known that no batch is left, so that the last one can tell.
    default boolean isEnded() {
      return false;
    }

    /// What EXPLAIN ANALYZE shows of this fragment, one line each, once the stream has ended; empty
    /// without `analyze`.
    List<String> statistics();

    @Override
    void close();
  }
}
