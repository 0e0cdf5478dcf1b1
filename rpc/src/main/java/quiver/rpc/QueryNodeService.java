package quiver.rpc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SessionState;

/// A query node as front ends see it. Thread-safe; calls block.
public interface QueryNodeService {
  /// Runs a leaf fragment over the rows this node holds, at one snapshot. The stream must be
  /// closed; it holds its segments until then.
  RowStream execute(FragmentRequest request);

  /// Which of `keys` exist at `snapshot`: per key the address of its visible row version, or
  /// [#ABSENT].
  ///
  /// @param keys the key columns of the wanted rows, in key order
  /// @param excluded addresses to treat as deleted (the transaction's own deletes)
  long[] lookupKeys(long tableId, int tableVersion, long snapshot, RowBatch keys, long[] excluded);

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
  record FragmentRequest(
      PlanNode fragment,
      long snapshot,
      Map<Long, long[]> excluded,
      List<@Nullable Object> parameters,
      Map<Integer, List<@Nullable Object>> outer,
      SessionState session,
      boolean analyze,
      Cancellation cancellation) {}

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
