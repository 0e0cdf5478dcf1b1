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
  /// Runs a leaf fragment over the rows this node holds, at one snapshot. The stream must be
  /// closed; it holds its segments until then.
  RowStream execute(FragmentRequest request);

  /// Which keys exist at a snapshot.
  KeyMatches lookupKeys(KeyRequest request);

  /// Keys to look for.
  ///
  /// @param uniqueIndex the index whose keys they are; empty: the primary key
  /// @param keys one column per key of the index, in order; no NULLs in primary keys
  /// @param excluded sorted addresses to treat as deleted (the transaction's own deletes)
  /// @param withRows whether the rows found are wanted
  /// @param definition the table as the transaction has changed it, if it has
  record KeyRequest(
      long tableId,
      int tableVersion,
      Optional<Long> uniqueIndex,
      long snapshot,
      RowBatch keys,
      long[] excluded,
      boolean withRows,
      Optional<TableDefinition> definition) {
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
  record FragmentRequest(
      PlanNode fragment,
      long snapshot,
      Map<Long, long[]> excluded,
      List<@Nullable Object> parameters,
      Map<Integer, List<@Nullable Object>> outer,
      SessionState session,
      boolean analyze,
      Cancellation cancellation,
      Map<Long, TableDefinition> definitions) {
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
  }

  /// Batches of a running fragment; used by one thread at a time.
  interface RowStream extends AutoCloseable {
    Optional<RowBatch> next();

    /// What EXPLAIN ANALYZE shows of this fragment, one line each, once the stream has ended; empty
    /// without `analyze`.
    List<String> statistics();

    @Override
    void close();
  }
}
