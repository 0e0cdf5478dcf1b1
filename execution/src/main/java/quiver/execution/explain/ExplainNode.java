package quiver.execution.explain;

import java.util.List;
import java.util.Optional;
import quiver.common.plan.PlanNode;

/// One node of an explained plan.
///
/// @param type `Node Type` in JSON, for example `Index Scan`
/// @param title the first line in text, for example `Index Scan using i on t`
/// @param plan whose figures are shown; empty for a node that is only there for the reader
record ExplainNode(
    String type,
    String title,
    List<Property> properties,
    Optional<PlanNode> plan,
    List<ExplainNode> inputs) {
  ExplainNode {
    properties = List.copyOf(properties);
    inputs = List.copyOf(inputs);
  }

  /// One line below the title.
  record Property(String name, String value) {}
}
