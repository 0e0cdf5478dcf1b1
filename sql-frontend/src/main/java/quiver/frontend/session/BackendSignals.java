package quiver.frontend.session;

import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.PredefinedRoles;
import quiver.common.catalog.RoleDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.security.Authority;

/// Who may stop whose statements and sessions.
final class BackendSignals {
  private BackendSignals() {}

  /// Only superusers stop superusers, and members of a role its sessions.
  ///
  /// @param user whose session it is; empty: there is no such session
  /// @param own who asks
  /// @throws QuiverException `42501`
  static void requireAllowed(
      Optional<String> user, CatalogImage catalog, long own, boolean terminate) {
    Authority authority = new Authority(catalog);
    Optional<RoleDefinition> other = user.flatMap(catalog.security()::role);
    if (other.isEmpty() || authority.isSuperuser(own)) {
      return;
    }
    if (other.get().attributes().superuser()) {
      throw QuiverException.ofMessage(
          SqlState.INSUFFICIENT_PRIVILEGE,
          terminate
              ? "must be a superuser to terminate superuser process"
              : "must be a superuser to cancel superuser query");
    }
    if (!authority.hasPrivilegesOf(own, other.get().id())
        && !authority.hasPrivilegesOf(own, PredefinedRoles.SIGNAL_BACKEND)) {
      throw QuiverException.ofMessage(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "must be a member of the role whose "
              + (terminate ? "process is being terminated" : "query is being canceled")
              + " or member of pg_signal_backend");
    }
  }
}
