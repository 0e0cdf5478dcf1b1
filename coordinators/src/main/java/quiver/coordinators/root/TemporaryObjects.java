package quiver.coordinators.root;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.RootCoordinatorService.DdlResult;
import quiver.storage.meta.IdSource;

/// Schemas of temporary objects: each is one session's and goes with it.
final class TemporaryObjects {
  private final CatalogEditor catalog;

  TemporaryObjects(CatalogEditor catalog) {
    this.catalog = catalog;
  }

  DdlResult create(DdlCommand.CreateTemporarySchema create, IdSource ids) {
    if (catalog.image().schema(create.name()).isPresent()) {
      return new DdlResult(false, List.of());
    }
    catalog
        .change()
        .put(new SchemaDefinition(ids.getAsLong(), create.name(), Optional.of(create.process())))
        .apply();
    return RootCoordinator.changed(List.of());
  }

  /// Drops a schema with all that is in it, untold.
  DdlResult drop(DdlCommand.DropTemporarySchema drop) {
    Optional<SchemaDefinition> schema = catalog.image().schema(drop.name());
    if (schema.isEmpty()) {
      return new DdlResult(false, List.of());
    }
    var _ = new Dropping(catalog).add(schema.get()).run(true);
    return RootCoordinator.changed(List.of());
  }

  /// Foreign keys stay among tables that live equally long.
  ///
  /// @throws QuiverException `42P16`
  static void requireSameLife(TableDefinition table, TableDefinition parent) {
    boolean temporary = table.temporary().isPresent();
    if (temporary != parent.temporary().isPresent()) {
      throw QuiverException.ofMessage(
          SqlState.INVALID_TABLE_DEFINITION,
          temporary
              ? "constraints on temporary tables may reference only temporary tables"
              : "constraints on permanent tables may reference only permanent tables");
    }
    if (temporary && !table.schema().equals(parent.schema())) {
      throw new QuiverException(
          SqlState.INVALID_TABLE_DEFINITION,
          "constraints on temporary tables must involve temporary tables of this session");
    }
  }
}
