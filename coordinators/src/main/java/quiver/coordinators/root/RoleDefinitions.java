package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.PredefinedRoles;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RoleDefinition.Attributes;
import quiver.common.catalog.RoleMembership;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.SecurityCommand.Password;
import quiver.common.catalog.SecurityCommand.RoleOptions;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.RootCoordinatorService.Notice;
import quiver.storage.meta.IdSource;

/// CREATE, ALTER and DROP ROLE, and membership. Used under the root coordinator's lock.
final class RoleDefinitions {
  private final IdSource ids;
  private final CatalogEditor editor;
  private final Actor actor;

  RoleDefinitions(IdSource ids, CatalogEditor editor, Actor actor) {
    this.ids = ids;
    this.editor = editor;
    this.actor = actor;
  }

  void create(SecurityCommand.CreateRole create) {
    String name = create.name();
    RoleOptions options = create.options();
    if (options.superuser().orElse(false) && !actor.isSuperuser()) {
      throw Actor.denied("must be superuser to create superusers");
    }
    if (options.bypassRowSecurity().orElse(false) && !actor.isSuperuser()) {
      throw Actor.denied("must be superuser to create bypassrls users");
    }
    if (!actor.mayCreateRoles()) {
      throw Actor.denied("permission denied to create role");
    }
    requireFreeName(name);
    RoleDefinition role =
        changed(
            new RoleDefinition(
                ids.getAsLong(),
                name,
                Attributes.DEFAULT,
                -1,
                Optional.empty(),
                Optional.empty(),
                Map.of()),
            options);
    CatalogEditor.Change change = editor.change().put(role);
    for (String group : create.in()) {
      change.put(membership(actor.role(group).id(), role.id(), false));
    }
    create.members().forEach(member -> change.put(membership(role.id(), id(member), false)));
    create.admins().forEach(member -> change.put(membership(role.id(), id(member), true)));
    change.apply();
  }

  private long id(String name) {
    return actor.role(name).id();
  }

  private RoleMembership membership(long roleId, long memberId, boolean adminOption) {
    return new RoleMembership(ids.getAsLong(), roleId, memberId, actor.roleId(), adminOption);
  }

  private void requireFreeName(String name) {
    if (name.startsWith("pg_")) {
      throw new QuiverException(SqlState.RESERVED_NAME, "role name \"%s\" is reserved", name)
          .withDetail("Role names starting with \"pg_\" are reserved.");
    }
    if (actor.catalog().security().role(name).isPresent()) {
      throw new QuiverException(SqlState.DUPLICATE_OBJECT, "role \"%s\" already exists", name);
    }
  }

  private static RoleDefinition changed(RoleDefinition role, RoleOptions options) {
    Attributes had = role.attributes();
    Optional<String> verifier =
        options.password().isEmpty()
            ? role.verifier()
            : switch (options.password().get()) {
              case Password.None() -> Optional.<String>empty();
              case Password.Verifier(String text) -> Optional.of(text);
              case Password.Plain _ ->
                  throw new IllegalArgumentException("a password that was not made a verifier");
            };
    return new RoleDefinition(
        role.id(),
        role.name(),
        new Attributes(
            options.superuser().orElse(had.superuser()),
            options.inherit().orElse(had.inherit()),
            options.createRole().orElse(had.createRole()),
            options.createDatabase().orElse(had.createDatabase()),
            options.login().orElse(had.login()),
            options.bypassRowSecurity().orElse(had.bypassRowSecurity())),
        options.connectionLimit().orElse(role.connectionLimit()),
        verifier,
        options.validUntilMicros().or(role::validUntilMicros),
        role.settings());
  }

