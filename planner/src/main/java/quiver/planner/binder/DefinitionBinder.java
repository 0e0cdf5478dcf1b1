package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.RowTypes;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.OnCommit;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionRegistry;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.parser.node.Constraint;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.Statement;
import quiver.planner.parser.node.TableElement;
import quiver.planner.parser.node.TypeName;

/// CREATE TABLE: columns, defaults, checks and the primary key, checked and normalised.
final class DefinitionBinder {
  private static final int COLUMNS_MAX = 1600;
  private static final Set<String> SYSTEM_COLUMNS =
      Set.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax");

  private final Binding binding;
  private final RelationNames names;
  private final TableExpressions tableExpressions;

  DefinitionBinder(Binding binding) {
    this.binding = binding;
    this.names = new RelationNames(binding.context());
    this.tableExpressions = new TableExpressions(binding);
  }

  static boolean isSystemColumn(String name) {
    return SYSTEM_COLUMNS.contains(name);
  }

  static QuiverException unsupported(String feature) {
    return new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "%s not supported", feature);
  }

  BoundStatement.Ddl createTable(Statement.CreateTable statement) {
    requireDefaults(statement.accessMethod(), statement.tablespace());
    String schema = names.creationSchema(statement.name(), statement.persistence());
    Optional<OnCommit> temporary = onCommit(schema, statement.onCommit());
    String name = statement.name().names.getLast();
    int shards = shardCount(statement.options());
    requireAbsent(schema, name, statement.ifNotExists(), statement.name());
    Table table = new Table(name);
    for (TableElement element : statement.elements()) {
      switch (element) {
        case TableElement.Column column -> table.add(column);
        case TableElement.Like like -> table.like(like);
        case TableElement.TableConstraint _ -> {
          // Needs all columns.
        }
      }
    }
    for (TableElement element : statement.elements()) {
      switch (element) {
        case TableElement.Column _, TableElement.Like _ -> {}
        case TableElement.TableConstraint(Constraint constraint) ->
            table.tableConstraint(constraint);
      }
    }
    return new BoundStatement.Ddl(
        table.command(schema, statement.ifNotExists(), shards).withTemporary(temporary),
        "CREATE TABLE");
  }

  /// The table that gets the rows of a query, without its columns.
  private DdlCommand.CreateTable tableOf(Statement.CreateTableAs statement) {
    requireDefaults(statement.accessMethod(), statement.tablespace());
    String schema = names.creationSchema(statement.name(), statement.persistence());
    Optional<OnCommit> temporary = onCommit(schema, statement.onCommit());
    String name = statement.name().names.getLast();
    int shards = shardCount(statement.options());
    requireAbsent(schema, name, statement.ifNotExists(), statement.name());
    return new DdlCommand.CreateTable(
            schema, name, statement.ifNotExists(), List.of(), Optional.empty(), List.of(), shards)
        .withTemporary(temporary);
  }

  BoundStatement.CreateTableAsExecute createTableAs(
      Statement.CreateTableAs statement, BoundStatement.Execute execute) {
    return new BoundStatement.CreateTableAsExecute(
        tableOf(statement),
        statement.columns().stream().map(SqlIdentifier::getSimple).toList(),
        execute,
        statement.withData());
  }

  BoundStatement.CreateTableAs createTableAs(Statement.CreateTableAs statement, Query source) {
    DdlCommand.CreateTable table = tableOf(statement);
    BoundQuery query = new QueryBinder(binding).bind(source, null, CommonTables.NONE, true);
    if (statement.columns().size() > query.columns().size()) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "too many column names were specified")
          .at(Positions.of(statement.columns().get(query.columns().size())));
    }
    List<DdlCommand.NewColumn> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < query.columns().size(); i++) {
      BoundQuery.OutputColumn output = query.columns().get(i);
      String column =
          i < statement.columns().size() ? statement.columns().get(i).getSimple() : output.name();
      if (!seen.add(column)) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", column);
      }
      requireStorable(column, output.type());
      columns.add(DdlCommand.NewColumn.ofQuery(column, output.type()));
    }
    return new BoundStatement.CreateTableAs(
        table.withColumns(columns),
        new DdlCommand.QualifiedName(table.schema(), table.name()),
        query,
        statement.withData(),
        "CREATE TABLE AS");
  }

  /// What COMMIT does to a table of a schema, if that is one of temporary tables.
  private static Optional<OnCommit> onCommit(String schema, Statement.OnCommit wanted) {
    if (!SchemaDefinition.isTemporary(schema)) {
      if (wanted != Statement.OnCommit.DEFAULT) {
        throw new QuiverException(
            SqlState.INVALID_TABLE_DEFINITION, "ON COMMIT can only be used on temporary tables");
      }
      return Optional.empty();
    }
    return Optional.of(
        switch (wanted) {
          case DEFAULT, PRESERVE_ROWS -> OnCommit.PRESERVE_ROWS;
          case DELETE_ROWS -> OnCommit.DELETE_ROWS;
          case DROP -> OnCommit.DROP;
        });
  }

  private static void requireDefaults(
      @Nullable SqlIdentifier method, @Nullable SqlIdentifier tablespace) {
    if (method != null && !method.getSimple().equals("heap")) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT, "access method \"%s\" does not exist", method.getSimple());
    }
    if (tablespace != null) {
      throw unsupported("tablespaces are");
    }
  }

  int shardCount(List<Option> options) {
    int count = 1;
    String setting = binding.context().settings().get("quiver.shards");
    if (setting != null) {
      count = Integer.parseInt(setting);
    }
    for (Option option : options) {
      switch (option.name()) {
        case "shards" -> count = OptionValues.integer(option, 1, SHARDS_MAX);
        case "oids" -> StorageParameters.checkOids(option);
        default -> StorageParameters.check(option);
      }
    }
    return count;
  }

  private static final int SHARDS_MAX = 1024;

  private void requireAbsent(
      String schema, String name, boolean ifNotExists, SqlIdentifier identifier) {
    if (!ifNotExists && binding.context().catalog().table(schema, name).isPresent()) {
      throw new QuiverException(SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", name);
    }
    if (name.isEmpty()) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "zero-length delimited identifier")
          .at(Positions.of(identifier));
    }
  }

  static void requireStorable(String column, SqlType type) {
    boolean storable =
        switch (type.base()) {
          case UNKNOWN, VOID -> false;
          default -> !type.isPseudo();
        };
    if (!storable) {
      throw new QuiverException(
          SqlState.INVALID_TABLE_DEFINITION,
          "column \"%s\" has pseudo-type %s",
          column,
          type.sqlName());
    }
    if (type.user().compositeType().filter(RowTypes::isRowType).isPresent()) {
      throw unsupported("column \"" + column + "\" of the row type of a relation is");
    }
  }

  /// A column of ADD COLUMN, with what is demanded of the table besides.
  record NewTable(
      DdlCommand.NewColumn column, List<Constraint> constraints, @Nullable SqlNode generated) {}

  NewTable column(String table, TableElement.Column element) {
    Table made = new Table(table);
    made.add(element);
    List<Constraint> constraints = new ArrayList<>(made.checks);
    List<SqlIdentifier> itself = List.of(element.name());
    for (Constraint constraint : element.constraints()) {
      switch (constraint.body()) {
        case Constraint.Unique unique ->
            constraints.add(
                constraint.with(
                    new Constraint.Unique(
                        unique.primary(),
                        unique.nullsNotDistinct(),
                        itself,
                        unique.include(),
                        unique.options(),
                        unique.usingIndex())));
        case Constraint.ForeignKey key ->
            constraints.add(
                constraint.with(
                    new Constraint.ForeignKey(
                        itself,
                        key.table(),
                        key.referencedColumns(),
                        key.match(),
                        key.onDelete(),
                        key.onUpdate(),
                        key.setColumns())));
        default -> {
          // Part of the column.
        }
      }
    }
    return new NewTable(
        made.columns.getFirst(), constraints, made.generated.get(element.name().getSimple()));
  }

  /// A table being put together.
  private final class Table {
    private final Map<String, SqlNode> generated = new HashMap<>();
    private final String name;
    private final List<DdlCommand.NewColumn> columns = new ArrayList<>();
    private final List<Constraint> checks = new ArrayList<>();
    private final List<DdlCommand.CopiedIndex> likeIndexes = new ArrayList<>();
    private final Map<Integer, String> columnComments = new HashMap<>();
    private final Map<String, String> checkComments = new HashMap<>();
    private final List<DdlCommand.NewCheck> likeChecks = new ArrayList<>();
    private final List<DdlCommand.NewUnique> uniques = new ArrayList<>();
    private final List<Integer> uniquePositions = new ArrayList<>();
    private final List<DdlCommand.NewForeignKey> foreignKeys = new ArrayList<>();
    private final TableKeys keys = new TableKeys(binding);
    private @Nullable String keyName;
    private @Nullable List<String> keyColumns;

    Table(String name) {
      this.name = name;
    }

    private record Serial(BaseType type) {}

    private static @Nullable Serial serial(TypeName type) {
      if (type.schema() != null) {
        return null;
      }
      return switch (type.name()) {
        case "serial", "serial4" -> new Serial(BaseType.INT4);
        case "bigserial", "serial8" -> new Serial(BaseType.INT8);
        case "smallserial", "serial2" -> new Serial(BaseType.INT2);
        default -> null;
      };
    }

    void add(TableElement.Column element) {
      String column = element.name().getSimple();
      int position = Positions.of(element.name());
      if (columns.stream().anyMatch(other -> other.name().equals(column))) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", column);
      }
      if (SYSTEM_COLUMNS.contains(column)) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN,
            "column name \"%s\" conflicts with a system column name",
            column);
      }
      if (columns.size() >= COLUMNS_MAX) {
        throw new QuiverException(
            SqlState.TOO_MANY_COLUMNS, "tables can have at most %d columns", COLUMNS_MAX);
      }
      requireDefaultCollation(element);
      Serial serial = serial(element.type());
      if (serial != null && element.type().arrayDimensions() > 0) {
        throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED, "array of serial is not implemented")
            .at(position);
      }
      SqlType type =
          serial == null
              ? TypeReferences.resolve(binding.context(), element.type())
              : SqlType.of(serial.type());
      requireStorable(column, type);
      boolean notNull = serial != null;
      int generatedPosition = position;
      boolean nullable = false;
      Optional<String> defaultSql = Optional.empty();
      Identity identity = Identity.NONE;
      Optional<SequenceDefinition> sequence = Optional.empty();
      for (Constraint constraint : element.constraints()) {
        switch (constraint.body()) {
          case Constraint.NotNull _ -> notNull = true;
          case Constraint.Null _ -> nullable = true;
          case Constraint.DefaultValue(SqlNode expression) -> {
            if (defaultSql.isPresent() || serial != null) {
              throw new QuiverException(
                      SqlState.SYNTAX_ERROR,
                      "multiple default values specified for column \"%s\" of table \"%s\"",
                      column,
                      name)
                  .at(constraint.position());
            }
            RexNode value = tableExpressions.bindDefault(expression, column, type);
            defaultSql = Optional.of(deparsed(value, List.of()));
          }
          case Constraint.Check _ -> checks.add(constraint);
          case Constraint.Unique unique -> {
            if (unique.primary()) {
              key(constraint, List.of(column), unique);
              notNull = true;
            } else {
              addUnique(constraint, unique, List.of(column));
            }
          }
          case Constraint.ForeignKey key ->
              foreignKeys.add(keys.foreignKey(constraint, key, List.of(column), name));
          case Constraint.Generated(SqlNode expression) -> {
            generated.put(column, expression);
            generatedPosition = constraint.position();
          }
          case Constraint.Identity(boolean always, var options) -> {
            if (!isInteger(type)) {
              throw new QuiverException(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "identity column type must be smallint, integer, or bigint");
            }
            identity = always ? Identity.ALWAYS : Identity.BY_DEFAULT;
            notNull = true;
            sequence = new SequenceBinder(binding).ofIdentity(options, type.base());
          }
        }
      }
      if (notNull && nullable) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR,
                "conflicting NULL/NOT NULL declarations for column \"%s\" of table \"%s\"",
                column,
                name)
            .at(position);
      }
      requireOneSource(
          column, generatedPosition, defaultSql.isPresent() || serial != null, identity);
      if (identity != Identity.NONE && (defaultSql.isPresent() || serial != null)) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR,
                "both default and identity specified for column \"%s\" of table \"%s\"",
                column,
                name)
            .at(position);
      }
      columns.add(
          new DdlCommand.NewColumn(
              column,
              type,
              notNull,
              defaultSql,
              serial != null,
              identity,
              Optional.empty(),
              sequence));
    }

    /// The columns of another relation, and what INCLUDING names of it.
    void like(TableElement.Like like) {
      switch (names.require(like.table())) {
        case RelationNames.Relation.Stored(TableDefinition source) -> like(source, like);
        case RelationNames.Relation.View(ViewDefinition view) ->
            view.columns().forEach(column -> addLike(column.name(), column.type()));
        case RelationNames.Relation.Virtual _ -> throw unsupported("LIKE of a system catalog is");
      }
    }

    private void addLike(String column, SqlType type) {
      addLike(
          new DdlCommand.NewColumn(column, type, false, Optional.empty(), false, Identity.NONE));
    }

    private void addLike(DdlCommand.NewColumn column) {
      if (columns.stream().anyMatch(other -> other.name().equals(column.name()))) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", column.name());
      }
      columns.add(column);
    }

    private void like(TableDefinition source, TableElement.Like like) {
      List<String> including = like.including();
      for (ColumnDefinition column : source.columns()) {
        boolean identity = including.contains("identity") && column.identity() != Identity.NONE;
        addLike(
            new DdlCommand.NewColumn(
                column.name(),
                column.type(),
                column.notNull(),
                including.contains("defaults") ? column.defaultSql() : Optional.empty(),
                false,
                identity ? column.identity() : Identity.NONE,
                including.contains("generated") ? column.generatedSql() : Optional.empty(),
                identity
                    ? column
                        .sequenceId()
                        .flatMap(binding.context().catalog()::sequence)
                        .map(sequence -> sequence.withName("", ""))
                    : Optional.empty()));
      }
      if (including.contains("constraints")) {
        for (TableDefinition.CheckConstraint check : source.checks()) {
          likeChecks.add(
              new DdlCommand.NewCheck(Optional.of(check.name()), Optional.empty(), check.sql()));
        }
      }
      if (including.contains("indexes")) {
        likeIndexes(source, including.contains("comments"), Positions.of(like.table()));
      }
      if (including.contains("comments")) {
        likeComments(source, including.contains("constraints"));
      }
    }

    private void likeComments(TableDefinition source, boolean withConstraints) {
      CatalogImage catalog = binding.context().catalog();
      for (CommentDefinition comment : catalog.comments(source.id())) {
        if (comment.columnId() > 0) {
          columnComments.put(ownId(source, comment.columnId()), comment.text());
        }
      }
      for (TableDefinition.CheckConstraint check : source.checks()) {
        if (withConstraints) {
          comment(check.id()).ifPresent(text -> checkComments.put(check.name(), text));
        }
      }
    }

    private Optional<String> comment(long objectId) {
      return binding.context().catalog().comments(objectId).stream()
          .filter(comment -> comment.columnId() == 0)
          .map(CommentDefinition::text)
          .findFirst();
    }

    /// The id that a column of another table has here.
    private int ownId(TableDefinition source, int columnId) {
      return ordinalOf(source.columnOfId(columnId).orElseThrow().name()) + 1;
    }

    private void likeIndexes(TableDefinition source, boolean withComments, int position) {
      for (IndexDefinition index : source.indexes()) {
        Optional<String> text = withComments ? comment(index.id()) : Optional.empty();
        if (text.isPresent() && source.isConstraintIndex(index)) {
          throw unsupported(
              "LIKE … INCLUDING COMMENTS with a comment on the index of a constraint is");
        }
        List<String> keys =
            index.keyColumnIds().stream()
                .map(id -> source.columnOfId(id).orElseThrow().name())
                .toList();
        if (index.primary()) {
          keyColumns = keys;
          keyPosition = position;
          keyDeferral = index.deferral();
          keyIncluded =
              index.includedColumnIds().stream()
                  .map(id -> source.columnOfId(id).orElseThrow().name())
                  .toList();
        } else if (index.constraintId().isPresent()) {
          uniques.add(
              new DdlCommand.NewUnique(
                  Optional.empty(),
                  keys,
                  index.includedColumnIds().stream()
                      .map(id -> source.columnOfId(id).orElseThrow().name())
                      .toList(),
                  index.nullsNotDistinct(),
                  index.deferral()));
          uniquePositions.add(position);
        } else {
          likeIndexes.add(new DdlCommand.CopiedIndex(copy(source, index), text));
        }
      }
    }

    private DdlCommand.NewIndex copy(TableDefinition source, IndexDefinition index) {
      return new DdlCommand.NewIndex(
          index.method(),
          index.keys().stream().map(key -> copy(source, key)).toList(),
          index.includedColumnIds().stream().map(id -> ownId(source, id)).toList(),
          index.options(),
          index.unique(),
          index.nullsNotDistinct(),
          index.predicate().map(condition -> copy(source, condition)));
    }

    private IndexKey copy(TableDefinition source, IndexKey key) {
      IndexKey.Source from =
          switch (key.source()) {
            case IndexKey.Column(int columnId) -> new IndexKey.Column(ownId(source, columnId));
            case IndexKey.Computed(String computed, IndexExpression expression) ->
                new IndexKey.Computed(computed, copy(source, expression));
          };
      return new IndexKey(
          from, key.operatorClass(), key.collation(), key.descending(), key.nullsFirst());
    }

    private IndexExpression copy(TableDefinition source, IndexExpression expression) {
      return new IndexExpression(
          expression.template(),
          expression.columnIds().stream().map(id -> ownId(source, id)).toList(),
          expression.expression());
    }

    private void requireOneSource(
        String column, int position, boolean hasDefault, Identity identity) {
      if (!generated.containsKey(column)) {
        return;
      }
      if (hasDefault) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR,
                "both default and generation expression specified for column \"%s\" of table"
                    + " \"%s\"",
                column,
                name)
            .at(position);
      }
      if (identity != Identity.NONE) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR,
                "both identity and generation expression specified for column \"%s\" of table"
                    + " \"%s\"",
                column,
                name)
            .at(position);
      }
    }

    /// Columns computed from others, once all are known.
    private void bindGenerated() {
      for (int i = 0; i < columns.size(); i++) {
        DdlCommand.NewColumn column = columns.get(i);
        SqlNode expression = generated.get(column.name());
        if (expression != null) {
          List<ColumnDefinition> row = definitions();
          RexNode value =
              tableExpressions.bindGenerated(expression, column.name(), column.type(), row, name);
          requireComputable(value, binding.resolver().registry(), row, generated.keySet());
          columns.set(
              i,
              column.withGenerated(
                  deparsed(value, row.stream().map(ColumnDefinition::name).toList())));
        }
      }
    }

    private static boolean isInteger(SqlType type) {
      return !type.array()
          && switch (type.base()) {
            case INT2, INT4, INT8 -> true;
            default -> false;
          };
    }

    private static void requireDefaultCollation(TableElement.Column element) {
      SqlIdentifier collation = element.collation();
      if (collation != null) {
        String collationName = collation.names.getLast();
        if (!Set.of("default", "C", "POSIX", "ucs_basic").contains(collationName)) {
          throw new QuiverException(
                  SqlState.UNDEFINED_OBJECT,
                  "collation \"%s\" for encoding \"UTF8\" does not exist",
                  collationName)
              .at(Positions.of(collation));
        }
      }
    }

    void tableConstraint(Constraint constraint) {
      switch (constraint.body()) {
        case Constraint.Check _ -> checks.add(constraint);
        case Constraint.Unique unique -> {
          List<String> names = TableKeys.names(unique.columns());
          if (unique.primary()) {
            key(constraint, names, unique);
          } else {
            addUnique(constraint, unique, names);
          }
        }
        case Constraint.ForeignKey key ->
            foreignKeys.add(keys.foreignKey(constraint, key, TableKeys.names(key.columns()), name));
        case Constraint.NotNull _,
            Constraint.Null _,
            Constraint.DefaultValue _,
            Constraint.Generated _,
            Constraint.Identity _ ->
            throw new IllegalStateException("not a table constraint: " + constraint.body());
      }
    }

    private void addUnique(
        Constraint constraint, Constraint.Unique unique, List<String> columnNames) {
      uniques.add(TableKeys.unique(constraint, unique, columnNames));
      uniquePositions.add(constraint.position());
    }

    private void checkUniques() {
      for (int i = 0; i < uniques.size(); i++) {
        Set<String> seen = new HashSet<>();
        for (String column : uniques.get(i).columns()) {
          int ordinal = ordinalOf(column);
          if (ordinal < 0) {
            throw new QuiverException(
                    SqlState.UNDEFINED_COLUMN, "column \"%s\" named in key does not exist", column)
                .at(uniquePositions.get(i));
          }
          if (!seen.add(column)) {
            throw new QuiverException(
                    SqlState.DUPLICATE_COLUMN,
                    "column \"%s\" appears twice in unique constraint",
                    column)
                .at(uniquePositions.get(i));
          }
          requireKeyType(columns.get(ordinal).type());
        }
      }
    }

    private void key(Constraint constraint, List<String> keys, Constraint.Unique unique) {
      if (keyColumns != null) {
        throw new QuiverException(
                SqlState.INVALID_TABLE_DEFINITION,
                "multiple primary keys for table \"%s\" are not allowed",
                name)
            .at(constraint.position());
      }
      IndexOptionValues.checkKey(unique.options());
      if (unique.usingIndex() != null) {
        throw unsupported("PRIMARY KEY USING INDEX is");
      }
      keyColumns = keys;
      SqlIdentifier constraintName = constraint.name();
      keyName = constraintName == null ? null : constraintName.getSimple();
      keyPosition = constraint.position();
      keyDeferral = constraint.deferral();
      keyIncluded = TableKeys.names(unique.include());
    }

    private int keyPosition;
    private Deferral keyDeferral = Deferral.NOT_DEFERRABLE;
    private List<String> keyIncluded = List.of();

    DdlCommand.CreateTable command(String schema, boolean ifNotExists, int shards) {
      Optional<DdlCommand.NewKey> key = Optional.empty();
      List<String> keys = keyColumns;
      if (keys != null) {
        checkKey(keys);
        key =
            Optional.of(
                new DdlCommand.NewKey(
                    Optional.ofNullable(keyName), keys, keyIncluded, keyDeferral));
      }
      checkUniques();
      List<DdlCommand.NewCheck> newChecks = new ArrayList<>(likeChecks);
      Set<String> checkNames = new HashSet<>();
      likeChecks.forEach(check -> check.name().ifPresent(checkNames::add));
      for (Constraint check : checks) {
        SqlIdentifier checkName = check.name();
        if (checkName != null && !checkNames.add(checkName.getSimple())) {
          throw new QuiverException(
              SqlState.DUPLICATE_OBJECT,
              "check constraint \"%s\" already exists",
              checkName.getSimple());
        }
        newChecks.add(check(check));
      }
      bindGenerated();
      return new DdlCommand.CreateTable(
          schema,
          name,
          ifNotExists,
          columns,
          key,
          newChecks,
          shards,
          TableKeys.without(uniques, key),
          foreignKeys,
          Optional.empty(),
          new DdlCommand.Copied(likeIndexes, columnComments, checkComments));
    }

    private void checkKey(List<String> keys) {
      Set<String> seen = new HashSet<>();
      for (String key : keys) {
        int ordinal = ordinalOf(key);
        if (ordinal < 0) {
          throw new QuiverException(
                  SqlState.UNDEFINED_COLUMN, "column \"%s\" named in key does not exist", key)
              .at(keyPosition);
        }
        if (!seen.add(key)) {
          throw new QuiverException(
                  SqlState.DUPLICATE_COLUMN,
                  "column \"%s\" appears twice in primary key constraint",
                  key)
              .at(keyPosition);
        }
        DdlCommand.NewColumn column = columns.get(ordinal);
        requireKeyType(column.type());
        columns.set(ordinal, column.withNotNull());
      }
    }

    private void requireKeyType(SqlType type) {
      boolean indexable =
          type.array()
              || switch (type.base()) {
                case JSON, ACLITEM, PG_NODE_TREE, JSONPATH -> false;
                default -> true;
              };
      if (!indexable) {
        throw new QuiverException(
                SqlState.UNDEFINED_OBJECT,
                "data type %s has no default operator class for access method \"btree\"",
                type.sqlName())
            .withHint(
                "You must specify an operator class for the index or define a default operator"
                    + " class for the data type.");
      }
    }

    private int ordinalOf(String column) {
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).name().equals(column)) {
          return i;
        }
      }
      return -1;
    }

    private List<ColumnDefinition> definitions() {
      List<ColumnDefinition> definitions = new ArrayList<>();
      for (DdlCommand.NewColumn column : columns) {
        definitions.add(
            new ColumnDefinition(
                definitions.size() + 1,
                column.name(),
                column.type(),
                column.notNull(),
                Optional.empty(),
                Optional.empty(),
                Identity.NONE));
      }
      return definitions;
    }

    private DdlCommand.NewCheck check(Constraint constraint) {
      Constraint.Check body = (Constraint.Check) constraint.body();
      List<ColumnDefinition> definitions = definitions();
      Namespace namespace =
          new Namespace(name, null, null, tableExpressions.columns(definitions), null, false);
      RexNode condition = tableExpressions.bindCheck(body.expression(), namespace);
      List<String> columnNames = definitions.stream().map(ColumnDefinition::name).toList();
      ImmutableBitSet used = RelOptUtil.InputFinder.bits(condition);
      SqlIdentifier checkName = constraint.name();
      return new DdlCommand.NewCheck(
          checkName == null ? Optional.empty() : Optional.of(checkName.getSimple()),
          used.cardinality() == 1 ? Optional.of(columnNames.get(used.nth(0))) : Optional.empty(),
          deparsed(condition, columnNames));
    }
  }

  /// A generation expression is immutable and reads no other generated column.
  static void requireComputable(
      RexNode value, FunctionRegistry registry, List<ColumnDefinition> row, Set<String> generated) {
    if (!Mutability.isImmutable(value, registry)) {
      throw new QuiverException(
          SqlState.INVALID_OBJECT_DEFINITION, "generation expression is not immutable");
    }
    for (int ordinal : RelOptUtil.InputFinder.bits(value)) {
      if (generated.contains(row.get(ordinal).name())) {
        throw new QuiverException(
                SqlState.INVALID_OBJECT_DEFINITION,
                "cannot use generated column \"%s\" in column generation expression",
                row.get(ordinal).name())
            .withDetail("A generated column cannot reference another generated column.");
      }
    }
  }

  private String deparsed(RexNode node, List<String> columnNames) {
    return new Deparser(binding, columnNames::get).text(node);
  }

  /// A word of an option in upper case, for messages.
  static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
