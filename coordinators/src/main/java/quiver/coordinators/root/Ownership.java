package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.DefaultPrivileges;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.PredefinedRoles;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Who owns what: ALTER … OWNER TO, REASSIGN OWNED, DROP OWNED. Used under the root coordinator's
/// lock.
final class Ownership {
  private final CatalogEditor editor;
  private final Actor actor;

  Ownership(CatalogEditor editor, Actor actor) {
    this.editor = editor;
    this.actor = actor;
  }

  /// The schema an object is in.
  static Optional<String> schema(CatalogObject object) {
    return switch (object) {
      case TableDefinition table -> Optional.of(table.schema());
      case SequenceDefinition sequence -> Optional.of(sequence.schema());
      case ViewDefinition view -> Optional.of(view.schema());
      case TypeDefinition type -> Optional.of(type.schema());
      default -> Optional.empty();
    };
  }

  void set(SecurityCommand.SetOwner set) {
    RoleDefinition owner = actor.role(set.owner());
    CatalogObject object = editor.image().object(set.objectId()).orElse(null);
    ObjectAccess access = editor.image().security().access(set.objectId());
    if (access.ownerId() == owner.id()) {
      return;
    }
    if (object instanceof SequenceDefinition sequence && sequence.ownedByTable().isPresent()) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot change owner of sequence \"%s\"",
              sequence.name())
          .withDetail(
              "Sequence \""
                  + sequence.name()
                  + "\" is linked to table \""
                  + editor
                      .image()
                      .table(sequence.ownedByTable().get())
                      .map(TableDefinition::name)
                      .orElse("")
                  + "\".");
    }
    if (!actor.isSuperuser()) {
      requireMayGive(set, object, owner);
    }
    CatalogEditor.Change change = editor.change();
    move(change, access, owner.id());
    if (object instanceof TableDefinition table) {
      for (SequenceDefinition sequence : editor.image().sequences()) {
        if (sequence.ownedByTable().filter(id -> id == table.id()).isPresent()) {
          move(change, editor.image().security().access(sequence.id()), owner.id());
        }
      }
    }
    change.apply();
  }

  private void requireMayGive(
      SecurityCommand.SetOwner set,
      @org.jspecify.annotations.Nullable CatalogObject object,
      RoleDefinition owner) {
    if (!actor.authority().owns(actor.roleId(), set.objectId())) {
      throw Actor.denied("must be owner of " + DefinitionRights.described(actor, set.objectId()));
    }
    if (!actor.authority().isMember(actor.roleId(), owner.id())) {
      throw Actor.denied("must be member of role \"" + owner.name() + "\"");
    }
    Optional<SchemaDefinition> schema =
        Optional.ofNullable(object).flatMap(Ownership::schema).flatMap(editor.image()::schema);
    if (schema.isPresent()
        && !Privilege.CREATE.isIn(
            actor.authority().privileges(owner.id(), SecuredKind.SCHEMA, schema.get().id()))) {
      throw Actor.denied("permission denied for schema " + schema.get().name());
    }
  }

  private static void move(CatalogEditor.Change change, ObjectAccess access, long owner) {
    ObjectAccess moved = access.withOwner(owner);
    if (access.acl().isPresent()) {
      moved = moved.withAcl(AclEdits.withOwner(access.acl().get(), access.ownerId(), owner));
    }
    for (var column : access.columns().entrySet()) {
      moved =
          moved.withColumn(
              column.getKey(), AclEdits.withOwner(column.getValue(), access.ownerId(), owner));
    }
    change.put(moved);
  }

  private Set<Long> ids(List<String> names) {
    Set<Long> ids = new TreeSet<>();
    for (String name : names) {
      ids.add(actor.role(name).id());
    }
    return ids;
  }

  void reassign(SecurityCommand.ReassignOwned reassign) {
    Set<Long> from = ids(reassign.from());
    for (long role : from) {
      if (!actor.authority().isMember(actor.roleId(), role)) {
        throw Actor.denied("permission denied to reassign objects");
      }
    }
    RoleDefinition to = actor.role(reassign.to());
    if (!actor.authority().isMember(actor.roleId(), to.id())) {
      throw Actor.denied("permission denied to reassign objects");
    }
    requireNotPinned(from, "cannot reassign ownership of objects owned by role %s");
    CatalogEditor.Change change = editor.change();
    for (ObjectAccess access : editor.image().security().allAccess()) {
      if (from.contains(access.ownerId())) {
        move(change, access, to.id());
      }
    }
    change.apply();
  }

  private void requireNotPinned(Set<Long> roles, String format) {
    for (long role : roles) {
      if (role == RoleDefinition.BOOTSTRAP_ID || PredefinedRoles.isPredefined(role)) {
        throw QuiverException.ofMessage(
            SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
            String.format(java.util.Locale.ROOT, format, actor.name(role))
                + " because they are required by the database system");
      }
    }
  }

  /// Takes away what the roles were granted, and says what is to be dropped.
  List<DdlCommand> drop(SecurityCommand.DropOwned drop) {
    Set<Long> roles = ids(drop.roles());
    for (long role : roles) {
      if (!actor.authority().isMember(actor.roleId(), role)) {
        throw Actor.denied("permission denied to drop objects");
      }
    }
    requireNotPinned(roles, "cannot drop objects owned by role %s");
    CatalogEditor.Change change = editor.change();
    for (ObjectAccess access : List.copyOf(editor.image().security().allAccess())) {
      ObjectAccess left = access;
      for (long role : roles) {
        if (access.ownerId() != role) {
          left = without(left, role);
        }
      }
      if (!left.equals(access)) {
        change.put(left);
      }
    }
    for (DefaultPrivileges given : editor.image().security().defaults()) {
      if (roles.contains(given.roleId())) {
        change.remove(given);
      } else {
        withoutDefaults(change, given, roles);
      }
    }
    for (RowPolicy policy : editor.image().security().policies()) {
      withoutRoles(change, policy, roles);
    }
    change.apply();
    return drops(roles, drop.cascade());
  }

  private static ObjectAccess without(ObjectAccess access, long role) {
    ObjectAccess left = access;
    if (access.acl().isPresent()) {
      left = left.withAcl(AclEdits.without(access.acl().get(), role));
    }
    for (var column : access.columns().entrySet()) {
      left = left.withColumn(column.getKey(), AclEdits.without(column.getValue(), role));
    }
    return left;
  }

  private static void withoutDefaults(
      CatalogEditor.Change change, DefaultPrivileges given, Set<Long> roles) {
    var acl = given.acl();
    for (long role : roles) {
      acl = AclEdits.without(acl, role);
    }
    if (acl.isEmpty()) {
      change.remove(given);
    } else if (!acl.equals(given.acl())) {
      change.put(
          new DefaultPrivileges(given.id(), given.roleId(), given.schemaId(), given.kind(), acl));
    }
  }

  private static void withoutRoles(CatalogEditor.Change change, RowPolicy policy, Set<Long> roles) {
    List<Long> left = policy.roleIds().stream().filter(role -> !roles.contains(role)).toList();
    if (left.isEmpty()) {
      change.remove(policy);
    } else if (left.size() < policy.roleIds().size()) {
      change.put(
          new RowPolicy(
              policy.id(),
              policy.tableId(),
              policy.name(),
              policy.permissive(),
              policy.command(),
              left,
              policy.using(),
              policy.check()));
    }
  }

  private List<DdlCommand> drops(Set<Long> roles, boolean cascade) {
    List<DdlCommand> commands = new ArrayList<>();
    List<QualifiedName> tables = new ArrayList<>();
    List<QualifiedName> sequences = new ArrayList<>();
    List<DdlCommand> schemas = new ArrayList<>();
    for (ObjectAccess access : editor.image().security().allAccess()) {
      if (!roles.contains(access.ownerId())) {
        continue;
      }
      switch (editor.image().object(access.objectId()).orElse(null)) {
        case TableDefinition table -> tables.add(new QualifiedName(table.schema(), table.name()));
        case SequenceDefinition sequence -> {
          if (sequence.ownedByTable().isEmpty()) {
            sequences.add(new QualifiedName(sequence.schema(), sequence.name()));
          }
        }
        case SchemaDefinition schema ->
            schemas.add(new DdlCommand.DropSchema(schema.name(), true, cascade));
        case null -> {
          // Gone already.
        }
        default ->
            throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "DROP OWNED of %s is not supported",
                RoleDependents.described(editor.image(), access.objectId()));
      }
    }
    if (!tables.isEmpty()) {
      commands.add(new DdlCommand.DropTable(tables, true, cascade));
    }
    if (!sequences.isEmpty()) {
      commands.add(new DdlCommand.DropSequence(sequences, true));
    }
    commands.addAll(schemas);
    return commands;
  }
}
