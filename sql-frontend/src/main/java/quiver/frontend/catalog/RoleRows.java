package quiver.frontend.catalog;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DefaultPrivileges;
import quiver.common.catalog.PolicyExpression;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RoleMembership;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewText;
import quiver.common.security.AclText;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;

/// Relations about roles.
final class RoleRows {
  private static final String HIDDEN = "********";

  private final SystemState state;

  RoleRows(SystemState state) {
    this.state = state;
  }

  /// `pg_authid`: verifiers and all.
  void authorizations(RowSet rows) {
    for (RoleDefinition role : state.catalog().security().roles()) {
      rows.add(
          "oid", role.id(),
          "rolname", role.name(),
          "rolsuper", role.attributes().superuser(),
          "rolinherit", role.attributes().inherit(),
          "rolcreaterole", role.attributes().createRole(),
          "rolcreatedb", role.attributes().createDatabase(),
          "rolcanlogin", role.attributes().login(),
          "rolreplication", isReplicating(role),
          "rolbypassrls", role.attributes().bypassRowSecurity(),
          "rolconnlimit", role.connectionLimit(),
          "rolpassword", role.verifier().orElse(null),
          "rolvaliduntil", role.validUntilMicros().orElse(null));
    }
  }

  /// `pg_roles`.
  void roles(RowSet rows) {
    for (RoleDefinition role : state.catalog().security().roles()) {
      rows.add(
          "rolname", role.name(),
          "rolsuper", role.attributes().superuser(),
          "rolinherit", role.attributes().inherit(),
          "rolcreaterole", role.attributes().createRole(),
          "rolcreatedb", role.attributes().createDatabase(),
          "rolcanlogin", role.attributes().login(),
          "rolreplication", isReplicating(role),
          "rolconnlimit", role.connectionLimit(),
          "rolpassword", HIDDEN,
          "rolvaliduntil", role.validUntilMicros().orElse(null),
          "rolbypassrls", role.attributes().bypassRowSecurity(),
          "rolconfig", settings(role),
          "oid", role.id());
    }
  }

  /// PostgreSQL's bootstrap role has the attribute, which gives nothing here.
  private static boolean isReplicating(RoleDefinition role) {
    return role.id() == RoleDefinition.BOOTSTRAP_ID;
  }

  private static @Nullable ArrayValue settings(RoleDefinition role) {
    return role.settings().isEmpty()
        ? null
        : ArrayValue.of(
            BaseType.TEXT,
            role.settings().entrySet().stream()
                .map(entry -> (Object) (entry.getKey() + "=" + entry.getValue()))
                .toArray());
  }

  /// `pg_user` and `pg_shadow`.
  void users(RowSet rows, boolean withVerifiers) {
    for (RoleDefinition role : state.catalog().security().roles()) {
      if (role.attributes().login()) {
        rows.add(
            "usename", role.name(),
            "usesysid", role.id(),
            "usecreatedb", role.attributes().createDatabase(),
            "usesuper", role.attributes().superuser(),
            "userepl", isReplicating(role),
            "usebypassrls", role.attributes().bypassRowSecurity(),
            "passwd", withVerifiers ? role.verifier().orElse(null) : HIDDEN,
            "valuntil", role.validUntilMicros().orElse(null),
            "useconfig", settings(role));
      }
    }
  }

  /// `pg_group`.
  void groups(RowSet rows) {
    for (RoleDefinition role : state.catalog().security().roles()) {
      if (!role.attributes().login()) {
        List<Long> members =
            state.catalog().security().memberships().stream()
                .filter(membership -> membership.roleId() == role.id())
                .map(RoleMembership::memberId)
                .toList();
        rows.add(
            "groname", role.name(),
            "grosysid", role.id(),
            "grolist", ArrayValue.of(BaseType.OID, members.toArray()));
      }
    }
  }

  void memberships(RowSet rows) {
    for (RoleMembership membership : state.catalog().security().memberships()) {
      rows.add(
          "roleid", membership.roleId(),
          "member", membership.memberId(),
          "grantor", membership.grantorId(),
          "admin_option", membership.adminOption());
    }
  }

  /// `pg_default_acl`.
  void defaults(RowSet rows) {
    for (DefaultPrivileges given : state.catalog().security().defaults()) {
      rows.add(
          "oid", given.id(),
          "defaclrole", given.roleId(),
          "defaclnamespace", given.schemaId(),
          "defaclobjtype", String.valueOf(given.kind().code()),
          "defaclacl", AclText.array(given.acl(), state.catalog()));
    }
  }

  /// `pg_policy`.
  void policies(RowSet rows) {
    for (RowPolicy policy : state.catalog().security().policies()) {
      rows.add(
          "oid", policy.id(),
          "polname", policy.name(),
          "polrelid", policy.tableId(),
          "polcmd", String.valueOf(policy.command().code()),
          "polpermissive", policy.permissive(),
          "polroles", ArrayValue.of(BaseType.OID, policy.roleIds().toArray()),
          "polqual", condition(policy.using()),
          "polwithcheck", condition(policy.check()));
    }
  }

  private @Nullable String condition(Optional<PolicyExpression> expression) {
    return expression
        .map(each -> ViewText.condition(each, state.catalog(), state::isVisible))
        .orElse(null);
  }

  /// `pg_policies`.
  void policiesView(RowSet rows) {
    for (RowPolicy policy : state.catalog().security().policies()) {
      TableDefinition table = state.catalog().table(policy.tableId()).orElseThrow();
      Object[] names =
          policy.roleIds().stream()
              .map(id ->
                  (Object)
                      (id == RoleDefinition.PUBLIC_ID
                          ? "public"
                          : state.catalog().security().roleName(id)))
              .toArray();
      rows.add(
          "schemaname", table.schema(),
          "tablename", table.name(),
          "policyname", policy.name(),
          "permissive", policy.permissive() ? "PERMISSIVE" : "RESTRICTIVE",
          "roles", ArrayValue.of(BaseType.NAME, names),
          "cmd", policy.command().name(),
          "qual", condition(policy.using()),
          "with_check", condition(policy.check()));
    }
  }

  /// `pg_db_role_setting`.
  void settings(RowSet rows) {
    for (RoleDefinition role : state.catalog().security().roles()) {
      if (!role.settings().isEmpty()) {
        rows.add("setdatabase", 0, "setrole", role.id(), "setconfig", settings(role));
      }
    }
  }
}
