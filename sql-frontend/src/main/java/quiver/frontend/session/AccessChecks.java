package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.AccessDemand;
import quiver.common.security.Authority;

/// Whether a role may do what a statement demands: PostgreSQL's `ExecCheckRTPerms`.
final class AccessChecks {
  /// Catalogs that show passwords and the like: for superusers only.
  private static final Set<String> SECRET =
      Set.of(
          "pg_authid",
          "pg_shadow",
          "pg_statistic",
          "pg_statistic_ext_data",
          "pg_subscription",
          "pg_user_mapping",
          "pg_largeobject",
          "pg_hba_file_rules",
          "pg_ident_file_mappings",
          "pg_file_settings",
          "pg_config",
          "pg_shmem_allocations",
          "pg_backend_memory_contexts",
          "pg_replication_origin_status");

  private final CatalogImage catalog;
  private final Authority authority;
  private final long roleId;

  private AccessChecks(CatalogImage catalog, long roleId) {
    this.catalog = catalog;
    this.authority = new Authority(catalog);
    this.roleId = roleId;
  }

  /// @throws QuiverException `42501`
  static void check(List<AccessDemand> demands, CatalogImage catalog, long roleId) {
    AccessChecks checks = new AccessChecks(catalog, roleId);
    for (AccessDemand demand : demands) {
      checks.check(demand);
    }
  }

  private void check(AccessDemand demand) {
    long role = demand.roleId().orElse(roleId);
    if (authority.isSuperuser(role)) {
      return;
    }
    if (demand.virtualName().isPresent()) {
      String name = demand.virtualName().get();
      if (SECRET.contains(name)) {
        throw denied((name.equals("pg_shadow") ? "view " : "table ") + name);
      }
      return;
    }
    Optional<CatalogObject> relation = catalog.object(demand.relationId());
    if (relation.isEmpty()) {
      return;
    }
    if (demand.roleId().isEmpty()) {
      requireSchema(relation.get(), role);
    }
    if (!isAllowed(demand, role)) {
      throw denied(described(relation.get()));
    }
  }

  private void requireSchema(CatalogObject relation, long role) {
    Optional<SchemaDefinition> schema =
        switch (relation) {
          case TableDefinition table -> catalog.schema(table.schema());
          case ViewDefinition view -> catalog.schema(view.schema());
          case SequenceDefinition sequence -> catalog.schema(sequence.schema());
          default -> Optional.empty();
        };
    if (schema.isPresent() && !mayUse(authority, role, schema.get())) {
      throw denied("schema " + schema.get().name());
    }
  }

  /// Whether names in a schema mean anything to a role.
  static boolean mayUse(Authority authority, long role, SchemaDefinition schema) {
    return schema.name().startsWith("pg_temp")
        || Privilege.USAGE.isIn(authority.privileges(role, SecuredKind.SCHEMA, schema.id()));
  }

  private boolean isAllowed(AccessDemand demand, long role) {
    long id = demand.relationId();
    SecuredKind kind = catalog.sequence(id).isPresent() ? SecuredKind.SEQUENCE : SecuredKind.TABLE;
    int missing = demand.privileges() & ~authority.privileges(role, kind, id);
    return missing == 0
        || ((missing & ~SecuredKind.ON_COLUMNS) == 0
            && onColumns(missing, Privilege.SELECT, demand.selected(), role, id)
            && onColumns(missing, Privilege.INSERT, demand.inserted(), role, id)
            && onColumns(missing, Privilege.UPDATE, demand.updated(), role, id));
  }

  /// Whether a privilege the relation does not give is given by each column; without columns, by
  /// any.
  private boolean onColumns(
      int missing, Privilege privilege, Set<Integer> columns, long role, long id) {
    if (!privilege.isIn(missing)) {
      return true;
    }
    return columns.isEmpty()
        ? authority.onAnyColumn(role, id, privilege)
        : columns.stream()
            .allMatch(column -> privilege.isIn(authority.columnPrivileges(role, id, column)));
  }

  private String described(CatalogObject relation) {
    return switch (relation) {
      case TableDefinition table ->
          (catalog.materializedView(table.id()).isPresent() ? "materialized view " : "table ")
              + table.name();
      case ViewDefinition view -> "view " + view.name();
      case SequenceDefinition sequence -> "sequence " + sequence.name();
      default -> "relation " + relation.id();
    };
  }

  static QuiverException denied(String what) {
    return new QuiverException(SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for %s", what);
  }
}
