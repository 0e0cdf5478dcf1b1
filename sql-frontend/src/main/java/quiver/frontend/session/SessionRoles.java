package quiver.frontend.session;

import java.util.Map;
import java.util.function.Supplier;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.RoleDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.security.Authority;
import quiver.frontend.setting.RoleRules;

/// In whose name a session acts: who logged in, whom SET SESSION AUTHORIZATION names, and whom SET
/// ROLE names. The names are settings, so that transactions take them back. Used by the session's
/// thread only.
final class SessionRoles implements RoleRules {
  private static final String SESSION = "session_authorization";
  private static final String NO_ROLE = "none";

  private final RoleDefinition authenticated;
  private final Supplier<CatalogImage> catalog;

  SessionRoles(RoleDefinition authenticated, Supplier<CatalogImage> catalog) {
    this.authenticated = authenticated;
    this.catalog = catalog;
  }

  /// `session_user`.
  static String sessionUser(Map<String, String> settings) {
    return settings.getOrDefault(SESSION, "");
  }

  /// `current_user`.
  static String currentUser(Map<String, String> settings) {
    String role = settings.getOrDefault("role", NO_ROLE);
    return role.equals(NO_ROLE) ? sessionUser(settings) : role;
  }

  /// The role of a name; whoever drops or renames the role of a session leaves it without rights.
  private static long id(CatalogImage catalog, String name) {
    return catalog.security().role(name).map(RoleDefinition::id).orElse(-1L);
  }

  long sessionRoleId(CatalogImage seen, Map<String, String> settings) {
    String name = sessionUser(settings);
    return name.equals(authenticated.name()) ? authenticated.id() : id(seen, name);
  }

  long currentRoleId(CatalogImage seen, Map<String, String> settings) {
    String name = currentUser(settings);
    return name.equals(authenticated.name()) ? authenticated.id() : id(seen, name);
  }

  @Override
  public String user() {
    return authenticated.name();
  }

  @Override
  public boolean isSuperuser(String name) {
    if (name.equals(authenticated.name())) {
      return authenticated.attributes().superuser();
    }
    return catalog
        .get()
        .security()
        .role(name)
        .filter(role -> role.attributes().superuser())
        .isPresent();
  }

  @Override
  public void requireSettable(String parameter, String name, Map<String, String> settings) {
    if (parameter.equals("role") && name.equals(NO_ROLE)) {
      return;
    }
    CatalogImage seen = catalog.get();
    RoleDefinition role =
        seen.security()
            .role(name)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.INVALID_PARAMETER_VALUE, "role \"%s\" does not exist", name));
    Authority authority = new Authority(seen);
    if (parameter.equals("role")) {
      if (!authority.isMember(sessionRoleId(seen, settings), role.id())) {
        throw new QuiverException(
            SqlState.INSUFFICIENT_PRIVILEGE, "permission denied to set role \"%s\"", name);
      }
    } else if (role.id() != authenticated.id() && !authority.isSuperuser(authenticated.id())) {
      throw new QuiverException(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied to set session authorization");
    }
  }
}
