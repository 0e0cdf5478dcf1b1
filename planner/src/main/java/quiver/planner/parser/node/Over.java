package quiver.planner.parser.node;

import org.apache.calcite.sql.SqlIdentifier;

/// What follows OVER.
public sealed interface Over {
  /// `OVER name`.
  record Named(SqlIdentifier window) implements Over {}

  /// `OVER (specification)`.
  record Inline(WindowSpecification window) implements Over {}
}
