package quiver.planner.physical;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.FunctionScanRel;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ScanRel;
import quiver.planner.calcite.SharedRel;
import quiver.planner.calcite.SharedScanRel;
import quiver.planner.calcite.SingleRowRel;
import quiver.planner.calcite.SortRel;
import quiver.planner.calcite.SystemScanRel;
import quiver.planner.calcite.ValuesRel;

/// A guess at row counts without statistics, good enough to build a hash table on the smaller side.
final class RowEstimate {
  private static final double STORED_TABLE_ROWS = 1_000_000;
  private static final double VIRTUAL_RELATION_ROWS = 1_000;
  private static final double FUNCTION_ROWS = 1_000;
  private static final double EQUALITY_SHARE = 0.01;
  private static final double OTHER_SHARE = 0.3;

  private RowEstimate() {}

  static double of(RelNode rel) {
    return switch (rel) {
      case ScanRel _ -> STORED_TABLE_ROWS;
      case SystemScanRel _, SharedScanRel _ -> VIRTUAL_RELATION_ROWS;
      case FunctionScanRel _ -> FUNCTION_ROWS;
      case ValuesRel values -> values.rows().size();
      case SingleRowRel _ -> 1;
      case Filter filter -> of(filter.getInput()) * share(filter.getCondition());
      case Aggregate aggregate ->
          aggregate.getGroupSet().isEmpty() ? 1 : of(aggregate.getInput()) * OTHER_SHARE;
      case SortRel sort -> limited(of(sort.getInput()), sort.limit());
      case Join join ->
          switch (join.getJoinType()) {
            case SEMI, ANTI -> of(join.getLeft()) * OTHER_SHARE;
            default ->
                join.getCondition().isAlwaysTrue()
                    ? of(join.getLeft()) * of(join.getRight())
                    : Math.max(of(join.getLeft()), of(join.getRight()));
          };
      case ApplyRel apply -> of(apply.getLeft());
      case SharedRel shared -> of(shared.getRight());
      case SetOp operation -> operation.getInputs().stream().mapToDouble(RowEstimate::of).sum();
      default -> rel.getInputs().isEmpty() ? FUNCTION_ROWS : of(rel.getInput(0));
    };
  }

  private static double share(RexNode condition) {
    double share = 1;
    for (RexNode conjunct : Rex.conjuncts(condition)) {
      share *= conjunct.getKind() == SqlKind.EQUALS ? EQUALITY_SHARE : OTHER_SHARE;
    }
    return share;
  }

  private static double limited(double rows, @org.jspecify.annotations.Nullable RexNode limit) {
    return limit != null
            && Rex.form(limit) instanceof Form.Constant(Object value, _)
            && value instanceof Long count
        ? Math.min(rows, count)
        : limit != null ? Math.min(rows, FUNCTION_ROWS) : rows;
  }
}
