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
import quiver.common.type.SqlType;

/// All columns of a virtual relation.
public final class SystemScanRel extends AbstractRelNode {
  private final String schema;
  private final String relation;
  private final List<SqlType> columns;
  private final RelationAlias alias;

  public SystemScanRel(
      RelOptCluster cluster,
      String schema,
      String relation,
      List<SqlType> columns,
      RelationAlias alias) {
    super(cluster, cluster.traitSetOf(Convention.NONE));
    this.schema = schema;
    this.relation = relation;
    this.columns = List.copyOf(columns);
    this.alias = alias;
  }

  public String schema() {
    return schema;
  }

  public String relation() {
    return relation;
  }

  /// What the query calls the relation.
  public RelationAlias alias() {
    return alias;
  }

  @Override
  protected RelDataType deriveRowType() {
    return ((TypeFactory) getCluster().getTypeFactory()).row(columns);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("relation", schema + "." + relation)
        .itemIf("alias", alias.name(), alias.isKnown());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return this;
  }
}
