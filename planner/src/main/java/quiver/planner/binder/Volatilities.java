package quiver.planner.binder;

import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import quiver.common.function.Volatility;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// How much the value of an expression depends on.
final class Volatilities {
  private Volatilities() {}

  /// Whether two evaluations for the same row may differ.
  static boolean isVolatile(RexNode node) {
    return uses(node, Volatility.VOLATILE);
  }

  /// Whether the value depends on nothing but the row.
  static boolean isImmutable(RexNode node) {
    return !uses(node, Volatility.VOLATILE) && !uses(node, Volatility.STABLE);
  }

  private static boolean uses(RexNode node, Volatility volatility) {
    return node instanceof RexCall call
        && ((Rex.form(call) instanceof Form.Call(var function, _)
                && function.volatility() == volatility)
            || call.getOperands().stream().anyMatch(operand -> uses(operand, volatility)));
  }
}
