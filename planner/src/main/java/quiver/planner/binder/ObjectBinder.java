package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.Extension;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.Statement;

/// DROP, TRUNCATE, CREATE SCHEMA, SEQUENCE and EXTENSION.
final class ObjectBinder {
  private static final Set<String> SESSION_ROLES =
      Set.of("current_user", "current_role", "session_user");

  private final PlanningContext context;
  private final RelationNames names;

  ObjectBinder(Binding binding) {
    this.context = binding.context();
    this.names = new RelationNames(context);
  }

  // ---- DROP

  BoundStatement drop(Binding binding, Statement.Drop statement) {
    return switch (statement.kind()) {
      case TABLE ->
          new BoundStatement.Ddl(
              new DdlCommand.DropTable(
                  statement.names().stream()
                      .map(name -> table(name, statement.ifExists()))
                      .toList(),
                  statement.ifExists(),
                  statement.cascade()),
              "DROP TABLE");
      case INDEX ->
          new BoundStatement.Ddl(
              new DdlCommand.DropIndex(
                  statement.names().stream()
                      .map(name -> index(name, statement.ifExists()))
                      .toList(),
                  statement.ifExists()),
              "DROP INDEX");
      case SEQUENCE ->
          new BoundStatement.Ddl(
              new DdlCommand.DropSequence(
                  statement.names().stream()
                      .map(name -> sequence(name, statement.ifExists()))
                      .toList(),
                  statement.ifExists()),
              "DROP SEQUENCE");
      case SCHEMA -> schema(statement);
      case EXTENSION -> extension(statement);
      case VIEW, MATERIALIZED_VIEW -> new ViewBinder(binding).drop(statement);
      case TYPE, DOMAIN -> new TypeBinder(binding).drop(statement);
      case ROLE -> nothing(statement);
      case COLUMN, DATABASE, CONSTRAINT, DOMAIN_CONSTRAINT, POLICY, FUNCTION ->
          throw DefinitionBinder.unsupported("DROP " + kind(statement.kind()) + " is");
    };
  }

  private static String kind(Statement.ObjectKind kind) {
    return kind.name().replace('_', ' ');
  }

