package quiver.execution.runtime;

import java.util.Optional;
import quiver.common.plan.PlanNode;

/// The table a leaf fragment reads.
public record LeafTable(long tableId, int tableVersion) {
  /// The first table below a node.
  public static Optional<LeafTable> of(PlanNode node) {
    if (node instanceof PlanNode.TableScan scan) {
      return Optional.of(new LeafTable(scan.tableId(), scan.tableVersion()));
    }
    if (node instanceof PlanNode.VectorSearch search) {
      return Optional.of(new LeafTable(search.tableId(), search.tableVersion()));
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
