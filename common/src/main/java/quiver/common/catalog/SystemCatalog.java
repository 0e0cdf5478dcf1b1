package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.type.SqlType;

/// What the planner has to know about the virtual relations of `pg_catalog` and
/// `information_schema`: their columns. Immutable and thread-safe.
public interface SystemCatalog {
  /// A system without virtual relations.
  SystemCatalog NONE = (schema, name) -> Optional.empty();

  /// The columns of a virtual relation, in order; empty when there is no such relation. Positions
  /// in this list are the ordinals of `PlanNode.SystemScan`.
  Optional<List<SystemColumn>> relation(String schema, String name);

  /// A column of a virtual relation.
  ///
  /// @param hidden whether it is left out of `*`, as `tableoid`, `ctid` and `xmin` are
  record SystemColumn(String name, SqlType type, boolean hidden) {}
}
