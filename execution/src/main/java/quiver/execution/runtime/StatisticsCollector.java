package quiver.execution.runtime;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import quiver.common.plan.PlanNode;

/// Collects what the operators of one execution did. Safe for every thread.
public final class StatisticsCollector {
  private final IdentityHashMap<PlanNode, OperatorStatistics> operators = new IdentityHashMap<>();
  private final IdentityHashMap<PlanNode, List<FragmentStatistics>> fragments =
      new IdentityHashMap<>();

  /// Adds one loop of an operator.
  public synchronized void add(PlanNode node, OperatorStatistics loop) {
    operators.merge(node, loop, StatisticsCollector::sum);
  }

  /// Adds what one holder reports for the fragment of a gather.
  public synchronized void addFragment(PlanNode.Gather gather, FragmentStatistics fragment) {
    fragments.computeIfAbsent(gather, ignored -> new ArrayList<>()).add(fragment);
  }

  public synchronized OperatorStatistics of(PlanNode node) {
    return operators.getOrDefault(node, OperatorStatistics.NEVER_EXECUTED);
  }

  /// In order of arrival; one entry per holder and loop.
  public synchronized List<FragmentStatistics> fragmentsOf(PlanNode.Gather gather) {
    return List.copyOf(fragments.getOrDefault(gather, List.of()));
  }

  /// Figures of `plan`'s nodes in pre-order, as [FragmentStatistics#operators] wants them.
  public List<OperatorStatistics> inPreOrder(PlanNode plan) {
    List<OperatorStatistics> figures = new ArrayList<>();
    collect(plan, figures);
    return figures;
  }

  private void collect(PlanNode node, List<OperatorStatistics> figures) {
    figures.add(of(node));
    for (PlanNode input : PlanInputs.of(node)) {
      collect(input, figures);
    }
  }

  /// Adds up two reports on one operator; details of the later one win.
  public static OperatorStatistics sum(OperatorStatistics a, OperatorStatistics b) {
    return new OperatorStatistics(
        a.rows() + b.rows(),
        a.batches() + b.batches(),
        a.nanos() + b.nanos(),
        a.startupNanos() + b.startupNanos(),
        a.loops() + b.loops(),
        Math.max(a.memoryBytesMax(), b.memoryBytesMax()),
        a.spilledBytes() + b.spilledBytes(),
        b.details().isEmpty() ? a.details() : b.details());
  }
}
