package quiver.planner.binder;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.OperatorClass;
import quiver.common.catalog.OperatorClasses;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.parser.node.IndexElement;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Statement;

/// CREATE INDEX, with PostgreSQL's and pgvector's rules and messages, checked in their order.
final class IndexBinder {
  /// PostgreSQL's INDEX_MAX_KEYS.
  private static final int KEYS_MAX = 32;

  /// Methods that can be built and searched; the others are refused.
  private static final Set<IndexMethod> SUPPORTED =
      EnumSet.complementOf(EnumSet.of(IndexMethod.GIST, IndexMethod.SPGIST));

  private static final Set<String> COLLATIONS = Set.of("default", "C", "POSIX", "ucs_basic");

  private final RelationNames names;
  private final StoredExpressions stored;
  private final boolean pgvectorLimits;

  IndexBinder(Binding binding) {
    this.names = new RelationNames(binding.context());
    this.stored = new StoredExpressions(binding);
    this.pgvectorLimits = "on".equals(binding.context().settings().get("quiver.pgvector_limits"));
  }

  BoundStatement.Ddl createIndex(Statement.CreateIndex statement) {
    if (names.requireDefined(statement.table())
        instanceof RelationNames.Relation.View(ViewDefinition view)) {
      throw new QuiverException(
              SqlState.WRONG_OBJECT_TYPE, "cannot create index on relation \"%s\"", view.name())
          .withDetail("This operation is not supported for views.");
    }
    TableDefinition table = names.requireDefinedTable(statement.table());
    // What keys and the condition may contain is said before anything about the method.
    List<RexNode> sources = new ArrayList<>();
    for (IndexElement element : statement.elements()) {
      sources.add(
          isColumnName(element.expression()) ? null : stored.bindKey(element.expression(), table));
    }
    SqlNode where = statement.where();
    RexNode condition = where == null ? null : stored.bindPredicate(where, table);
    IndexMethod method = method(statement.method());
    requireAbilities(statement, method);
    Optional<IndexExpression> predicate =
        condition == null ? Optional.empty() : Optional.of(stored.predicate(condition, table));
    Map<String, String> options = IndexOptionValues.checked(method, statement.options());
    Keys keys = new Keys(table, method);
    for (int i = 0; i < statement.elements().size(); i++) {
      keys.add(statement.elements().get(i), sources.get(i));
    }
    List<Integer> included = new ArrayList<>();
    for (SqlIdentifier column : statement.include()) {
      included.add(keys.column(column).id());
    }
    requireSupported(method);
    if (method.isVector()) {
      VectorKeys.check(method, keys.keys.getFirst(), pgvectorLimits, table, options);
    }
    SqlIdentifier name = statement.name();
    return new BoundStatement.Ddl(
        new DdlCommand.CreateIndex(
            table.id(),
            name == null ? Optional.empty() : Optional.of(name.names.getLast()),
            statement.ifNotExists(),
            statement.concurrently(),
            new DdlCommand.NewIndex(
                method,
                keys.keys,
                included,
                options,
                statement.unique(),
                statement.nullsNotDistinct(),
                predicate)),
        "CREATE INDEX");
  }

  private static boolean isColumnName(SqlNode node) {
    return node instanceof SqlIdentifier identifier && identifier.names.size() == 1;
  }