  void alter(SecurityCommand.AlterRole alter) {
    RoleDefinition role = actor.role(alter.name());
    Actor.requireOwn(role);
    RoleOptions options = alter.options();
    if ((role.attributes().superuser() || options.superuser().isPresent())
        && !actor.isSuperuser()) {
      throw Actor.denied(
          "must be superuser to alter superuser roles or change superuser attribute");
    }
    if (options.bypassRowSecurity().isPresent() && !actor.isSuperuser()) {
      throw Actor.denied("must be superuser to change bypassrls attribute");
    }
    if (!actor.mayCreateRoles() && !(role.id() == actor.roleId() && isPasswordOnly(options))) {
      throw Actor.denied("permission denied");
    }
    if (role.id() == RoleDefinition.BOOTSTRAP_ID && !options.superuser().orElse(true)) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "the bootstrap user must have the SUPERUSER attribute");
    }
    editor.change().put(changed(role, options)).apply();
  }

  private static boolean isPasswordOnly(RoleOptions options) {
    return options.inherit().isEmpty()
        && options.createRole().isEmpty()
        && options.createDatabase().isEmpty()
        && options.login().isEmpty()
        && options.connectionLimit().isEmpty()
        && options.validUntilMicros().isEmpty();
  }

  void rename(SecurityCommand.RenameRole rename) {
    RoleDefinition role = actor.role(rename.name());
    if (role.id() == actor.sessionRoleId()) {
      throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "session user cannot be renamed");
    }
    if (role.id() == actor.roleId()) {
      throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "current user cannot be renamed");
    }
    Actor.requireOwn(role);
    requireFreeName(rename.newName());
    requireMayChange(role);
    editor.change().put(role.withName(rename.newName())).apply();
  }

  private void requireMayChange(RoleDefinition role) {
    if (role.attributes().superuser() && !actor.isSuperuser()) {
      throw Actor.denied("must be superuser to rename superusers");
    }
    if (!actor.mayCreateRoles()) {
      throw Actor.denied("permission denied to rename role");
    }
  }

  void set(SecurityCommand.SetRoleSetting set) {
    RoleDefinition role = actor.role(set.role());
    Actor.requireOwn(role);
    if (role.attributes().superuser() && !actor.isSuperuser()) {
      throw Actor.denied("must be superuser to alter superusers");
    }
    if (!actor.mayCreateRoles() && role.id() != actor.roleId()) {
      throw Actor.denied("permission denied");
    }
    Map<String, String> settings = new LinkedHashMap<>(role.settings());
    if (set.setting().isEmpty()) {
      settings.clear();
    } else {
      String name = set.setting().get();
      set.value().ifPresentOrElse(value -> settings.put(name, value), () -> settings.remove(name));
    }
    editor.change().put(role.withSettings(settings)).apply();
  }

  void drop(SecurityCommand.DropRoles drop) {
    if (!actor.mayCreateRoles()) {
      throw Actor.denied("permission denied to drop role");
    }
    List<RoleDefinition> roles = new ArrayList<>();
    for (String name : drop.names()) {
      Optional<RoleDefinition> role = actor.catalog().security().role(name);
      if (role.isEmpty() && drop.ifExists()) {
        actor
            .notices()
            .add(
                new Notice(
                    SqlState.SUCCESSFUL_COMPLETION.code(),
                    "role \"" + name + "\" does not exist, skipping"));
      } else {
        roles.add(actor.role(name));
      }
    }
    roles.forEach(this::requireDroppable);
    CatalogEditor.Change change = editor.change();
    for (RoleDefinition role : roles) {
      change.remove(role);
      for (RoleMembership membership : actor.catalog().security().memberships()) {
        if (membership.roleId() == role.id() || membership.memberId() == role.id()) {
          change.remove(membership);
        }
      }
    }
    change.apply();
  }

  private void requireDroppable(RoleDefinition role) {
    if (role.id() == actor.roleId()) {
      throw new QuiverException(SqlState.OBJECT_IN_USE, "current user cannot be dropped");
    }
    if (role.id() == actor.sessionRoleId()) {
      throw new QuiverException(SqlState.OBJECT_IN_USE, "session user cannot be dropped");
    }
    if (role.attributes().superuser() && !actor.isSuperuser()) {
      throw Actor.denied("must be superuser to drop superusers");
    }
    if (role.id() == RoleDefinition.BOOTSTRAP_ID || PredefinedRoles.isPredefined(role.id())) {
      throw new QuiverException(
          SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
          "cannot drop role %s because it is required by the database system",
          role.name());
    }
    List<String> dependents = new RoleDependents(actor.catalog()).of(role.id());
    if (!dependents.isEmpty()) {
      throw new QuiverException(
              SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
              "role \"%s\" cannot be dropped because some objects depend on it",
              role.name())
          .withDetail(String.join("\n", dependents));
    }
  }

  void grant(SecurityCommand.GrantRoles grant) {
    if (grant.grantedBy().isPresent()
        && actor.role(grant.grantedBy().get()).id() != actor.roleId()
        && !actor.isSuperuser()) {
      throw Actor.denied("must be superuser to set grantor");
    }
    long grantor = grant.grantedBy().map(this::id).orElse(actor.roleId());
    CatalogEditor.Change change = editor.change();
    for (String roleName : grant.roles()) {
      RoleDefinition role = actor.role(roleName);
      requireAdmin(role);
      for (String memberName : grant.members()) {
        RoleDefinition member = actor.role(memberName);
        if (grant.isGrant()) {
          addMember(change, role, member, grant.adminOption(), grantor);
        } else {
          removeMember(change, role, member, grant.adminOption());
        }
      }
    }
    change.apply();
  }

  private void requireAdmin(RoleDefinition role) {
    if (role.id() == PredefinedRoles.DATABASE_OWNER) {
      throw new QuiverException(
          SqlState.INVALID_GRANT_OPERATION,
          "role \"%s\" cannot have explicit members",
          role.name());
    }
    if (role.attributes().superuser()) {
      if (!actor.isSuperuser()) {
        throw Actor.denied("must be superuser to alter superusers");
      }
    } else if (!actor.mayCreateRoles() && !actor.authority().isAdmin(actor.roleId(), role.id())) {
      throw Actor.denied("must have admin option on role \"" + role.name() + "\"");
    }
  }

  private Optional<RoleMembership> membership(RoleDefinition role, RoleDefinition member) {
    return actor.catalog().security().membershipsOf(member.id()).stream()
        .filter(membership -> membership.roleId() == role.id())
        .findFirst();
  }

  private void addMember(
      CatalogEditor.Change change,
      RoleDefinition role,
      RoleDefinition member,
      boolean adminOption,
      long grantor) {
    if (actor.authority().memberships(role.id()).contains(member.id())) {
      throw new QuiverException(
          SqlState.INVALID_GRANT_OPERATION,
          "role \"%s\" is a member of role \"%s\"",
          role.name(),
          member.name());
    }
    Optional<RoleMembership> known = membership(role, member);
    if (known.isPresent() && (known.get().adminOption() || !adminOption)) {
      actor
          .notices()
          .add(
              new Notice(
                  SqlState.SUCCESSFUL_COMPLETION.code(),
                  "role \""
                      + member.name()
                      + "\" is already a member of role \""
                      + role.name()
                      + "\""));
      return;
    }
    long id = known.map(RoleMembership::id).orElseGet(ids::getAsLong);
    change.put(new RoleMembership(id, role.id(), member.id(), grantor, adminOption));
  }

  private void removeMember(
      CatalogEditor.Change change,
      RoleDefinition role,
      RoleDefinition member,
      boolean adminOptionOnly) {
    Optional<RoleMembership> known = membership(role, member);
    if (known.isEmpty()) {
      actor.warn(
          SqlState.WARNING,
          "role \"%s\" is not a member of role \"%s\"",
          member.name(),
          role.name());
    } else if (adminOptionOnly) {
      RoleMembership had = known.get();
      change.put(
          new RoleMembership(had.id(), had.roleId(), had.memberId(), had.grantorId(), false));
    } else {
      change.remove(known.get());
    }
  }
}
