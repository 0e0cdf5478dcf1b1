package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.RoleDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// What GRANT and REVOKE do to an ACL: PostgreSQL's `aclupdate` and its recursive revoke.
final class AclEdits {
  private AclEdits() {}

  static List<AclItem> granted(
      List<AclItem> acl, long grantee, long grantor, int privileges, boolean grantOption) {
    List<AclItem> changed = new ArrayList<>(acl);
    for (int i = 0; i < changed.size(); i++) {
      AclItem item = changed.get(i);
      if (item.granteeId() == grantee && item.grantorId() == grantor) {
        changed.set(
            i,
            new AclItem(
                grantee,
                grantor,
                item.privileges() | privileges,
                item.grantable() | (grantOption ? privileges : 0)));
        return changed;
      }
    }
    changed.add(new AclItem(grantee, grantor, privileges, grantOption ? privileges : 0));
    return changed;
  }

  /// @param grantOptionOnly whether the privileges stay, without the right to grant them
  /// @throws QuiverException `2BP01` when the grantee has granted them on, unless `cascade`
  static List<AclItem> revoked(
      List<AclItem> acl,
      long owner,
      long grantee,
      long grantor,
      int privileges,
      boolean grantOptionOnly,
      boolean cascade) {
    List<AclItem> changed = new ArrayList<>();
    int lost = 0;
    for (AclItem item : acl) {
      if (item.granteeId() == grantee && item.grantorId() == grantor) {
        int left = grantOptionOnly ? item.privileges() : item.privileges() & ~privileges;
        lost |= item.grantable() & privileges;
        if (left != 0) {
          changed.add(new AclItem(grantee, grantor, left, item.grantable() & ~privileges & left));
        }
      } else {
        changed.add(item);
      }
    }
    return lost == 0 || grantee == owner
        ? changed
        : withoutGrants(changed, owner, grantee, lost, cascade);
  }

  /// Takes back what a role has granted on and may not grant any more.
  private static List<AclItem> withoutGrants(
      List<AclItem> acl, long owner, long role, int lost, boolean cascade) {
    int still = 0;
    for (AclItem item : acl) {
      if (item.granteeId() == role) {
        still |= item.grantable();
      }
    }
    int gone = lost & ~still;
    List<AclItem> left = acl;
    for (AclItem item : acl) {
      int dependent = item.grantorId() == role ? item.privileges() & gone : 0;
      if (dependent != 0) {
        if (!cascade) {
          throw new QuiverException(
                  SqlState.DEPENDENT_OBJECTS_STILL_EXIST, "dependent privileges exist")
              .withHint("Use CASCADE to revoke them too.");
        }
        left = revoked(left, owner, item.granteeId(), role, dependent, false, true);
      }
    }
    return left;
  }

  /// The ACL of an object that goes to another owner.
  static List<AclItem> withOwner(List<AclItem> acl, long before, long after) {
    List<AclItem> changed = new ArrayList<>();
    for (AclItem item : acl) {
      long grantee = item.granteeId() == before ? after : item.granteeId();
      long grantor = item.grantorId() == before ? after : item.grantorId();
      int index = -1;
      for (int i = 0; i < changed.size(); i++) {
        if (changed.get(i).granteeId() == grantee && changed.get(i).grantorId() == grantor) {
          index = i;
        }
      }
      AclItem moved = new AclItem(grantee, grantor, item.privileges(), item.grantable());
      if (index < 0) {
        changed.add(moved);
      } else {
        AclItem other = changed.get(index);
        changed.set(
            index,
            new AclItem(
                grantee,
                grantor,
                other.privileges() | item.privileges(),
                other.grantable() | item.grantable()));
      }
    }
    return changed;
  }

  /// The ACL without anything a role was given or has given.
  static List<AclItem> without(List<AclItem> acl, long role) {
    return acl.stream()
        .filter(item -> item.granteeId() != role && item.grantorId() != role)
        .toList();
  }

  /// @throws QuiverException `0LP01` for everybody
  static void requireRole(long grantee) {
    if (grantee == RoleDefinition.PUBLIC_ID) {
      throw new QuiverException(
          SqlState.INVALID_GRANT_OPERATION, "grant options can only be granted to roles");
    }
  }
}
