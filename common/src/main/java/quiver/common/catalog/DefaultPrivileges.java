package quiver.common.catalog;

import java.util.List;

/// ALTER DEFAULT PRIVILEGES: what is granted on objects a role will make.
///
/// @param schemaId 0: in every schema; the ACL then stands in place of the built-in one, else it
///   comes on top
public record DefaultPrivileges(
    long id, long roleId, long schemaId, SecuredKind kind, List<AclItem> acl)
    implements CatalogObject {
  public DefaultPrivileges {
    acl = List.copyOf(acl);
  }
}
