package quiver.frontend.catalog;

import java.util.List;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.SystemCatalog.SystemColumn;
import quiver.common.catalog.TableDefinition;
import quiver.common.function.FunctionSignature;
import quiver.frontend.catalog.RelationColumns.SystemRelation;

/// The privilege views of the information schema: the owner has everything on what there is, and
/// everybody may read the catalogs and call the functions.
final class PrivilegeRows {
  private static final List<String> ON_TABLES =
      List.of("INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER");
  private static final List<String> ON_COLUMNS =
      List.of("INSERT", "SELECT", "UPDATE", "REFERENCES");

  private final SystemState state;
  private final RelationColumns relations;

  PrivilegeRows(SystemState state, RelationColumns relations) {
    this.state = state;
    this.relations = relations;
  }

  /// @param everybody whether what is granted to PUBLIC is listed too
  void tables(RowSet rows, boolean everybody) {
    for (TableDefinition table : state.catalog().tables()) {
      for (String privilege : ON_TABLES) {
        table(rows, table.schema(), table.name(), SystemState.SUPERUSER, privilege);
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
        for (String privilege : ON_COLUMNS) {
          column(
              rows, table.schema(), table.name(), column.name(), SystemState.SUPERUSER, privilege);
        }
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
