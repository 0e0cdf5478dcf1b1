package quiver.planner.calcite;

import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnProfile;
import quiver.common.catalog.TableStatistics;

/// Row counts as far as ANALYZE has found them, else a guess: good enough to build a hash table on
/// the smaller side. Values of parameters are not known here.
public final class RowEstimate {
  private static final double STORED_TABLE_ROWS = 1_000_000;
  private static final double VIRTUAL_RELATION_ROWS = 1_000;
  private static final double FUNCTION_ROWS = 1_000;
  private static final double EQUALITY_SHARE = 0.01;
  private static final double OTHER_SHARE = 0.3;

  private RowEstimate() {}

  public static double of(RelNode rel) {
    return switch (rel) {
      case ScanRel scan -> rows(scan);
      case SystemScanRel _, SharedScanRel _ -> VIRTUAL_RELATION_ROWS;
      case FunctionScanRel _ -> FUNCTION_ROWS;
      case ValuesRel values -> values.rows().size();
      case SingleRowRel _ -> 1;
      case Filter filter -> of(filter.getInput()) * share(filter);
      case Aggregate aggregate ->
          aggregate.getGroupSet().isEmpty() ? 1 : of(aggregate.getInput()) * OTHER_SHARE;
      case SortRel sort -> limited(of(sort.getInput()), sort.limit());
      case Join join ->
          switch (join.getJoinType()) {
            case SEMI, ANTI -> of(join.getLeft()) * OTHER_SHARE;
            default -> joined(join);
          };
      case ApplyRel apply -> of(apply.getLeft());
      case SharedRel shared -> of(shared.getRight());
      case SetOp operation -> operation.getInputs().stream().mapToDouble(RowEstimate::of).sum();
      default -> rel.getInputs().isEmpty() ? FUNCTION_ROWS : of(rel.getInput(0));
    };
  }

  private static double rows(ScanRel scan) {
    return scan.statistics()
        .analysis()
        .map(analysis -> Math.max(1.0, (double) analysis.rowCount()))
        .orElse(STORED_TABLE_ROWS);
  }

  /// Whether the tables a relation reads have been analysed.
  public static boolean isKnown(RelNode rel) {
    return switch (rel) {
      case ScanRel scan -> scan.statistics().analysis().isPresent();
      case SystemScanRel _, SharedScanRel _, FunctionScanRel _ -> false;
      default -> rel.getInputs().stream().allMatch(RowEstimate::isKnown);
    };
  }

  /// Distinct values of a column of a relation; empty: not known.
  public static Optional<Double> distinct(RelNode rel, int column) {
    return switch (rel) {
      case ScanRel scan -> distinct(scan, column);
      case Filter filter -> distinct(filter.getInput(), column);
      case SortRel sort -> distinct(sort.getInput(), column);
      case Project project when project.getProjects().get(column) instanceof RexInputRef input ->
          distinct(project.getInput(), input.getIndex());
      case Join join -> {
        int width = join.getLeft().getRowType().getFieldCount();
        yield column < width
            ? distinct(join.getLeft(), column)
            : distinct(join.getRight(), column - width);
      }
      default -> Optional.empty();
    };
  }

  private static Optional<Double> distinct(ScanRel scan, int column) {
    TableStatistics statistics = scan.statistics();
    return column >= scan.table().columns().size()
        ? Optional.empty()
        : statistics
            .column(scan.table().columns().get(column))
            .map(profile -> distinct(profile, rows(scan)))
            .filter(count -> count > 0);
  }

  private static double distinct(ColumnProfile profile, double rows) {
    return profile.distinctAmong(rows);
  }

  private static double joined(Join join) {
    if (join.getCondition().isAlwaysTrue()) {
      return of(join.getLeft()) * of(join.getRight());
    }
    double left = of(join.getLeft());
    double right = of(join.getRight());
    double distinct = 0;
    for (RexNode conjunct : Rex.conjuncts(join.getCondition())) {
      if (conjunct.getKind() == SqlKind.EQUALS
          && conjunct instanceof RexCall call
          && call.getOperands().get(0) instanceof RexInputRef one
          && call.getOperands().get(1) instanceof RexInputRef other) {
        for (int column : List.of(one.getIndex(), other.getIndex())) {
          distinct = Math.max(distinct, distinct(join, column).orElse(0.0));
        }
      }
    }
    return distinct == 0 ? Math.max(left, right) : Math.max(1, left * right / distinct);
  }

  private static double share(Filter filter) {
    double share = 1;
    for (RexNode conjunct : Rex.conjuncts(filter.getCondition())) {
      share *= conjunct.getKind() == SqlKind.EQUALS ? equality(filter, conjunct) : OTHER_SHARE;
    }
    return share;
  }

  private static double equality(Filter filter, RexNode condition) {
    if (condition instanceof RexCall call) {
      for (RexNode operand : call.getOperands()) {
        if (operand instanceof RexInputRef column) {
          Optional<Double> distinct = distinct(filter.getInput(), column.getIndex());
          if (distinct.isPresent()) {
            return 1 / Math.max(1, distinct.get());
          }
        }
      }
    }
    return EQUALITY_SHARE;
  }

  private static double limited(double rows, @Nullable RexNode limit) {
    return limit != null
            && Rex.form(limit) instanceof Form.Constant(Object value, _)
            && value instanceof Long count
        ? Math.min(rows, count)
        : limit != null ? Math.min(rows, FUNCTION_ROWS) : rows;
  }
}
