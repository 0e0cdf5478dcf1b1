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
import quiver.common.type.SqlType;

/// Rows of expressions without input columns.
public final class ValuesRel extends AbstractRelNode {
  private final List<List<RexNode>> rows;
  private final List<SqlType> columns;

  public ValuesRel(RelOptCluster cluster, List<List<RexNode>> rows, List<SqlType> columns) {
    super(cluster, cluster.traitSetOf(Convention.NONE));
    this.rows = rows.stream().map(List::copyOf).toList();
    this.columns = List.copyOf(columns);
  }

  /// One row without columns: SELECT without FROM.
  public static ValuesRel singleEmptyRow(RelOptCluster cluster) {
    return new ValuesRel(cluster, List.of(List.of()), List.of());
  }

  public List<List<RexNode>> rows() {
    return rows;
  }

  @Override
  protected RelDataType deriveRowType() {
    return ((TypeFactory) getCluster().getTypeFactory()).row(columns);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("types", columns).item("rows", rows);
  }

  @Override
  public RelNode accept(RexShuttle shuttle) {
    List<List<RexNode>> changed = rows.stream().map(row -> shuttle.apply(row)).toList();
    return changed.equals(rows) ? this : new ValuesRel(getCluster(), changed, columns);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return this;
  }
}
