package quiver.planner.binder;

import java.util.Map;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// What pgvector checks when it begins to build an index.
final class VectorKeys {
  private VectorKeys() {}

  static void check(
      IndexMethod method,
      IndexKey key,
      boolean partial,
      TableDefinition table,
      Map<String, String> options) {
    SqlType type = key.type(table);
    if (partial) {
      throw DefinitionBinder.unsupported("partial indexes are");
    }
    if (type.base() != BaseType.VECTOR || key.columnId().isEmpty()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "operator class \"%s\" is not supported",
          key.operatorClass());
    }
    if (type.modifier() == SqlType.NO_MODIFIER) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "column does not have dimensions");
    }
    if (method == IndexMethod.HNSW) {
      checkGraph(options);
    }
  }

  /// The options of a graph must fit together.
  static void checkGraph(Map<String, String> options) {
    int connections = Integer.parseInt(options.getOrDefault("m", "16"));
    int candidates = Integer.parseInt(options.getOrDefault("ef_construction", "64"));
    if (candidates < 2 * connections) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "ef_construction must be greater than or equal to 2 * m");
    }
  }
}