  private DdlCommand.QualifiedName table(SqlIdentifier identifier, boolean ifExists) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    Optional<RelationNames.Relation> found = names.find(name);
    if (found.isPresent()
        && found.get() instanceof RelationNames.Relation.Stored(TableDefinition table)
        && context.catalog().materializedView(table.id()).isEmpty()) {
      return new DdlCommand.QualifiedName(table.schema(), table.name());
    }
    if (found.isPresent() && found.get() instanceof RelationNames.Relation.Virtual) {
      throw new QuiverException(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "permission denied: \"%s\" is a system catalog",
          name.name());
    }
    requireNotOther(name, "table");
    if (!ifExists) {
      throw missing("table", name);
    }
    return names.unresolved(name);
  }

  private static QuiverException missing(String kind, RelationNames.QualifiedName name) {
    return new QuiverException(SqlState.UNDEFINED_TABLE, "%s \"%s\" does not exist", kind, name);
  }

  /// The schemas a name may be in, in order.
  private List<String> schemas(RelationNames.QualifiedName name) {
    return context.schemas(name.schema());
  }

  private record FoundIndex(TableDefinition table, IndexDefinition index) {}

  private Optional<FoundIndex> findIndex(RelationNames.QualifiedName name) {
    for (String schema : schemas(name)) {
      for (TableDefinition table : context.catalog().tables()) {
        if (table.schema().equals(schema)) {
          for (IndexDefinition index : table.indexes()) {
            if (index.name().equals(name.name())) {
              return Optional.of(new FoundIndex(table, index));
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<SequenceDefinition> findSequence(RelationNames.QualifiedName name) {
    for (String schema : schemas(name)) {
      Optional<SequenceDefinition> found = context.catalog().sequence(schema, name.name());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private void requireNotOther(RelationNames.QualifiedName name, String wanted) {
    String actual =
        names.find(name).isPresent()
            ? kindOf(names.find(name).get())
            : findIndex(name).isPresent()
                ? "index"
                : findSequence(name).isPresent() ? "sequence" : wanted;
    if (!actual.equals(wanted)) {
      String article = wanted.equals("index") ? "an" : "a";
      throw new QuiverException(
              SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not %s %s", name.name(), article, wanted)
          .withHint(
              "Use DROP "
                  + actual.toUpperCase(Locale.ROOT)
                  + " to remove "
                  + (actual.equals("index") ? "an" : "a")
                  + " "
                  + actual
                  + ".");
    }
  }

  private String kindOf(RelationNames.Relation relation) {
    return switch (relation) {
      case RelationNames.Relation.Stored(TableDefinition table) ->
          context.catalog().materializedView(table.id()).map(ViewDefinition::kind).orElse("table");
      case RelationNames.Relation.View _ -> "view";
      case RelationNames.Relation.Virtual _ -> "table";
    };
  }

  private DdlCommand.QualifiedName index(SqlIdentifier identifier, boolean ifExists) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    Optional<FoundIndex> found = findIndex(name);
    if (found.isPresent()) {
      TableDefinition table = found.get().table();
      if (found.get().index().primary()) {
        throw new QuiverException(
                SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
                "cannot drop index %s because constraint %s on table %s requires it",
                name.name(),
                name.name(),
                table.name())
            .withHint(
                "You can drop constraint "
                    + name.name()
                    + " on table "
                    + table.name()
                    + " instead.");
      }
      return new DdlCommand.QualifiedName(table.schema(), name.name());
    }
    requireNotOther(name, "index");
    if (!ifExists) {
      throw new QuiverException(SqlState.UNDEFINED_OBJECT, "index \"%s\" does not exist", name);
    }
    return names.unresolved(name);
  }

  private DdlCommand.QualifiedName sequence(SqlIdentifier identifier, boolean ifExists) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    Optional<SequenceDefinition> found = findSequence(name);
    if (found.isPresent()) {
      return new DdlCommand.QualifiedName(found.get().schema(), found.get().name());
    }
    requireNotOther(name, "sequence");
    if (!ifExists) {
      throw missing("sequence", name);
    }
    return names.unresolved(name);
  }

  private BoundStatement schema(Statement.Drop statement) {
    if (statement.names().size() != 1) {
      throw DefinitionBinder.unsupported("dropping several schemas at once is");
    }
    String name = statement.names().getFirst().getSimple();
    if (isSystemSchema(name)) {
      throw new QuiverException(
          SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
          "cannot drop schema %s because it is required by the database system",
          name);
    }
    if (!statement.ifExists() && context.catalog().schema(name).isEmpty()) {
      throw new QuiverException(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name);
    }
    return new BoundStatement.Ddl(
        new DdlCommand.DropSchema(name, statement.ifExists(), statement.cascade()), "DROP SCHEMA");
  }

  private static boolean isSystemSchema(String name) {
    return name.equals(RelationNames.SYSTEM_SCHEMA) || name.equals("information_schema");
  }

  private static BoundStatement extension(Statement.Drop statement) {
    List<String> missing = new ArrayList<>();
    for (SqlIdentifier identifier : statement.names()) {
      String name = identifier.getSimple();
      if (name.equals("vector") || name.equals("plpgsql")) {
        throw DefinitionBinder.unsupported("dropping extension \"" + name + "\" is");
      }
      if (!statement.ifExists()) {
        throw new QuiverException(
            SqlState.UNDEFINED_OBJECT, "extension \"%s\" does not exist", name);
      }
      missing.add("extension \"" + name + "\" does not exist, skipping");
    }
    return new BoundStatement.Session(
        new SessionCommand.NoOperation("DROP EXTENSION", Optional.of(String.join("\n", missing))));
  }

  /// Kinds of object of which there are none.
  private BoundStatement nothing(Statement.Drop statement) {
    String kind = kind(statement.kind());
    String lower = kind.toLowerCase(Locale.ROOT);
    List<String> notices = new ArrayList<>();
    for (SqlIdentifier identifier : statement.names()) {
      String name = String.join(".", identifier.names);
      if (!statement.ifExists()) {
        throw new QuiverException(
            SqlState.UNDEFINED_OBJECT, "%s \"%s\" does not exist", lower, name);
      }
      notices.add(lower + " \"" + name + "\" does not exist, skipping");
    }
    return new BoundStatement.Session(
        new SessionCommand.NoOperation("DROP " + kind, Optional.of(String.join("\n", notices))));
  }

  // ---- ALTER TABLE

  BoundStatement alterTable(Binding binding, Statement.Alter statement) {
    RelationNames.QualifiedName name = names.qualified(statement.name());
    if (names.find(name).isEmpty()) {
      if (names.sequence(statement.name()).isPresent()) {
        return new SequenceBinder(binding).alter(statement);
      }
      IndexAlteration index = new IndexAlteration(binding);
      if (index.isIndex(statement.name())) {
        return index.alter(statement);
      }
    }
    if (statement.ifExists() && names.find(name).isEmpty()) {
      return new BoundStatement.Session(
          new SessionCommand.NoOperation(
              "ALTER TABLE",
              Optional.of("relation \"" + name.name() + "\" does not exist, skipping")));
    }
    if (names.requireDefined(statement.name())
        instanceof RelationNames.Relation.View(ViewDefinition view)) {
      return new ViewBinder(binding).altered(view, statement.actions(), "ALTER TABLE");
    }
    return AlterTableBinder.bind(binding, names.requireDefinedTable(statement.name()), statement);
  }

  // ---- TRUNCATE

  BoundStatement truncate(Statement.TruncateStatement statement) {
    List<Long> tables = new ArrayList<>();
    for (SqlIdentifier identifier : statement.tables()) {
      long id = names.requireDefinedTable(identifier).id();
      if (context.catalog().materializedView(id).isPresent()) {
        throw new QuiverException(
            SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a table", identifier.names.getLast());
      }
      if (!tables.contains(id)) {
        tables.add(id);
      }
    }
    return new BoundStatement.Ddl(
        new DdlCommand.Truncate(tables, statement.restartIdentity(), statement.cascade()),
        "TRUNCATE TABLE");
  }

  // ---- CREATE SCHEMA, EXTENSION, SEQUENCE

  BoundStatement createSchema(Statement.CreateSchema statement) {
    String owner = statement.owner();
    SqlIdentifier identifier = statement.name();
    if (owner != null && !isRole(owner)) {
      throw new QuiverException(SqlState.UNDEFINED_OBJECT, "role \"%s\" does not exist", owner);
    }
    if (identifier == null && (owner == null || SESSION_ROLES.contains(owner))) {
      throw DefinitionBinder.unsupported("CREATE SCHEMA with the name of a role of the session is");
    }
    String name = identifier == null ? Objects.requireNonNull(owner) : identifier.names.getLast();
    if (name.startsWith("pg_")) {
      throw new QuiverException(SqlState.RESERVED_NAME, "unacceptable schema name \"%s\"", name)
          .withDetail("The prefix \"pg_\" is reserved for system schemas.");
    }
    boolean exists = isSystemSchema(name) || context.catalog().schema(name).isPresent();
    if (exists && !statement.ifNotExists()) {
      throw new QuiverException(SqlState.DUPLICATE_SCHEMA, "schema \"%s\" already exists", name);
    }
    return new BoundStatement.Ddl(
        new DdlCommand.CreateSchema(name, statement.ifNotExists(), Optional.ofNullable(owner)),
        "CREATE SCHEMA");
  }

  private boolean isRole(String name) {
    return SESSION_ROLES.contains(name) || context.catalog().security().role(name).isPresent();
  }

  BoundStatement alterSchema(Statement.Alter statement) {
    String name = statement.name().names.getLast();
    if (!(statement.actions().getFirst() instanceof AlterAction.RenameTo(SqlIdentifier newName))) {
      throw DefinitionBinder.unsupported(
          "ALTER SCHEMA … " + AlterPhrases.of(statement.actions().getFirst()) + " is");
    }
    if (isSystemSchema(name)) {
      throw new QuiverException(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for schema %s", name);
    }
    return new BoundStatement.Ddl(
        new DdlCommand.RenameSchema(name, newName.getSimple()), "ALTER SCHEMA");
  }

  BoundStatement createExtension(Statement.CreateExtension statement) {
    String name = statement.name().getSimple();
    if (Extension.of(name).isEmpty() && !name.equals("plpgsql")) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "extension \"%s\" is not available", name)
          .withHint(
              "The extension must first be installed on the system where PostgreSQL is running.");
    }
    if (!statement.ifNotExists()) {
      throw new QuiverException(SqlState.DUPLICATE_OBJECT, "extension \"%s\" already exists", name);
    }
    SqlIdentifier schema = statement.schema();
    if (schema != null && !schema.getSimple().equals("public")) {
      throw DefinitionBinder.unsupported("CREATE EXTENSION … SCHEMA is");
    }
    if (statement.version() != null) {
      throw DefinitionBinder.unsupported("CREATE EXTENSION … VERSION is");
    }
    return new BoundStatement.Session(
        new SessionCommand.NoOperation(
            "CREATE EXTENSION",
            Optional.of("extension \"" + name + "\" already exists, skipping")));
  }
}
