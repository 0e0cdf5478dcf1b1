package quiver.execution.explain;

import java.util.List;
import java.util.Optional;
import quiver.common.plan.PlanNode;

/// One node of an explained plan.
///
/// @param type `Node Type` in documents, for example `Index Scan`
/// @param title the first line in text, for example `Index Scan using i on t`
/// @param plan whose figures are shown; empty for a node that is only there for the reader
/// @param shaped the node whose rows have the columns of `output`: a projection over `plan`
/// @param output names of the columns
record ExplainNode(
    String type,
    String title,
    List<Property> properties,
    Optional<PlanNode> plan,
    Optional<PlanNode> shaped,
    List<String> output,
    List<ExplainNode> inputs) {
  ExplainNode {
    properties = List.copyOf(properties);
    output = List.copyOf(output);
    inputs = List.copyOf(inputs);
  }

  ExplainNode(
      String type,
      String title,
      List<Property> properties,
      Optional<PlanNode> plan,
      List<ExplainNode> inputs) {
    this(type, title, properties, plan, plan, List.of(), inputs);
  }

  /// The node with the names of its columns.
  ExplainNode withOutput(List<String> names) {
    return new ExplainNode(type, title, properties, plan, shaped, names, inputs);
  }

  /// The node projecting its rows.
  ExplainNode projected(PlanNode projection) {
    return new ExplainNode(type, title, properties, plan, Optional.of(projection), output, inputs);
  }

  /// What is said of a node.
  ///
  /// @param values one, unless it is a list
  /// @param isList whether it is a list in documents
  /// @param inText whether it is a line below the title; in documents it is always there
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
