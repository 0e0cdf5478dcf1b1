package quiver.coordinators.root;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.PredefinedRoles;
import quiver.common.catalog.RoleDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.security.Authority;
import quiver.rpc.RootCoordinatorService.Notice;

/// Who commands, over one state of the catalog, and what is to be said to them. Used by one thread.
record Actor(CatalogImage catalog, long roleId, long sessionRoleId, List<Notice> notices) {
  Actor(CatalogImage catalog, long roleId, long sessionRoleId) {
    this(catalog, roleId, sessionRoleId, new ArrayList<>());
  }

  Authority authority() {
    return new Authority(catalog);
  }

  boolean isSuperuser() {
    return authority().isSuperuser(roleId);
  }

  boolean mayCreateRoles() {
    return isSuperuser()
        || catalog
            .security()
            .role(roleId)
            .filter(role -> role.attributes().createRole())
            .isPresent();
  }

  /// The role a name means.
  ///
  /// @throws QuiverException `42704`
  RoleDefinition role(String name) {
    return find(name)
        .orElseThrow(() ->
            new QuiverException(SqlState.UNDEFINED_OBJECT, "role \"%s\" does not exist", name));
  }

  Optional<RoleDefinition> find(String name) {
    return switch (name) {
      case "current_user", "current_role" -> catalog.security().role(roleId);
      case "session_user" -> catalog.security().role(sessionRoleId);
      default -> catalog.security().role(name);
    };
  }

  /// As [#role], where `public` means everybody.
  long grantee(String name) {
    return name.equals("public") ? RoleDefinition.PUBLIC_ID : role(name).id();
  }

  String name(long id) {
    return catalog.security().roleName(id);
  }

  @FormatMethod
  void warn(SqlState state, @FormatString String format, Object... arguments) {
    notices.add(new Notice(state.code(), String.format(Locale.ROOT, format, arguments)));
  }

  static QuiverException denied(String message) {
    return QuiverException.ofMessage(SqlState.INSUFFICIENT_PRIVILEGE, message);
  }

  /// Roles that were there from the start do not change.
  static void requireOwn(RoleDefinition role) {
    if (PredefinedRoles.isPredefined(role.id())) {
      throw new QuiverException(SqlState.RESERVED_NAME, "role name \"%s\" is reserved", role.name())
          .withDetail("Cannot alter reserved roles.");
    }
  }
}
