package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;

/// A subplan (left) that runs once and is read by every [SharedScanRel] of its id in the body
/// (right).
public final class SharedRel extends BiRel {
  private final int sharedId;

  public SharedRel(int id, RelNode definition, RelNode body) {
    super(body.getCluster(), body.getTraitSet(), definition, body);
    this.sharedId = id;
  }

  public int id() {
    return sharedId;
  }

  @Override
  protected RelDataType deriveRowType() {
    return getRight().getRowType();
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("id", sharedId);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new SharedRel(sharedId, inputs.get(0), inputs.get(1));
  }
}
