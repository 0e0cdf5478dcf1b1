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

  /// What is said of a node.
  ///
  /// @param values one, unless it is a list: an array in JSON
  /// @param inText whether it is a line below the title; in JSON it is always there
  record Property(String name, List<String> values, boolean isList, boolean inText) {
    Property {
      values = List.copyOf(values);
    }

    Property(String name, String value) {
      this(name, List.of(value), false, true);
    }

    static Property list(String name, List<String> values) {
      return new Property(name, values, true, true);
    }

    /// What text says in the title.
    static Property inTitle(String name, String value) {
      return new Property(name, List.of(value), false, false);
    }

    String text() {
      return String.join(", ", values);
    }
  }
}
