package quiver.common.catalog;

import java.util.List;
import java.util.Optional;

/// A change of roles, grants, owners or policies. Roles are named, so that whoever decides sees the
/// newest; `current_user`, `current_role` and `session_user` mean who commands.
public sealed interface SecurityCommand {
  /// A password as a command brings it.
  sealed interface Password {
    /// PASSWORD NULL.
    record None() implements Password {}

    /// To be made a verifier before the command goes anywhere.
    record Plain(String text) implements Password {}

    record Verifier(String text) implements Password {}
  }

  /// Options of CREATE and ALTER ROLE; empty: as it is, or the default.
  record RoleOptions(
      Optional<Boolean> superuser,
      Optional<Boolean> inherit,
      Optional<Boolean> createRole,
      Optional<Boolean> createDatabase,
      Optional<Boolean> login,
      Optional<Boolean> bypassRowSecurity,
      Optional<Integer> connectionLimit,
      Optional<Password> password,
      Optional<Long> validUntilMicros) {
    public RoleOptions withPassword(Password newPassword) {
      return new RoleOptions(
          superuser,
          inherit,
          createRole,
          createDatabase,
          login,
          bypassRowSecurity,
          connectionLimit,
          Optional.of(newPassword),
          validUntilMicros);
    }
  }

  /// CREATE ROLE.
  ///
  /// @param in roles it becomes a member of
  /// @param members that become members of it
  /// @param admins the same, with the admin option
  record CreateRole(
      String name, RoleOptions options, List<String> in, List<String> members, List<String> admins)
      implements SecurityCommand {
    public CreateRole {
      in = List.copyOf(in);
      members = List.copyOf(members);
      admins = List.copyOf(admins);
    }
  }

  record AlterRole(String name, RoleOptions options) implements SecurityCommand {}

  record RenameRole(String name, String newName) implements SecurityCommand {}

  /// ALTER ROLE … SET and RESET.
  ///
  /// @param setting empty: all
  /// @param value empty: reset
  record SetRoleSetting(String role, Optional<String> setting, Optional<String> value)
      implements SecurityCommand {}

  record DropRoles(List<String> names, boolean ifExists) implements SecurityCommand {
    public DropRoles {
      names = List.copyOf(names);
    }
  }

  /// GRANT role TO role and REVOKE role FROM role.
  ///
  /// @param isGrant false: REVOKE
  /// @param adminOption WITH ADMIN OPTION, or ADMIN OPTION FOR
  record GrantRoles(
      boolean isGrant,
      boolean adminOption,
      List<String> roles,
      List<String> members,
      Optional<String> grantedBy,
      boolean cascade)
      implements SecurityCommand {
    public GrantRoles {
      roles = List.copyOf(roles);
      members = List.copyOf(members);
    }
  }

  /// Privileges of GRANT; no columns: on the object.
  ///
  /// @param privileges bits of [Privilege]
  record ColumnPrivileges(int privileges, List<String> columns) {
    public ColumnPrivileges {
      columns = List.copyOf(columns);
    }
  }

  /// GRANT and REVOKE on objects.
  ///
  /// @param isGrant false: REVOKE
  /// @param grantOption WITH GRANT OPTION, or GRANT OPTION FOR
  /// @param all ALL PRIVILEGES: warnings do not name what the kind does not have
  /// @param grantees `public` is everybody
  record Grant(
      boolean isGrant,
      boolean grantOption,
      boolean all,
      List<ColumnPrivileges> privileges,
      SecuredKind kind,
      List<Long> objectIds,
      List<String> grantees,
      Optional<String> grantedBy,
      boolean cascade)
      implements SecurityCommand {
    public Grant {
      privileges = List.copyOf(privileges);
      objectIds = List.copyOf(objectIds);
      grantees = List.copyOf(grantees);
    }
  }

  /// ALTER DEFAULT PRIVILEGES.
  ///
  /// @param roles empty: who commands
  /// @param schemas empty: in every schema
  record AlterDefaults(List<String> roles, List<String> schemas, Grant grant)
      implements SecurityCommand {
    public AlterDefaults {
      roles = List.copyOf(roles);
      schemas = List.copyOf(schemas);
    }
  }

  /// ALTER … OWNER TO.
  record SetOwner(SecuredKind kind, long objectId, String owner) implements SecurityCommand {}

  record ReassignOwned(List<String> from, String to) implements SecurityCommand {
    public ReassignOwned {
      from = List.copyOf(from);
    }
  }

  record DropOwned(List<String> roles, boolean cascade) implements SecurityCommand {
    public DropOwned {
      roles = List.copyOf(roles);
    }
  }

  /// ALTER TABLE … ROW LEVEL SECURITY; empty: as it is.
  record SetRowSecurity(long tableId, Optional<Boolean> isOn, Optional<Boolean> isForced)
      implements SecurityCommand {}

  record CreatePolicy(
      long tableId,
      String name,
      boolean permissive,
      RowPolicy.Command command,
      List<String> roles,
      Optional<PolicyExpression> using,
      Optional<PolicyExpression> check)
      implements SecurityCommand {
    public CreatePolicy {
      roles = List.copyOf(roles);
    }
  }

  /// ALTER POLICY; empty: as it is.
  record AlterPolicy(
      long tableId,
      String name,
      Optional<String> newName,
      Optional<List<String>> roles,
      Optional<PolicyExpression> using,
      Optional<PolicyExpression> check)
      implements SecurityCommand {}

  record DropPolicy(long tableId, String name, boolean ifExists) implements SecurityCommand {}
}
