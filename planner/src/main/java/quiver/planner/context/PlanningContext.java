package quiver.planner.context;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.RoleDefinition;
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

  /// Whoever plans: `current_user`.
  public long currentRoleId() {
    return currentRoleId(catalog, settings);
  }

  private static long currentRoleId(CatalogImage catalog, Map<String, String> settings) {
    String role = settings.getOrDefault("role", "none");
    String name = role.equals("none") ? settings.getOrDefault("session_authorization", "") : role;
    return catalog.security().role(name).map(RoleDefinition::id).orElse(-1L);
  }

  /// What a plan depends on because of row security: who plans, and whether policies are wanted.
  /// Empty while no table has any.
  public static String rowSecuritySubject(CatalogImage catalog, Map<String, String> settings) {
    if (!catalog.security().hasRowSecurity()) {
      return "";
    }
    StringBuilder subject = new StringBuilder();
    subject.append(currentRoleId(catalog, settings)).append(' ');
    subject.append(settings.getOrDefault("row_security", "on")).append(' ');
    subject.append(settings.getOrDefault("session_authorization", ""));
    for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
      if (isOwn(setting.getKey())) {
        subject.append('\n').append(setting.getKey()).append('=').append(setting.getValue());
      }
    }
    return subject.toString();
  }

  /// A setting of the application's, which policies may ask for.
  private static boolean isOwn(String key) {
    return key.indexOf('.') > 0
        && !key.startsWith("quiver.")
        && !key.startsWith("hnsw.")
        && !key.startsWith("ivfflat.");
  }

  /// The same context with other parameter types.
  public PlanningContext withParameterTypes(List<Optional<SqlType>> types) {
    return new PlanningContext(catalog, systemCatalog, searchPath, types, settings, database);
  }
}
