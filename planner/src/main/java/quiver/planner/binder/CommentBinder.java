package quiver.planner.binder;

import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlIdentifier;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.CommentClasses;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.Extension;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.node.Statement;

/// COMMENT ON.
final class CommentBinder {
  private final CatalogImage catalog;
  private final PlanningContext context;
  private final RelationNames names;
  private final TypeBinder types;

  CommentBinder(Binding binding) {
    this.catalog = binding.context().catalog();
    this.context = binding.context();
    this.names = new RelationNames(binding.context());
    this.types = new TypeBinder(binding);
  }

  /// @param columnId 0: the object itself
  private record Subject(long objectId, int columnId) {
    static Subject of(long objectId) {
      return new Subject(objectId, 0);
    }
  }

  BoundStatement bind(Statement.Comment statement) {
    SqlIdentifier table = statement.table();
    Subject subject =
        switch (statement.kind()) {
          case TABLE, VIEW, MATERIALIZED_VIEW, SEQUENCE, INDEX ->
              relation(statement.kind(), statement.name());
          case COLUMN -> column(statement.name());
          case SCHEMA -> schema(statement.name().names.getLast());
          case CONSTRAINT ->
              constraint(
                  statement.name().getSimple(),
                  names.requireDefinedTable(java.util.Objects.requireNonNull(table)));
          case POLICY ->
              policy(
                  statement.name().getSimple(),
                  names.requireDefinedTable(java.util.Objects.requireNonNull(table)));
          case ROLE -> role(statement.name().getSimple());
          case EXTENSION -> extension(statement.name().getSimple());
          case DATABASE -> database(statement.name().getSimple());
          case TYPE -> Subject.of(types.require(statement.name()).id());
          case DOMAIN -> Subject.of(types.requireDomain(statement.name()).id());
          case DOMAIN_CONSTRAINT -> {
            TypeDefinition domain = types.requireDomain(java.util.Objects.requireNonNull(table));
            String name = statement.name().getSimple();
            yield Subject.of(
                TypeBinder.constraint(domain, name)
                    .orElseThrow(() -> TypeBinder.missing(domain, name))
                    .id());
          }
          default ->
              throw DefinitionBinder.unsupported(
                  "COMMENT ON " + statement.kind().name().replace('_', ' ') + " is");
        };
    // An empty comment is none.
    Optional<String> text =
        Optional.ofNullable(statement.comment()).filter(comment -> !comment.isEmpty());
    return new BoundStatement.Ddl(
        new DdlCommand.Comment(subject.objectId(), subject.columnId(), text), "COMMENT");
  }

  private Subject relation(Statement.ObjectKind kind, SqlIdentifier identifier) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    for (String candidate : context.schemas(name.schema())) {
      Optional<CatalogObject> found = catalog.relation(candidate, name.name());
      if (found.isPresent()) {
        return Subject.of(ofKind(found.get(), kind, name.name()));
      }
      Optional<CatalogImage.TableIndex> index = catalog.index(candidate, name.name());
      if (index.isPresent()) {
        if (kind != Statement.ObjectKind.INDEX) {
          throw wrongKind(name.name(), kind);
        }
        return Subject.of(index.get().index().id());
      }
    }
    throw new QuiverException(SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist", name);
  }

  private long ofKind(CatalogObject object, Statement.ObjectKind kind, String name) {
    boolean meant =
        switch (object) {
          case TableDefinition table ->
              kind
                  == (catalog.materializedView(table.id()).isPresent()
                      ? Statement.ObjectKind.MATERIALIZED_VIEW
                      : Statement.ObjectKind.TABLE);
          case ViewDefinition _ -> kind == Statement.ObjectKind.VIEW;
          case SequenceDefinition _ -> kind == Statement.ObjectKind.SEQUENCE;
          default -> false;
        };
    if (!meant) {
      throw wrongKind(name, kind);
    }
    return object.id();
  }

  private static QuiverException wrongKind(String name, Statement.ObjectKind kind) {
    String wanted =
        switch (kind) {
          case TABLE -> "a table";
          case VIEW -> "a view";
          case MATERIALIZED_VIEW -> "a materialized view";
          case SEQUENCE -> "a sequence";
          default -> "an index";
        };
    return new QuiverException(SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not %s", name, wanted);
  }

  private Subject column(SqlIdentifier identifier) {
    List<String> parts = identifier.names;
    if (parts.size() < 2) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "column name must be qualified");
    }
    String column = parts.getLast();
    SqlIdentifier relation =
        new SqlIdentifier(parts.subList(0, parts.size() - 1), identifier.getParserPosition());
    return switch (names.requireDefined(relation)) {
      case RelationNames.Relation.Stored(TableDefinition table) ->
          new Subject(
              table.id(),
              table
                  .ordinalOf(column)
                  .map(ordinal -> table.columns().get(ordinal).id())
                  .orElseThrow(() -> missingColumn(column, table.name())));
      case RelationNames.Relation.View(ViewDefinition view) -> {
        for (int i = 0; i < view.columns().size(); i++) {
          if (view.columns().get(i).name().equals(column)) {
            yield new Subject(view.id(), i + 1);
          }
        }
        throw missingColumn(column, view.name());
      }
      case RelationNames.Relation.Virtual(_, String name, _) ->
          throw new QuiverException(
              SqlState.INSUFFICIENT_PRIVILEGE,
              "permission denied: \"%s\" is a system catalog",
              name);
    };
  }

  private static QuiverException missingColumn(String column, String relation) {
    return new QuiverException(
        SqlState.UNDEFINED_COLUMN,
        "column \"%s\" of relation \"%s\" does not exist",
        column,
        relation);
  }

  private Subject policy(String name, TableDefinition table) {
    return catalog.security().policies(table.id()).stream()
        .filter(policy -> policy.name().equals(name))
        .findFirst()
        .map(policy -> Subject.of(policy.id()))
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT,
                "policy \"%s\" for table \"%s\" does not exist",
                name,
                table.name()));
  }

  private Subject role(String name) {
    return Subject.of(
        catalog
            .security()
            .role(name)
            .orElseThrow(() ->
                new QuiverException(SqlState.UNDEFINED_OBJECT, "role \"%s\" does not exist", name))
            .id());
  }

  private static Subject extension(String name) {
    return Subject.of(
        Extension.of(name)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_OBJECT, "extension \"%s\" does not exist", name))
            .oid());
  }

  private Subject database(String name) {
    if (!name.equals(context.database()) && !name.equals("postgres")) {
      throw new QuiverException(
          SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist", name);
    }
    return Subject.of(CommentClasses.DATABASE_OID);
  }

  private Subject schema(String name) {
    return Subject.of(
        catalog
            .schema(name)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name))
            .id());
  }

  private static Subject constraint(String name, TableDefinition table) {
    Optional<Long> id =
        table
            .primaryKey()
            .filter(key -> key.name().equals(name))
            .map(TableDefinition.PrimaryKey::id)
            .or(() ->
                table.checks().stream()
                    .filter(check -> check.name().equals(name))
                    .map(TableDefinition.CheckConstraint::id)
                    .findFirst())
            .or(() ->
                table.foreignKeys().stream()
                    .filter(key -> key.name().equals(name))
                    .map(ForeignKey::id)
                    .findFirst())
            .or(() ->
                table.indexes().stream()
                    .filter(index -> index.name().equals(name))
                    .flatMap(index -> index.constraintId().stream())
                    .findFirst());
    return Subject.of(
        id.orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT,
                "constraint \"%s\" for table \"%s\" does not exist",
                name,
                table.name())));
  }
}
