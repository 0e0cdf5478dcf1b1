package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import quiver.common.plan.PlanNode;

/// FOR UPDATE and FOR SHARE: columns of the input hold the addresses of the rows to lock.
public final class LockRel extends SingleRel {
  private final List<PlanNode.RowLock> locks;

  public LockRel(RelNode input, List<PlanNode.RowLock> locks) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.locks = List.copyOf(locks);
  }

  public List<PlanNode.RowLock> locks() {
    return locks;
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("locks", locks);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new LockRel(inputs.getFirst(), locks);
  }
}
