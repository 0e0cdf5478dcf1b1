package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.SelectItem;

/// Select lists and RETURNING lists.
final class Targets {
  private Targets() {}

  /// The items with stars expanded.
  static List<Target> bind(List<SelectItem> items, ExpressionBinder expressions, Clause clause) {
    List<Target> targets = new ArrayList<>();
    for (SelectItem item : items) {
      if (item.expression() instanceof SqlIdentifier identifier && identifier.isStar()) {
        expand(identifier, expressions, targets);
      } else if (item.expression() instanceof ExpressionNode node
          && node.value() instanceof Expression.AllFields(SqlNode operand)) {
        for (Expression.Field field : expressions.allFields(operand, clause)) {
          targets.add(
              target(
                  new SelectItem(new ExpressionNode(node.getParserPosition(), field), null),
                  expressions,
                  clause));
        }
      } else {
        targets.add(target(item, expressions, clause));
      }
    }
    return targets;
  }

  private static void expand(
      SqlIdentifier star, ExpressionBinder expressions, List<Target> targets) {
    Scope scope = expressions.scope();
    int position = Positions.of(star);
    if (star.names.size() == 1) {
      if (scope.namespaces().isEmpty()) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR, "SELECT * with no tables specified is not valid")
            .at(position);
      }
      addAll(expressions, scope, scope.columns(), position, targets);
    } else {
      Scope.Found found = expressions.requireNamespace(star);
      addAll(expressions, found.scope(), found.namespace().columns(), position, targets);
    }
  }

  private static void addAll(
      ExpressionBinder expressions,
      Scope owner,
      List<Namespace.Column> columns,
      int position,
      List<Target> targets) {
    for (Namespace.Column column : columns) {
      if (!column.hidden()) {
        Scope.Resolved resolved = expressions.read(expressions.scope().resolved(owner, column));
        targets.add(
            new Target(
                column.name(),
                resolved.expression(),
                resolved.origin(),
                position,
                resolved.fields()));
      }
    }
  }

  private static Target target(SelectItem item, ExpressionBinder expressions, Clause clause) {
    SqlNode node = item.expression();
    SqlIdentifier alias = item.alias();
    String name = alias == null ? OutputNames.of(node) : alias.getSimple();
    if (node instanceof SqlIdentifier identifier) {
      try {
        Scope.Resolved resolved = expressions.resolve(identifier);
        expressions.notePosition(resolved.expression(), Positions.of(node));
        return new Target(
            name, resolved.expression(), resolved.origin(), Positions.of(node), resolved.fields());
      } catch (QuiverException e) {
        throw e.position() == 0 ? e.at(Positions.of(node)) : e;
      }
    }
    RexNode expression = expressions.bind(node, clause);
    return new Target(
        name,
        expression,
        Namespace.Origin.NONE,
        Positions.of(node),
        expressions.fieldsOf(expression));
  }
}
