package quiver.execution.source;

import java.util.List;
import java.util.Map;

/// The virtual relations of `pg_catalog` and `information_schema`.
public interface SystemRelations {
  /// The rows of a relation, with the columns at `ordinals` only.
  ///
  /// @param wanted by column: rows with another value there may be left out
  BatchStream open(
      String schema, String relation, List<Integer> ordinals, Map<Integer, Object> wanted);

  /// No virtual relations: query nodes.
  static SystemRelations none() {
    return (schema, relation, ordinals, wanted) -> {
      throw new IllegalStateException("no system relation here, asked for " + relation);
    };
  }
}
