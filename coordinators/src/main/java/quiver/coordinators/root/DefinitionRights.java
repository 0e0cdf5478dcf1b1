package quiver.coordinators.root;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCatalog;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;

/// What a role needs for a definition. Commands named here are checked before anything is decided,
/// as PostgreSQL does; whatever else there is, by what it changes.
final class DefinitionRights {
  private final Actor actor;
  private final CatalogImage catalog;

  DefinitionRights(Actor actor) {
    this.actor = actor;
    this.catalog = actor.catalog();
  }

  /// An object in messages, for example `table t`.
  static String described(Actor actor, long objectId) {
    return switch (actor.catalog().object(objectId).orElse(null)) {
      case TableDefinition table -> "table " + table.name();
      case SequenceDefinition sequence -> "sequence " + sequence.name();
      case ViewDefinition view ->
          (view.storageTableId().isPresent() ? "materialized view " : "view ") + view.name();
      case TypeDefinition type -> "type " + type.name();
      case SchemaDefinition schema -> "schema " + schema.name();
      case null, default ->
          objectId == SecurityCatalog.DATABASE_ID ? "database quiver" : "object " + objectId;
    };
  }

  /// Checks a command.
  ///
  /// @return whether nothing remains to be checked afterwards
  /// @throws QuiverException `42501`
  boolean check(DdlCommand command) {
    if (actor.isSuperuser()) {
      return true;
    }
    return switch (command) {
      case DdlCommand.CreateSchema _ -> {
        requireOnDatabase(Privilege.CREATE);
        yield true;
      }
      case DdlCommand.CreateTemporarySchema create -> {
        requireCreation(create.name());
        yield true;
      }
      case DdlCommand.DropTemporarySchema _ -> true;
      case DdlCommand.DropSchema drop -> {
        catalog.schema(drop.name()).ifPresent(schema -> requireOwner(schema.id()));
        yield true;
      }
      case DdlCommand.RenameSchema rename -> {
        catalog.schema(rename.name()).ifPresent(schema -> requireOwner(schema.id()));
        requireOnDatabase(Privilege.CREATE);
        yield true;
      }
      case DdlCommand.CreateTable create -> {
        requireCreation(create.schema());
        for (DdlCommand.NewForeignKey key : create.foreignKeys()) {
          key.referencedTableId().ifPresent(id -> requireOnTable(id, Privilege.REFERENCES));
        }
        yield true;
      }
      case DdlCommand.DropTable drop -> {
        requireDroppable(drop.tables());
        yield true;
      }
      case DdlCommand.DropSequence drop -> {
        requireDroppable(drop.sequences());
        yield true;
      }
      case DdlCommand.CreateSequence create -> {
        requireCreation(create.definition().schema());
        yield true;
      }
      case DdlCommand.Truncate truncate -> {
        truncate.tableIds().forEach(id -> requireOnTable(id, Privilege.TRUNCATE));
        yield true;
      }
      case DdlCommand.CreateIndex create -> {
        requireOwner(create.tableId());
        yield true;
      }
      case DdlCommand.ReplaceTable replace -> {
        requireOwner(replace.before().id());
        requireReferences(replace);
        yield true;
      }
      case DdlCommand.Comment comment -> {
        requireOwner(commented(comment.objectId()));
        yield true;
      }
      case DdlCommand.RenameIndex rename -> {
        requireIndexOwner(rename.index());
        yield true;
      }
      case DdlCommand.SetIndexOptions set -> {
        requireIndexOwner(set.index());
        yield true;
      }
      case DdlCommand.DropIndex drop -> {
        drop.indexes().forEach(this::requireIndexOwner);
        yield true;
      }
      case DdlCommand.Reindex reindex -> {
        reindex.indexIds().forEach(this::requireIndexOwner);
        yield true;
      }
      case DdlCommand.StoreStatistics store -> {
        catalog.table(store.tableId()).ifPresent(table -> requireOwner(table.id()));
        yield true;
      }
      case DdlCommand.Secure _ -> true;
      default -> false;
    };
  }

  private void requireReferences(DdlCommand.ReplaceTable replace) {
    for (var key : replace.after().foreignKeys()) {
      if (!replace.before().foreignKeys().contains(key)) {
        requireOnTable(key.referencedTableId(), Privilege.REFERENCES);
      }
    }
    for (DdlCommand.NewForeignKey key : replace.foreignKeys()) {
      key.referencedTableId().ifPresent(id -> requireOnTable(id, Privilege.REFERENCES));
    }
  }

