package quiver.common.catalog;

import java.util.List;

/// A condition of a policy, with the relations and columns it reads.
///
/// @param template SQL text over the columns of the policy's table; see [ViewText]
/// @param uses what it reads, columns of its own table among them
public record PolicyExpression(String template, List<ViewDefinition.Use> uses) {
  public PolicyExpression {
    uses = List.copyOf(uses);
  }

  /// Whether it asks other tables, or its own in a query.
  public boolean hasQuery() {
    return ViewText.hasQuery(template);
  }

  boolean usesRelation(long relationId) {
    return uses.stream().anyMatch(use -> use.relationId() == relationId);
  }

  boolean usesColumn(long relationId, int columnId) {
    return uses.contains(new ViewDefinition.Use(relationId, columnId));
  }
}
