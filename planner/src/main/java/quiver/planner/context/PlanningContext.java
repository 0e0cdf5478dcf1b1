package quiver.planner.context;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.SystemCatalog;
import quiver.common.plan.SessionState;
import quiver.common.type.SqlType;

/// Everything a plan depends on besides the statement.
///
/// @param searchPath schemas that exist, in order, without the implicit `pg_catalog`
/// @param parameterTypes what the client says about `$1 …`; empty: to be inferred; `unknown`: as a
///   string literal in every place
/// @param settings the settings a plan depends on, by lower-case name (see
///   [#SETTINGS_THAT_MATTER]); others may be left out
/// @param database name of the database, for three-part names
/// @param temporarySchema where the session's temporary objects are, or will be; empty while it has
///   made none
/// @param version of the catalog: equal versions mean that plans are the same
public record PlanningContext(
    CatalogImage catalog,
    SystemCatalog systemCatalog,
    List<String> searchPath,
    List<Optional<SqlType>> parameterTypes,
    Map<String, String> settings,
    String database,
    String temporarySchema,
    long version) {
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

  /// What a session without temporary objects plans in.
  public PlanningContext(
      CatalogImage catalog,
      SystemCatalog systemCatalog,
      List<String> searchPath,
      List<Optional<SqlType>> parameterTypes,
      Map<String, String> settings,
      String database) {
    this(
        catalog,
        systemCatalog,
        searchPath,
        parameterTypes,
        settings,
        database,
        "",
        catalog.version());
  }

  /// The schemas a name of a relation may be in, without the implicit `pg_catalog`.
  ///
  /// @param schema that was said, or null
  public List<String> schemas(@Nullable String schema) {
    return schema == null
        ? SessionState.relationPath(searchPath, temporarySchema)
        : List.of(schema(schema));
  }

  /// What the name of a schema means: `pg_temp` is that of the session.
  public String schema(String name) {
    return name.equals("pg_temp") && !temporarySchema.isEmpty() ? temporarySchema : name;
  }

  /// Whether a schema has temporary objects of another session.
  public boolean isOfOtherSession(String schema) {
    return SchemaDefinition.isTemporary(schema) && !schema.equals(temporarySchema);
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

  /// The same context of a session that searches other schemas.
  public PlanningContext withSearchPath(List<String> path) {
    return new PlanningContext(
        catalog, systemCatalog, path, parameterTypes, settings, database, temporarySchema, version);
  }

  /// The same context with other parameter types.
  public PlanningContext withParameterTypes(List<Optional<SqlType>> types) {
    return new PlanningContext(
        catalog, systemCatalog, searchPath, types, settings, database, temporarySchema, version);
  }
}
