package quiver.execution.source;

import java.util.List;

/// The virtual relations of `pg_catalog` and `information_schema`.
public interface SystemRelations {
  /// The rows of a relation, with the columns at `ordinals` only.
  BatchStream open(String schema, String relation, List<Integer> ordinals);

  /// No virtual relations: query nodes.
  static SystemRelations none() {
    return (schema, relation, ordinals) -> {
      throw new IllegalStateException("no system relation here, asked for " + relation);
    };
  }
}
