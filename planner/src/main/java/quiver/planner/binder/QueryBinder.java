package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalIntersect;
import org.apache.calcite.rel.logical.LogicalMinus;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SortKey;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ValuesRel;
import quiver.planner.parser.node.NumericConstant;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.Statement;

/// Queries: SELECT, VALUES, set operations, WITH.
final class QueryBinder {
  private final Binding binding;

  QueryBinder(Binding binding) {
    this.binding = binding;
  }

  /// @param parent the scope of the enclosing query
  /// @param resolveUnknown whether result columns of unknown type become text
  BoundQuery bind(
      Query query, @Nullable Scope parent, CommonTables commonTables, boolean resolveUnknown) {
    return binding
        .history()
        .during(
            query.clauses().asOf(),
            () -> bindAtMoment(query, parent, commonTables, resolveUnknown));
  }

  private BoundQuery bindAtMoment(
      Query query, @Nullable Scope parent, CommonTables commonTables, boolean resolveUnknown) {
    Query.With with = query.clauses().with();
    if (with == null) {
      return bindBody(query, parent, commonTables, resolveUnknown);
    }
    WithBinder.Result tables = new WithBinder(binding, false).bind(with, parent, commonTables);
    BoundQuery body = bindBody(query, parent, tables.tables(), resolveUnknown);
    return new BoundQuery(tables.around(body.rel()), body.columns());
  }

  /// A query that is a statement: its WITH clause may change rows.
  BoundStatement bindStatement(Query query) {
    return binding.history().during(query.clauses().asOf(), () -> bindStatementAtMoment(query));
  }

  private BoundStatement bindStatementAtMoment(Query query) {
    Query.With with = query.clauses().with();
    if (with == null) {
      return new BoundStatement.Select(bindBody(query, null, CommonTables.NONE, true));
    }
    if (with.tables().stream()
        .anyMatch(table -> !(table.statement() instanceof Statement.SelectStatement))) {
      binding.history().refuse("of a statement that changes rows");
    }
    WithBinder.Result tables = new WithBinder(binding, true).bind(with, null, CommonTables.NONE);
    BoundQuery body = bindBody(query, null, tables.tables(), true);
    return tables.after(
        new BoundStatement.Select(new BoundQuery(tables.around(body.rel()), body.columns())));
  }

  private BoundQuery bindBody(
      Query query, @Nullable Scope parent, CommonTables commonTables, boolean resolveUnknown) {
    return switch (query) {
      case Query.Select select ->
          new SelectBinder(binding, select, parent, commonTables, resolveUnknown).bind();
      case Query.Values values -> values(values, parent, commonTables, resolveUnknown);
      case Query.SetOperation operation ->
          setOperation(operation, parent, commonTables, resolveUnknown);
    };
  }

  // ---- VALUES

