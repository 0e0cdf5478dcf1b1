package quiver.planner.binder;

import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.jspecify.annotations.Nullable;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Questions about the column references in an expression.
final class Variables {
  private Variables() {}

  /// Whether the expression reads the row it stands over.
  static boolean readsColumns(RexNode node) {
    return !org.apache.calcite.plan.RelOptUtil.InputFinder.bits(node).isEmpty();
  }

  /// Whether the expression reads the row it stands over, or needs a subquery to be computed.
  static boolean hasColumns(RexNode node) {
    boolean[] found = new boolean[1];
    node.accept(
        new RexVisitorImpl<Void>(true) {
          @Override
          public @Nullable Void visitInputRef(RexInputRef reference) {
            found[0] = true;
            return null;
          }

          @Override
          public @Nullable Void visitCall(RexCall call) {
            found[0] |= Rex.form(call) instanceof Form.Placeholder;
            return super.visitCall(call);
          }
        });
    return found[0];
  }
}
