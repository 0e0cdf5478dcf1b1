package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.catalog.ViewDefinition.ViewColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;
import quiver.planner.parser.node.Statement;

/// CREATE, ALTER and DROP VIEW and MATERIALIZED VIEW, REFRESH MATERIALIZED VIEW.
final class ViewBinder {
  private final Binding binding;
  private final RelationNames names;

  ViewBinder(Binding binding) {
    this.binding = binding;
    this.names = new RelationNames(binding.context());
  }

  // ---- CREATE

  BoundStatement createView(Statement.CreateView statement) {
    return binding.defining(() -> create(statement));
  }

  private BoundStatement create(Statement.CreateView statement) {
    Map<String, String> options = options(statement.options());
    switch (statement.checkOption()) {
      case NONE -> {}
      case LOCAL -> options.put("check_option", "local");
      case CASCADED -> options.put("check_option", "cascaded");
    }
    String name = statement.name().names.getLast();
    Query query = statement.recursive() ? recursive(name, statement) : statement.query();
    Bound bound = bind(query);
    List<ViewColumn> columns =
        columns(
            bound.query(),
            statement.columns(),
            "CREATE VIEW specifies more column names than columns");
    boolean usesTemporary = usesTemporary(bound);
    String schema = schema(statement.name(), statement.temporary() || usesTemporary);
    boolean temporary = SchemaDefinition.isTemporary(schema);
    Optional<ViewDefinition.Base> base = base(query, options);
    boolean saysSo = statement.temporary() || statement.name().names.getFirst().equals("pg_temp");
    return new BoundStatement.Ddl(
        new DdlCommand.CreateView(
            base.map(definition(schema, name, columns, bound, options, true)::withBase)
                .orElseGet(() -> definition(schema, name, columns, bound, options, true)),
            statement.orReplace(),
            temporary && usesTemporary && !saysSo),
        "CREATE VIEW");
  }

  /// What the rows of a view are.
  private Optional<ViewDefinition.Base> base(Query query, Map<String, String> options) {
    ChangeTargets.Analysis analysis = new ChangeTargets(binding).analyse(query);
    if (options.containsKey("check_option")) {
      requireUpdatable(analysis);
    }
    return analysis.base();
  }

