package quiver.common.security;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.PredefinedRoles;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RoleMembership;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCatalog;

/// What roles may do by one catalog: PostgreSQL 15's rules. Used by one thread.
public final class Authority {
  private final SecurityCatalog security;
  private final Map<Long, Set<Long>> inherited = new HashMap<>();

  public Authority(CatalogImage catalog) {
    this(catalog.security());
  }

  public Authority(SecurityCatalog security) {
    this.security = security;
  }

  public boolean isSuperuser(long role) {
    return security.role(role).filter(known -> known.attributes().superuser()).isPresent();
  }

  /// Every role a role is a member of, itself among them; through roles that do not inherit too.
  public Set<Long> memberships(long role) {
    return closure(role, false);
  }

  /// Every role whose privileges a role has without SET ROLE.
  public Set<Long> inherited(long role) {
    return inherited.computeIfAbsent(role, id -> closure(id, true));
  }

  private Set<Long> closure(long role, boolean byInheritance) {
    Set<Long> found = new LinkedHashSet<>();
    Deque<Long> open = new ArrayDeque<>();
    open.add(role);
    while (!open.isEmpty()) {
      long next = open.remove();
      boolean goesOn =
          !byInheritance
              || security.role(next).filter(known -> known.attributes().inherit()).isPresent();
      if (found.add(next) && goesOn) {
        security.membershipsOf(next).forEach(membership -> open.add(membership.roleId()));
        if (next == security.access(SecurityCatalog.DATABASE_ID).ownerId()) {
          open.add(PredefinedRoles.DATABASE_OWNER);
        }
      }
    }
    return found;
  }

  /// Whether a role may do what another may: it is it, inherits from it, or is a superuser.
  public boolean hasPrivilegesOf(long role, long other) {
    return role == other || isSuperuser(role) || inherited(role).contains(other);
  }

  /// Whether a role may SET ROLE to another.
  public boolean isMember(long role, long other) {
    return role == other || isSuperuser(role) || memberships(role).contains(other);
  }

  /// Whether a role may grant another.
  public boolean isAdmin(long role, long other) {
    if (isSuperuser(role)) {
      return true;
    }
    for (long member : memberships(role)) {
      for (RoleMembership membership : security.membershipsOf(member)) {
        if (membership.roleId() == other && membership.adminOption()) {
          return true;
        }
      }
    }
    return false;
  }

  public boolean owns(long role, long objectId) {
    return hasPrivilegesOf(role, security.access(objectId).ownerId());
  }

  /// The bits of the privileges a role has on an object, columns aside.
  public int privileges(long role, SecuredKind kind, long objectId) {
    if (isSuperuser(role)) {
      return kind.all();
    }
    return granted(role, acl(kind, objectId), false) | predefined(role, kind);
  }

  /// The bits of the privileges a role has on a column by grants on that column.
  public int columnPrivileges(long role, long tableId, int columnId) {
    if (isSuperuser(role)) {
      return SecuredKind.ON_COLUMNS;
    }
    return granted(role, columnAcl(tableId, columnId), false);
  }

  /// What a role may grant on an object.
  public int grantable(long role, SecuredKind kind, long objectId) {
    return owns(role, objectId) ? kind.all() : granted(role, acl(kind, objectId), true);
  }

  /// What a role may grant on a column by grants on it.
  public int columnGrantable(long role, long tableId, int columnId) {
    return owns(role, tableId)
        ? SecuredKind.ON_COLUMNS
        : granted(role, columnAcl(tableId, columnId), true);
  }

  /// Whether a role has a privilege on any column of a table.
  public boolean onAnyColumn(long role, long tableId, Privilege privilege) {
    ObjectAccess access = security.access(tableId);
    return access.columns().keySet().stream()
        .anyMatch(column -> privilege.isIn(columnPrivileges(role, tableId, column)));
  }

  /// Whether row security applies to a role.
  public boolean seesByPolicy(long role, long tableId) {
    ObjectAccess access = security.access(tableId);
    return access.rowSecurity()
        && !security.role(role).filter(this::bypasses).isPresent()
        && (access.forceRowSecurity() || !owns(role, tableId));
  }

  private boolean bypasses(RoleDefinition role) {
    return role.attributes().superuser() || role.attributes().bypassRowSecurity();
  }

  /// The ACL of an object, or what stands in its place.
  public List<AclItem> acl(SecuredKind kind, long objectId) {
    ObjectAccess access = security.access(objectId);
    return access.acl().orElseGet(() -> kind.defaultAcl(access.ownerId()));
  }

  public List<AclItem> columnAcl(long tableId, int columnId) {
    return security.access(tableId).columns().getOrDefault(columnId, List.of());
  }

  /// What an ACL gives to a role and to those it inherits from.
  public int granted(long role, List<AclItem> acl, boolean grantable) {
    Set<Long> roles = inherited(role);
    int bits = 0;
    for (AclItem item : acl) {
      boolean everybody = item.granteeId() == RoleDefinition.PUBLIC_ID && !grantable;
      if (everybody || roles.contains(item.granteeId())) {
        bits |= grantable ? item.grantable() : item.privileges();
      }
    }
    return bits;
  }

  private int predefined(long role, SecuredKind kind) {
    Set<Long> roles = inherited(role);
    boolean reads = roles.contains(PredefinedRoles.READ_ALL_DATA);
    boolean writes = roles.contains(PredefinedRoles.WRITE_ALL_DATA);
    return switch (kind) {
      case TABLE, SEQUENCE ->
          (reads ? Privilege.SELECT.bit() : 0)
              | (writes ? Privilege.bits(Privilege.INSERT, Privilege.UPDATE, Privilege.DELETE) : 0);
      case SCHEMA -> reads || writes ? Privilege.USAGE.bit() : 0;
      case DATABASE, TYPE, FUNCTION -> 0;
    };
  }
}
