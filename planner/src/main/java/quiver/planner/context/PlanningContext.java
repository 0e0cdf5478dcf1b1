package quiver.planner.context;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.SystemCatalog;
import quiver.common.type.SqlType;

/// Everything a plan depends on besides the statement.
///
/// @param searchPath schemas that exist, in order, without the implicit `pg_catalog`
/// @param parameterTypes what the client says about `$1 …`; empty or `unknown`: to be inferred
/// @param settings the settings a plan depends on, by lower-case name (see
///   [#SETTINGS_THAT_MATTER]); others may be left out
/// @param database name of the database, for three-part names
public record PlanningContext(
    CatalogImage catalog,
    SystemCatalog systemCatalog,
    List<String> searchPath,
    List<Optional<SqlType>> parameterTypes,
    Map<String, String> settings,
    String database) {
  /// Names of the settings that change plans; the front end passes their current values.
  public static final List<String> SETTINGS_THAT_MATTER =
      List.of(
          "datestyle",
          "intervalstyle",
          "timezone",
          "quiver.shards",
          "enable_indexscan",
          "hnsw.iterative_scan",
          "ivfflat.iterative_scan");

  public PlanningContext {
    searchPath = List.copyOf(searchPath);
    parameterTypes = List.copyOf(parameterTypes);
    settings = Map.copyOf(settings);
  }

  /// The same context with other parameter types.
  public PlanningContext withParameterTypes(List<Optional<SqlType>> types) {
    return new PlanningContext(catalog, systemCatalog, searchPath, types, settings, database);
  }
}
