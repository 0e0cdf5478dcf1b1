package quiver.planner.binder;

import org.apache.calcite.rex.RexNode;

/// One item of a select list.
///
/// @param position of its text
record Target(String name, RexNode expression, Namespace.Origin origin, int position) {
  Target with(RexNode newExpression) {
    return new Target(name, newExpression, origin, position);
  }
}
