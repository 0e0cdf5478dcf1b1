package quiver.planner.binder;

import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;

/// Values computed for each of some rows the front end holds.
public sealed interface BoundValues {
  static BoundValues none() {
    return new Columns(List.of());
  }

  /// One value.
  static BoundValues of(RexNode expression) {
    return new Columns(List.of(expression));
  }

  /// Over the row.
  record Columns(List<RexNode> expressions) implements BoundValues {
    public Columns {
      expressions = List.copyOf(expressions);
    }
  }

  /// With subqueries: a relation over the rows and their numbers, which a
  /// [quiver.planner.calcite.SharedScanRel] of `inputId` reads; it emits the values and the number.
  record Plan(int inputId, RelNode rel) implements BoundValues {}
}
