package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Replaces the subqueries of an expression, each with the condition under which SQL asks for it:
/// what stands in a branch of CASE, behind an operand of COALESCE, behind a term of AND or OR.
final class ConditionalSubqueries {
  private final Rex rex;
  private final Replacement replacement;

  /// What takes the place of a subquery.
  interface Replacement {
    /// @param call whose operands are replaced already
    /// @param condition true for a subquery that is always needed
    RexNode of(RexCall call, int number, RexNode condition);
  }

  ConditionalSubqueries(Rex rex, Replacement replacement) {
    this.rex = rex;
    this.replacement = replacement;
  }

  RexNode replaced(RexNode node) {
    return replaced(node, List.of());
  }

  /// @param conditions that all hold when the node is evaluated
  private RexNode replaced(RexNode node, List<RexNode> conditions) {
    if (!(node instanceof RexCall call) || !Calls.contains(node, Form.Placeholder.Kind.SUBQUERY)) {
      return node;
    }
    Form form = Rex.form(call);
    if (form instanceof Form.Case) {
      return choice(call, conditions);
    }
    boolean lazy =
        form instanceof Form.Coalesce
            || call.getKind() == SqlKind.AND
            || call.getKind() == SqlKind.OR;
    List<RexNode> operands = new ArrayList<>();
    List<RexNode> known = new ArrayList<>(conditions);
    for (RexNode operand : call.getOperands()) {
      RexNode changed = replaced(operand, known);
      operands.add(changed);
      if (lazy) {
        known.add(
            form instanceof Form.Coalesce
                ? rex.isNull(changed)
                : call.getKind() == SqlKind.AND ? notFalse(changed) : notTrue(changed));
      }
    }
    RexCall changed = call.clone(call.getType(), operands);
    return form instanceof Form.Placeholder(var kind, int number)
            && kind == Form.Placeholder.Kind.SUBQUERY
        ? replacement.of(changed, number, rex.and(conditions))
        : changed;
  }

  private RexNode choice(RexCall call, List<RexNode> conditions) {
    List<RexNode> known = new ArrayList<>(conditions);
    List<RexNode> operands = new ArrayList<>();
    int count = call.getOperands().size();
    for (int i = 0; i + 1 < count; i += 2) {
      RexNode condition = replaced(call.getOperands().get(i), known);
      List<RexNode> taken = new ArrayList<>(known);
      taken.add(condition);
      operands.add(condition);
      operands.add(replaced(call.getOperands().get(i + 1), taken));
      known.add(notTrue(condition));
    }
    operands.add(replaced(call.getOperands().get(count - 1), known));
    return call.clone(call.getType(), operands);
  }

  private RexNode notTrue(RexNode condition) {
    return rex.not(rex.coalesce(SqlType.BOOL, List.of(condition, rex.truth(false))));
  }

  private RexNode notFalse(RexNode condition) {
    return rex.coalesce(SqlType.BOOL, List.of(condition, rex.truth(true)));
  }
}