  private static IndexMethod method(@Nullable SqlIdentifier identifier) {
    String name = identifier == null ? "btree" : identifier.getSimple();
    return IndexMethod.of(name)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT, "access method \"%s\" does not exist", name));
  }

  private static void requireAbilities(Statement.CreateIndex statement, IndexMethod method) {
    if (statement.elements().size() + statement.include().size() > KEYS_MAX) {
      throw new QuiverException(
          SqlState.TOO_MANY_COLUMNS, "cannot use more than %d columns in an index", KEYS_MAX);
    }
    if (statement.tablespace() != null) {
      throw DefinitionBinder.unsupported("tablespaces are");
    }
    if (statement.unique() && !method.canUnique()) {
      throw refused(method, "does not support unique indexes");
    }
    if (!statement.include().isEmpty() && !method.canInclude()) {
      throw refused(method, "does not support included columns");
    }
    if (statement.elements().size() > 1 && !method.canSeveralKeys()) {
      throw refused(method, "does not support multicolumn indexes");
    }
  }

  private static void requireSupported(IndexMethod method) {
    if (!SUPPORTED.contains(method)) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "index method \"%s\" is not supported", method.sqlName());
    }
  }

  private static QuiverException refused(IndexMethod method, String what) {
    return new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED, "access method \"%s\" %s", method.sqlName(), what);
  }

  /// The keys of an index being put together.
  private final class Keys {
    final List<IndexKey> keys = new ArrayList<>();
    private final TableDefinition table;
    private final IndexMethod method;
    private final Set<String> keyNames = new HashSet<>();

    Keys(TableDefinition table, IndexMethod method) {
      this.table = table;
      this.method = method;
    }

    /// @param expression null for a column
    void add(IndexElement element, @Nullable RexNode expression) {
      IndexKey.Source source;
      SqlType type;
      Optional<ColumnDefinition> column =
          expression == null
              ? Optional.of(column((SqlIdentifier) element.expression()))
              : StoredExpressions.column(expression, table);
      if (column.isPresent()) {
        source = new IndexKey.Column(column.get().id());
        type = column.get().type();
        keyNames.add(column.get().name());
      } else {
        IndexExpression computed = stored.key(expression, table);
        source = new IndexKey.Computed(keyName(element.expression()), computed);
        type = computed.expression().type();
      }
      Optional<String> collation = collation(element, type);
      if (method.isVector() && type.base() == BaseType.VARBIT && !type.array()) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE, "type not supported for %s index", method.sqlName());
      }
      OperatorClass operatorClass = operatorClass(element.operatorClass(), type);
      if (!element.operatorClassOptions().isEmpty()) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE,
            "operator class %s has no options",
            operatorClass.name());
      }
      if (!method.canOrder() && element.descending()) {
        throw refused(method, "does not support ASC/DESC options");
      }
      if (!method.canOrder() && element.nulls() != OrderItem.Nulls.DEFAULT) {
        throw refused(method, "does not support NULLS FIRST/LAST options");
      }
      boolean nullsFirst =
          switch (element.nulls()) {
            case DEFAULT -> element.descending();
            case FIRST -> true;
            case LAST -> false;
          };
      keys.add(
          new IndexKey(source, operatorClass.name(), collation, element.descending(), nullsFirst));
    }

    ColumnDefinition column(SqlIdentifier identifier) {
      String name = identifier.getSimple();
      return table.ordinalOf(name).map(table.columns()::get).orElseThrow(() -> missing(name));
    }

    private static QuiverException missing(String name) {
      return DefinitionBinder.isSystemColumn(name)
          ? new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "index creation on system columns is not supported")
          : new QuiverException(SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", name);
    }

    /// PostgreSQL's name for the index column of an expression, with a number if it is taken.
    private String keyName(SqlNode node) {
      String figured = OutputNames.of(node);
      String first = figured.equals(OutputNames.UNNAMED) ? "expr" : figured;
      String name = first;
      for (int i = 1; !keyNames.add(name); i++) {
        name = first + i;
      }
      return name;
    }

    private static Optional<String> collation(IndexElement element, SqlType type) {
      SqlIdentifier identifier = element.collation();
      if (identifier == null) {
        return Optional.empty();
      }
      String name = identifier.names.getLast();
      boolean collatable =
          switch (type.base()) {
            case TEXT, VARCHAR, BPCHAR, NAME -> true;
            default -> false;
          };
      if (!collatable) {
        throw new QuiverException(
            SqlState.DATATYPE_MISMATCH, "collations are not supported by type %s", type.sqlName());
      }
      if (!COLLATIONS.contains(name)) {
        throw new QuiverException(
            SqlState.UNDEFINED_OBJECT,
            "collation \"%s\" for encoding \"UTF8\" does not exist",
            name);
      }
      return Optional.of(name);
    }

    private OperatorClass operatorClass(@Nullable SqlIdentifier identifier, SqlType type) {
      if (identifier == null) {
        return OperatorClasses.defaultFor(method, type)
            .orElseThrow(() ->
                new QuiverException(
                        SqlState.UNDEFINED_OBJECT,
                        "data type %s has no default operator class for access method \"%s\"",
                        type.sqlName(),
                        method.sqlName())
                    .withHint(
                        "You must specify an operator class for the index or define a default"
                            + " operator class for the data type."));
      }
      String name = identifier.names.getLast();
      OperatorClass found =
          OperatorClasses.find(method, name)
              .orElseThrow(() ->
                  new QuiverException(
                      SqlState.UNDEFINED_OBJECT,
                      "operator class \"%s\" does not exist for access method \"%s\"",
                      String.join(".", identifier.names),
                      method.sqlName()));
      if (!OperatorClasses.accepts(found, type)) {
        throw new QuiverException(
            SqlState.DATATYPE_MISMATCH,
            "operator class \"%s\" does not accept data type %s",
            String.join(".", identifier.names),
            type.sqlName());
      }
      return found;
    }
  }
}