  /// Indexes and constraints belong to the owner of their table.
  private long commented(long objectId) {
    if (catalog.object(objectId).orElse(null) instanceof RowPolicy policy) {
      return policy.tableId();
    }
    if (catalog.object(objectId).isPresent()) {
      return objectId;
    }
    return catalog.objects().stream()
        .filter(object -> object instanceof TableDefinition || object instanceof TypeDefinition)
        .filter(object -> CatalogEditor.parts(object).contains(objectId))
        .map(CatalogObject::id)
        .findFirst()
        .orElse(objectId);
  }

  private boolean hasOnDatabase(Privilege privilege) {
    return privilege.isIn(
        actor
            .authority()
            .privileges(actor.roleId(), SecuredKind.DATABASE, SecurityCatalog.DATABASE_ID));
  }

  private void requireOnDatabase(Privilege privilege) {
    if (!hasOnDatabase(privilege)) {
      throw Actor.denied("permission denied for database quiver");
    }
  }

  private void requireCreation(String schema) {
    if (SchemaDefinition.isTemporary(schema)) {
      if (!hasOnDatabase(Privilege.TEMPORARY)) {
        throw Actor.denied("permission denied to create temporary tables in database \"quiver\"");
      }
      return;
    }
    catalog
        .schema(schema)
        .ifPresent(found -> GrantDefinitions.requireOnSchema(actor, found, Privilege.CREATE));
  }

  private void requireOnTable(long tableId, Privilege privilege) {
    boolean granted =
        privilege.isIn(actor.authority().privileges(actor.roleId(), SecuredKind.TABLE, tableId));
    if (!granted
        && !(privilege == Privilege.REFERENCES
            && actor.authority().onAnyColumn(actor.roleId(), tableId, privilege))) {
      throw Actor.denied("permission denied for " + described(actor, tableId));
    }
  }

  private void requireOwner(long objectId) {
    if (!actor.authority().owns(actor.roleId(), objectId)) {
      throw Actor.denied("must be owner of " + described(actor, objectId));
    }
  }

  private void requireIndexOwner(QualifiedName name) {
    catalog
        .index(name.schema(), name.name())
        .ifPresent(found -> requireIndexOwner(found.table(), found.index().name()));
  }

  private void requireIndexOwner(long indexId) {
    catalog
        .index(indexId)
        .ifPresent(found -> requireIndexOwner(found.table(), found.index().name()));
  }

  private void requireIndexOwner(TableDefinition table, String index) {
    if (!actor.authority().owns(actor.roleId(), table.id())) {
      throw Actor.denied("must be owner of index " + index);
    }
  }

  private void requireDroppable(List<QualifiedName> names) {
    for (QualifiedName name : names) {
      catalog
          .relation(name.schema(), name.name())
          .ifPresent(object -> {
            if (!ownsSchema(object)) {
              requireOwner(object.id());
            }
          });
    }
  }

  private boolean ownsSchema(CatalogObject object) {
    return Ownership.schema(object)
        .flatMap(catalog::schema)
        .filter(schema -> actor.authority().owns(actor.roleId(), schema.id()))
        .isPresent();
  }

  /// Checks a command that [#check] does not know by what it has changed.
  ///
  /// @param before the changes that were there before it
  void check(CatalogDelta before, CatalogDelta after) {
    for (Map.Entry<Long, CatalogDelta.Edit> each : after.edits().entrySet()) {
      CatalogDelta.Edit edit = each.getValue();
      if (edit.equals(before.edits().get(each.getKey()))) {
        continue;
      }
      Optional<CatalogObject> known = catalog.object(each.getKey());
      if (known.isPresent()) {
        requireChange(known.get(), edit.after());
      } else {
        edit.after().ifPresent(this::requireNew);
      }
    }
  }

  private void requireNew(CatalogObject made) {
    switch (made) {
      case CommentDefinition comment -> requireOwner(comment.objectId());
      case SchemaDefinition _ -> requireOnDatabase(Privilege.CREATE);
      default -> Ownership.schema(made).ifPresent(this::requireCreation);
    }
  }

  private void requireChange(CatalogObject before, Optional<CatalogObject> after) {
    switch (before) {
      case CommentDefinition comment -> requireOwner(comment.objectId());
      case ObjectAccess _ -> {
        // Follows its object.
      }
      default -> {
        if (after.isPresent() || !ownsSchema(before)) {
          requireOwner(before.id());
        }
      }
    }
  }
}
