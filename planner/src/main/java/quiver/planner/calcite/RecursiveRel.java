package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;

/// WITH RECURSIVE: the rows of the left side, then those of the right side over the rows of the
/// round before, which a [SharedScanRel] of its id reads, until a round gives none.
public final class RecursiveRel extends BiRel {
  private final int workId;
  private final boolean distinct;

  public RecursiveRel(int workId, boolean distinct, RelNode base, RelNode step) {
    super(base.getCluster(), base.getTraitSet(), base, step);
    this.workId = workId;
    this.distinct = distinct;
  }

  public int id() {
    return workId;
  }

  /// UNION, not UNION ALL.
  public boolean distinct() {
    return distinct;
  }

  @Override
  protected RelDataType deriveRowType() {
    return getLeft().getRowType();
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("id", workId).item("distinct", distinct);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new RecursiveRel(workId, distinct, inputs.get(0), inputs.get(1));
  }
}
