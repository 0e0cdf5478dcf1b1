package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import quiver.common.plan.RelationAlias;
import quiver.common.type.SqlType;

/// Set-returning calls side by side; `ordinality` adds a row number.
public final class FunctionScanRel extends AbstractRelNode {
  private final List<RexNode> calls;
  private final boolean ordinality;
  private final List<SqlType> columns;
  private final RelationAlias alias;

  public FunctionScanRel(
      RelOptCluster cluster,
      List<RexNode> calls,
      boolean ordinality,
      List<SqlType> columns,
      RelationAlias alias) {
    super(cluster, cluster.traitSetOf(Convention.NONE));
    this.calls = List.copyOf(calls);
    this.ordinality = ordinality;
    this.columns = List.copyOf(columns);
    this.alias = alias;
  }

  public List<RexNode> calls() {
    return calls;
  }

  public boolean ordinality() {
    return ordinality;
  }

  /// What the query calls the rows.
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
        .item("calls", calls)
        .itemIf("ordinality", true, ordinality)
        .itemIf("alias", alias.name(), alias.isKnown());
  }

  @Override
  public RelNode accept(RexShuttle shuttle) {
    List<RexNode> changed = shuttle.apply(calls);
    return changed.equals(calls)
        ? this
        : new FunctionScanRel(getCluster(), changed, ordinality, columns, alias);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return this;
  }
}
