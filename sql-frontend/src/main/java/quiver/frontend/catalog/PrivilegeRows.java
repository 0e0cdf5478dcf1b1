package quiver.frontend.catalog;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SystemCatalog.SystemColumn;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.function.FunctionSignature;
import quiver.common.security.Authority;
import quiver.frontend.catalog.RelationColumns.SystemRelation;

/// The privilege views of the information schema. Everybody may read the catalogs and call the
/// functions.
final class PrivilegeRows {
  private static final List<String> ON_TABLES =
      List.of("INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER");
  private static final List<String> ON_COLUMNS =
      List.of("INSERT", "SELECT", "UPDATE", "REFERENCES");

  private final SystemState state;
  private final RelationColumns relations;
  private final Authority authority;
  private final long own;

  PrivilegeRows(SystemState state, RelationColumns relations) {
    this.authority = new Authority(state.catalog());
    this.own = state.catalog().security().role(state.user()).map(RoleDefinition::id).orElse(-1L);
    this.state = state;
    this.relations = relations;
  }

  /// @param everybody whether what is granted to PUBLIC is listed too
  void tables(RowSet rows, boolean everybody) {
    for (TableDefinition table : state.catalog().tables()) {
      granted(rows, table.schema(), table.name(), table.id(), everybody);
    }
    for (ViewDefinition view : state.catalog().views()) {
      if (view.storageTableId().isEmpty()) {
        granted(rows, view.schema(), view.name(), view.id(), everybody);
      }
    }
    for (SystemRelation relation : relations.all()) {
      for (String privilege : ON_TABLES) {
        table(rows, relation.schema(), relation.name(), SystemState.SUPERUSER, privilege);
      }
      if (everybody) {
        table(rows, relation.schema(), relation.name(), "PUBLIC", "SELECT");
      }
    }
  }

  private void granted(RowSet rows, String schema, String name, long id, boolean everybody) {
    for (AclItem item : authority.acl(SecuredKind.TABLE, id)) {
      if (!isShown(item, everybody)) {
        continue;
      }
      for (Privilege privilege : Privilege.values()) {
        if (privilege.isIn(item.privileges())) {
          rows.add(
              "grantor", roleName(item.grantorId()),
              "grantee", roleName(item.granteeId()),
              "table_catalog", state.database(),
              "table_schema", schema,
              "table_name", name,
              "privilege_type", privilege.name(),
              "is_grantable", grantable(item, privilege, id),
              "with_hierarchy", privilege == Privilege.SELECT ? "YES" : "NO");
        }
      }
    }
  }

  private String roleName(long id) {
    return state.catalog().security().roleName(id);
  }

  private String grantable(AclItem item, Privilege privilege, long id) {
    boolean isOwner =
        item.granteeId() != RoleDefinition.PUBLIC_ID && authority.owns(item.granteeId(), id);
    return isOwner || privilege.isIn(item.grantable()) ? "YES" : "NO";
  }

  /// A role sees what it, or who it is a member of, has granted or was granted.
  private boolean isShown(AclItem item, boolean everybody) {
    return (everybody && item.granteeId() == RoleDefinition.PUBLIC_ID)
        || authority.isMember(own, item.granteeId())
        || authority.isMember(own, item.grantorId());
  }

  private void table(RowSet rows, String schema, String name, String grantee, String privilege) {
    rows.add(
        "grantor",
        SystemState.SUPERUSER,
        "grantee",
        grantee,
        "table_catalog",
        state.database(),
        "table_schema",
        schema,
        "table_name",
        name,
        "privilege_type",
        privilege,
        "is_grantable",
        grantee.equals("PUBLIC") ? "NO" : "YES",
        "with_hierarchy",
        privilege.equals("SELECT") ? "YES" : "NO");
  }

  /// As [#tables], column by column.
  void columns(RowSet rows, boolean everybody) {
    for (TableDefinition table : state.catalog().tables()) {
      for (ColumnDefinition column : table.columns()) {
        Set<AclItem> items = new LinkedHashSet<>(authority.acl(SecuredKind.TABLE, table.id()));
        items.addAll(authority.columnAcl(table.id(), column.id()));
        granted(rows, table, column, items, everybody);
      }
    }
    for (SystemRelation relation : relations.all()) {
      for (SystemColumn column : relation.columns()) {
        if (column.hidden()) {
          continue;
        }
        for (String privilege : ON_COLUMNS) {
          column(
              rows,
              relation.schema(),
              relation.name(),
              column.name(),
              SystemState.SUPERUSER,
              privilege);
        }
        if (everybody) {
          column(rows, relation.schema(), relation.name(), column.name(), "PUBLIC", "SELECT");
        }
      }
    }
  }

  private void granted(
      RowSet rows,
      TableDefinition table,
      ColumnDefinition column,
      Set<AclItem> items,
      boolean everybody) {
    for (AclItem item : items) {
      if (!isShown(item, everybody)) {
        continue;
      }
      for (Privilege privilege : Privilege.values()) {
        if (privilege.isIn(item.privileges() & SecuredKind.ON_COLUMNS)) {
          rows.add(
              "grantor", roleName(item.grantorId()),
              "grantee", roleName(item.granteeId()),
              "table_catalog", state.database(),
              "table_schema", table.schema(),
              "table_name", table.name(),
              "column_name", column.name(),
              "privilege_type", privilege.name(),
              "is_grantable", grantable(item, privilege, table.id()));
        }
      }
    }
  }

  private void column(
      RowSet rows, String schema, String table, String name, String grantee, String privilege) {
    rows.add(
        "grantor", SystemState.SUPERUSER,
        "grantee", grantee,
        "table_catalog", state.database(),
        "table_schema", schema,
        "table_name", table,
        "column_name", name,
        "privilege_type", privilege,
        "is_grantable", grantee.equals("PUBLIC") ? "NO" : "YES");
  }

  /// @param everybody whether what is granted to PUBLIC is listed too
  void routines(RowSet rows, boolean everybody) {
    for (FunctionSignature function : state.functions().functions()) {
      routine(rows, function, SystemState.SUPERUSER);
      if (everybody) {
        routine(rows, function, "PUBLIC");
      }
    }
  }

  private void routine(RowSet rows, FunctionSignature function, String grantee) {
    String schema = RoutineRows.schema(function);
    rows.add(
        "grantor",
        SystemState.SUPERUSER,
        "grantee",
        grantee,
        "specific_catalog",
        state.database(),
        "specific_schema",
        schema,
        "specific_name",
        RoutineRows.specificName(function),
        "routine_catalog",
        state.database(),
        "routine_schema",
        schema,
        "routine_name",
        function.name(),
        "privilege_type",
        "EXECUTE",
        "is_grantable",
        grantee.equals("PUBLIC") ? "NO" : "YES");
  }
}