  private BoundQuery values(
      Query.Values values,
      @Nullable Scope parent,
      CommonTables commonTables,
      boolean resolveUnknown) {
    Scope scope = new Scope(binding.newId(), parent, List.of(), List.of(), binding.rex());
    Placeholders placeholders = new Placeholders(binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, commonTables, placeholders, Map.of());
    int width = values.rows().getFirst().size();
    List<List<RexNode>> rows = new ArrayList<>();
    for (List<SqlNode> row : values.rows()) {
      if (row.size() != width) {
        throw new QuiverException(SqlState.SYNTAX_ERROR, "VALUES lists must all be the same length")
            .at(Positions.of(row.getFirst()));
      }
      rows.add(new ArrayList<>(expressions.bindAll(row, Clause.VALUES)));
    }
    List<SqlType> types = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      int column = i;
      List<RexNode> cells = rows.stream().map(row -> row.get(column)).toList();
      boolean unknown = cells.stream().allMatch(Coercions::isUnknown);
      if (unknown && !resolveUnknown) {
        types.add(SqlType.UNKNOWN);
        continue;
      }
      List<RexNode> converted = binding.coercions().toCommonType(cells, "VALUES");
      for (int r = 0; r < rows.size(); r++) {
        rows.get(r).set(column, converted.get(r));
      }
      types.add(Rex.type(converted.getFirst()));
    }
    for (int r = 0; r < rows.size(); r++) {
      for (int i = 0; i < width; i++) {
        binding
            .trace()
            .expression(values.rows().get(r).get(i), rows.get(r).get(i), scope, placeholders);
      }
    }
    RelNode rel = valuesRel(rows, types, placeholders, scope);
    List<BoundQuery.OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      columns.add(new BoundQuery.OutputColumn("column" + (i + 1), types.get(i), 0, 0));
    }
    Locking.refuse(values.clauses().locking(), true, "VALUES");
    return ordered(new BoundQuery(rel, columns), values.clauses(), parent, commonTables);
  }

  /// Rows with subqueries become a union of one-row selects.
  RelNode valuesRel(
      List<List<RexNode>> rows, List<SqlType> types, Placeholders placeholders, Scope scope) {
    if (!placeholders.hasSubqueries()) {
      return new ValuesRel(binding.cluster(), rows, types);
    }
    Subqueries subqueries = new Subqueries(binding, placeholders, scope.id());
    List<RelNode> selects = new ArrayList<>();
    for (List<RexNode> row : rows) {
      Subqueries.Attached attached =
          subqueries.attach(
              ValuesRel.singleEmptyRow(binding.cluster()), row, index -> index, _ -> true);
      selects.add(binding.project(attached.rel(), attached.expressions()));
    }
    return selects.size() == 1 ? selects.getFirst() : LogicalUnion.create(selects, true);
  }

  // ---- set operations

  private BoundQuery setOperation(
      Query.SetOperation operation,
      @Nullable Scope parent,
      CommonTables commonTables,
      boolean resolveUnknown) {
    Locking.refuse(operation.clauses().locking(), true, "UNION/INTERSECT/EXCEPT");
    BoundQuery left = bind(operation.left(), parent, commonTables, false);
    BoundQuery right = bind(operation.right(), parent, commonTables, false);
    String name = operation.operator().name();
    if (left.columns().size() != right.columns().size()) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR, "each %s query must have the same number of columns", name)
          .at(targetPosition(operation.right(), 0));
    }
    List<SqlType> types = new ArrayList<>();
    for (int i = 0; i < left.columns().size(); i++) {
      SqlType leftType = left.columns().get(i).type();
      SqlType rightType = right.columns().get(i).type();
      try {
        SqlType common = binding.resolver().commonType(List.of(leftType, rightType), name);
        boolean open =
            Coercions.isUnknown(leftType)
                && Coercions.isUnknown(rightType)
                && !resolveUnknown
                && operation.all();
        types.add(open ? SqlType.UNKNOWN : common);
      } catch (QuiverException e) {
        throw e.position() == 0 ? e.at(targetPosition(operation.right(), i)) : e;
      }
    }
    List<RelNode> inputs = List.of(converted(left, types), converted(right, types));
    if (!operation.all()) {
      types.forEach(type -> binding.resolver().equality(type));
    }
    RelNode rel =
        switch (operation.operator()) {
          case UNION -> {
            RelNode union = LogicalUnion.create(flattened(inputs), true);
            yield operation.all() ? union : Aggregation.distinct(union);
          }
          case INTERSECT -> LogicalIntersect.create(inputs, operation.all());
          case EXCEPT -> LogicalMinus.create(inputs, operation.all());
        };
    List<BoundQuery.OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(new BoundQuery.OutputColumn(left.columns().get(i).name(), types.get(i), 0, 0));
    }
    return ordered(new BoundQuery(rel, columns), operation.clauses(), parent, commonTables);
  }

  /// Where column `index` of a query is in the text.
  static int targetPosition(Query query, int index) {
    return switch (query) {
      case Query.Select select when index < select.items().size() ->
          Positions.of(select.items().get(index).expression());
      case Query.Select select -> select.position();
      case Query.Values values -> Positions.of(values.rows().getFirst().get(index));
      case Query.SetOperation operation -> targetPosition(operation.left(), index);
    };
  }

  private static List<RelNode> flattened(List<RelNode> inputs) {
    List<RelNode> flat = new ArrayList<>();
    for (RelNode input : inputs) {
      if (input instanceof LogicalUnion union && union.all) {
        flat.addAll(union.getInputs());
      } else {
        flat.add(input);
      }
    }
    return flat;
  }

  private RelNode converted(BoundQuery query, List<SqlType> types) {
    Binding.Outputs outputs = binding.outputs(query.rel());
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(
          binding.coercions().coerce(outputs.columns().get(i), types.get(i), CastContext.IMPLICIT));
    }
    return binding.project(outputs.rel(), columns);
  }

  // ---- ORDER BY over VALUES and set operations: output columns only

  private BoundQuery ordered(
      BoundQuery query, Query.Clauses clauses, @Nullable Scope parent, CommonTables commonTables) {
    List<SortKey> keys = new ArrayList<>();
    for (OrderItem item : clauses.orderBy()) {
      int column = outputColumn(item.expression(), query.columns());
      Orderings.require(
          binding, query.columns().get(column).type(), Positions.of(item.expression()));
      if (keys.stream().noneMatch(key -> key.column() == column)) {
        keys.add(new SortKey(column, item.descending(), item.nullsFirst()));
      }
    }
    RelNode rel = new Limits(binding, commonTables).apply(query.rel(), keys, clauses, parent);
    return new BoundQuery(rel, query.columns());
  }

  private static int outputColumn(SqlNode node, List<BoundQuery.OutputColumn> columns) {
    if (node instanceof NumericConstant number && number.typeName().equals("int4")) {
      int ordinal = Integer.parseInt(number.text());
      if (ordinal < 1 || ordinal > columns.size()) {
        throw new QuiverException(
                SqlState.INVALID_COLUMN_REFERENCE,
                "ORDER BY position %d is not in select list",
                ordinal)
            .at(Positions.of(node));
      }
      return ordinal - 1;
    }
    if (node instanceof SqlIdentifier identifier && identifier.names.size() == 1) {
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).name().equals(identifier.getSimple())) {
          return i;
        }
      }
      throw new QuiverException(
              SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", identifier.getSimple())
          .at(Positions.of(node));
    }
    throw new QuiverException(
            SqlState.FEATURE_NOT_SUPPORTED, "invalid UNION/INTERSECT/EXCEPT ORDER BY clause")
        .withDetail("Only result column names can be used, not expressions or functions.")
        .withHint(
            "Add the expression/function to every SELECT, or move the UNION into a FROM clause.")
        .at(Positions.of(node));
  }
}
