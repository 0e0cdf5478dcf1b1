package quiver.common.catalog;

/// Something DDL makes and the catalog holds under an id of its own. Equal objects are the same
/// definition: a change is made for the object it was planned on, and no other.
public sealed interface CatalogObject
    permits CatalogImage.SchemaDefinition,
        TableDefinition,
        SequenceDefinition,
        ViewDefinition,
        TypeDefinition,
        CommentDefinition,
        RoleDefinition,
        RoleMembership,
        ObjectAccess,
        DefaultPrivileges,
        RowPolicy,
        TableStatistics {
  /// Its OID in the system catalog; at or above [CatalogImage#FIRST_USER_ID] but for the schema
  /// `public`, never reused. Statistics have the negative id of their table.
  long id();
}
