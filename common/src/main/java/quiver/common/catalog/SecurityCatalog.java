package quiver.common.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The roles of a catalog, and who may do what. Immutable once the image it belongs to is made.
public final class SecurityCatalog {
  /// The OID of the one database.
  public static final long DATABASE_ID = 5;

  /// The OID of the schema `public`.
  public static final long PUBLIC_SCHEMA_ID = 2200;

  private final Map<String, RoleDefinition> rolesByName = new TreeMap<>();
  private final Map<Long, RoleDefinition> roles = new TreeMap<>();
  private final Map<Long, List<RoleMembership>> memberships = new HashMap<>();
  private final List<RoleMembership> allMemberships = new ArrayList<>();
  private final Map<Long, ObjectAccess> access = new HashMap<>();
  private final Map<Long, List<RowPolicy>> policies = new HashMap<>();
  private boolean hasRowSecurity;
  private final List<DefaultPrivileges> defaults = new ArrayList<>();

  SecurityCatalog() {
    PredefinedRoles.ROLES.forEach(this::add);
    PredefinedRoles.MEMBERSHIPS.forEach(this::add);
  }

  /// Takes an object into account if it is about security.
  void add(CatalogObject object) {
    switch (object) {
      case RoleDefinition role -> {
        roles.put(role.id(), role);
        rolesByName.put(role.name(), role);
      }
      case RoleMembership membership -> {
        allMemberships.add(membership);
        memberships.computeIfAbsent(membership.memberId(), id -> new ArrayList<>()).add(membership);
      }
      case ObjectAccess secured -> {
        access.put(secured.objectId(), secured);
        hasRowSecurity |= secured.rowSecurity();
      }
      case RowPolicy policy ->
          policies.computeIfAbsent(policy.tableId(), id -> new ArrayList<>()).add(policy);
      case DefaultPrivileges given -> defaults.add(given);
      default -> {
        // Of another kind.
      }
    }
  }

  /// By id, ascending.
  public Collection<RoleDefinition> roles() {
    return Collections.unmodifiableCollection(roles.values());
  }

  public Optional<RoleDefinition> role(String name) {
    return Optional.ofNullable(rolesByName.get(name));
  }

  public Optional<RoleDefinition> role(long id) {
    return Optional.ofNullable(roles.get(id));
  }

  /// The name of a role; of one that is gone, its number.
  public String roleName(long id) {
    return id == RoleDefinition.PUBLIC_ID
        ? "PUBLIC"
        : role(id).map(RoleDefinition::name).orElse("unknown (OID=" + id + ")");
  }

  /// Who is a member of what.
  public List<RoleMembership> memberships() {
    return Collections.unmodifiableList(allMemberships);
  }

  /// What a role is a member of, directly.
  public List<RoleMembership> membershipsOf(long memberId) {
    return memberships.getOrDefault(memberId, List.of());
  }

  /// Owner and grants of an object.
  public ObjectAccess access(long objectId) {
    ObjectAccess known = access.get(objectId);
    if (known != null) {
      return known;
    }
    return objectId == PUBLIC_SCHEMA_ID
        ? PredefinedRoles.PUBLIC_SCHEMA
        : ObjectAccess.ownedBy(RoleDefinition.BOOTSTRAP_ID, objectId);
  }

  /// What goes when an object goes.
  public List<CatalogObject> about(long objectId) {
    List<CatalogObject> found = new ArrayList<>(policies.getOrDefault(objectId, List.of()));
    Optional.ofNullable(access.get(objectId)).ifPresent(found::add);
    defaults.stream().filter(given -> given.schemaId() == objectId).forEach(found::add);
    return found;
  }

  /// What is stored about objects.
  public Collection<ObjectAccess> allAccess() {
    return Collections.unmodifiableCollection(access.values());
  }

  /// Whether any table has row security.
  public boolean hasRowSecurity() {
    return hasRowSecurity;
  }

  /// The policies of a table, by name.
  public List<RowPolicy> policies(long tableId) {
    List<RowPolicy> found = new ArrayList<>(policies.getOrDefault(tableId, List.of()));
    found.sort(java.util.Comparator.comparing(RowPolicy::name));
    return found;
  }

  /// The policies of all tables.
  public List<RowPolicy> policies() {
    List<RowPolicy> all = new ArrayList<>();
    policies.values().forEach(all::addAll);
    return all;
  }

  public List<DefaultPrivileges> defaults() {
    return Collections.unmodifiableList(defaults);
  }
}
