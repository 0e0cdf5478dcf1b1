package quiver.frontend.session;

import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.planner.parser.node.Statement;

/// The temporary tables, views and sequences of one session. Used by the session's thread only.
final class TemporaryObjects {
  private final TemporarySchemas schemas;
  private String schema = "";
  private boolean exist;

  TemporaryObjects(TemporarySchemas schemas) {
    this.schemas = schemas;
  }

  /// Where they are or will be; empty while the session has made none.
  String schema() {
    return schema;
  }

  /// Chooses the schema before a statement is planned that may need it.
  void expect(Statement statement) {
    if (schema.isEmpty() && TemporarySchemas.mayBeMadeBy(statement)) {
      schema = schemas.newName();
    }
  }

  /// What makes the schema before a command, if it makes one of them and the schema is not there
  /// (any more).
  Optional<DdlCommand> schemaFor(DdlCommand command, CatalogImage catalog) {
    String where =
        switch (command) {
          case DdlCommand.CreateTable create -> create.schema();
          case DdlCommand.CreateView create -> create.view().schema();
          case DdlCommand.CreateSequence create -> create.definition().schema();
          default -> "";
        };
    if (!where.equals(schema) || where.isEmpty()) {
      return Optional.empty();
    }
    exist = true;
    return catalog.schema(where).isPresent()
        ? Optional.empty()
        : Optional.of(schemas.creation(where));
  }

  /// What DISCARD TEMP does, if there are any.
  Optional<DdlCommand> dropping() {
    return exist ? Optional.of(new DdlCommand.DropTemporarySchema(schema)) : Optional.empty();
  }

  /// The session ends.
  void close() {
    if (exist) {
      schemas.drop(schema);
    }
  }
}
