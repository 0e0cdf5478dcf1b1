package quiver.planner.physical;

import quiver.common.plan.PlanNode;

/// A converted relation.
///
/// @param columns where its columns are in the plan's output
/// @param leaf whether the plan runs next to the rows and has not been gathered yet
record Step(PlanNode plan, ColumnMap columns, boolean leaf) {
  int width() {
    return plan.outputTypes().size();
  }
}
