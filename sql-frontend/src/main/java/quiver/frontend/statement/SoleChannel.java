package quiver.frontend.statement;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.plan.StatementPlan;
import quiver.execution.runtime.PlanInputs;
import quiver.rpc.ClusterService;

/// Finds the channel of a query that only reads, in the present, and tables of one channel.
public final class SoleChannel {
  private final ClusterService cluster;
  private @Nullable String channel;

  private SoleChannel(ClusterService cluster) {
    this.cluster = cluster;
  }

  /// Empty for every other statement, and for one that reads no table.
  public static Optional<String> of(StatementPlan plan, ClusterService cluster) {
    if (!(plan instanceof StatementPlan.Query query)) {
      return Optional.empty();
    }
    SoleChannel found = new SoleChannel(cluster);
    return found.visit(query.root()) ? Optional.ofNullable(found.channel) : Optional.empty();
  }

  /// @return whether all tables until now qualify
  private boolean visit(PlanNode node) {
    boolean qualifies =
        switch (node) {
          case PlanNode.TableScan scan -> reads(scan.tableId(), scan.asOf());
          case PlanNode.VectorSearch search -> reads(search.tableId(), search.asOf());
          case PlanNode.LockRows _ -> false;
          default -> true;
        };
    return qualifies && PlanInputs.of(node).stream().allMatch(this::visit);
  }

  private boolean reads(long tableId, Optional<Expression> asOf) {
    String of = cluster.channel(tableId);
    String before = channel;
    channel = of;
    return asOf.isEmpty() && (before == null || before.equals(of));
  }
}
