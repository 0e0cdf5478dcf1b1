package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import quiver.common.plan.RelationAlias;

/// Reads the definition of the [SharedRel] with this id.
public final class SharedScanRel extends AbstractRelNode {
  private final int sharedId;
  private final RelationAlias alias;

  /// Rows that the query has no name for.
  public SharedScanRel(RelOptCluster cluster, int id, RelDataType rowType) {
    this(cluster, id, rowType, RelationAlias.NONE);
  }

  public SharedScanRel(RelOptCluster cluster, int id, RelDataType rowType, RelationAlias alias) {
    super(cluster, cluster.traitSetOf(Convention.NONE));
    this.sharedId = id;
    this.rowType = rowType;
    this.alias = alias;
  }

  /// What the query calls the rows.
  public RelationAlias alias() {
    return alias;
  }

  public int id() {
    return sharedId;
  }

  @Override
  protected RelDataType deriveRowType() {
    return java.util.Objects.requireNonNull(rowType);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("id", sharedId)
        .itemIf("alias", alias.name(), alias.isKnown());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return this;
  }
}
