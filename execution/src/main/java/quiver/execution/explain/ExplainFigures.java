package quiver.execution.explain;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import quiver.common.plan.PlanNode;
import quiver.execution.explain.ExplainNode.Property;
import quiver.execution.runtime.FragmentStatistics;
import quiver.execution.runtime.OperatorStatistics;
import quiver.execution.runtime.PlanInputs;
import quiver.execution.runtime.StatisticsCollector;

/// Measured figures by node, those of fragments summed over their holders.
final class ExplainFigures {
  private final StatisticsCollector collector;
  private final IdentityHashMap<PlanNode, OperatorStatistics> inFragments = new IdentityHashMap<>();

  ExplainFigures(StatisticsCollector collector, PlanNode root) {
    this.collector = collector;
    findFragments(root);
  }

  private void findFragments(PlanNode node) {
    if (node instanceof PlanNode.Gather gather) {
      for (FragmentStatistics fragment : collector.fragmentsOf(gather)) {
        spread(gather.fragment(), fragment.operators(), 0);
      }
    }
    PlanInputs.of(node).forEach(this::findFragments);
  }

  private int spread(PlanNode node, List<OperatorStatistics> operators, int position) {
    if (position < operators.size()) {
      inFragments.merge(node, operators.get(position), StatisticsCollector::sum);
    }
    int next = position + 1;
    for (PlanNode input : PlanInputs.of(node)) {
      next = spread(input, operators, next);
    }
    return next;
  }

  OperatorStatistics of(PlanNode node) {
    OperatorStatistics fragment = inFragments.get(node);
    return fragment == null ? collector.of(node) : fragment;
  }

  private List<String> holders(PlanNode.Gather gather) {
    return collector.fragmentsOf(gather).stream()
        .map(FragmentStatistics::holder)
        .distinct()
        .toList();
  }

  /// What the figures of a node add below it.
  List<Property> properties(ExplainNode node, boolean timing) {
    List<Property> properties = new ArrayList<>();
    if (node.plan().isEmpty()) {
      return properties;
    }
    PlanNode plan = node.plan().get();
    OperatorStatistics statistics = of(plan);
    for (OperatorStatistics.Detail detail : statistics.details()) {
      if (timing || !detail.name().endsWith(" Time")) {
        properties.add(new Property(detail.name(), detail.value()));
      }
    }
    if (statistics.memoryBytesMax() > 0) {
      properties.add(new Property("Memory", kilobytes(statistics.memoryBytesMax())));
    }
    if (statistics.spilledBytes() > 0) {
      properties.add(new Property("Disk", kilobytes(statistics.spilledBytes())));
    }
    if (plan instanceof PlanNode.Gather gather) {
      List<String> holders = holders(gather);
      if (!holders.isEmpty()) {
        properties.add(new Property("Fragments", String.join(", ", holders)));
      }
    }
    return properties;
  }

  private static String kilobytes(long bytes) {
    return ((bytes + 1023) >> 10) + "kB";
  }
}
