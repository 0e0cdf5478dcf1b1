package quiver.frontend.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CommentClasses;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.SecuredKind;
import quiver.common.function.FunctionRegistry;
import quiver.common.security.AclText;
import quiver.common.value.ArrayValue;
import quiver.frontend.activity.SessionRegistry;
import quiver.frontend.activity.SessionView;
import quiver.rpc.ClusterService;

/// What the virtual relations of one statement are computed from.
///
/// @param database the only database
/// @param user the session's user
/// @param version `0.1.0`-like
/// @param searchPath schemas that relations are looked for in
/// @param temporarySchema of the session, perhaps not made yet; empty: none
public record SystemState(
    CatalogImage catalog,
    FunctionRegistry functions,
    ClusterService cluster,
    SessionRegistry sessions,
    SessionView session,
    String database,
    String user,
    String version,
    List<String> searchPath,
    String temporarySchema) {
  public SystemState {
    searchPath = List.copyOf(searchPath);
  }

  /// OID of the role that owns everything.
  static final int SUPERUSER_OID = 10;

  /// OID of the database.
  static final int DATABASE_OID = (int) CommentClasses.DATABASE_OID;

  /// Name of the role that owns everything.
  static final String SUPERUSER = "quiver";

  static final int PG_CATALOG_OID = 11;
  static final int INFORMATION_SCHEMA_OID = 13_207;

  /// Whether a table, view or sequence is found without its schema.
  boolean isVisible(long relationId) {
    return catalog.isVisible(relationId, searchPath);
  }

  /// Whether a schema has the temporary objects of another session.
  boolean isOfOtherSession(String schema) {
    return CatalogImage.SchemaDefinition.isTemporary(schema) && !schema.equals(temporarySchema);
  }

  /// The OID of the role an object belongs to.
  long owner(long objectId) {
    return catalog.security().access(objectId).ownerId();
  }

  /// The name of the role an object belongs to.
  String ownerName(long objectId) {
    return catalog.security().roleName(owner(objectId));
  }

  /// What is granted on a column, as `aclitem[]`; null: nothing.
  @Nullable ArrayValue columnAcl(long relationId, int columnId) {
    var acl = catalog.security().access(relationId).columns().get(columnId);
    return acl == null ? null : AclText.array(acl, catalog);
  }

  /// What is granted on an object, as `aclitem[]`; null while it is what stands for every object.
  @Nullable ArrayValue acl(SecuredKind kind, long objectId) {
    ObjectAccess access = catalog.security().access(objectId);
    return access.acl().isEmpty() ? null : AclText.array(access.acl().get(), catalog);
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
