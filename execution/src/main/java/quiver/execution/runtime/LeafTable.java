package quiver.execution.runtime;

import java.util.Optional;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;

/// The table a leaf fragment reads.
///
/// @param asOf the moment at which it is read; empty: the statement's snapshot
public record LeafTable(long tableId, int tableVersion, Optional<Expression> asOf) {
  /// The first table below a node.
  public static Optional<LeafTable> of(PlanNode node) {
    if (node instanceof PlanNode.TableScan scan) {
      return Optional.of(new LeafTable(scan.tableId(), scan.tableVersion(), scan.asOf()));
    }
    if (node instanceof PlanNode.VectorSearch search) {
      return Optional.of(new LeafTable(search.tableId(), search.tableVersion(), search.asOf()));
    }
    for (PlanNode input : PlanInputs.of(node)) {
      Optional<LeafTable> leaf = of(input);
      if (leaf.isPresent()) {
        return leaf;
      }
    }
    return Optional.empty();
  }
}
