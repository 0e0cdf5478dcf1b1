package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import quiver.common.type.SqlType;

/// All columns of a virtual relation.
public final class SystemScanRel extends AbstractRelNode {
  private final String schema;
  private final String relation;
  private final List<SqlType> columns;

  public SystemScanRel(
      RelOptCluster cluster, String schema, String relation, List<SqlType> columns) {
    super(cluster, cluster.traitSetOf(Convention.NONE));
    this.schema = schema;
    this.relation = relation;
    this.columns = List.copyOf(columns);
  }

  public String schema() {
    return schema;
  }

  public String relation() {
    return relation;
  }

  @Override
  protected RelDataType deriveRowType() {
    return ((TypeFactory) getCluster().getTypeFactory()).row(columns);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("relation", schema + "." + relation);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return this;
  }
}
