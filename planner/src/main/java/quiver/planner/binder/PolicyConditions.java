package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.PolicyExpression;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewText;
import quiver.common.error.QuiverException;
import quiver.common.type.SqlType;
import quiver.planner.parser.PostgresParser;

/// The conditions of one table's policies, bound over one row of it.
final class PolicyConditions {
  private final Binding binding;
  private final TableDefinition table;
  private final Placeholders placeholders;
  private final Scope scope;

  /// Conditions to be asked of rows.
  PolicyConditions(Binding binding, TableDefinition table) {
    // Nobody needs the right to read what a policy reads of its own table.
    this(binding, table, _ -> Namespace.Origin.NONE);
  }

  private PolicyConditions(
      Binding binding, TableDefinition table, Function<ColumnDefinition, Namespace.Origin> origin) {
    this.binding = binding;
    this.table = table;
    this.placeholders = new Placeholders(binding.rex());
    List<Namespace.Column> columns = new ArrayList<>();
    for (ColumnDefinition column : table.columns()) {
      columns.add(
          new Namespace.Column(
              column.name(),
              binding.rex().column(columns.size(), column.type()),
              origin.apply(column),
              false));
    }
    Namespace namespace =
        new Namespace(table.name(), table.schema(), null, columns, table, false)
            .ofRelation(table.id(), 0);
    this.scope = new Scope(binding.newId(), null, List.of(namespace), columns, binding.rex());
  }

  /// Conditions to be kept.
  static PolicyConditions definition(Binding binding, TableDefinition table) {
    return new PolicyConditions(
        binding, table, column -> new Namespace.Origin(table.id(), column.id()));
  }

  RexNode bind(SqlNode node) {
    return new ExpressionBinder(binding, scope, CommonTables.NONE, placeholders, Map.of())
        .bindCondition(node, Clause.POLICY, "POLICY");
  }

  /// A condition as the catalog keeps it, bound again.
  RexNode bind(PolicyExpression expression) {
    String sql = ViewText.condition(expression, binding.context().catalog(), _ -> false);
    binding.reads(sql);
    try {
      SqlNode node = PostgresParser.parseExpression(sql);
      return binding.kept(() -> bind(node));
    } catch (QuiverException e) {
      // Positions are those of the policy's text.
      throw e.at(0);
    }
  }

  /// A condition as the catalog keeps it.
  PolicyExpression define(SqlNode node) {
    return binding.defining(() -> {
      QueryTrace trace = binding.traced();
      RexNode condition = bind(node);
      trace.scope(scope);
      QueryText text = new QueryText(trace, binding);
      String template = new ViewExpressions(text, scope, placeholders, false).text(condition);
      return new PolicyExpression(template, text.uses());
    });
  }

  /// The rows of a scan that meet a condition.
  RelNode filter(RelNode scan, RexNode condition) {
    if (!RowPlans.hasSubquery(condition)) {
      return binding.filter(scan, condition);
    }
    RelNode filtered =
        new Subqueries(binding, placeholders, scope.id()).filter(scan, condition, index -> index);
    int width = scan.getRowType().getFieldCount();
    return binding.project(filtered, binding.columns(filtered).subList(0, width));
  }

  /// What a condition is for rows the front end holds.
  BoundValues values(RexNode condition) {
    List<SqlType> types = table.columns().stream().map(ColumnDefinition::type).toList();
    return new RowPlans(binding, types, placeholders, scope.id())
        .values(List.of(condition), index -> index, rel -> rel);
  }
}
