package quiver.common.catalog;

import java.util.Arrays;
import java.util.Optional;

/// The system catalogs that objects with comments are in.
public final class CommentClasses {
  private static final long CLASS_RELATION = 1_259;
  private static final long TYPE_RELATION = 1_247;
  private static final long CONSTRAINT_RELATION = 2_606;
  private static final long ROLE_RELATION = 1_260;
  private static final long DATABASE_RELATION = 1_262;
  private static final long EXTENSION_RELATION = 3_079;
  private static final long POLICY_RELATION = 3_256;

  /// The only database.
  public static final long DATABASE_OID = 5;

  public static final long NAMESPACE_RELATION = 2_615;

  public static final long PUBLIC_SCHEMA_OID = 2_200;

  private CommentClasses() {}

  /// What `public` is described by until somebody comments on it; pg_dump leaves just that out.
  public static Optional<String> ofPublic(CatalogImage catalog) {
    return catalog.object(PUBLIC_SCHEMA_OID).isPresent()
            && catalog.comments(PUBLIC_SCHEMA_OID).isEmpty()
        ? Optional.of("standard public schema")
        : Optional.empty();
  }

  /// Whether an object is the whole server's: comments on such are in `pg_shdescription`.
  public static boolean isShared(CatalogImage catalog, long objectId) {
    long oid = oidOf(catalog, objectId);
    return oid == ROLE_RELATION || oid == DATABASE_RELATION;
  }

  /// The OID of the catalog that holds an object.
  public static long oidOf(CatalogImage catalog, long objectId) {
    if (objectId == DATABASE_OID) {
      return DATABASE_RELATION;
    }
    if (Arrays.stream(Extension.values()).anyMatch(each -> each.oid() == objectId)) {
      return EXTENSION_RELATION;
    }
    if (catalog.object(objectId).orElse(null) instanceof RoleDefinition) {
      return ROLE_RELATION;
    }
    if (catalog.object(objectId).orElse(null) instanceof RowPolicy) {
      return POLICY_RELATION;
    }
    if (catalog.object(objectId).orElse(null) instanceof CatalogImage.SchemaDefinition) {
      return NAMESPACE_RELATION;
    }
    if (catalog.type(objectId).isPresent()) {
      return TYPE_RELATION;
    }
    boolean relation = catalog.object(objectId).isPresent() || catalog.index(objectId).isPresent();
    return relation ? CLASS_RELATION : CONSTRAINT_RELATION;
  }

  /// The comment on an object of a catalog.
  ///
  /// @param catalogName for example `pg_class`; empty: any
  public static Optional<String> comment(
      CatalogImage catalog, long objectId, Optional<String> catalogName) {
    long wanted =
        switch (catalogName.orElse("")) {
          case "" -> 0;
          case "pg_class" -> CLASS_RELATION;
          case "pg_type" -> TYPE_RELATION;
          case "pg_namespace" -> NAMESPACE_RELATION;
          case "pg_constraint" -> CONSTRAINT_RELATION;
          case "pg_extension" -> EXTENSION_RELATION;
          case "pg_authid" -> ROLE_RELATION;
          case "pg_policy" -> POLICY_RELATION;
          case "pg_database" -> DATABASE_RELATION;
          default -> -1;
        };
    return catalog.comments(objectId).stream()
        .filter(comment -> comment.columnId() == 0)
        .filter(_ -> wanted == 0 || wanted == oidOf(catalog, objectId))
        .map(CommentDefinition::text)
        .findFirst()
        .or(() ->
            objectId == PUBLIC_SCHEMA_OID && (wanted == 0 || wanted == NAMESPACE_RELATION)
                ? ofPublic(catalog)
                : Optional.empty());
  }
}
