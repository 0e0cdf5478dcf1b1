package quiver.planner.binder;

import java.util.List;
import org.apache.calcite.rex.RexNode;
import quiver.common.function.OutputColumn;

/// One item of a select list.
///
/// @param position of its text
/// @param fields of a record whose fields are known
record Target(
    String name,
    RexNode expression,
    Namespace.Origin origin,
    int position,
    List<OutputColumn> fields) {
  Target(String name, RexNode expression, Namespace.Origin origin, int position) {
    this(name, expression, origin, position, List.of());
  }

  Target with(RexNode newExpression) {
    return new Target(name, newExpression, origin, position, fields);
  }
}