  private static void requireUpdatable(ChangeTargets.Analysis analysis) {
    if (!analysis.reason().isEmpty()) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "WITH CHECK OPTION is supported only on automatically updatable views")
          .withHint(analysis.reason());
    }
  }

  private Query queryOf(ViewDefinition view) {
    return new ViewQueries(binding).parse(view);
  }

  /// Whether a query reads anything that goes with the session.
  private boolean usesTemporary(Bound bound) {
    return bound.uses().stream()
        .flatMap(use -> binding.context().catalog().object(use.relationId()).stream())
        .anyMatch(used ->
            switch (used) {
              case TableDefinition table -> SchemaDefinition.isTemporary(table.schema());
              case ViewDefinition view -> SchemaDefinition.isTemporary(view.schema());
              default -> false;
            });
  }

  private String schema(SqlIdentifier name, boolean temporary) {
    return names.unplacedCreationSchema(
        name, temporary ? Statement.Persistence.TEMPORARY : Statement.Persistence.PERMANENT);
  }

  /// `CREATE RECURSIVE VIEW v (a) AS q` is `WITH RECURSIVE v (a) AS (q) SELECT a FROM v`.
  private static Query recursive(String name, Statement.CreateView statement) {
    if (statement.columns().isEmpty()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "CREATE RECURSIVE VIEW needs a list of column names");
    }
    SqlIdentifier table = new SqlIdentifier(name, statement.name().getParserPosition());
    Query.With with =
        new Query.With(
            true,
            List.of(
                new Query.CommonTable(
                    table,
                    statement.columns(),
                    Query.Materialization.DEFAULT,
                    new Statement.SelectStatement(statement.query()),
                    null,
                    null)));
    return new Query.Select(
        new Query.Clauses(with, List.of(), null, false, null, List.of(), null),
        false,
        List.of(),
        statement.columns().stream().map(column -> new SelectItem(column, null)).toList(),
        List.of(new FromItem.Table(table, null)),
        null,
        List.of(),
        false,
        null,
        List.of(),
        statement.query().position());
  }

  /// A query and its text.
  private record Bound(BoundQuery query, String template, List<ViewDefinition.Use> uses) {}

  private Bound bind(Query query) {
    requireReading(query);
    QueryTrace trace = binding.traced();
    BoundQuery bound = new QueryBinder(binding).bind(query, null, CommonTables.NONE, true);
    QueryText text = new QueryText(trace, binding);
    String template = text.template(query);
    return new Bound(bound, template, text.uses());
  }

  private static void requireReading(Query query) {
    Query.With with = query.clauses().with();
    if (with != null
        && with.tables().stream()
            .anyMatch(table -> !(table.statement() instanceof Statement.SelectStatement))) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "views must not contain data-modifying statements in WITH");
    }
  }

  private static List<ViewColumn> columns(
      BoundQuery query, List<SqlIdentifier> given, String tooMany) {
    if (given.size() > query.columns().size()) {
      throw QuiverException.ofMessage(SqlState.SYNTAX_ERROR, tooMany);
    }
    List<ViewColumn> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < query.columns().size(); i++) {
      BoundQuery.OutputColumn output = query.columns().get(i);
      String name = i < given.size() ? given.get(i).getSimple() : output.name();
      if (!seen.add(name)) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", name);
      }
      if (output.type().isPseudo()) {
        throw new QuiverException(
            SqlState.INVALID_TABLE_DEFINITION,
            "column \"%s\" has pseudo-type %s",
            name,
            output.type().sqlName());
      }
      columns.add(new ViewColumn(name, output.type()));
    }
    return columns;
  }

  private static ViewDefinition definition(
      String schema,
      String name,
      List<ViewColumn> columns,
      Bound bound,
      Map<String, String> options,
      boolean populated) {
    return new ViewDefinition(
        0,
        schema,
        name,
        columns,
        bound.template(),
        bound.uses(),
        options,
        Optional.empty(),
        populated,
        SchemaDefinition.isTemporary(schema),
        Optional.empty());
  }

  private static Map<String, String> options(List<Option> options) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Option option : options) {
      switch (option.name()) {
        case "security_barrier", "security_invoker" ->
            values.put(option.name(), String.valueOf(StatementBinder.truth(option)));
        case "check_option" -> {
          String text = String.valueOf(option.text()).toLowerCase(Locale.ROOT);
          if (!text.equals("local") && !text.equals("cascaded")) {
            throw new QuiverException(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "invalid value for enum option \"check_option\": %s",
                    text)
                .withDetail("Valid values are \"local\" and \"cascaded\".");
          }
          values.put("check_option", text);
        }
        default ->
            throw new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE, "unrecognized parameter \"%s\"", option.name());
      }
    }
    return values;
  }

  BoundStatement createMaterializedView(Statement.CreateMaterializedView statement) {
    String schema = names.creationSchema(statement.name());
    String name = statement.name().names.getLast();
    DefinitionBinder definitions = new DefinitionBinder(binding);
    int shards = definitions.shardCount(statement.options());
    if (binding.context().catalog().isTaken(schema, name)) {
      String message = String.format(Locale.ROOT, "relation \"%s\" already exists", name);
      if (!statement.ifNotExists()) {
        throw QuiverException.ofMessage(SqlState.DUPLICATE_TABLE, message);
      }
      return new BoundStatement.Session(
          new SessionCommand.NoOperation(
              "CREATE MATERIALIZED VIEW", Optional.of(message + ", skipping")));
    }
    Bound bound = bind(statement.query());
    if (usesTemporary(bound)) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "materialized views must not use temporary tables or views");
    }
    List<ViewColumn> columns =
        columns(bound.query(), statement.columns(), "too many column names were specified");
    List<DdlCommand.NewColumn> stored = new ArrayList<>();
    for (ViewColumn column : columns) {
      DefinitionBinder.requireStorable(column.name(), column.type());
      stored.add(
          new DdlCommand.NewColumn(
              column.name(),
              column.type(),
              false,
              Optional.empty(),
              false,
              ColumnDefinition.Identity.NONE));
    }
    DdlCommand.CreateTable table =
        new DdlCommand.CreateTable(
            schema, name, statement.ifNotExists(), stored, Optional.empty(), List.of(), shards);
    ViewDefinition view = definition(schema, name, columns, bound, Map.of(), statement.withData());
    return new BoundStatement.CreateTableAs(
        new DdlCommand.CreateMaterializedView(table, view),
        new QualifiedName(schema, name),
        bound.query(),
        statement.withData(),
        "CREATE MATERIALIZED VIEW");
  }

  // ---- REFRESH

  BoundStatement refresh(Statement.RefreshMaterializedView statement) {
    if (!(names.requireDefined(statement.name())
        instanceof RelationNames.Relation.Stored(TableDefinition table))) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE,
          "\"%s\" is not a table or materialized view",
          statement.name().names.getLast());
    }
    ViewDefinition view =
        binding
            .context()
            .catalog()
            .materializedView(table.id())
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "\"%s\" is not a materialized view",
                    table.name()));
    if (statement.concurrently()) {
      checkConcurrent(statement, table, view);
    }
    return new BoundStatement.CreateTableAs(
        new DdlCommand.RefreshView(table.id(), statement.withData()),
        new QualifiedName(table.schema(), table.name()),
        new ViewQueries(binding).bind(view),
        statement.withData(),
        "REFRESH MATERIALIZED VIEW");
  }

  private static void checkConcurrent(
      Statement.RefreshMaterializedView statement, TableDefinition table, ViewDefinition view) {
    if (!view.populated()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "CONCURRENTLY cannot be used when the materialized view is not populated");
    }
    if (!statement.withData()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR,
          "REFRESH options CONCURRENTLY and WITH NO DATA cannot be used together");
    }
    boolean unique =
        table.indexes().stream()
            .filter(IndexDefinition::unique)
            .anyMatch(index -> index.predicate().isEmpty() && !index.keyColumnIds().isEmpty());
    if (!unique) {
      throw new QuiverException(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
              "cannot refresh materialized view \"%s.%s\" concurrently",
              table.schema(),
              table.name())
          .withHint(
              "Create a unique index with no WHERE clause on one or more columns of the"
                  + " materialized view.");
    }
  }

  // ---- ALTER

  BoundStatement alter(Statement.Alter statement) {
    String tag = "ALTER " + statement.kind().name().replace('_', ' ');
    RelationNames.QualifiedName name = names.qualified(statement.name());
    Optional<RelationNames.Relation> found = names.find(name);
    if (found.isEmpty() && statement.ifExists()) {
      return new BoundStatement.Session(
          new SessionCommand.NoOperation(
              tag, Optional.of("relation \"" + name.name() + "\" does not exist, skipping")));
    }
    RelationNames.Relation relation = names.requireDefined(statement.name());
    if (statement.kind() == Statement.ObjectKind.MATERIALIZED_VIEW) {
      return materialized(statement, relation, name.name());
    }
    if (!(relation instanceof RelationNames.Relation.View(ViewDefinition view))) {
      throw new QuiverException(SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a view", name.name());
    }
    return altered(view, statement.actions(), tag);
  }

  private BoundStatement materialized(
      Statement.Alter statement, RelationNames.Relation relation, String name) {
    if (relation instanceof RelationNames.Relation.Stored(TableDefinition table)
        && binding.context().catalog().materializedView(table.id()).isPresent()) {
      return AlterTableBinder.bind(binding, table, statement);
    }
    throw new QuiverException(
        SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a materialized view", name);
  }

  /// A view with what ALTER VIEW, or ALTER TABLE of a view, changes.
  BoundStatement altered(ViewDefinition view, List<AlterAction> actions, String tag) {
    ViewDefinition after = view;
    for (AlterAction action : actions) {
      after =
          switch (action) {
            case AlterAction.RenameTo(SqlIdentifier newName) ->
                after.withName(after.schema(), newName.getSimple());
            case AlterAction.SetSchema(SqlIdentifier schema) -> moved(after, schema.getSimple());
            case AlterAction.RenameColumn(SqlIdentifier column, SqlIdentifier newName) ->
                renamed(after, column, newName.getSimple());
            case AlterAction.SetOptions(List<Option> set) -> {
              Map<String, String> options = new LinkedHashMap<>(after.options());
              options.putAll(options(set));
              if (options.containsKey("check_option")) {
                requireUpdatable(new ChangeTargets(binding).analyse(queryOf(after)));
              }
              yield after.withOptions(options);
            }
            case AlterAction.ResetOptions(List<Option> reset) -> {
              Map<String, String> options = new LinkedHashMap<>(after.options());
              reset.forEach(option -> options.remove(option.name()));
              yield after.withOptions(options);
            }
            case AlterAction.SetDefault _ ->
                throw DefinitionBinder.unsupported("a default for a column of a view is");
            case AlterAction.OwnerTo _ -> throw DefinitionBinder.unsupported("OWNER TO is");
            default -> throw AlterPhrases.notFor("views", action, view.name());
          };
    }
    return new BoundStatement.Ddl(new DdlCommand.ReplaceView(view, after), tag);
  }

  private ViewDefinition moved(ViewDefinition view, String schema) {
    if (binding.context().catalog().schema(schema).isEmpty()) {
      throw new QuiverException(
          SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
    }
    RelationNames.requireSameLife(view.schema(), schema);
    if (!schema.equals(view.schema()) && binding.context().catalog().isTaken(schema, view.name())) {
      throw new QuiverException(
          SqlState.DUPLICATE_TABLE,
          "relation \"%s\" already exists in schema \"%s\"",
          view.name(),
          schema);
    }
    return view.withName(schema, view.name());
  }

  private static ViewDefinition renamed(ViewDefinition view, SqlIdentifier column, String newName) {
    List<ViewColumn> columns = new ArrayList<>();
    boolean found = false;
    for (ViewColumn each : view.columns()) {
      if (each.name().equals(newName)) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN,
            "column \"%s\" of relation \"%s\" already exists",
            newName,
            view.name());
      }
      boolean meant = each.name().equals(column.getSimple());
      found |= meant;
      columns.add(meant ? new ViewColumn(newName, each.type()) : each);
    }
    if (!found) {
      throw new QuiverException(
          SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", column.getSimple());
    }
    return view.withColumns(columns);
  }

  // ---- DROP

  BoundStatement drop(Statement.Drop statement) {
    boolean materialized = statement.kind() == Statement.ObjectKind.MATERIALIZED_VIEW;
    List<QualifiedName> views = new ArrayList<>();
    for (SqlIdentifier identifier : statement.names()) {
      views.add(named(identifier));
    }
    return new BoundStatement.Ddl(
        new DdlCommand.DropView(views, materialized, statement.ifExists(), statement.cascade()),
        materialized ? "DROP MATERIALIZED VIEW" : "DROP VIEW");
  }

  private QualifiedName named(SqlIdentifier identifier) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    return switch (names.find(name).orElse(null)) {
      case RelationNames.Relation.View(ViewDefinition view) ->
          new QualifiedName(view.schema(), view.name());
      case RelationNames.Relation.Stored(TableDefinition table) ->
          new QualifiedName(table.schema(), table.name());
      case RelationNames.Relation.Virtual _ ->
          throw new QuiverException(
              SqlState.INSUFFICIENT_PRIVILEGE,
              "permission denied: \"%s\" is a system catalog",
              name.name());
      case null -> names.unresolved(name);
    };
  }
}
