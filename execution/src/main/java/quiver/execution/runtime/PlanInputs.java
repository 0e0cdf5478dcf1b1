package quiver.execution.runtime;

import java.util.List;
import quiver.common.plan.PlanNode;

/// The children of a plan node.
public final class PlanInputs {
  private PlanInputs() {}

  /// In order; the fragment of a [PlanNode.Gather] counts as its input.
  public static List<PlanNode> of(PlanNode node) {
    return switch (node) {
      case PlanNode.TableScan ignored -> List.of();
      case PlanNode.VectorSearch ignored -> List.of();
      case PlanNode.SystemScan ignored -> List.of();
      case PlanNode.Values ignored -> List.of();
      case PlanNode.TableFunction ignored -> List.of();
      case PlanNode.SharedScan ignored -> List.of();
      case PlanNode.Gather gather -> List.of(gather.fragment());
      case PlanNode.Filter filter -> List.of(filter.input());
      case PlanNode.Project project -> List.of(project.input());
      case PlanNode.ProjectSet project -> List.of(project.input());
      case PlanNode.HashJoin join -> List.of(join.left(), join.right());
      case PlanNode.NestedLoopJoin join -> List.of(join.left(), join.right());
      case PlanNode.Apply apply -> List.of(apply.left(), apply.right());
      case PlanNode.Aggregate aggregate -> List.of(aggregate.input());
      case PlanNode.Window window -> List.of(window.input());
      case PlanNode.Sort sort -> List.of(sort.input());
      case PlanNode.Limit limit -> List.of(limit.input());
      case PlanNode.DistinctOn distinct -> List.of(distinct.input());
      case PlanNode.SetOperation operation -> operation.inputs();
      case PlanNode.LockRows lock -> List.of(lock.input());
      case PlanNode.SingleRow single -> List.of(single.input());
      case PlanNode.RecursiveUnion union -> List.of(union.base(), union.step());
      case PlanNode.Shared shared -> List.of(shared.definition(), shared.body());
    };
  }
}
