package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// A statement about roles, grants, owners or policies. Roles are names as written; unquoted
/// `current_user`, `current_role` and `session_user` keep their words.
public sealed interface SecurityStatement {
  /// A privilege and the columns it is for; none: the whole object.
  ///
  /// @param name in lower case; null for ALL
  record Privilege(@Nullable String name, List<SqlIdentifier> columns, int position) {
    public Privilege {
      columns = List.copyOf(columns);
    }
  }

  /// What GRANT is about.
  enum Target {
    TABLE,
    SEQUENCE,
    SCHEMA,
    DATABASE,
    TYPE,
    DOMAIN,
    FUNCTION,
    ALL_TABLES,
    ALL_SEQUENCES,
    OTHER
  }

  /// GRANT and REVOKE on objects.
  ///
  /// @param isGrant false: REVOKE
  /// @param grantOption WITH GRANT OPTION, or GRANT OPTION FOR
  /// @param what the words between ON and the names, for messages
  record Grant(
      boolean isGrant,
      boolean grantOption,
      List<Privilege> privileges,
      Target target,
      String what,
      List<SqlIdentifier> names,
      List<String> grantees,
      @Nullable String grantedBy,
      boolean cascade)
      implements SecurityStatement {
    public Grant {
      privileges = List.copyOf(privileges);
      names = List.copyOf(names);
      grantees = List.copyOf(grantees);
    }
  }

  /// GRANT role TO role.
  ///
  /// @param adminOption WITH ADMIN OPTION, or ADMIN OPTION FOR
  record GrantRoles(
      boolean isGrant,
      boolean adminOption,
      List<String> roles,
      List<String> members,
      @Nullable String grantedBy,
      boolean cascade)
      implements SecurityStatement {
    public GrantRoles {
      roles = List.copyOf(roles);
      members = List.copyOf(members);
    }
  }

  /// ALTER DEFAULT PRIVILEGES.
  record DefaultPrivileges(List<String> roles, List<String> schemas, Grant grant)
      implements SecurityStatement {
    public DefaultPrivileges {
      roles = List.copyOf(roles);
      schemas = List.copyOf(schemas);
    }
  }

  record ReassignOwned(List<String> roles, String to) implements SecurityStatement {
    public ReassignOwned {
      roles = List.copyOf(roles);
    }
  }

  record DropOwned(List<String> roles, boolean cascade) implements SecurityStatement {
    public DropOwned {
      roles = List.copyOf(roles);
    }
  }

  record RenameRole(String name, String newName) implements SecurityStatement {}

  /// ALL in the place of a role: no role has an empty name.
  String ALL_ROLES = "";

  /// ALTER ROLE … SET and RESET.
  ///
  /// @param setting null: all
  /// @param values null: RESET, or SET … TO DEFAULT
  record SetRoleSetting(String role, @Nullable String setting, @Nullable List<SettingValue> values)
      implements SecurityStatement {}

  record DatabaseOwner(SqlIdentifier database, String owner) implements SecurityStatement {}

  /// @param command in upper case
  record CreatePolicy(
      SqlIdentifier name,
      SqlIdentifier table,
      boolean permissive,
      String command,
      List<String> roles,
      @Nullable SqlNode using,
      @Nullable SqlNode check)
      implements SecurityStatement {
    public CreatePolicy {
      roles = List.copyOf(roles);
    }
  }

  /// @param roles null: as they are
  record AlterPolicy(
      SqlIdentifier name,
      SqlIdentifier table,
      @Nullable SqlIdentifier newName,
      @Nullable List<String> roles,
      @Nullable SqlNode using,
      @Nullable SqlNode check)
      implements SecurityStatement {}

  record DropPolicy(SqlIdentifier name, SqlIdentifier table, boolean ifExists)
      implements SecurityStatement {}
}
