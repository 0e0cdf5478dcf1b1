package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.SystemCatalog.SystemColumn;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.TypeLookup;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Statement.Persistence;

/// What the names of relations and schemas mean: PostgreSQL's search path.
final class RelationNames {
  static final String SYSTEM_SCHEMA = "pg_catalog";

  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_]*");

  private final PlanningContext context;

  RelationNames(PlanningContext context) {
    this.context = context;
  }

  /// What a relation name means.
  sealed interface Relation {
    record Stored(TableDefinition table) implements Relation {}

    record View(ViewDefinition view) implements Relation {}

    record Virtual(String schema, String name, List<SystemColumn> columns) implements Relation {}
  }

  /// A name of one to three parts.
  record QualifiedName(@Nullable String schema, String name) {
    @Override
    public String toString() {
      return schema == null ? name : schema + "." + name;
    }
  }

  QualifiedName qualified(SqlIdentifier identifier) {
    List<String> names = identifier.names;
    if (names.size() > 3) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR,
              "improper qualified name (too many dotted names): %s",
              String.join(".", names))
          .at(Positions.of(identifier));
    }
    if (names.size() == 3 && !names.getFirst().equals(context.database())) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cross-database references are not implemented: \"%s\"",
              String.join(".", names))
          .at(Positions.of(identifier));
    }
    return new QualifiedName(
        names.size() == 1 ? null : names.get(names.size() - 2), names.getLast());
  }

  Optional<Relation> find(QualifiedName name) {
    String schema = name.schema();
    if (schema != null) {
      return findIn(context.schema(schema), name.name());
    }
    for (String candidate : searchPath()) {
      Optional<Relation> found = findIn(candidate, name.name());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// The search path with `pg_catalog` where PostgreSQL has it.
  private List<String> searchPath() {
    List<String> path = context.schemas(null);
    if (path.contains(SYSTEM_SCHEMA)) {
      return path;
    }
    // Temporary relations hide those of the system, if nobody has said otherwise.
    int before = path.size() > context.searchPath().size() ? 1 : 0;
    List<String> all = new ArrayList<>(path);
    all.add(before, SYSTEM_SCHEMA);
    return all;
  }

  private Optional<Relation> findIn(String schema, String name) {
    Optional<Relation> virtual =
        context
            .systemCatalog()
            .relation(schema, name)
            .map(columns -> new Relation.Virtual(schema, name, columns));
    return virtual.isPresent()
        ? virtual
        : context
            .catalog()
            .relation(schema, name)
            .flatMap(object ->
                switch (object) {
                  case TableDefinition table -> Optional.of(new Relation.Stored(table));
                  case ViewDefinition view -> Optional.of(new Relation.View(view));
                  default -> Optional.empty();
                });
  }

  /// The sequence a name means; empty when it means another relation or nothing.
  Optional<SequenceDefinition> sequence(SqlIdentifier identifier) {
    QualifiedName name = qualified(identifier);
    if (find(name).isPresent()) {
      return Optional.empty();
    }
    String schema = name.schema();
    return (schema == null ? searchPath() : List.of(schema))
        .stream()
            .flatMap(each -> context.catalog().sequence(each, name.name()).stream())
            .findFirst();
  }

  /// The relation a name means.
  ///
  /// @throws QuiverException `42P01`
  Relation require(SqlIdentifier identifier) {
    QualifiedName name = qualified(identifier);
    Relation found =
        find(name)
            .orElseThrow(() ->
                new QuiverException(
                        SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist", name)
                    .at(Positions.of(identifier)));
    if (found instanceof Relation.Stored(TableDefinition table)
        && context.isOfOtherSession(table.schema())) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "cannot access temporary tables of other sessions");
    }
    return found;
  }

  /// A table for INSERT, UPDATE, DELETE, MERGE and COPY FROM.
  ///
  /// @throws QuiverException `42809` for a view or materialized view
  TableDefinition requireChangeable(SqlIdentifier identifier) {
    TableDefinition table = requireTable(identifier);
    if (context.catalog().materializedView(table.id()).isPresent()) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE, "cannot change materialized view \"%s\"", table.name());
    }
    return table;
  }

  /// The stored table a name means, for statements that write.
  ///
  /// @throws QuiverException `42P01`, or `42809` for a virtual relation
  TableDefinition requireTable(SqlIdentifier identifier) {
    return switch (require(identifier)) {
      case Relation.Stored(TableDefinition table) -> table;
      case Relation.View(ViewDefinition view) ->
          throw new QuiverException(
              SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a table", view.name());
      case Relation.Virtual(_, String name, _) ->
          throw new QuiverException(
              SqlState.INSUFFICIENT_PRIVILEGE,
              "permission denied: \"%s\" is a system catalog",
              name);
    };
  }

  /// As [#require], for statements where PostgreSQL does not point at the name.
  Relation requireDefined(SqlIdentifier identifier) {
    try {
      return require(identifier);
    } catch (QuiverException e) {
      throw e.at(0);
    }
  }

  /// Where a name that means nothing would be.
  DdlCommand.QualifiedName unresolved(QualifiedName name) {
    String schema = name.schema();
    if (schema == null) {
      schema = context.searchPath().isEmpty() ? "public" : context.searchPath().getFirst();
    }
    return new DdlCommand.QualifiedName(context.schema(schema), name.name());
  }

  /// As [#requireTable], for statements where PostgreSQL does not point at the name.
  TableDefinition requireDefinedTable(SqlIdentifier identifier) {
    try {
      return requireTable(identifier);
    } catch (QuiverException e) {
      throw QuiverException.ofMessage(e.state(), e.message());
    }
  }

  /// Checks that the object a literal of a `reg…` type names is there, as far as the name is a
  /// plain one; others are looked up when the statement runs.
  ///
  /// @throws QuiverException `42P01`, `42704`
  void requireObject(String text, SqlType type) {
    if (!PLAIN_NAME.matcher(text).matches()) {
      return;
    }
    if (type.base() == BaseType.REGTYPE) {
      var _ =
          new TypeLookup(context.catalog(), context.searchPath())
              .resolve(Optional.empty(), text, List.of(), 0);
    } else if (type.base() == BaseType.REGCLASS
        && searchPath().stream().noneMatch(schema -> hasRelation(schema, text))) {
      throw new QuiverException(SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist", text);
    }
  }

  /// Whether there is a table, sequence, index or virtual relation of this name.
  private boolean hasRelation(String schema, String name) {
    return findIn(schema, name).isPresent()
        || context.catalog().relation(schema, name).isPresent()
        || context.catalog().type(schema, name).filter(TypeDefinition::isComposite).isPresent()
        || context.catalog().tables().stream()
            .filter(table -> table.schema().equals(schema))
            .anyMatch(table ->
                table.indexes().stream().anyMatch(index -> index.name().equals(name))
                    || table.primaryKey().filter(key -> key.name().equals(name)).isPresent());
  }

  /// The schema new objects go to.
  ///
  /// @throws QuiverException `3F000`
  String creationSchema(SqlIdentifier identifier) {
    return creationSchema(identifier, Persistence.PERMANENT);
  }

  /// The schema new objects go to, if that fits how long they are to live.
  ///
  /// @throws QuiverException `3F000`, `42P16`
  String creationSchema(SqlIdentifier identifier, Persistence persistence) {
    QualifiedName name = qualified(identifier);
    if (name.schema() == null && persistence == Persistence.TEMPORARY) {
      return context.temporarySchema();
    }
    String schema = existing(identifier, name);
    if (SchemaDefinition.isTemporary(schema)) {
      if (persistence == Persistence.UNLOGGED) {
        throw new QuiverException(
                SqlState.INVALID_TABLE_DEFINITION,
                "only temporary relations may be created in temporary schemas")
            .at(Positions.of(identifier));
      }
      if (context.isOfOtherSession(schema)) {
        throw new QuiverException(
                SqlState.INVALID_TABLE_DEFINITION,
                "cannot create relations in temporary schemas of other sessions")
            .at(Positions.of(identifier));
      }
    } else if (persistence == Persistence.TEMPORARY) {
      throw new QuiverException(
              SqlState.INVALID_TABLE_DEFINITION,
              "cannot create temporary relation in non-temporary schema")
          .at(Positions.of(identifier));
    }
    return schema;
  }

  /// As [#creationSchema], for statements where PostgreSQL does not point at the name.
  String unplacedCreationSchema(SqlIdentifier identifier, Persistence persistence) {
    try {
      return creationSchema(identifier, persistence);
    } catch (QuiverException e) {
      throw e.at(0);
    }
  }

  /// SET SCHEMA does not change how long an object lives.
  ///
  /// @throws QuiverException `0A000`
  static void requireSameLife(String schema, String newSchema) {
    boolean temporary = SchemaDefinition.isTemporary(newSchema) || newSchema.equals("pg_temp");
    if (!schema.equals(newSchema) && (temporary || SchemaDefinition.isTemporary(schema))) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "cannot move objects into or out of temporary schemas");
    }
  }

  private String existing(SqlIdentifier identifier, QualifiedName name) {
    String schema = name.schema();
    if (schema == null) {
      if (context.searchPath().isEmpty()) {
        throw new QuiverException(
                SqlState.INVALID_SCHEMA_NAME, "no schema has been selected to create in")
            .at(Positions.of(identifier));
      }
      schema = context.searchPath().getFirst();
    }
    if (context.schema(schema).equals(context.temporarySchema()) && !schema.isEmpty()) {
      return context.temporarySchema();
    }
    if (schema.equals(SYSTEM_SCHEMA) || schema.equals("information_schema")) {
      throw new QuiverException(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for schema %s", schema);
    }
    if (context.catalog().schema(schema).isEmpty()) {
      throw new QuiverException(
              SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema)
          .at(Positions.of(identifier));
    }
    return schema;
  }
}
