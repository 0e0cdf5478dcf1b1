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
    /// @param branch whether SQL promises not to ask for the subquery elsewhere: CASE and COALESCE
    /// @param condition true for a subquery that is always needed
    RexNode of(RexCall call, int number, RexNode branch, RexNode condition);
  }

  ConditionalSubqueries(Rex rex, Replacement replacement) {
    this.rex = rex;
    this.replacement = replacement;
  }

  RexNode replaced(RexNode node) {
    return replaced(node, new Conditions(List.of(), List.of()));
  }

  /// What holds when a node is evaluated.
  ///
  /// @param branches because of CASE and COALESCE
  /// @param terms because of AND and OR
  private record Conditions(List<RexNode> branches, List<RexNode> terms) {
    Conditions with(RexNode condition, boolean branch) {
      return new Conditions(
          branch ? FromResult.concat(branches, List.of(condition)) : branches,
          branch ? terms : FromResult.concat(terms, List.of(condition)));
    }
  }

  private RexNode replaced(RexNode node, Conditions conditions) {
    if (!(node instanceof RexCall call) || !Calls.contains(node, Form.Placeholder.Kind.SUBQUERY)) {
      return node;
    }
    Form form = Rex.form(call);
    if (form instanceof Form.Case) {
      return choice(call, conditions);
    }
    boolean coalesce = form instanceof Form.Coalesce;
    boolean lazy = coalesce || call.getKind() == SqlKind.AND || call.getKind() == SqlKind.OR;
    List<RexNode> operands = new ArrayList<>();
    Conditions known = conditions;
    for (RexNode operand : call.getOperands()) {
      RexNode changed = replaced(operand, known);
      operands.add(changed);
      if (lazy) {
        RexNode next =
            coalesce
                ? rex.isNull(changed)
                : call.getKind() == SqlKind.AND ? notFalse(changed) : notTrue(changed);
        known = known.with(next, coalesce);
      }
    }
    RexCall changed = call.clone(call.getType(), operands);
    return form instanceof Form.Placeholder(var kind, int number)
            && kind == Form.Placeholder.Kind.SUBQUERY
        ? replacement.of(
            changed,
            number,
            rex.and(conditions.branches()),
            rex.and(FromResult.concat(conditions.branches(), conditions.terms())))
        : changed;
  }

  private RexNode choice(RexCall call, Conditions conditions) {
    Conditions known = conditions;
    List<RexNode> operands = new ArrayList<>();
    int count = call.getOperands().size();
    for (int i = 0; i + 1 < count; i += 2) {
      RexNode condition = replaced(call.getOperands().get(i), known);
      operands.add(condition);
      operands.add(replaced(call.getOperands().get(i + 1), known.with(condition, true)));
      known = known.with(notTrue(condition), true);
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
