package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DefaultPrivileges;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCatalog;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.SecurityCommand.ColumnPrivileges;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.security.Authority;
import quiver.storage.meta.IdSource;

/// GRANT and REVOKE on objects, and ALTER DEFAULT PRIVILEGES. Used under the root coordinator's
/// lock.
final class GrantDefinitions {
  private final IdSource ids;
  private final CatalogEditor editor;
  private final Actor actor;
  private final Authority authority;

  GrantDefinitions(IdSource ids, CatalogEditor editor, Actor actor) {
    this.ids = ids;
    this.editor = editor;
    this.actor = actor;
    this.authority = actor.authority();
  }

  void grant(SecurityCommand.Grant grant) {
    if (grant.grantedBy().isPresent()
        && actor.role(grant.grantedBy().get()).id() != actor.roleId()) {
      throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "grantor must be current user");
    }
    List<Long> grantees = grantees(grant);
    CatalogEditor.Change change = editor.change();
    for (long objectId : grant.objectIds()) {
      change.put(granted(grant, grantees, objectId));
    }
    change.apply();
  }

  private List<Long> grantees(SecurityCommand.Grant grant) {
    List<Long> grantees = grant.grantees().stream().map(actor::grantee).toList();
    if (grant.isGrant() && grant.grantOption()) {
      grantees.forEach(AclEdits::requireRole);
    }
    return grantees;
  }

  /// What an object is: a sequence may be named where tables are.
  private SecuredKind kind(SecurityCommand.Grant grant, long objectId) {
    return editor.image().object(objectId).orElse(null) instanceof SequenceDefinition
        ? SecuredKind.SEQUENCE
        : grant.kind();
  }

  private ObjectAccess granted(SecurityCommand.Grant grant, List<Long> grantees, long objectId) {
    ObjectAccess access = editor.image().security().access(objectId);
    SecuredKind kind = kind(grant, objectId);
    for (ColumnPrivileges privileges : grant.privileges()) {
      if (privileges.columns().isEmpty()) {
        access = onObject(grant, grantees, access, kind, wanted(grant, privileges, kind, objectId));
      } else {
        int wanted = grant.all() ? SecuredKind.ON_COLUMNS : privileges.privileges();
        for (String column : privileges.columns()) {
          access = onColumn(grant, grantees, access, columnId(objectId, column), wanted);
        }
      }
    }
    return access;
  }

  private int wanted(
      SecurityCommand.Grant grant, ColumnPrivileges privileges, SecuredKind kind, long objectId) {
    if (grant.all()) {
      return kind.all();
    }
    int wanted = privileges.privileges();
    if (kind == SecuredKind.SEQUENCE && grant.kind() == SecuredKind.TABLE) {
      if ((wanted & ~kind.all()) != 0) {
        actor.warn(
            SqlState.INVALID_GRANT_OPERATION,
            "sequence \"%s\" only supports USAGE, SELECT, and UPDATE privileges",
            name(objectId));
      }
      return wanted & kind.all();
    }
    if ((wanted & ~kind.all()) != 0) {
      throw new QuiverException(
          SqlState.INVALID_GRANT_OPERATION, "invalid privilege type USAGE for table");
    }
    return wanted;
  }

  private int columnId(long tableId, String name) {
    Optional<Integer> found =
        editor
            .image()
            .table(tableId)
            .flatMap(table ->
                table.columns().stream()
                    .filter(column -> column.name().equals(name))
                    .map(ColumnDefinition::id)
                    .findFirst());
    if (found.isEmpty()
        && editor.image().object(tableId).orElse(null) instanceof ViewDefinition view) {
      for (int i = 0; i < view.columns().size(); i++) {
        if (view.columns().get(i).name().equals(name)) {
          return i + 1;
        }
      }
    }
    return found.orElseThrow(() ->
        new QuiverException(
            SqlState.UNDEFINED_COLUMN,
            "column \"%s\" of relation \"%s\" does not exist",
            name,
            name(tableId)));
  }

  /// Who grants, and what of it may be granted.
  private record Grantor(long roleId, int grantable) {}

  private Grantor grantor(long ownerId, List<AclItem> acl, int wanted) {
    if (authority.hasPrivilegesOf(actor.roleId(), ownerId)) {
      return new Grantor(ownerId, wanted);
    }
    Grantor best = new Grantor(actor.roleId(), 0);
    for (long role : authority.inherited(actor.roleId())) {
      int bits = 0;
      for (AclItem item : acl) {
        bits |= item.granteeId() == role ? item.grantable() & wanted : 0;
      }
      if (Integer.bitCount(bits) > Integer.bitCount(best.grantable())) {
        best = new Grantor(role, bits);
      }
    }
    return best;
  }

  private ObjectAccess onObject(
      SecurityCommand.Grant grant,
      List<Long> grantees,
      ObjectAccess before,
      SecuredKind kind,
      int wanted) {
    List<AclItem> acl = before.acl().orElseGet(() -> kind.defaultAcl(before.ownerId()));
    Grantor grantor = grantor(before.ownerId(), acl, wanted);
    if (grantor.grantable() == 0 && authority.granted(actor.roleId(), acl, false) == 0) {
      throw Actor.denied("permission denied for " + kind.word() + " " + name(before.objectId()));
    }
    warnOfTheRest(grant, grantor.grantable(), wanted, name(before.objectId()));
    ObjectAccess after = before.withAcl(edited(grant, grantees, acl, before.ownerId(), grantor));
    if (grant.isGrant() || before.columns().isEmpty()) {
      return after;
    }
    for (Map.Entry<Integer, List<AclItem>> column : before.columns().entrySet()) {
      Grantor onColumns =
          new Grantor(grantor.roleId(), grantor.grantable() & SecuredKind.ON_COLUMNS);
      after =
          after.withColumn(
              column.getKey(),
              edited(grant, grantees, column.getValue(), before.ownerId(), onColumns));
    }
    return after;
  }

  private ObjectAccess onColumn(
      SecurityCommand.Grant grant,
      List<Long> grantees,
      ObjectAccess before,
      int columnId,
      int wanted) {
    List<AclItem> acl = before.columns().getOrDefault(columnId, List.of());
    List<AclItem> both =
        new ArrayList<>(
            before.acl().orElseGet(() -> SecuredKind.TABLE.defaultAcl(before.ownerId())));
    both.addAll(acl);
    Grantor grantor = grantor(before.ownerId(), both, wanted);
    if (grantor.grantable() == 0 && authority.granted(actor.roleId(), both, false) == 0) {
      throw Actor.denied("permission denied for table " + name(before.objectId()));
    }
    warnOfTheRest(grant, grantor.grantable(), wanted, name(before.objectId()));
    return before.withColumn(columnId, edited(grant, grantees, acl, before.ownerId(), grantor));
  }

  private void warnOfTheRest(SecurityCommand.Grant grant, int grantable, int wanted, String name) {
    SqlState state =
        grant.isGrant() ? SqlState.PRIVILEGE_NOT_GRANTED : SqlState.PRIVILEGE_NOT_REVOKED;
    String what = grant.isGrant() ? "were granted" : "could be revoked";
    if (grantable == 0 && wanted != 0) {
      actor.warn(state, "no privileges %s for \"%s\"", what, name);
    } else if (!grant.all() && grantable != wanted) {
      actor.warn(state, "not all privileges %s for \"%s\"", what, name);
    }
  }

  private static List<AclItem> edited(
      SecurityCommand.Grant grant,
      List<Long> grantees,
      List<AclItem> before,
      long ownerId,
      Grantor grantor) {
    List<AclItem> acl = before;
    if (grantor.grantable() == 0) {
      return acl;
    }
    for (long grantee : grantees) {
      acl =
          grant.isGrant()
              ? AclEdits.granted(
                  acl, grantee, grantor.roleId(), grantor.grantable(), grant.grantOption())
              : AclEdits.revoked(
                  acl,
                  ownerId,
                  grantee,
                  grantor.roleId(),
                  grantor.grantable(),
                  grant.grantOption(),
                  grant.cascade());
    }
    return acl;
  }

  private String name(long objectId) {
    CatalogObject object = editor.image().object(objectId).orElse(null);
    return switch (object) {
      case TableDefinition table -> table.name();
      case ViewDefinition view -> view.name();
      case SequenceDefinition sequence -> sequence.name();
      case SchemaDefinition schema -> schema.name();
      case quiver.common.catalog.TypeDefinition type -> type.name();
      case null, default ->
          objectId == SecurityCatalog.DATABASE_ID ? "quiver" : String.valueOf(objectId);
    };
  }

  // ---- defaults

  void alterDefaults(SecurityCommand.AlterDefaults alter) {
    List<Long> roles = new ArrayList<>();
    for (String name : alter.roles()) {
      RoleDefinition role = actor.role(name);
      if (!authority.isMember(actor.roleId(), role.id())) {
        throw Actor.denied("must be member of role \"" + role.name() + "\"");
      }
      roles.add(role.id());
    }
    if (roles.isEmpty()) {
      roles.add(actor.roleId());
    }
    List<Long> schemas = new ArrayList<>();
    for (String name : alter.schemas()) {
      schemas.add(
          editor
              .image()
              .schema(name)
              .map(SchemaDefinition::id)
              .orElseThrow(() ->
                  new QuiverException(
                      SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name)));
    }
    if (schemas.isEmpty()) {
      schemas.add(0L);
    }
    CatalogEditor.Change change = editor.change();
    for (long role : roles) {
      for (long schema : schemas) {
        alterDefault(change, alter.grant(), role, schema);
      }
    }
    change.apply();
  }

  private void alterDefault(
      CatalogEditor.Change change, SecurityCommand.Grant grant, long role, long schema) {
    SecuredKind kind = grant.kind();
    Optional<DefaultPrivileges> known = find(role, schema, kind);
    List<AclItem> builtIn = schema == 0 ? kind.defaultAcl(role) : List.of();
    List<AclItem> acl = known.map(DefaultPrivileges::acl).orElse(builtIn);
    for (ColumnPrivileges privileges : grant.privileges()) {
      int wanted = grant.all() ? kind.all() : privileges.privileges();
      acl = edited(grant, grantees(grant), acl, role, new Grantor(role, wanted));
    }
    if (isSame(acl, builtIn)) {
      known.ifPresent(change::remove);
    } else {
      long id = known.map(DefaultPrivileges::id).orElseGet(ids::getAsLong);
      change.put(new DefaultPrivileges(id, role, schema, kind, acl));
    }
  }

  private static boolean isSame(List<AclItem> left, List<AclItem> right) {
    return java.util.Set.copyOf(left).equals(java.util.Set.copyOf(right));
  }

  private Optional<DefaultPrivileges> find(long role, long schema, SecuredKind kind) {
    return editor.image().security().defaults().stream()
        .filter(
            given -> given.roleId() == role && given.schemaId() == schema && given.kind() == kind)
        .findFirst();
  }

  /// Who owns a new object and what is granted on it; empty: what stands for every object without.
  Optional<ObjectAccess> ofNew(SecuredKind kind, long schemaId, long ownerId, long objectId) {
    Optional<DefaultPrivileges> everywhere = find(ownerId, 0, kind);
    Optional<DefaultPrivileges> inSchema =
        schemaId == 0 ? Optional.empty() : find(ownerId, schemaId, kind);
    ObjectAccess owned = ObjectAccess.ownedBy(ownerId, objectId);
    if (everywhere.isEmpty() && inSchema.isEmpty()) {
      return ownerId == RoleDefinition.BOOTSTRAP_ID ? Optional.empty() : Optional.of(owned);
    }
    List<AclItem> acl =
        everywhere.map(DefaultPrivileges::acl).orElseGet(() -> kind.defaultAcl(ownerId));
    for (AclItem item : inSchema.map(DefaultPrivileges::acl).orElse(List.of())) {
      acl = AclEdits.granted(acl, item.granteeId(), item.grantorId(), item.privileges(), false);
      if (item.grantable() != 0) {
        acl = AclEdits.granted(acl, item.granteeId(), item.grantorId(), item.grantable(), true);
      }
    }
    return Optional.of(isSame(acl, kind.defaultAcl(ownerId)) ? owned : owned.withAcl(acl));
  }

  /// Whether a privilege is granted on the schema of an object.
  static void requireOnSchema(Actor actor, SchemaDefinition schema, Privilege privilege) {
    if (!privilege.isIn(
        actor.authority().privileges(actor.roleId(), SecuredKind.SCHEMA, schema.id()))) {
      throw Actor.denied("permission denied for schema " + schema.name());
    }
  }
}
