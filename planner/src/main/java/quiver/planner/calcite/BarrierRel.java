package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;

/// Its input's rows. Of the conditions above only those go below that cannot fail: others would
/// tell, by an error, of rows that policies hide.
public final class BarrierRel extends SingleRel {
  public BarrierRel(RelNode input) {
    super(input.getCluster(), input.getTraitSet(), input);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new BarrierRel(inputs.getFirst());
  }
}
