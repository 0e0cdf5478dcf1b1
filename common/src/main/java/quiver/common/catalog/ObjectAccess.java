package quiver.common.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Who owns an object and what is granted on it. An object without one belongs to the bootstrap
/// role, and nothing is granted on it.
///
/// @param objectId the object; there is at most one for each
/// @param acl empty: what [SecuredKind#defaultAcl] says
/// @param columns what is granted on columns, by column id
/// @param rowSecurity whether policies say which rows others than the owner see
/// @param forceRowSecurity whether they say it to the owner too
public record ObjectAccess(
    long id,
    long objectId,
    long ownerId,
    Optional<List<AclItem>> acl,
    Map<Integer, List<AclItem>> columns,
    boolean rowSecurity,
    boolean forceRowSecurity)
    implements CatalogObject {
  /// Ids lie above every OID, so that two sessions that secure one object meet in one id.
  private static final long FIRST_ID = 1L << 40;

  public ObjectAccess {
    acl = acl.map(List::copyOf);
    columns = java.util.Collections.unmodifiableMap(new TreeMap<>(columns));
  }

  /// Of an object that belongs to a role, with nothing granted.
  public static ObjectAccess ownedBy(long ownerId, long objectId) {
    return new ObjectAccess(
        FIRST_ID + objectId, objectId, ownerId, Optional.empty(), Map.of(), false, false);
  }

  public ObjectAccess withOwner(long newOwnerId) {
    return new ObjectAccess(id, objectId, newOwnerId, acl, columns, rowSecurity, forceRowSecurity);
  }

  public ObjectAccess withAcl(List<AclItem> newAcl) {
    return new ObjectAccess(
        id, objectId, ownerId, Optional.of(newAcl), columns, rowSecurity, forceRowSecurity);
  }

  /// @param newAcl empty: nothing is granted on the column
  public ObjectAccess withColumn(int columnId, List<AclItem> newAcl) {
    Map<Integer, List<AclItem>> changed = new TreeMap<>(columns);
    if (newAcl.isEmpty()) {
      changed.remove(columnId);
    } else {
      changed.put(columnId, List.copyOf(newAcl));
    }
    return new ObjectAccess(id, objectId, ownerId, acl, changed, rowSecurity, forceRowSecurity);
  }

  public ObjectAccess withRowSecurity(boolean isOn, boolean isForced) {
    return new ObjectAccess(id, objectId, ownerId, acl, columns, isOn, isForced);
  }
}
