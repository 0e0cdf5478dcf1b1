package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.DefaultPrivileges;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SecurityCatalog;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;

/// What keeps a role from being dropped, in PostgreSQL's words.
final class RoleDependents {
  private final CatalogImage catalog;

  RoleDependents(CatalogImage catalog) {
    this.catalog = catalog;
  }

  /// What an object is called in messages, for example `table t`.
  static String described(CatalogImage catalog, long objectId) {
    Optional<CatalogObject> object = catalog.object(objectId);
    return switch (object.orElse(null)) {
      case TableDefinition table -> "table " + qualified(table.schema(), table.name());
      case SequenceDefinition sequence ->
          "sequence " + qualified(sequence.schema(), sequence.name());
      case ViewDefinition view -> "view " + qualified(view.schema(), view.name());
      case TypeDefinition type -> "type " + qualified(type.schema(), type.name());
      case SchemaDefinition schema -> "schema " + Names.quoted(schema.name());
      case null, default ->
          objectId == SecurityCatalog.DATABASE_ID ? "database" : "object " + objectId;
    };
  }

  private static String qualified(String schema, String name) {
    return schema.equals("public")
        ? Names.quoted(name)
        : Names.quoted(schema) + "." + Names.quoted(name);
  }

  List<String> of(long roleId) {
    List<String> found = new ArrayList<>();
    for (ObjectAccess access : sorted()) {
      String what = described(catalog, access.objectId());
      if (access.ownerId() == roleId) {
        found.add("owner of " + what);
      } else if (access.acl().filter(acl -> names(acl, roleId)).isPresent()) {
        found.add("privileges for " + what);
      }
      access
          .columns()
          .forEach((column, acl) -> {
            if (names(acl, roleId)) {
              found.add(
                  "privileges for column " + column(access.objectId(), column) + " of " + what);
            }
          });
    }
    for (DefaultPrivileges given : catalog.security().defaults()) {
      String what =
          "default privileges on new "
              + kinds(given)
              + " belonging to role "
              + catalog.security().roleName(given.roleId())
              + schema(given);
      if (given.roleId() == roleId) {
        found.add("owner of " + what);
      } else if (names(given.acl(), roleId)) {
        found.add("privileges for " + what);
      }
    }
    for (RowPolicy policy : catalog.security().policies()) {
      if (policy.roleIds().contains(roleId)) {
        found.add(
            "target of policy " + policy.name() + " on " + described(catalog, policy.tableId()));
      }
    }
    return found;
  }

  private List<ObjectAccess> sorted() {
    return catalog.security().allAccess().stream()
        .sorted(java.util.Comparator.comparingLong(ObjectAccess::objectId))
        .toList();
  }

  private static String kinds(DefaultPrivileges given) {
    return switch (given.kind()) {
      case TABLE -> "relations";
      case SEQUENCE -> "sequences";
      case SCHEMA -> "schemas";
      case TYPE -> "types";
      case FUNCTION -> "functions";
      case DATABASE -> "databases";
    };
  }

  private String schema(DefaultPrivileges given) {
    return catalog.object(given.schemaId()).orElse(null) instanceof SchemaDefinition schema
        ? " in schema " + Names.quoted(schema.name())
        : "";
  }

  private String column(long tableId, int columnId) {
    return catalog
        .table(tableId)
        .flatMap(table -> table.columnOfId(columnId))
        .map(column -> Names.quoted(column.name()))
        .orElse(String.valueOf(columnId));
  }

  private static boolean names(List<AclItem> acl, long roleId) {
    return acl.stream().anyMatch(item -> item.granteeId() == roleId || item.grantorId() == roleId);
  }
}
