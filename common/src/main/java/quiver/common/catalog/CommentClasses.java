package quiver.common.catalog;

import java.util.Optional;

/// The system catalogs that objects with comments are in.
public final class CommentClasses {
  private static final long CLASS_RELATION = 1_259;
  private static final long TYPE_RELATION = 1_247;
  private static final long CONSTRAINT_RELATION = 2_606;
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

  /// The OID of the catalog that holds an object: `pg_class`, `pg_type`, `pg_namespace` or
  /// `pg_constraint`.
  public static long oidOf(CatalogImage catalog, long objectId) {
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
