package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlNode;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.PostgresParser;
import quiver.planner.parser.node.Positions;

/// Defaults and checks of tables: expressions kept as text in the catalog.
final class TableExpressions {
  private final Binding binding;

  TableExpressions(Binding binding) {
    this.binding = binding;
  }

  /// The value a column gets when none is given.
  RexNode defaultOf(ColumnDefinition column) {
    Optional<String> defaultSql =
        column.defaultSql().isPresent() || column.sequenceId().isPresent()
            ? column.defaultSql()
            : new Domains(binding).defaultSql(column.type());
    if (defaultSql.isPresent()) {
      SqlNode node = PostgresParser.parseExpression(defaultSql.get());
      return binding.kept(() -> bindDefault(node, column.name(), column.type()));
    }
    return column
        .sequenceId()
        .map(sequence ->
            binding.coercions().assign(nextValue(sequence), column.type(), column.name()))
        .orElseGet(() -> binding.rex().constant(null, column.type()));
  }

  private RexNode nextValue(long sequenceId) {
    SqlType regclass = SqlType.of(BaseType.REGCLASS);
    var function = binding.resolver().function("nextval", List.of(regclass));
    return binding
        .rex()
        .call(
            function.function(),
            "",
            function.result(),
            List.of(binding.rex().constant(sequenceId, regclass)));
  }

  /// A DEFAULT expression as a value for its column.
  RexNode bindDefault(SqlNode node, String column, SqlType type) {
    RexNode bound = binder(List.of()).bind(node, Clause.DEFAULT);
    try {
      return binding
          .coercions()
          .tryCoerce(bound, type.withoutDomain(), quiver.common.type.CastContext.ASSIGNMENT)
          .orElseThrow(() ->
              new QuiverException(
                      SqlState.DATATYPE_MISMATCH,
                      "column \"%s\" is of type %s but default expression is of type %s",
                      column,
                      type.sqlName(),
                      Rex.type(bound).sqlName())
                  .withHint("You will need to rewrite or cast the expression."));
    } catch (QuiverException e) {
      throw e.position() == 0 && Coercions.isUnknown(bound) ? e.at(Positions.of(node)) : e;
    }
  }

  /// USING of ALTER COLUMN … TYPE.
  RexNode bindUsing(SqlNode node, Namespace namespace) {
    return binder(List.of(namespace)).bind(node, Clause.USING);
  }

  /// The value of a generated column over the row.
  RexNode generatedOf(ColumnDefinition column, List<ColumnDefinition> row, String table) {
    SqlNode node = PostgresParser.parseExpression(column.generatedSql().orElseThrow());
    return binding.kept(() -> bindGenerated(node, column.name(), column.type(), row, table));
  }

  /// A GENERATED ALWAYS AS expression as a value for its column.
  RexNode bindGenerated(
      SqlNode node, String column, SqlType type, List<ColumnDefinition> row, String table) {
    Namespace namespace = new Namespace(table, null, null, columns(row), null, false);
    RexNode bound = binder(List.of(namespace)).bind(node, Clause.GENERATED);
    return binding
        .coercions()
        .tryCoerce(bound, type.withoutDomain(), quiver.common.type.CastContext.ASSIGNMENT)
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.DATATYPE_MISMATCH,
                    "column \"%s\" is of type %s but default expression is of type %s",
                    column,
                    type.sqlName(),
                    Rex.type(bound).sqlName())
                .withHint("You will need to rewrite or cast the expression."));
  }

  /// Rows with their generated columns computed from the others.
  RelNode withGenerated(RelNode rows, List<ColumnDefinition> columns, String table) {
    return withGenerated(rows, columns, table, 0);
  }

  /// As above.
  ///
  /// @param offset where the row begins in the relation
  RelNode withGenerated(RelNode rows, List<ColumnDefinition> columns, String table, int offset) {
    if (columns.stream().allMatch(column -> column.generatedSql().isEmpty())) {
      return rows;
    }
    List<RexNode> row = new ArrayList<>(binding.columns(rows));
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).generatedSql().isPresent()) {
        row.set(offset + i, RexUtil.shift(generatedOf(columns.get(i), columns, table), offset));
      }
    }
    return binding.project(rows, row);
  }

  /// Computes generated columns in a row of expressions.
  void fillGenerated(List<RexNode> row, List<ColumnDefinition> columns, String table) {
    List<RexNode> given = List.copyOf(row);
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).generatedSql().isPresent()) {
        row.set(
            i,
            generatedOf(columns.get(i), columns, table)
                .accept(
                    new RexShuttle() {
                      @Override
                      public RexNode visitInputRef(RexInputRef reference) {
                        return given.get(reference.getIndex());
                      }
                    }));
      }
    }
  }

  /// The checks of a table over its columns.
  List<BoundStatement.Check> checks(TableDefinition table) {
    List<Namespace.Column> columns = columns(table.columns());
    List<BoundStatement.Check> checks =
        new ArrayList<>(new Domains(binding).checks(table.columns()));
    for (TableDefinition.CheckConstraint check : table.checks()) {
      Namespace row = new Namespace(table.name(), null, null, columns, table, false);
      checks.add(new BoundStatement.Check(check.name(), bindKept(check, row)));
    }
    return checks;
  }

  /// A CHECK constraint as the catalog keeps it.
  RexNode bindKept(TableDefinition.CheckConstraint check, Namespace namespace) {
    SqlNode node = PostgresParser.parseExpression(check.sql());
    return binding.kept(() -> bindCheck(node, namespace));
  }

  /// A CHECK condition over the columns of a namespace.
  RexNode bindCheck(SqlNode node, Namespace namespace) {
    return binder(List.of(namespace)).bindCondition(node, Clause.CHECK, "CHECK");
  }

  /// A key of an index over the columns of a table.
  RexNode bindIndexKey(SqlNode node, TableDefinition table) {
    return binder(List.of(namespace(table))).bind(node, Clause.INDEX_EXPRESSION);
  }

  /// The condition of a partial index over the columns of a table.
  RexNode bindIndexPredicate(SqlNode node, TableDefinition table) {
    return binder(List.of(namespace(table))).bindCondition(node, Clause.INDEX_PREDICATE, "WHERE");
  }

  private Namespace namespace(TableDefinition table) {
    return new Namespace(table.name(), null, null, columns(table.columns()), table, false);
  }

  /// Columns of a row that is the table's.
  List<Namespace.Column> columns(List<ColumnDefinition> definitions) {
    List<Namespace.Column> columns = new ArrayList<>();
    for (ColumnDefinition column : definitions) {
      columns.add(
          new Namespace.Column(
              column.name(),
              binding.rex().column(columns.size(), column.type()),
              Namespace.Origin.NONE,
              false));
    }
    return columns;
  }

  private ExpressionBinder binder(List<Namespace> namespaces) {
    List<Namespace.Column> columns = new ArrayList<>();
    namespaces.forEach(namespace -> columns.addAll(namespace.columns()));
    Scope scope = new Scope(binding.newId(), null, namespaces, columns, binding.rex());
    return new ExpressionBinder(
        binding, scope, CommonTables.NONE, new Placeholders(binding.rex()), Map.of());
  }

  /// The expression a column was declared with, if its values are made by a sequence or default.
  static boolean isGeneratedAlways(ColumnDefinition column) {
    return column.identity() == ColumnDefinition.Identity.ALWAYS;
  }
}
