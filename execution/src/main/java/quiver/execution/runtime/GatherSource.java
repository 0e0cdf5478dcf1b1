package quiver.execution.runtime;

import quiver.common.plan.PlanNode;
import quiver.execution.source.BatchStream;

/// Runs leaf fragments where their rows are.
public interface GatherSource {
  /// Starts `gather.fragment()` on every holder of its table and over the transaction's own rows,
  /// and merges their rows by `gather.order()` ([quiver.execution.operator.MergeStream] does that),
  /// or as they come. What is bound in `context` (parameters, outer rows, session, cancel,
  /// deadline) goes with the fragment; figures come back through [StatisticsCollector#addFragment].
  BatchStream open(PlanNode.Gather gather, ExecutionContext context);

  /// Nothing to gather from: leaf fragments.
  static GatherSource none() {
    return (gather, context) -> {
      throw new IllegalStateException("a leaf fragment cannot gather");
    };
  }
}
