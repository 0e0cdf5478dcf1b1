package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;

/// At most one row, a row of NULLs instead of none: a scalar subquery.
public final class SingleRowRel extends SingleRel {
  public SingleRowRel(RelNode input) {
    super(input.getCluster(), input.getTraitSet(), input);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new SingleRowRel(inputs.getFirst());
  }
}
