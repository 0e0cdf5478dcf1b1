package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;

/// The first row of each run of equal keys, the input being sorted by them.
public final class DistinctOnRel extends SingleRel {
  private final List<Integer> keys;

  public DistinctOnRel(RelNode input, List<Integer> keys) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.keys = List.copyOf(keys);
  }

  public List<Integer> keys() {
    return keys;
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("keys", keys);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new DistinctOnRel(inputs.getFirst(), keys);
  }
}
