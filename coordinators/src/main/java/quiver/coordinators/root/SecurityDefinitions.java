package quiver.coordinators.root;

import java.util.List;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.storage.meta.IdSource;

/// Decides on [SecurityCommand]s, and gives what other commands make an owner. Used under the root
/// coordinator's lock.
final class SecurityDefinitions {
  private final IdSource ids;

  SecurityDefinitions(IdSource ids) {
    this.ids = ids;
  }

  /// Changes the catalog.
  ///
  /// @return what else is to be done in the actor's name
  List<DdlCommand> apply(SecurityCommand command, CatalogEditor editor, Actor actor) {
    RoleDefinitions roles = new RoleDefinitions(ids, editor, actor);
    GrantDefinitions grants = new GrantDefinitions(ids, editor, actor);
    PolicyDefinitions policies = new PolicyDefinitions(ids, editor, actor);
    Ownership ownership = new Ownership(editor, actor);
    switch (command) {
      case SecurityCommand.CreateRole create -> roles.create(create);
      case SecurityCommand.AlterRole alter -> roles.alter(alter);
      case SecurityCommand.RenameRole rename -> roles.rename(rename);
      case SecurityCommand.SetRoleSetting set -> roles.set(set);
      case SecurityCommand.DropRoles drop -> roles.drop(drop);
      case SecurityCommand.GrantRoles grant -> roles.grant(grant);
      case SecurityCommand.Grant grant -> grants.grant(grant);
      case SecurityCommand.AlterDefaults alter -> grants.alterDefaults(alter);
      case SecurityCommand.SetOwner set -> ownership.set(set);
      case SecurityCommand.ReassignOwned reassign -> ownership.reassign(reassign);
      case SecurityCommand.DropOwned drop -> {
        return ownership.drop(drop);
      }
      case SecurityCommand.SetRowSecurity set -> policies.setRowSecurity(set);
      case SecurityCommand.CreatePolicy create -> policies.create(create);
      case SecurityCommand.AlterPolicy alter -> policies.alter(alter);
      case SecurityCommand.DropPolicy drop -> policies.drop(drop);
    }
    return List.of();
  }

  /// Gives what a command has made to the actor.
  void own(CatalogDelta before, CatalogEditor editor, Actor actor) {
    GrantDefinitions grants = new GrantDefinitions(ids, editor, actor);
    CatalogEditor.Change change = editor.change();
    editor
        .delta()
        .edits()
        .forEach((id, edit) -> {
          boolean isNew = edit.before().isEmpty() && !before.edits().containsKey(id);
          if (isNew && edit.after().isPresent()) {
            own(change, grants, editor, actor, edit.after().get());
          }
        });
    change.apply();
  }

  private static void own(
      CatalogEditor.Change change,
      GrantDefinitions grants,
      CatalogEditor editor,
      Actor actor,
      CatalogObject made) {
    long schemaId =
        Ownership.schema(made).flatMap(editor.image()::schema).map(SchemaDefinition::id).orElse(0L);
    switch (made) {
      case TableDefinition _, ViewDefinition _ ->
          grants
              .ofNew(SecuredKind.TABLE, schemaId, actor.roleId(), made.id())
              .ifPresent(change::put);
      case SequenceDefinition sequence ->
          grants
              .ofNew(SecuredKind.SEQUENCE, schemaId, owner(sequence, editor, actor), made.id())
              .ifPresent(change::put);
      case SchemaDefinition _ ->
          grants.ofNew(SecuredKind.SCHEMA, 0, actor.roleId(), made.id()).ifPresent(change::put);
      case TypeDefinition _ ->
          grants
              .ofNew(SecuredKind.TYPE, schemaId, actor.roleId(), made.id())
              .ifPresent(change::put);
      default -> {
        // Belongs to another object, or to nobody.
      }
    }
  }

  /// A sequence of a column belongs to who owns the table.
  private static long owner(SequenceDefinition sequence, CatalogEditor editor, Actor actor) {
    return sequence
        .ownedByTable()
        .filter(table ->
            editor.delta().edits().get(table) == null
                || editor.delta().edits().get(table).before().isPresent())
        .map(table -> editor.image().security().access(table).ownerId())
        .orElse(actor.roleId());
  }

  /// Who commands when nobody is named: the bootstrap role.
  static Actor bootstrap(CatalogEditor editor) {
    return new Actor(editor.image(), RoleDefinition.BOOTSTRAP_ID, RoleDefinition.BOOTSTRAP_ID);
  }
}
