package quiver.frontend.catalog;

import java.util.List;
import quiver.common.catalog.CatalogImage;
import quiver.common.function.FunctionRegistry;
import quiver.frontend.activity.SessionRegistry;
import quiver.frontend.activity.SessionView;
import quiver.rpc.ClusterService;

/// What the virtual relations of one statement are computed from.
///
/// @param database the only database
/// @param user the session's user
/// @param version `0.1.0`-like
/// @param searchPath schemas that exist
public record SystemState(
    CatalogImage catalog,
    FunctionRegistry functions,
    ClusterService cluster,
    SessionRegistry sessions,
    SessionView session,
    String database,
    String user,
    String version,
    List<String> searchPath) {
  public SystemState {
    searchPath = List.copyOf(searchPath);
  }

  /// OID of the role that owns everything.
  static final int SUPERUSER_OID = 10;

  /// OID of the session's user: the owner, since every trusted user has the owner's rights.
  static final int USER_OID = 16_383;

  /// OID of the database.
  static final int DATABASE_OID = 5;

  /// Name of the role that owns everything.
  static final String SUPERUSER = "quiver";

  static final int PG_CATALOG_OID = 11;
  static final int INFORMATION_SCHEMA_OID = 13_207;

  /// Whether a table, view or sequence is found without its schema.
  boolean isVisible(long relationId) {
    return catalog.isVisible(relationId, searchPath);
  }

  /// The OID of a schema, system or user.
  long schemaOid(String name) {
    return switch (name) {
      case "pg_catalog" -> PG_CATALOG_OID;
      case "information_schema" -> INFORMATION_SCHEMA_OID;
      default -> catalog.schema(name).map(CatalogImage.SchemaDefinition::id).orElse(2_200L);
    };
  }
}
