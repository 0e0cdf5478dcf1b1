package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.sql.SqlIdentifier;
import quiver.common.catalog.CatalogImage.TableIndex;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Statement;

/// ALTER INDEX and REINDEX.
final class IndexAlteration {
  private final PlanningContext context;
  private final RelationNames names;

  IndexAlteration(Binding binding) {
    this.context = binding.context();
    this.names = new RelationNames(context);
  }

  /// ALTER INDEX, or ALTER TABLE of an index.
  BoundStatement alter(Statement.Alter statement) {
    String tag = "ALTER " + statement.kind().name();
    Optional<TableIndex> found = find(statement.name());
    if (found.isEmpty()) {
      QuiverException missing = missing(statement.name());
      if (!statement.ifExists() || missing.state() != SqlState.UNDEFINED_TABLE) {
        throw missing;
      }
      return new BoundStatement.Session(
          new SessionCommand.NoOperation(tag, Optional.of(missing.message() + ", skipping")));
    }
    TableIndex index = found.get();
    DdlCommand.QualifiedName name =
        new DdlCommand.QualifiedName(index.table().schema(), index.index().name());
    Map<String, String> set = Map.of();
    List<String> reset = new ArrayList<>();
    for (AlterAction action : statement.actions()) {
      switch (action) {
        case AlterAction.RenameTo(SqlIdentifier newName) -> {
          return new BoundStatement.Ddl(
              new DdlCommand.RenameIndex(name, newName.getSimple(), statement.ifExists()), tag);
        }
        case AlterAction.SetOptions(var options) ->
            set = IndexOptionValues.checked(index.index().method(), options);
        case AlterAction.ResetOptions(var options) -> {
          for (Option option : options) {
            reset.add(IndexOptionValues.known(index.index().method(), option.name()).name());
          }
        }
        default -> throw AlterPhrases.notFor("indexes", action, index.index().name());
      }
    }
    requireFitting(index.index(), set, reset);
    return new BoundStatement.Ddl(new DdlCommand.SetIndexOptions(name, set, reset), tag);
  }

  private static void requireFitting(
      IndexDefinition index, Map<String, String> set, List<String> reset) {
    if (index.method() == IndexMethod.HNSW) {
      Map<String, String> options = new java.util.HashMap<>(index.options());
      options.putAll(set);
      reset.forEach(options::remove);
      VectorKeys.checkGraph(options);
    }
  }

  BoundStatement reindex(Statement.Reindex statement) {
    boolean concurrently = statement.concurrently();
    for (Option option : statement.options()) {
      switch (option.name()) {
        case "concurrently" -> concurrently |= StatementBinder.truth(option);
        case "verbose" -> {
          if (StatementBinder.truth(option)) {
            throw DefinitionBinder.unsupported("REINDEX option VERBOSE is");
          }
        }
        default ->
            throw new QuiverException(
                    SqlState.SYNTAX_ERROR, "unrecognized REINDEX option \"%s\"", option.name())
                .at(option.position());
      }
    }
    List<Long> indexes =
        switch (statement.target()) {
          case INDEX ->
              List.of(
                  find(statement.name()).orElseThrow(() -> missing(statement.name())).index().id());
          case TABLE -> ids(List.of(names.requireDefinedTable(statement.name())));
          case SCHEMA -> {
            String schema = statement.name().names.getLast();
            if (context.catalog().schema(schema).isEmpty()) {
              throw new QuiverException(
                  SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
            }
            yield ids(
                context.catalog().tables().stream()
                    .filter(table -> table.schema().equals(schema))
                    .toList());
          }
          case DATABASE -> {
            if (!statement.name().names.getLast().equals(context.database())) {
              throw new QuiverException(
                  SqlState.FEATURE_NOT_SUPPORTED, "can only reindex the currently open database");
            }
            yield ids(List.copyOf(context.catalog().tables()));
          }
          case SYSTEM -> throw DefinitionBinder.unsupported("REINDEX SYSTEM is");
        };
    return new BoundStatement.Ddl(new DdlCommand.Reindex(indexes, concurrently), "REINDEX");
  }

  private static List<Long> ids(List<TableDefinition> tables) {
    return tables.stream()
        .flatMap(table -> table.indexes().stream())
        .map(IndexDefinition::id)
        .toList();
  }

  boolean isIndex(SqlIdentifier identifier) {
    return find(identifier).isPresent();
  }

  private Optional<TableIndex> find(SqlIdentifier identifier) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    String schema = name.schema();
    for (String each : context.schemas(schema)) {
      Optional<TableIndex> found = context.catalog().index(each, name.name());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private QuiverException missing(SqlIdentifier identifier) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    return names.find(name).isPresent()
        ? new QuiverException(SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not an index", name.name())
        : new QuiverException(SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist", name);
  }
}
