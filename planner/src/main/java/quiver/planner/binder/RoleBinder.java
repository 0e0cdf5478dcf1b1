package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.SecurityCommand.Password;
import quiver.common.catalog.SecurityCommand.RoleOptions;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.parser.node.SecurityStatement;
import quiver.planner.parser.node.SettingValue;
import quiver.planner.parser.node.Statement;

/// CREATE, ALTER and DROP ROLE.
final class RoleBinder {
  private final Binding binding;

  RoleBinder(Binding binding) {
    this.binding = binding;
  }

  static BoundStatement ddl(SecurityCommand command, String tag) {
    return new BoundStatement.Ddl(new DdlCommand.Secure(command), tag);
  }

  BoundStatement create(Statement.CreateRole create) {
    requireName(create.name());
    Options options = new Options(create.options());
    if (options.login.isEmpty()) {
      options.login = Optional.of(create.login());
    }
    return ddl(
        new SecurityCommand.CreateRole(
            create.name(), options.bound(), options.in, options.members, options.admins),
        "CREATE ROLE");
  }

  private static void requireName(String name) {
    switch (name) {
      case "public", "none" ->
          throw new QuiverException(SqlState.RESERVED_NAME, "role name \"%s\" is reserved", name);
      case "current_user", "current_role", "session_user" ->
          throw new QuiverException(
              SqlState.RESERVED_NAME,
              "%s cannot be used as a role name here",
              name.toUpperCase(Locale.ROOT));
      default -> {
        // A name.
      }
    }
  }

  BoundStatement alter(Statement.AlterRole alter) {
    Options options = new Options(alter.options());
    if (!options.in.isEmpty() || !options.members.isEmpty() || !options.admins.isEmpty()) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "option cannot be used with ALTER ROLE");
    }
    return ddl(new SecurityCommand.AlterRole(alter.name(), options.bound()), "ALTER ROLE");
  }

  static BoundStatement drop(Statement.DropRole drop) {
    for (String name : drop.names()) {
      if (Set.of("current_user", "current_role", "session_user", "public").contains(name)) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE, "cannot use special role specifier in DROP ROLE");
      }
    }
    return ddl(new SecurityCommand.DropRoles(drop.names(), drop.ifExists()), "DROP ROLE");
  }

  static BoundStatement rename(String name, String newName) {
    requireName(newName);
    return ddl(new SecurityCommand.RenameRole(name, newName), "ALTER ROLE");
  }

  static BoundStatement setting(
      String role, @Nullable String setting, @Nullable List<SettingValue> values) {
    if (role.equals(SecurityStatement.ALL_ROLES)) {
      throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "ALTER ROLE ALL is not supported");
    }
    Optional<String> value =
        values == null
            ? Optional.empty()
            : Optional.of(String.join(", ", values.stream().map(SettingValue::text).toList()));
    return ddl(
        new SecurityCommand.SetRoleSetting(role, Optional.ofNullable(setting), value),
        "ALTER ROLE");
  }

  /// Options as they are read.
  private final class Options {
    private final Set<String> seen = new HashSet<>();
    private final List<String> in = new ArrayList<>();
    private final List<String> members = new ArrayList<>();
    private final List<String> admins = new ArrayList<>();
    private Optional<Boolean> superuser = Optional.empty();
    private Optional<Boolean> inherit = Optional.empty();
    private Optional<Boolean> createRole = Optional.empty();
    private Optional<Boolean> createDatabase = Optional.empty();
    private Optional<Boolean> login = Optional.empty();
    private Optional<Boolean> bypass = Optional.empty();
    private Optional<Integer> limit = Optional.empty();
    private Optional<Password> password = Optional.empty();
    private Optional<Long> validUntil = Optional.empty();

    Options(List<Statement.RoleOption> options) {
      options.forEach(this::read);
    }

    private void read(Statement.RoleOption option) {
      String name = option.name();
      boolean isOn = !name.startsWith("no");
      String word = isOn ? name : name.substring(2);
      if (!seen.add(word) && !word.equals("in role") && !word.equals("sysid")) {
        throw new QuiverException(SqlState.SYNTAX_ERROR, "conflicting or redundant options");
      }
      switch (word) {
        case "superuser" -> superuser = Optional.of(isOn);
        case "inherit" -> inherit = Optional.of(isOn);
        case "createrole" -> createRole = Optional.of(isOn);
        case "createdb" -> createDatabase = Optional.of(isOn);
        case "login" -> login = Optional.of(isOn);
        case "bypassrls" -> bypass = Optional.of(isOn);
        case "replication" -> {
          if (isOn) {
            throw DefinitionBinder.unsupported("REPLICATION is");
          }
        }
        case "connection limit" -> limit = Optional.of(limit(option.values().getFirst()));
        case "password" ->
            password =
                Optional.of(
                    option.values().isEmpty()
                        ? new Password.None()
                        : new Password.Plain(option.values().getFirst()));
        case "valid until" -> validUntil = Optional.of(time(option.values().getFirst()));
        case "sysid" -> throw DefinitionBinder.unsupported("SYSID is");
        case "in role" -> in.addAll(option.values());
        case "role" -> members.addAll(option.values());
        case "admin" -> admins.addAll(option.values());
        default -> throw new IllegalStateException("role option " + name);
      }
    }

    private static int limit(String text) {
      int limit = Integer.parseInt(text);
      if (limit < -1) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE, "invalid connection limit: %d", limit);
      }
      return limit;
    }

    private long time(String text) {
      return (Long)
          binding
              .literals()
              .parse(text, SqlType.of(BaseType.TIMESTAMPTZ))
              .orElseThrow(
                  () -> DefinitionBinder.unsupported("VALID UNTIL a time relative to now is"));
    }

    RoleOptions bound() {
      return new RoleOptions(
          superuser,
          inherit,
          createRole,
          createDatabase,
          login,
          bypass,
          limit,
          password,
          validUntil);
    }
  }
}
